#!/usr/bin/env bash
# Postfix's smtpd as a receiver that reads a session from standard input (smtpd -S), in which form
# mail goes through a command; here one that reads it, and keeps nothing.
source "$HERE/../steps.sh"

defer_before src/smtpd/smtpd.c 'smtpd_proto(&state);'
make -s -f Makefile.in MAKELEVEL= makefiles shared=no dynamicmaps=no pie=no CC="$CC" \
    OPT="$CFLAGS -w" DEBUG= \
    CCARGS="-DNO_DB -DNO_NIS -DNO_EAI -DNO_NISPLUS" \
    AUXLIBS="${LIBRARY:-} -lresolv $(link_flags)" >/dev/null
env -u CFLAGS make -s -j2 \
    DIRS='src/util src/global src/dns src/tls src/xsasl src/milter src/master src/smtpd' >/dev/null
install -D libexec/smtpd "$PREFIX/smtpd" || install -D src/smtpd/smtpd "$PREFIX/smtpd"
fill "$HERE/main.cf" "$PREFIX/etc/main.cf"
fill "$HERE/master.cf" "$PREFIX/etc/master.cf"
mkdir -p "$PREFIX/bin"
cc -O2 -o "$PREFIX/bin/postdrop" "$HERE/postdrop.c"
chmod 755 "$PREFIX/etc"
