#!/usr/bin/env bash
# OpenSMTPD's SMTP session as a receiver that reads standard input (session.c). Its other processes
# are left out: what it sends them is caught where a message is finished.
source "$HERE/../steps.sh"

./configure --quiet --with-path-socket="$SPOOL" --with-path-empty="$SPOOL" --without-auth-pam \
    --with-user-smtpd=nobody --with-user-queue=nobody --with-group-queue=nogroup >/dev/null
cd usr.sbin/smtpd
sed -i 's/^main(int argc, char \*argv\[\])/smtpd_main(int argc, char *argv[])/' smtpd.c
cat "$HERE/session.c" >>smtpd.c
for sent in m_close m_compose m_composev m_forward; do
    sed -i "s/^$sent(struct mproc/${sent}_really(struct mproc/" mproc.c
done
cat >>mproc.c <<'END'
void campaign_closed(struct mproc *);
void m_close(struct mproc *p) { campaign_closed(p); }
void m_compose(struct mproc *p, uint32_t t, uint32_t q, pid_t i, int f, void *d, size_t n) {}
void m_composev(struct mproc *p, uint32_t t, uint32_t q, pid_t i, int f, const struct iovec *v,
    int n) {}
void m_forward(struct mproc *p, struct imsg *imsg) {}
END
# The client's name is known without a lookup, but it has not authenticated itself by that.
line=$(grep -n 'if (hostname) {' smtp_session.c | head -1 | cut -d: -f1)
sed -i "$line,$((line + 2))s/s->flags |= SF_AUTHENTICATED;//" smtp_session.c
cd ../..
make --silent -j2 -C openbsd-compat >/dev/null
make --silent -j2 -C mk/smtpd smtpd CFLAGS="$CFLAGS -w" >/dev/null
install -D mk/smtpd/smtpd "$PREFIX/opensmtpd"
