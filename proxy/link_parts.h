/* link_parts: what a link is made of, for its own files only. One subject each:
 *
 *   link.c           a link begins, turns with the poller, does what the session wishes
 *   link_sorting.c   the server's side, where recipients decide which server that is
 *   link_upstream.c  the way to the server: addresses, attempts
 *   link_bytes.c     bytes from a leg to the session and back
 *   link_end.c       legs and links are closed and freed
 *
 * Each uses those below it; link_pump is how they come back to the top. */
#ifndef SMTPCHAOS_PROXY_LINK_PARTS_H
#define SMTPCHAOS_PROXY_LINK_PARTS_H

#include "proxy/due_timer.h"
#include "proxy/leg.h"
#include "proxy/link.h"

struct link {
    struct link_place *place;
    struct link *next;
    struct link *previous;
    struct session *session; /* NULL once the session is over */
    struct rule_set *rules;
    struct leg legs[2];              /* by enum side */
    const struct upstream *upstream; /* NULL: not chosen yet */
    struct passage *passage;         /* to the server; gone when it is no longer needed */
    struct capture *capture;         /* NULL: nobody captures */
    struct recording *recording;     /* NULL: nobody records */
    struct introducer *introducer;   /* while the server is told who the client is */
    struct sorter *sorter;           /* NULL: there is one server, and the leg is its */
    struct lookup *lookup;           /* the upstream's addresses, while there are more to try */
    struct due_timer timer;
    struct turn turn; /* asked for while something is left to be done at once */
    bool has_read;    /* in this round, and its turn is still to come */
    bool tries_again; /* an attempt to connect has failed; the next one waits for its turn */
    unsigned handles; /* libuv has not given them back yet */
};

/* Does what the session wishes until it wishes nothing more; the link may be gone behind it. */
void link_pump(struct link *link, instant now);

/* -- link_sorting.c ------------------------------------------------------------------------- */

struct sorter;
struct sorter *sorter_new(const struct link_place *place, const struct address *listen);
/* NULL is fine. */
void sorter_free(struct sorter *sorter);
/* Does what there is to do on the server's side; true when that may have led to more. */
bool sorter_serve(struct link *link, instant now);
/* A server is being connected to. */
bool sorter_dials(const struct sorter *sorter);
/* ... it is there, and was told who the client is; or it could not be reached. */
void sorter_reached(struct link *link, instant now);
void sorter_failed(struct link *link, enum ending ending, instant now);
/* When sorter_tick has something to do; these three do nothing without a sorter. */
instant sorter_due(const struct sorter *sorter);
void sorter_tick(struct link *link, instant now);
void sorter_turn(struct link *link);

/* -- link_upstream.c ------------------------------------------------------------------------ */

void link_connect(struct link *link, instant now);
/* The socket of an attempt has become ready. */
void link_attempt_ended(struct link *link, instant now);
/* After an attempt that failed, in its turn: the next address. */
void link_try_again(struct link *link, instant now);

/* -- link_bytes.c --------------------------------------------------------------------------- */

static inline bool link_wishes(const struct link *link, enum side side, enum session_wish wish)
{
    return session_wishes(link->session, side) & wish;
}

struct securing link_securing(struct link *link);
bool link_may_read(const struct link *link, enum side side);
bool link_has_to_read(const struct link *link, enum side side);
/* Answers how many bytes have come; 0 when there are none for now, or no more. */
size_t link_read_once(struct link *link, enum side side, instant now);
/* Reads what there is, though not for too long. */
void link_read(struct link *link, enum side side, instant now);
/* True when that may have led to further wishes, or the leg is torn. */
bool link_write(struct link *link, enum side side, instant now);

/* -- link_end.c ----------------------------------------------------------------------------- */

/* Frees the link when nothing of it is left that libuv has. */
void link_release(struct link *link);
void link_close_leg(struct link *link, enum side side, bool torn, instant now);
/* Closes both legs and frees the session; the link follows when all has left. */
void link_close(struct link *link, instant now);
/* The session is over, and records wait to leave. */
bool link_lingers(const struct link *link);
void link_linger_on(struct link *link, struct leg *leg);
void link_end_lingering(struct link *link);

#endif
