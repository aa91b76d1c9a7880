#!/usr/bin/env bash
# Sendmail as a receiver that reads a session from standard input (sendmail -bs).
source "$HERE/../steps.sh"

defer_before sendmail/main.c 'smtp(nullserver, *p_flags, &MainEnvelope);'
# It closes whatever it finds open; the fork server's two files are above 190.
sed -i 's/sm_closefrom(STDERR_FILENO + 1, DtableSize)/sm_closefrom(STDERR_FILENO + 1, 190)/' \
    sendmail/main.c
# A machine whose name has no dot is not waited for.
sed -i 's/(void) sl[e]ep(60);/(void) 0;/' sendmail/daemon.c
# A client that does not wait for replies is heard all the same: the input is there at once.
sed -i -e 's/bitset(SRV_BAD_PIPELINE, features)/false/' \
    -e 's/if (check_stuffing \&\&/if (false \&\&/' sendmail/srvrsmtp.c
cat >devtools/Site/site.config.m4 <<END
define(\`confCC', \`$CC')
define(\`confOPTIMIZE', \`$CFLAGS -w')
define(\`confMAPDEF', \`')
define(\`confENVDEF', \`-DNIS=0 -DNISPLUS=0 -DNETINET6=0')
define(\`confLIBS', \`${LIBRARY:-} -lresolv')
END
cd sendmail
env -u CFLAGS sh ./Build >/dev/null
install -D ../obj.*/sendmail/sendmail "$PREFIX/sendmail"
fill "$HERE/sendmail.mc" "$PREFIX/sendmail.mc"
cd ../cf/cf
m4 ../m4/cf.m4 "$PREFIX/sendmail.mc" >"$PREFIX/sendmail.cf"
printf 'hosts files\naliases files\n' >"$PREFIX/service.switch"
chmod 644 "$PREFIX/sendmail.cf"
