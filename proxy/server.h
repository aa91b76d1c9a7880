/* server: the running proxy: listeners, workers, the rules in force, and the signals that change
 * them. */
#ifndef SMTPCHAOS_PROXY_SERVER_H
#define SMTPCHAOS_PROXY_SERVER_H

#include "proxy/settings.h"

/* Runs until a signal ends it, and takes over settings->rules. Answers the exit status; stderr has
 * been told what is wrong. */
int server_run(struct settings *settings);

#endif
