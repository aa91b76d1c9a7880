/* activation: sockets that a service manager has bound and hands over (sd_listen_fds(3)). */
#ifndef SMTPCHAOS_PROXY_ACTIVATION_H
#define SMTPCHAOS_PROXY_ACTIVATION_H

#include "proxy/listener.h"

/* Takes all of them over, once. Answers 0, or an exit status after one line on stderr. */
int activation_take(struct listeners *listeners);

#endif
