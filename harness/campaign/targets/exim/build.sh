#!/usr/bin/env bash
# Exim as a receiver that reads a session from standard input (exim -bs), with everything built in
# that bytes from the network can reach. The variant tls has TLS and DKIM too: the boundary of
# STARTTLS is reached then, and what is done to signatures; no fuzzer gets through the handshake.
source "$HERE/../steps.sh"

tls="DISABLE_TLS=yes"
if [ "$VARIANT" = tls ]; then
    tls=$'USE_OPENSSL=yes\nTLS_LIBS=-lssl -lcrypto'
    openssl req -quiet -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 \
        -subj /CN=mx.test -keyout "$PREFIX/key.pem" -out "$PREFIX/certificate.pem"
    chmod 644 "$PREFIX/key.pem"
    # The library takes ten times a session's time to start, so it does before the fork server.
    line=$(grep -nF 'if (!smtp_start_session())' src/exim.c | tail -1 | cut -d: -f1)
    sed -i "${line}i tls_daemon_init(); dkim_exim_init();" src/exim.c
fi
defer_before src/exim.c 'if (!smtp_start_session())'
# Who waits for the clock's next tick, as it does between two mails, sleeps: still.c knows of that.
line=$(grep -n '^milliwait(struct itimerval \*itval)' src/exim.c | cut -d: -f1)
sed -i "$((line + 1))a (void)usleep((useconds_t)itval->it_value.tv_usec); return;" src/exim.c
# A mail that a crash has left behind is in nobody's way.
sed -i 's/O_RDWR|O_CREAT|O_EXCL/O_RDWR|O_CREAT|O_TRUNC/' src/receive.c

mkdir -p Local
sed -E -e "s|^BIN_DIRECTORY=.*|BIN_DIRECTORY=$PREFIX|" \
    -e "s|^CONFIGURE_FILE=.*|CONFIGURE_FILE=$PREFIX/exim.conf|" \
    -e "s|^SPOOL_DIRECTORY=.*|SPOOL_DIRECTORY=$SPOOL/exim|" \
    -e 's|^EXIM_USER=.*|EXIM_USER=65534\nEXIM_GROUP=65534|' \
    -e 's|^FIXED_NEVER_USERS=.*|FIXED_NEVER_USERS=|' -e 's|^EXIM_MONITOR=.*||' \
    -e 's|^(USE_OPENSSL\|USE_GNUTLS\|TLS_LIBS\|USE_OPENSSL_PC\|USE_GNUTLS_PC)=.*||' \
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
$tls
DBMLIB=-ldb
USE_DB=yes
WITH_CONTENT_SCAN=yes
END
# MAKELEVEL and the like of the caller are not this make's business.
env -u CFLAGS -u LDFLAGS make -s build=campaign -j2 FULLECHO= LFLAGS="$(link_flags)" \
    EXTRALIBS="${LIBRARY:-}"

install -D build-campaign/exim "$PREFIX/exim"
fill "$HERE/exim.conf" "$PREFIX/exim.conf"
chmod 644 "$PREFIX/exim.conf"
