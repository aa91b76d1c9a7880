# What the build.sh of the targets share. Each is run in its unpacked source, with CC and CFLAGS for
# the arm, ARM (its name), VARIANT, HERE (its own folder), LIBRARY (objects made from this folder's
# C files) and PREFIX (where the program and its files are to stand).
set -euo pipefail
: "${ARM:?}" "${CC:?}" "${CFLAGS:?}" "${HERE:?}" "${PREFIX:?}" "${SPOOL:?}"
export CC CFLAGS

# defer_before FILE TEXT: the fork server waits before the last line that holds TEXT, where the
# program has read its configuration. Without AFL++'s compiler nothing changes.
defer_before()
{
    local line
    line=$(grep -nF -- "$2" "$1" | tail -1 | cut -d: -f1)
    [ -n "$line" ] || { printf 'build: %s has no line "%s"\n' "$1" "$2" >&2; exit 1; }
    sed -i "${line}i\\
#ifdef __AFL_HAVE_MANUAL_CONTROL\\
__AFL_INIT();\\
#endif" "$1"
}

# fill FILE TARGET: a configuration with its places filled in.
fill()
{
    mkdir -p "$(dirname "$2")"
    sed -e "s|@PREFIX@|$PREFIX|g" -e "s|@SPOOL@|$SPOOL|g" "$1" >"$2"
}

# link_flags: for the fast arm, of which each input is a fork: it copies far less of a program that
# has neither libraries nor a place to choose.
link_flags()
{
    [ "$ARM" != afl ] || printf -- '-static -no-pie'
}
