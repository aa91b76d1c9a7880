/* witness: who is told of every call on a session's doors, before it is done: enough to make the
 * same calls again. Questions that change nothing are no calls. */
#ifndef SMTPCHAOS_SESSION_WITNESS_H
#define SMTPCHAOS_SESSION_WITNESS_H

#include "base/instant.h"
#include "base/span.h"
#include "mutators/tls_plan.h"
#include "smtp/event.h"

struct session;

/* The doors of session.h. DOOR(NAME, "word") */
enum session_door {
#define DOOR(name, word) DOOR_##name,
#include "session/doors.def"
#undef DOOR
};

/* One call. What the door does not take is zero. */
struct session_call {
    enum session_door door;
    instant now;
    enum direction direction;      /* COMMIT, CUT, CONSUME */
    enum side side;                /* ENDED, FINISHED, and all doors of TLS */
    struct span bytes;             /* COMMIT: that have come; MEETS, MISSES: who; TLS_FAILED: why */
    size_t sent;                   /* CONSUME: how many bytes leave; session_peek_all shows them */
    int ending;                    /* ENDED, MISSES: an enum ending */
    const struct tls_facts *facts; /* SECURED */
};

struct witness {
    void (*saw)(struct witness *witness, const struct session *session,
                const struct session_call *call);
};

#endif
