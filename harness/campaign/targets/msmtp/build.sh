#!/usr/bin/env bash
# msmtp as a sender, without TLS, with its own SASL.
source "$HERE/../steps.sh"

./configure --quiet --with-tls=no --without-libgsasl --without-libidn --without-libsecret \
    --without-msmtpd --disable-nls
make --silent -j2 -C src LIBS="${LIBRARY:-} -lresolv" msmtp
install -D src/msmtp "$PREFIX/msmtp"
