# The libraries from outside, all in Debian 12; ./run installs their packages.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libuv REQUIRED IMPORTED_TARGET libuv>=1.44)
pkg_check_modules(pcre2 REQUIRED IMPORTED_TARGET libpcre2-8>=10.40)
if(SMTPCHAOS_FUZZ_STATIC)
    find_library(SMTPCHAOS_PCRE2_ARCHIVE libpcre2-8.a REQUIRED)
    set_property(TARGET PkgConfig::pcre2
        PROPERTY INTERFACE_LINK_LIBRARIES "${SMTPCHAOS_PCRE2_ARCHIVE}")
endif()
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson>=2.13)
pkg_check_modules(openssl REQUIRED IMPORTED_TARGET openssl>=3.0)
if(SMTPCHAOS_TESTS)
    pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka>=1.1.5)
    # Debian's own Python first: the packages that the tests need (aiosmtpd) belong to it.
    find_program(SMTPCHAOS_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
    find_program(SMTPCHAOS_PYTHON python3 REQUIRED)
endif()
