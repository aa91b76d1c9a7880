# The units of deploy/ for systemd, with the places of this installation in them. A configuration
# that stands there already is its owner's.

include(GNUInstallDirs)

function(service_files)
    set(SMTPCHAOS_CONFIG "${CMAKE_INSTALL_FULL_SYSCONFDIR}/smtpchaos.conf")
    configure_file(deploy/smtpchaos.service.in deploy/smtpchaos.service @ONLY)
    configure_file(deploy/smtpchaos.socket deploy/smtpchaos.socket COPYONLY)
    install(FILES "${PROJECT_BINARY_DIR}/deploy/smtpchaos.service"
                  "${PROJECT_BINARY_DIR}/deploy/smtpchaos.socket"
        DESTINATION lib/systemd/system)
    install(CODE "
        set(folder \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SYSCONFDIR}\")
        if(NOT EXISTS \"\$ENV{DESTDIR}\${folder}/smtpchaos.conf\")
            file(INSTALL \"${PROJECT_SOURCE_DIR}/deploy/smtpchaos.conf\" DESTINATION \"\${folder}\")
        endif()")
endfunction()
