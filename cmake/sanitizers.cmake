# Builds that watch themselves: sanitizers, coverage, and instrumentation for a fuzzer.
# SMTPCHAOS_SANITIZERS is a comma list as -fsanitize= takes it; any finding ends the program.

if(SMTPCHAOS_SANITIZERS)
    add_compile_options("-fsanitize=${SMTPCHAOS_SANITIZERS}"
        -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options("-fsanitize=${SMTPCHAOS_SANITIZERS}")
endif()

if(SMTPCHAOS_FUZZ)
    add_compile_options(${SMTPCHAOS_FUZZ_COVERAGE})
    add_link_options(${SMTPCHAOS_FUZZ_COVERAGE})
endif()

if(SMTPCHAOS_COVERAGE)
    # Absolute names, so that counts of different build folders can be merged.
    add_compile_options(--coverage -fprofile-abs-path)
    add_compile_definitions(SMTPCHAOS_COVERAGE)
    add_link_options(--coverage)
endif()
