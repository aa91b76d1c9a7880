/* privileges: what the process may do beyond others, and how it gives that up once its sockets are
 * bound and its files are open. */
#ifndef SMTPCHAOS_PROXY_PRIVILEGES_H
#define SMTPCHAOS_PROXY_PRIVILEGES_H

#include <stdbool.h>

/* Becomes `user` (a name or a number; NULL: nobody else), with the user's groups. Of the
 * capabilities only CAP_NET_ADMIN and CAP_NET_RAW stay, as far as they are there, when
 * `keeps_network` is set; otherwise none. Root without `user` stays as it is. For the calling
 * thread and those it starts later. Answers 0, or an exit status after one line on stderr. */
int privileges_drop(const char *user, bool keeps_network);

#endif
