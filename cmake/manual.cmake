# The manual pages, written by the program itself from its tables of options: smtpchaos(1) and a
# page for each row of proxy/commands.def. The target `manual` makes them; a build without
# sanitizers does so by itself, and installs them.

include(GNUInstallDirs)

function(manual_pages program)
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/man")
    set(definitions "${PROJECT_SOURCE_DIR}/proxy/commands.def")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${definitions}")
    file(STRINGS "${definitions}" rows REGEX "^COMMAND\\(")
    file(MAKE_DIRECTORY "${folder}")
    set(pages "${folder}/${program}.1")
    add_custom_command(OUTPUT "${folder}/${program}.1"
        COMMAND ${program} --manual > "${folder}/${program}.1" DEPENDS ${program} VERBATIM)
    foreach(row IN LISTS rows)
        string(REGEX REPLACE "^COMMAND\\(([a-z]+),.*" "\\1" word "${row}")
        set(page "${folder}/${program}-${word}.1")
        add_custom_command(OUTPUT "${page}"
            COMMAND ${program} ${word} --manual > "${page}" DEPENDS ${program} VERBATIM)
        list(APPEND pages "${page}")
    endforeach()
    set(all ALL)
    if(SMTPCHAOS_SANITIZERS OR SMTPCHAOS_FUZZ)
        set(all)
    endif()
    add_custom_target(manual ${all} DEPENDS ${pages})
    install(DIRECTORY "${folder}/" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
endfunction()
