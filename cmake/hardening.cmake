# A program that reads hostile bytes all day is built with what the tool chain offers against
# mistakes. _FORTIFY_SOURCE needs an optimised build and gets in the way of the sanitizers, which
# see more.

include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_options(-fstack-protector-strong -fno-common)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64|AMD64")
    add_compile_options(-fstack-clash-protection -fcf-protection)
endif()
# --as-needed keeps libraries out that a room links but this program does not call.
add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,--as-needed)

if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT SMTPCHAOS_SANITIZERS AND NOT SMTPCHAOS_FUZZ)
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
