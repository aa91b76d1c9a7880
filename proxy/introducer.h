/* introducer: the server's leg before the session begins: a PROXY header as its first bytes, then
 * an introduction by XCLIENT (peers/introduction.h). */
#ifndef SMTPCHAOS_PROXY_INTRODUCER_H
#define SMTPCHAOS_PROXY_INTRODUCER_H

#include <stdbool.h>

#include "proxy/leg.h"
#include "proxy/passage.h"

/* What servers are told of the client. */
struct introducing {
    unsigned proxy_version; /* --send-proxy: 1 or 2; 0: none */
    bool xclient;           /* --send-xclient */
};

/* True when they are told anything. */
bool introducing_is_on(const struct introducing *how);

struct introducer;

/* The server is there: writes the PROXY header, and begins an introduction. NULL when there is none
 * to wait for. */
struct introducer *introducer_begin(const struct introducing *how, const struct passage *passage,
                                    struct span host, int fd);
void introducer_free(struct introducer *introducer);
/* Reads and writes what there is. When it is done, also because the leg has ended or torn, what the
 * server has said that is the session's is added to `rest`, *introducer is freed and NULL, and the
 * answer is true. */
bool introducer_serve(struct introducer **introducer, struct leg *leg, struct text *rest);

#endif
