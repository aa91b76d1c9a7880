# The warnings we keep clean, each with its reason. GCC 12 and Clang 14 know all of them.

set(SMTPCHAOS_WARNINGS
    -Wall -Wextra            # what every C programmer expects to be told
    -Wpedantic               # C17 and nothing beside it: both compilers must agree
    -Wshadow                 # a name means one thing in a function
    -Wconversion             # lengths come from the network: no silent narrowing, no lost sign
    -Wswitch-enum            # a new state or event kind must be thought about in every switch
    -Wvla                    # a peer must not choose how much stack we use
    -Wstrict-prototypes      # `f()` takes anything, which is never meant
    -Wmissing-prototypes     # what is not in a header is static
    -Wformat=2               # format strings are literals and match their arguments
    -Wimplicit-fallthrough   # a missing break is said aloud (Clang leaves it out of -Wextra)
    -Wundef                  # a misspelt macro in #if is an error, not 0
    -Wwrite-strings          # string literals are const, so nobody writes into one
    -Wno-missing-braces      # { 0 } zeroes a nested struct too; GCC alone wants more braces
)
# Left out: -Wpadded and -Wcast-align (about layout, which nothing here depends on), -Weverything
# (no two releases of Clang agree on it).

add_compile_options(${SMTPCHAOS_WARNINGS})
if(SMTPCHAOS_WERROR)
    add_compile_options(-Werror)
endif()
