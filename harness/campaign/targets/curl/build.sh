#!/usr/bin/env bash
# curl as a sender, with nothing built in but SMTP and its authentication.
source "$HERE/../steps.sh"

./configure --quiet --disable-shared --without-ssl --without-zlib --without-brotli --without-zstd \
    --without-libpsl --without-nghttp2 --without-libidn2 --without-librtmp --disable-ldap \
    --disable-threaded-resolver --disable-manual --disable-ftp --disable-file \
    --disable-rtsp --disable-dict --disable-telnet --disable-tftp --disable-pop3 --disable-imap \
    --disable-gopher --disable-mqtt --disable-smb --enable-ntlm --enable-debug=no
# Not for configure, whose own small programs connect to nothing.
make --silent -j2 -C lib
make --silent -j2 -C src LIBS="${LIBRARY:-}"
install -D src/curl "$PREFIX/curl"
