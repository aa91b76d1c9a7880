/* mutation: one rule at work on one event: all that a mutator sees, and all that it can ask for.
 * Three slots combine without knowing each other: content (the first rule to take an event
 * decides), timing (adds up) and fate (the harshest wins). */
#ifndef SMTPCHAOS_MUTATORS_MUTATION_H
#define SMTPCHAOS_MUTATORS_MUTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/recall.h"
#include "mutators/keys.h"
#include "mutators/param.h"
#include "mutators/template.h"
#include "mutators/tls_plan.h"
#include "smtp/cuts.h"
#include "smtp/dialogue.h"
#include "smtp/event.h"

enum verdict {
    UNTOUCHED, /* the content stays as it is; timing and fate may have been asked for */
    TAKEN      /* what was sent, added and answered replaces the event; nothing at all drops it */
};

/* How a session may be made to end; a larger one is harsher. */
enum fate {
    FATE_NONE,
    FATE_FINISH,      /* both legs end in order (FIN) once what is under way has left */
    FATE_MUTE,        /* the event's target never hears another byte, nor an end */
    FATE_BLACKHOLE,   /* neither side hears anything more; both stay open */
    FATE_TEAR_CLIENT, /* the client's leg is torn, the server's stays open and silent */
    FATE_RESET        /* both legs are torn (RST) */
};

/* A piece of what replaces the event. */
enum piece_role {
    PIECE_SENT, /* the event or what stands for it */
    PIECE_ADDED /* beside it: a command whose reply the client must not hear */
};

struct piece {
    enum piece_role role;
    size_t end;    /* offset behind the piece in `content` */
    duration wait; /* before it leaves */
    bool bare;     /* TLS is left before it leaves */
};

#define PIECES_MAX 256

/* DATA only: the mail is kept back. Zeroed is "not". */
struct hold {
    bool whole;      /* until it is complete; else all but its last `window` bytes pass */
    uint64_t window; /* bytes */
    duration noop;   /* whole: how often the server hears NOOP meanwhile; 0 is never */
    unsigned copies; /* whole: deliveries on top of the first */
};

/* Zeroed but for the inputs, reused from event to event by its owner. Mutators use the functions
 * below; the fields are for the session. */
struct mutation {
    /* inputs, borrowed */
    const struct smtp_event *event;
    const struct dialogue *dialogue;
    const struct facts *facts;
    const struct captures *captures; /* of the rule's filter matches=; NULL is none */
    const struct param *params;
    const struct argument *arguments;
    size_t param_count;
    struct recall *recall;
    uint64_t rule_key; /* tells this rule's memories apart from other rules' */
    struct prng prng;  /* at the address of this rule and event */
    instant now;
    instant began;           /* when the session did */
    void *state;             /* the mutator's own, zeroed when the session began */
    const struct cuts *cuts; /* of the event's direction */
    uint64_t begins;         /* where the event's bytes stand in it */
    bool one_waits;          /* an event of this kind waits for this one (mutation_swap) */

    /* outputs */
    struct text content;
    struct piece *pieces; /* owned, room for `piece_room` */
    size_t piece_count;
    size_t piece_room;
    duration pause; /* before the piece to come */
    bool bare;      /* TLS is left in front of the piece to come */
    bool has_bare;  /* ... or of one that has come */
    bool has_answer;
    bool answer_told; /* the server gets the event all the same, its reply is swallowed */
    bool takes_over;  /* ... or the answer is said at once, in place of all that the client has not
                       * heard yet, and the server's leg is given up */
    struct text answer;
    struct hold hold;
    duration delay;      /* before the event (or its answer) leaves; NEVER stalls the direction */
    uint64_t pace_bytes; /* send so many bytes at a time; 0 is all at once */
    duration pace_gap;
    instant pace_until;   /* from then on all at once; 0 is never */
    uint64_t slice_after; /* one cut behind so many bytes, or SLICE_LINES; 0 is none */
    duration slice_gap;
    duration gather;  /* wait so long for bytes behind it */
    duration swap;    /* wait so long for an event of its kind, to leave behind that one */
    duration left;    /* how long until a policy takes what it refuses now; for {left} */
    duration put_off; /* in and out: how long the mail had been put off; for {put-off} */
    bool lists;       /* something was put on a list, or taken off */
    enum fate fate;
    uint64_t fate_after; /* bytes of the event that still leave; UINT64_MAX is all */
    bool ends_rudely;
    struct tls_plan *tls; /* of the handshake that is about to begin; owned, NULL: nothing asked */
    bool noted;           /* it wants to be written down, and nothing else */
    struct text drawn;    /* "time=400ms chunk=1": the log of the draws */
    struct text scratch[2]; /* for mutation_text */
    size_t scratch_next;
};

/* Makes it ready for one rule and event: outputs and draws are emptied, memory is kept. */
void mutation_begin(struct mutation *mutation);
void mutation_deinit(struct mutation *mutation);

/* -- what a mutator may read ---------------------------------------------------------------- */

/* The value of a number parameter: drawn from its range, and noted in the journal's parameters. A
 * range is drawn anew at each call; call once. */
uint64_t mutation_param(struct mutation *mutation, size_t param);
/* Whether the rule names the parameter (a preset does not count). */
bool mutation_has(const struct mutation *mutation, size_t param);
/* A text parameter, expanded; empty when not given and without preset. The last two texts stay
 * valid until the mutation ends. */
struct span mutation_text(struct mutation *mutation, size_t param);
const struct pattern *mutation_pattern(const struct mutation *mutation, size_t param);
/* Counts and remembers across sessions under a key of this rule. */
struct recollection mutation_recall(struct mutation *mutation, uint64_t key);
/* Likewise, forgetting first what began more than `window` ago. */
struct recollection mutation_recall_within(struct mutation *mutation, uint64_t key,
                                           duration window);
/* The key of the event at hand, for the two above and the one below. */
uint64_t mutation_key(const struct mutation *mutation, enum key key);
/* Raises a load under a key of this rule, unless it is too high already: true then. */
bool mutation_is_loaded(struct mutation *mutation, uint64_t key, const struct load *load);
/* Puts the event's key on a list that rules share, for so long; 0 takes it off. */
void mutation_list(struct mutation *mutation, struct span name, enum key key, duration time);
/* Forgets what mutation_recall knows about a key. */
void mutation_forget(struct mutation *mutation, uint64_t key);

/* What of the last bytes of the event came in the same segment as the first of them. Asked for
 * by mutators that mind cuts. */
struct span mutation_first_part(const struct mutation *mutation, struct span rest);

/* -- what a mutator may ask for ------------------------------------------------------------- */

/* Content: bytes in place of the event, in the order of the calls. */
void mutation_send(struct mutation *mutation, struct span bytes);
/* Content: bytes beside the event; a command that is added has its reply swallowed. */
void mutation_add(struct mutation *mutation, struct span bytes);
/* Content: what is sent or added next waits so long behind what was before it. At most PIECES_MAX
 * pieces are told apart by pauses and roles. */
void mutation_pause(struct mutation *mutation, duration wait);
/* Content, to the server only: the client is told `reply`, a whole reply; CRLF is added unless it
 * ends in a line ending of its own. The server is spared the event, or told it. */
void mutation_answer(struct mutation *mutation, struct span reply, bool told);
/* Content: the event leaves as it is, behind the next of its kind, or alone after `wait`. */
void mutation_swap(struct mutation *mutation, duration wait);
/* Nothing but an entry in the journal. */
void mutation_note(struct mutation *mutation);
/* To the server, at DATA: the mail to come is kept back. To keep all of it, answer 354 as well. */
void mutation_hold(struct mutation *mutation, struct hold hold);
/* Timing. */
void mutation_delay(struct mutation *mutation, duration wait);
void mutation_pace(struct mutation *mutation, uint64_t bytes, duration gap);
/* One cut behind so many bytes, or with SLICE_LINES behind each line; what is behind it waits. */
#define SLICE_LINES UINT64_MAX
void mutation_slice(struct mutation *mutation, uint64_t after, duration gap);
/* Wait for more bytes to leave with, but no longer than that. */
void mutation_gather(struct mutation *mutation, duration wait);
/* Content: behind what was sent and added until now, the side leaves TLS (close_notify) and goes on
 * in clear text. Once for each event. */
void mutation_bare(struct mutation *mutation);
/* TLS: the side that the event goes to will end without close_notify. */
void mutation_end_rudely(struct mutation *mutation);
/* TLS, at the event `tls` only: a zeroed plan to be filled. */
struct tls_plan *mutation_tls(struct mutation *mutation);
/* Fate: `after` bytes of the event still leave. */
void mutation_end(struct mutation *mutation, enum fate fate, uint64_t after);

#endif
