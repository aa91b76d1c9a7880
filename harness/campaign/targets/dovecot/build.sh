#!/usr/bin/env bash
# Dovecot's SMTP server (lib-smtp, which its submission and LMTP services are made of) as its own
# fuzz target sets it up, on standard input (server.c).
source "$HERE/../steps.sh"

libraries="lib-smtp lib-program-client lib-dns lib-mail lib-charset lib-master lib-auth
    lib-ssl-iostream lib-settings lib-sasl lib"
without=()
for left in ssl pam shadow ldap lua gssapi sodium libunwind stemmer textcat lz4 zstd bzlib zlib \
    libcap systemd lzma icu; do
    without+=("--without-$left")
done
./configure --quiet --disable-shared --enable-static "${without[@]}"
# The others are built before lib-smtp, which comes first for the linker.
for library in $(tr ' ' '\n' <<<"$libraries" | tac); do
    made=$(sed -n 's/^noinst_LTLIBRARIES = //p' "src/$library/Makefile")
    make --silent -j2 -C "src/$library" $made
done
# It waits so long for more of a session that has all been said.
sed -i 's/timeout_add_short(10,/timeout_add_short(1,/' src/lib-smtp/fuzz-smtp-server.c
cd src/lib-smtp
archives=() includes=(-I../lib-test)
for library in $libraries; do
    archives+=("../$library"/.libs/*.a)
    includes+=("-I../$library")
done
$CC $CFLAGS -w -DHAVE_CONFIG_H -I../.. "${includes[@]}" -o "$PREFIX/dovecot" fuzz-smtp-server.c \
    ../lib-test/fuzzer.c "$HERE/server.c" "${archives[@]}" -lcrypt -lresolv
