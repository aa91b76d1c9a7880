# mutators/list.h and the files in mutators/ must tell the same story: a row MUTATOR(bare_lf) for
# each file bare_lf.c that defines `mutator_bare_lf`, and the other way round. What is out of step
# is named here, before the linker can only say "undefined reference". Like any warning it is an
# error where SMTPCHAOS_WERROR is on, and tests/tidy/check_twins.py is never content with it.

function(check_mutator_list)
    set(severity WARNING)
    if(SMTPCHAOS_WERROR)
        set(severity FATAL_ERROR)
    endif()
    set(list "${PROJECT_SOURCE_DIR}/mutators/list.h")
    if(NOT EXISTS "${list}")
        return()
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${list}")
    file(STRINGS "${list}" lines REGEX "^MUTATOR\\(")
    set(rows)
    foreach(line IN LISTS lines)
        if(NOT line MATCHES "^MUTATOR\\(([a-z0-9_]+)\\)")
            message(FATAL_ERROR "mutators/list.h: cannot read the row '${line}'")
        endif()
        list(APPEND rows "${CMAKE_MATCH_1}")
    endforeach()

    foreach(row IN LISTS rows)
        if(NOT EXISTS "${PROJECT_SOURCE_DIR}/mutators/${row}.c")
            message(${severity} "mutators/list.h has the row MUTATOR(${row}), "
                "but there is no mutators/${row}.c that could define mutator_${row}")
        endif()
    endforeach()

    file(GLOB files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/mutators/*.c")
    foreach(file IN LISTS files)
        cmake_path(GET file STEM name)
        file(STRINGS "${file}" definition REGEX "^const struct mutator mutator_[a-z0-9_]+ =")
        if(definition AND NOT name IN_LIST rows)
            message(${severity} "mutators/${name}.c defines a mutator, "
                "but mutators/list.h has no row MUTATOR(${name})")
        elseif(name IN_LIST rows AND NOT definition MATCHES "mutator_${name} =")
            message(${severity} "mutators/list.h has the row MUTATOR(${name}), "
                "but mutators/${name}.c has no line 'const struct mutator mutator_${name} = {'")
        endif()
    endforeach()
endfunction()
