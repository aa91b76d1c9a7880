# Rooms: top folders that become targets, with all C files below them as sources.

# All C files of a folder; adding one makes the build configure itself again.
function(room_sources folder result)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.c")
    set(${result} ${found} PARENT_SCOPE)
endfunction()

# room(NAME LINKS target... [SOURCES generated-file...]): a static library of the folder NAME.
function(room name)
    cmake_parse_arguments(ROOM "" "" "LINKS;SOURCES" ${ARGN})
    room_sources(${name} sources)
    list(APPEND sources ${ROOM_SOURCES})
    if(sources)
        add_library(${name} STATIC ${sources})
        target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}" "${SMTPCHAOS_GENERATED}")
        target_link_libraries(${name} PUBLIC ${ROOM_LINKS})
    else()
        # A folder with headers only is a room too.
        add_library(${name} INTERFACE)
        target_include_directories(${name} INTERFACE
            "${PROJECT_SOURCE_DIR}" "${SMTPCHAOS_GENERATED}")
        target_link_libraries(${name} INTERFACE ${ROOM_LINKS})
    endif()
endfunction()

# program(ROOM LINKS target... AS NAME): the executable NAME, made of the folder ROOM: its main.c
# and a static library ROOM of everything else, so that tests can reach its parts.
function(program folder)
    cmake_parse_arguments(PROGRAM "" "AS" "LINKS" ${ARGN})
    room_sources(${folder} sources)
    set(main "${PROJECT_SOURCE_DIR}/${folder}/main.c")
    list(REMOVE_ITEM sources "${main}")
    if(sources)
        add_library(${folder} STATIC ${sources})
        target_include_directories(${folder} PUBLIC
            "${PROJECT_SOURCE_DIR}" "${SMTPCHAOS_GENERATED}")
        target_link_libraries(${folder} PUBLIC ${PROGRAM_LINKS})
        add_executable(${PROGRAM_AS} "${main}")
        target_link_libraries(${PROGRAM_AS} PRIVATE ${folder})
    endif()
endfunction()

# stream_mutator(FOLDER LINKS target...): the C files of FOLDER become libsmtpchaos-mutator.so, for
# any fuzzer that loads one, and the static library smtpchaos-mutator for our own targets and tests.
function(stream_mutator folder)
    cmake_parse_arguments(MUTATOR "" "" "LINKS" ${ARGN})
    room_sources(${folder} sources)
    add_library(smtpchaos-mutator STATIC ${sources})
    target_link_libraries(smtpchaos-mutator PUBLIC ${MUTATOR_LINKS})
    # A fuzzer is a plain program: what it loads cannot bring a sanitizer along.
    if(NOT SMTPCHAOS_SANITIZERS AND NOT SMTPCHAOS_FUZZ)
        file(GLOB hooks CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*_hooks.c")
        add_library(smtpchaos-mutator-shared SHARED ${hooks})
        set_target_properties(smtpchaos-mutator-shared PROPERTIES OUTPUT_NAME smtpchaos-mutator)
        target_link_libraries(smtpchaos-mutator-shared PRIVATE smtpchaos-mutator)
        target_link_options(smtpchaos-mutator-shared PRIVATE -Wl,--exclude-libs,ALL)
    endif()
endfunction()

# harnesses(FOLDER LINKS target...): each FOLDER/fuzz_NAME.c becomes a program replay_NAME, which
# tries files (FOLDER/replay_main.c), and where SMTPCHAOS_FUZZ asks for it the target fuzz_NAME.
# The other C files there are shared by all of them, and by the program simulate
# (FOLDER/simulate_main.c). SMTPCHAOS_HARNESSES becomes the list of names.
# A target whose input is plain SMTP, as its line "mutated by harness/mutator" says, gets our
# mutator beside libFuzzer's own.
function(harnesses folder)
    cmake_parse_arguments(HARNESS "" "" "LINKS" ${ARGN})
    file(GLOB shared CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.c")
    set(entries ${shared})
    set(main "${PROJECT_SOURCE_DIR}/${folder}/replay_main.c")
    list(FILTER entries INCLUDE REGEX "/fuzz_[^/]*\\.c$")
    list(FILTER shared EXCLUDE REGEX "/(fuzz_[^/]*|[a-z]*_main)\\.c$")
    add_library(${folder} STATIC ${shared})
    target_link_libraries(${folder} PUBLIC ${HARNESS_LINKS})
    add_executable(simulate "${PROJECT_SOURCE_DIR}/${folder}/simulate_main.c")
    target_link_libraries(simulate PRIVATE ${folder})
    set(names)
    foreach(entry IN LISTS entries)
        cmake_path(GET entry STEM target)
        string(REGEX REPLACE "^fuzz_" "" name "${target}")
        list(APPEND names "${name}")
        add_executable(replay_${name} "${entry}" "${main}")
        target_link_libraries(replay_${name} PRIVATE ${folder})
        if(SMTPCHAOS_FUZZ)
            add_executable(${target} "${entry}")
            target_link_libraries(${target} PRIVATE ${folder})
            target_link_options(${target} PRIVATE ${SMTPCHAOS_FUZZ_ENGINE})
            file(STRINGS "${entry}" is_mutated REGEX "mutated by harness/mutator")
            if(is_mutated)
                target_sources(${target} PRIVATE
                    "${PROJECT_SOURCE_DIR}/${folder}/mutator/libfuzzer_hooks.c")
                target_link_libraries(${target} PRIVATE smtpchaos-mutator)
            endif()
        endif()
    endforeach()
    list(TRANSFORM names PREPEND fuzz_ OUTPUT_VARIABLE targets)
    if(SMTPCHAOS_FUZZ)
        add_custom_target(fuzz-targets DEPENDS ${targets})
    endif()
    set(SMTPCHAOS_HARNESSES ${names} PARENT_SCOPE)
endfunction()
