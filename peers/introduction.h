/* introduction: tells a Postfix server, before the session begins, who its client is: EHLO and
 * XCLIENT (Postfix's XCLIENT_README), as a pure machine. What the client will hear is the greeting
 * that the server gives it after that. */
#ifndef SMTPCHAOS_PEERS_INTRODUCTION_H
#define SMTPCHAOS_PEERS_INTRODUCTION_H

#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"

enum introduction_step {
    INTRODUCTION_GREETING, /* each waits for a reply: to nothing, */
    INTRODUCTION_EHLO,     /* to EHLO, */
    INTRODUCTION_XCLIENT,  /* to XCLIENT */
    INTRODUCTION_DONE
};

/* Zeroed to begin with, but for the spans, which are borrowed. */
struct introduction {
    struct span host;   /* the name in our EHLO */
    struct span client; /* "192.0.2.1"; empty when it has none */
    unsigned client_port;
    struct span local; /* where the client connected to, likewise */
    unsigned local_port;
    enum introduction_step step;
    struct text heard;    /* not yet understood; at the end, what is the session's */
    struct text say;      /* not yet sent; its owner takes it */
    struct text greeting; /* the server's, for the client */
    const char *why;      /* DONE: why the server has not been told, a clause; NULL when it was */
};

void introduction_deinit(struct introduction *introduction);
/* Bytes that the server has sent. Afterwards look at `step` and `say`. */
void introduction_hear(struct introduction *introduction, struct span bytes);
/* When it is done: appends all that the session is to hear from the server. */
void introduction_add_rest(const struct introduction *introduction, struct text *out);

#endif
