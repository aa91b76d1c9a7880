# Carries profiles/*.profile inside the program, so that a profile is loaded by name wherever the
# program was copied to. session/embedded.h declares what the generated file defines.

# embed_profiles(RESULT): RESULT becomes the name of the generated C file, made again whenever a
# profile changes, comes or goes.
function(embed_profiles result)
    set(output "${SMTPCHAOS_GENERATED}/session/embedded.c")
    set(script "${PROJECT_SOURCE_DIR}/cmake/embed_profiles.cmake")
    file(GLOB profiles CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/profiles/*.profile")
    add_custom_command(
        OUTPUT "${output}"
        COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${output}" "-DPROFILES=${profiles}" -P "${script}"
        DEPENDS ${profiles} "${script}"
        COMMENT "Embedding the profiles"
        VERBATIM)
    set(${result} "${output}" PARENT_SCOPE)
endfunction()
