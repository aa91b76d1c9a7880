/* send_connection: one connection of `smtpchaos send`: takes message after message from its run and
 * tells it what became of them. */
#ifndef SMTPCHAOS_PROXY_SEND_CONNECTION_H
#define SMTPCHAOS_PROXY_SEND_CONNECTION_H

#include "proxy/send_run.h"

/* Connects for the message, which it finishes in any case. It frees itself. */
void send_connection_open(struct send_run *run, struct send_job *job, instant now);
/* Lets it take a message that has become due, or quit when there will be none. */
void send_connection_wake(struct send_connection *connection, instant now);
bool send_connection_is_idle(const struct send_connection *connection);
/* Ends it at once: the message under way is lost. */
void send_connection_abort(struct send_connection *connection);
struct send_connection *send_connection_next(const struct send_connection *connection);

#endif
