#!/usr/bin/env bash
# Exim as a receiver that reads a session from standard input (exim -bs), with everything built in
# that bytes from the network can reach. TLS is left out: its library takes ten times a session's
# time to start, and no fuzzer gets through its handshake.
source "$HERE/../steps.sh"

defer_before src/exim.c 'if (!smtp_start_session())'

mkdir -p Local
sed -E -e "s|^BIN_DIRECTORY=.*|BIN_DIRECTORY=$PREFIX|" \
    -e "s|^CONFIGURE_FILE=.*|CONFIGURE_FILE=$PREFIX/exim.conf|" \
    -e "s|^SPOOL_DIRECTORY=.*|SPOOL_DIRECTORY=$SPOOL/exim|" \
    -e 's|^EXIM_USER=.*|EXIM_USER=65534\nEXIM_GROUP=65534|' \
    -e 's|^FIXED_NEVER_USERS=.*|FIXED_NEVER_USERS=|' -e 's|^EXIM_MONITOR=.*||' \
    -e 's|^(LOOKUP_DBM\|SUPPORT_DANE\|DLOPEN_LOCAL_SCAN)=.*||' src/EDITME >Local/Makefile
cat >>Local/Makefile <<END
AUTH_CRAM_MD5=yes
AUTH_EXTERNAL=yes
AUTH_PLAINTEXT=yes
CFLAGS=$CFLAGS -w
CC=$CC
HAVE_ICONV=yes
PCRE2_CONFIG=yes
SUPPORT_MAILDIR=yes
SUPPORT_PROXY=yes
DISABLE_TLS=yes
DBMLIB=-ldb
USE_DB=yes
WITH_CONTENT_SCAN=yes
END
# MAKELEVEL and the like of the caller are not this make's business.
env -u CFLAGS -u LDFLAGS make -s build=campaign -j2 FULLECHO=

install -D build-campaign/exim "$PREFIX/exim"
fill "$HERE/exim.conf" "$PREFIX/exim.conf"
chmod 644 "$PREFIX/exim.conf"
