# What a builder can choose, and the defaults that hold for every target.

option(SMTPCHAOS_TESTS "Build the tests" ON)
option(SMTPCHAOS_WERROR "Treat compiler warnings as errors, as CI does" OFF)
option(SMTPCHAOS_FORMAT_CHECK "Let the tests fail where clang-format would change a file" ON)
option(SMTPCHAOS_LTO "Optimise across files when linking" OFF)
option(SMTPCHAOS_COVERAGE "Count the lines that the tests reach" OFF)
option(SMTPCHAOS_FUZZ "Build harness/ for a fuzzer, every room instrumented for it" OFF)
# Counters alone: watching comparisons too makes our targets several times slower, and those find
# less in the same time; the dictionaries know the words.
set(SMTPCHAOS_FUZZ_COVERAGE -fsanitize-coverage=inline-8bit-counters,pc-table
    CACHE STRING "How rooms are instrumented for a fuzzer")
set(SMTPCHAOS_FUZZ_ENGINE -fsanitize=fuzzer
    CACHE STRING "What links a fuzz target to its engine, OSS-Fuzz's $LIB_FUZZING_ENGINE for one")
option(SMTPCHAOS_FUZZ_STATIC "Fuzz targets bring their libraries along, for machines without" OFF)
set(SMTPCHAOS_SANITIZERS "" CACHE STRING "Sanitizers for everything, such as address,undefined")

set(SMTPCHAOS_GENERATED "${CMAKE_CURRENT_BINARY_DIR}/generated")

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
# The C library's POSIX and GNU functions, in a language that is plain -std=c17.
set(CMAKE_C_EXTENSIONS OFF)
add_compile_definitions(_GNU_SOURCE)

# clang-tidy, clangd and tests/tidy read the compile commands.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Kind of build" FORCE)
endif()

# A second build of the same text costs nothing where ccache happens to be installed.
find_program(SMTPCHAOS_CCACHE ccache)
if(SMTPCHAOS_CCACHE AND NOT DEFINED CMAKE_C_COMPILER_LAUNCHER AND NOT SMTPCHAOS_COVERAGE)
    set(CMAKE_C_COMPILER_LAUNCHER "${SMTPCHAOS_CCACHE}")
endif()

if(SMTPCHAOS_LTO)
    include(CheckIPOSupported)
    check_ipo_supported(RESULT SMTPCHAOS_LTO_WORKS LANGUAGES C)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION "${SMTPCHAOS_LTO_WORKS}")
endif()
