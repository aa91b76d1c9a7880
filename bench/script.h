/* script: what a session of the load says, and how many replies it awaits before it goes on. */
#ifndef SMTPCHAOS_BENCH_SCRIPT_H
#define SMTPCHAOS_BENCH_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#define STEPS_MAX 10

struct step {
    const char *bytes; /* may be empty */
    size_t len;
    unsigned replies;
    bool secures; /* TLS begins behind its replies */
};

/* Steps from `loop_from` on are said again and again; each round is what is counted. */
struct script {
    struct step steps[STEPS_MAX];
    unsigned count;
    unsigned loop_from;
    bool reconnects;      /* each round has a connection of its own */
    struct step farewell; /* behind the last round; nothing where each round says QUIT */
    char *mail;
};

/* The script called `mode`, with mail of `size` bytes, behind STARTTLS when that is wanted. False
 * when there is none of that name:
 *   lockstep    rounds of MAIL, RCPT, DATA, mail on one connection, each reply awaited
 *   pipelined   the same; the next message's commands leave with the mail (RFC 2920 section 3.1)
 *   connection  a connection for each message
 *   greeting    a connection for nothing: greeting, QUIT
 *   noop        rounds of NOOP
 *   hold        the greeting, and then nothing */
bool script_init(struct script *script, const char *mode, size_t size, bool starttls);
void script_deinit(struct script *script);

/* The names of all modes, for a message. */
const char *script_modes(void);

#endif
