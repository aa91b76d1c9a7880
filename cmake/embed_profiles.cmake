# Script (cmake -P): writes OUTPUT, a C file with the text of every file of the list PROFILES.
# The bytes are numbers because C promises string literals of no more than 4095 characters.

set(texts "")
set(rows "")
set(count 0)
foreach(profile IN LISTS PROFILES)
    cmake_path(GET profile STEM LAST_ONLY name)
    file(READ "${profile}" hex HEX)
    string(LENGTH "${hex}" size)
    math(EXPR size "${size} / 2")
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    # A line of the profile is a line of numbers; the last byte is the NUL that makes it a C string.
    string(REPLACE "0x0a," "0x0a,\n    " bytes "${bytes}")
    string(APPEND texts "static const unsigned char text_${count}[] = {\n    ${bytes}0x00};\n\n")
    string(APPEND rows "    {\"${name}\", (const char *)text_${count}, ${size}},\n")
    math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUTPUT}" "/* The profiles of the source tree. Generated; edit profiles/ instead. */
#include \"session/embedded.h\"

${texts}const struct embedded_profile embedded_profiles[] = {
${rows}    {NULL, NULL, 0},
};

const size_t embedded_profiles_count = ${count};
")
