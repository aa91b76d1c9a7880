/* stage: one session under a virtual clock, between a client and a server that are not there. What
 * they say is cut as wanted and fed in as the session wishes to read; what the session wishes to
 * write, open and end happens at once. What they say and should hear is the player's. */
#ifndef SMTPCHAOS_PLAY_STAGE_H
#define SMTPCHAOS_PLAY_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/prng.h"
#include "base/text.h"
#include "play/heard.h"
#include "play/transcript.h"
#include "session/session.h"

/* How the bytes arrive and leave. */
enum play_cuts {
    PLAY_WHOLE, /* as much at once as there is */
    PLAY_BYTES, /* one byte at a time */
    PLAY_SEEDED /* at places drawn from a seed */
};

/* One of the two peers. */
struct stage_side {
    struct text said; /* of which the session has read the first `fed` bytes */
    size_t fed;
    bool begins_segment;    /* what is said in a row is one segment, however it is cut */
    enum play_end said_end; /* behind all bytes */
    bool end_fed;
    struct heard heard;
    enum play_handshake handshake;
    bool is_secure;
    bool is_gone; /* torn or closed by the proxy: nothing can be said or heard any more */
};

struct stage {
    struct session *session; /* NULL when it is over */
    instant now;
    enum play_cuts cuts;
    struct prng prng;
    enum play_server server;
    bool connect_asked;
    bool is_connected;
    bool is_restless;           /* the session asked to be ticked for ever at one instant */
    struct stage_side sides[2]; /* by enum side */
};

/* The session begins, with a server and handshakes as in `like`; `seed` is for PLAY_SEEDED. The
 * stage is left as it comes to rest. */
void stage_open(struct stage *stage, const struct session_setup *setup,
                const struct play_session *like, enum play_cuts cuts, uint64_t seed, instant now);
/* Frees the session, which writes its close entry if it was still open, and all else. */
void stage_close(struct stage *stage);

/* A side says bytes, or ends; nothing moves before stage_settle. */
void stage_say(struct stage *stage, enum side side, struct span bytes);
void stage_say_end(struct stage *stage, enum side side, enum play_end end);
/* Everything happens that can happen at this instant. */
void stage_settle(struct stage *stage);
/* The clock moves, stopping at every deadline on the way. */
void stage_wait(struct stage *stage, duration wait);

#endif
