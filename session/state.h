/* state: what a session is made of, for the files of this room that work on it. One subject each:
 *
 *   session.c       doors: bytes in and out, wishes, deadlines, what happened to a side
 *   tls.c           doors of TLS: secured, failed, left
 *   settle.c        bytes become events, and are handed to
 *   silence.c       nobody has said anything for a while
 *   closing.c       what becomes of an end
 *   to_server.c     what becomes of connects and commands
 *   body_end.c      the end of a mail
 *   held.c          mail that is kept until it is complete
 *   body_line.c     lines of mail meet the rules, or are answered
 *   to_client.c     what becomes of greetings and replies, and of replies made up here
 *   parting.c       the sides believe different things: bodies to nowhere, the stand-in, opaque
 *   forward.c       servers are told the client by XFORWARD
 *   starttls.c      what STARTTLS means in each mode, and how TLS begins
 *   body.c          mail on its way: where it goes, its lines
 *   bdat.c          BDAT chunks of our own
 *   swap.c          an event waits until the next of its kind has gone
 *   queue.c         places in the queue of commands that wait for their reply
 *   judge.c         an event meets the rules; what they want is merged
 *   fate.c          ends, resets, silence, and when a session is over
 *   secure.c        where TLS stands on a side, and its clock
 *   lane.c          one direction: how bytes leave it, how many it may hold
 *   session_log.c   entries for the journal
 *   desk.c          what the sessions of a thread share to judge on
 *
 * Each uses those below it only. */
#ifndef SMTPCHAOS_SESSION_STATE_H
#define SMTPCHAOS_SESSION_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/apart.h"
#include "base/chain.h"
#include "base/limits.h"
#include "mutators/mutation.h"
#include "session/desk.h"
#include "session/match.h"
#include "session/outbox.h"
#include "session/session.h"
#include "smtp/decoder.h"
#include "smtp/dialogue.h"

/* Where the mail that the client is sending goes. */
enum body_route {
    BODY_PASSES,  /* to the server, as the client frames it */
    BODY_NOWHERE, /* the server does not expect it */
    BODY_RECHUNK, /* to the server, in BDAT chunks of our own: rules may change its size */
    BODY_HELD     /* nowhere until it is complete: the server does not know of it */
};

/* An event that waits until the next of its kind has gone; where there is none, NULL. */
struct swap {
    struct text bytes;
    instant due;    /* when it leaves alone */
    duration delay; /* as rules have it */
};

/* One direction. */
struct lane {
    struct chain in;
    struct decoder decoder;
    struct outbox out;
    size_t ahead;      /* bytes at the head of `in` that have left already */
    bool unfinished;   /* the bytes of `in` are the beginning of an event */
    bool source_ended; /* the side the bytes come from will send no more */
    bool closing;      /* ... and the CLOSE event has been dealt with */
    bool target_done;  /* the side the bytes go to gets no more: ended or gone */
    bool target_gone;  /* ... gone: its connection is not there any more */
    bool reset;        /* ... and is to be torn by its owner */
    bool deaf;         /* what still comes is thrown away */
    bool paused;       /* above the high-water mark, not yet below the low one */
    struct swap *swap; /* a command, or a reply */
    struct cuts cuts;  /* where TCP cut the bytes that come, when a rule asks */
    duration silence;  /* which the first of the bytes at hand broke */
    uint64_t bytes_in;
    uint64_t bytes_out;
};

/* Of the direction to the server: the mail under way. */
struct mail {
    enum body_route route;
    bool answered;   /* the mail was replied to before its end */
    bool swallows;   /* ... by a rule, and the server's own reply is to be swallowed */
    bool told;       /* what rules do to its stretches has been written down */
    bool holds_tail; /* a rule on body-end is loaded: the last line ending waits */
    bool asks;       /* hold: the server was told DATA for it; what the client says waits */
    bool too_long;   /* hold: more came than is kept */
    uint8_t tail[2];
    size_t tail_len;
    struct swap *swap;     /* a line */
    struct text announced; /* RECHUNK: the client's BDAT line, until a chunk of our own is said */
    uint64_t announced_size;
    size_t bare_at;      /* RECHUNK: where in `chunk` TLS is left, from 1; 0: nowhere */
    struct chain chunk;  /* RECHUNK: what has come out of the rules and not yet left */
    uint8_t end[8];      /* BODY_END: tail and dot line in one place */
    struct hold hold;    /* what a rule asked for at DATA */
    struct chain kept;   /* hold: what has not left */
    uint64_t first;      /* hold: the number of the event before the mail */
    instant noop_due;    /* hold: when the server hears the next NOOP */
    struct text refusal; /* NOWHERE: how the server refused DATA; empty when it did not */
};

/* Where TLS stands on one side. */
enum tls_state {
    TLS_CLEAR,
    TLS_EXPECTED, /* STEP_SECURE is in the outbox; what still comes in clear is thrown away */
    TLS_STALLED,  /* a rule holds the handshake back, until `due` */
    TLS_SHAKES,   /* WISH_SECURE is wished, until `due` */
    TLS_SECURE
};

struct tls_side {
    enum tls_state state;
    enum fate fate;        /* in place of the handshake */
    bool planned;          /* rules have been asked what to do to the handshake */
    bool refused;          /* SERVER: it does not grant the STARTTLS that we say; once is enough */
    bool rude;             /* its end comes without close_notify */
    struct tls_plan *plan; /* owned; NULL: as it should be */
    duration delay;        /* before the handshake, as rules have it */
    instant due;
    uint64_t thrown_away; /* bytes that came in clear when TLS had been agreed on */
    uint64_t injected;    /* SERVER: lines in clear behind STARTTLS that it must not answer */
};

/* How long nobody has said anything. */
struct silence {
    instant since;            /* the last bytes came */
    duration told;            /* rules have heard of it up to this length */
    duration broken;          /* how long the one was that the latest bytes broke ... */
    enum direction broken_by; /* ... and where those were going */
};

/* Where the upstream connection stands. */
enum upstream { UPSTREAM_ASLEEP, UPSTREAM_WANTED, UPSTREAM_THERE, UPSTREAM_GONE };

struct session {
    const struct session_options *options;
    const struct rule_set *rules;
    struct recall *recall;
    struct pool *pool;
    struct journal *journal;
    struct witness *witness; /* NULL: nobody is told of calls */
    struct facts facts;      /* spans point into `names` */
    uint8_t *names;          /* owned */
    struct dialogue dialogue;
    struct lane lanes[2]; /* by enum direction */
    struct mail mail;
    struct tls_side tls[2]; /* by enum side */
    struct silence silence;
    struct desk *desk;
    struct desk *own_desk;       /* NULL: the desk is shared */
    struct rule_count *counts;   /* one for each rule */
    struct rule_notice *notices; /* one for each rule: what it remembers of the mail */
    bool *decided;               /* one for each rule: it holds for the message under way */
    uint8_t *states;             /* mutators' own, all rules together */
    enum verb fork;              /* what the client waits at a fork for */
    enum upstream upstream;
    unsigned forward_offer; /* what XFORWARD may name, as the server offers it; 0: nothing */
    bool forward_missed;    /* ... which has been written down */
    bool client_forwards;   /* the client says XFORWARD itself */
    bool greeted;           /* the greeting has passed the rules, or was made up */
    bool leaving;     /* ... and the client has ended its direction: it is owed replies still */
    bool detached;    /* the server's leg was given up: the stand-in answers */
    bool behind_auth; /* AUTH was said, and since then nothing that is a command */
    bool opaque;
    bool over;
    bool is_counted; /* the census knows of the session */
    bool logged_close;
    bool implicit_tls[2]; /* by enum side */
    unsigned not_replies; /* lines in a row that were no replies */
    enum ending ending;
    duration put_off; /* how long a greylist had put off what it took last */
    instant began;
    instant seen; /* the latest time that was handed in */
    instant last_activity;
    instant connect_due; /* when asking for the upstream becomes CONNECT_TIMEOUT */
    instant linger_due;  /* after an end of both sides: how long their own ends are awaited */
    uint64_t commands;
    uint64_t replies;
    uint64_t messages;
    uint64_t rules_fired;
    uint64_t entries; /* journal entries written */
};

/* -- doors ---------------------------------------------------------------------------------- */

/* Tells the witness of a call, before it is done. */
static inline void show(const struct session *session, const struct session_call *call)
{
    if (session->witness)
        session->witness->saw(session->witness, session, call);
}

/* -- lane.c --------------------------------------------------------------------------------- */

/* Sends the event's raw bytes on as they are, but for what has left already. An outcome that is
 * given says how fast. */
void lane_forward_rest(struct lane *lane, size_t len, const struct outcome *outcome);
static inline void lane_forward(struct lane *lane, size_t len, const struct outcome *outcome)
{
    if (lane->ahead > 0 || (outcome && outcome->asks))
        lane_forward_rest(lane, len, outcome);
    else
        outbox_move(&lane->out, &lane->in, len);
}
/* Throws the event's raw bytes away. */
void lane_throw_away(struct lane *lane, size_t len);
static inline void lane_discard(struct lane *lane, size_t len)
{
    if (len > 0)
        lane_throw_away(lane, len);
}
/* Sends bytes that stand in for others, at the outcome's pace. */
void lane_send(struct lane *lane, struct span bytes, const struct outcome *outcome);
/* Sends the first `leaves` bytes of what the rules put in place of an event, with its pauses. */
void lane_send_content(struct lane *lane, const struct outcome *outcome, size_t leaves);
/* More may come, and nothing but bytes that leave as soon as they can stands in its outbox. */
static inline bool lane_flows(const struct lane *lane)
{
    return !lane->source_ended && outbox_is_plain(&lane->out);
}
/* Above its high-water mark a lane stops wishing to be read, until it is below its low one. */
void lane_change_pressure(struct lane *lane);
static inline void lane_note_pressure(struct lane *lane)
{
    if (lane->paused || lane->in.len + outbox_len(&lane->out) >= LANE_HIGH_WATER)
        lane_change_pressure(lane);
}
/* True when more may be read from the side the lane comes from. */
bool lane_wants_bytes(const struct session *session, const struct lane *lane);

/* -- tls.c ---------------------------------------------------------------------------------- */

/* What session_tls_failed does. */
void tls_fails(struct session *session, enum side side, struct span why, instant now);

/* -- secure.c ------------------------------------------------------------------------------- */

/* Keeps what rules want of the handshake with this side. */
void secure_plan(struct tls_side *tls, struct outcome *outcome);
/* Behind what is in the outbox to it, this side's TLS begins; what comes from it until then is
 * thrown away. */
void secure_expect(struct session *session, enum side side);
/* STEP_SECURE stands at the head of the outbox: the handshake begins, or its stall. */
void secure_begin(struct session *session, enum side side, instant now);
/* Time has passed: a stall is over. True when the handshake is too late. */
bool secure_is_late(struct session *session, enum side side, instant now);
instant secure_deadline(const struct session *session, enum side side);
static inline bool side_is_secure(const struct session *session, enum side side)
{
    return session->tls[side].state == TLS_SECURE;
}
/* TLS has been agreed on, and is not there yet. */
static inline bool secure_is_under_way(const struct session *session, enum side side)
{
    return session->tls[side].state != TLS_CLEAR && !side_is_secure(session, side);
}
/* What is under way is given up; the side stays as it is. */
void secure_give_up(struct session *session, enum side side);
struct lane *lane_to(struct session *session, enum side side);
struct lane *lane_from(struct session *session, enum side side);

/* -- forward.c ------------------------------------------------------------------------------ */

/* Remembers whether the server offers XFORWARD, when this is a reply to hello. */
void forward_note_offer(struct session *session, const struct smtp_event *event,
                        const struct pending *pending);
/* The beginning of a line that the client has not ended may become MAIL, in front of which XFORWARD
 * has to stand. */
bool forward_may_be_due(const struct session *session);
/* A command is about to leave for the server: says XFORWARD in front of MAIL. */
void forward_say(struct session *session, const struct smtp_event *event, instant now);

/* -- starttls.c ----------------------------------------------------------------------------- */

/* In this mode it is we who make TLS with this side. */
bool tls_is_ours(const struct session *session, enum side side);
/* What comes behind a STARTTLS, or behind our own, has to wait for the reply to it. */
bool starttls_holds_client(const struct session *session);
/* The beginning of a line that the client has not ended may become a STARTTLS that is not for the
 * server. */
bool starttls_may_be_ours(const struct session *session);
/* The server's reply that begins must be seen whole: it grants TLS, or shows what it offers. */
bool starttls_holds_server(const struct session *session);
/* Answers a STARTTLS that the server is not to hear; nothing where it is. */
void starttls_answer(struct session *session, struct outcome *outcome);
/* What the client may see of an EHLO reply, into `shown`. False when that is all of it. */
bool starttls_edit_offer(const struct session *session, const struct smtp_event *event,
                         struct text *shown);
/* Our own STARTTLS is due: the server offers it in this EHLO reply, and the client never asks. */
bool starttls_is_due(const struct session *session, const struct smtp_event *event,
                     const struct pending *pending);
/* Says it in the place of the EHLO whose reply this is, and keeps the reply. */
void starttls_say(struct session *session, const struct smtp_event *event, struct pending *pending,
                  instant now);
/* A STARTTLS leaves for the server: rules say how its handshake is to be, and what stands behind
 * the command in clear. */
void starttls_leaves(struct session *session, instant now);
/* Says the client's EHLO again, which the server has forgotten. */
void starttls_repeat_hello(struct session *session, instant now);
/* TLS with this side has been agreed on: it is expected from now on. */
void tls_begin(struct session *session, enum side side, instant now);
/* Ends the server's handshake when the client that it was for is gone. */
void starttls_settle(struct session *session, instant now);

/* -- judge.c -------------------------------------------------------------------------------- */

/* The kinds of event that rules could act on now in this direction; 0 when they are switched
 * off. */
unsigned judge_wants(const struct session *session, enum direction direction, instant now);
unsigned judge_changes(const struct session *session, enum direction direction, instant now);
bool judge_wants_lines(const struct session *session, enum direction direction, instant now);
/* True when an event of these kinds could concern a rule, were none of them switched off. */
static inline bool judge_knows(const struct session *session, enum direction direction,
                               unsigned kinds)
{
    return session->rules->wants[direction] & kinds;
}
bool is_held(const struct hold *hold);
/* How many of `len` bytes leave before the fate strikes. */
size_t before_fate(const struct outcome *outcome, size_t len);
/* A line of mail goes by, for rules whose filters remember it. */
void notice_line(struct session *session, const struct smtp_event *event);
void outcome_begin(struct outcome *outcome);
void judge_by_rules(struct session *session, const struct smtp_event *event, instant now);
/* Runs the rules; the answer lies on the desk, valid until the next call. All that says answers to
 * the client judges them. */
static inline const struct outcome *judge(struct session *session, const struct smtp_event *event,
                                          instant now)
{
    if (DESK_PLACES > 1)
        desk_turn(session->desk);
    struct outcome *outcome = desk_outcome(session->desk);
    if (outcome->asks)
        outcome_begin(outcome);
    if (judge_knows(session, event->going, event->kind))
        judge_by_rules(session, event, now);
    return outcome;
}
/* The same answer once more, to be changed. */
struct outcome *judged(struct session *session);

/* -- to_server.c ---------------------------------------------------------------------------- */

void handle_connect(struct session *session, instant now);
void handle_command(struct session *session, struct smtp_event *event, instant now);
/* A command that waits for the next one leaves. */
void swapped_command_goes(struct session *session, instant now);
static inline void command_goes(struct session *session, instant now)
{
    if (session->lanes[TO_SERVER].swap)
        swapped_command_goes(session, now);
}
/* AUTH's continuation, the beginning of an overlong line, opaque bytes. */
void handle_client_other(struct session *session, const struct smtp_event *event, instant now);
/* A rule's own lines leave for the server; the replies to them go nowhere. */
void tell_server_lines(struct session *session, struct span lines, const struct outcome *outcome);

/* -- body.c --------------------------------------------------------------------------------- */

/* The client was told 354: where its mail goes is decided. */
void mail_begin(struct session *session, instant now);
/* The client has said BDAT: likewise. */
void chunk_begin(struct session *session, uint64_t size, bool last, enum body_route route,
                 instant now);
/* A line or stretch of mail leaves as the rules have it. */
void mail_leaves(struct session *session, const struct smtp_event *event,
                 const struct outcome *outcome);
/* A line that was kept leaves. */
void mail_adds(struct session *session, struct span line);
/* The server replied behind a dot that only lenient servers honour: the mail has ended there. */
void mail_ended_leniently(struct session *session, instant now);
/* What was held back of the last line for the end of the mail leaves. */
void mail_lets_go(struct session *session);
/* There will be no more of the mail under way: what was held back for its end leaves. */
void mail_breaks_off(struct session *session);

/* -- bdat.c --------------------------------------------------------------------------------- */

/* Where a chunk that the client announces goes when no rule takes the command. */
enum body_route chunk_route(const struct session *session, instant now);
/* Keeps bytes for a chunk of our own, and says it when there are enough. */
void chunk_gathers(struct session *session, struct span bytes);
/* Says BDAT for what has gathered; `source` is where the client's reply comes from. */
void chunk_say(struct session *session, bool last, enum reply_source source);
/* All bytes of a chunk have come: says its last piece, unless the end of the mail does. */
void chunk_ends(struct session *session);
/* The client's chunk will not be completed: the server gets what has come under the size that was
 * announced, so that it does not take the part for the whole. */
void chunk_breaks_off(struct session *session);

/* -- body_end.c ----------------------------------------------------------------------------- */

void handle_body_end(struct session *session, struct smtp_event *event, instant now);
/* -- held.c --------------------------------------------------------------------------------- */

/* A line or stretch of mail that is kept as it came: the rules see it when the mail is complete. */
void held_line(struct session *session, const struct smtp_event *event, instant now);
/* The mail is complete: it meets the rules, and the server is told DATA, or RSET. */
void held_end(struct session *session, const struct smtp_event *event, instant now);
/* The server replied to our DATA: the mail leaves, or the client hears why not. */
void held_is_answered(struct session *session, const struct smtp_event *event, instant now);
/* The server has replied to the mail: the next copy is under way, or the client may go on. */
void held_is_taken(struct session *session, unsigned code);
/* When the server is to hear NOOP; NEVER when it is not. */
instant held_due(const struct session *session);
void held_tick(struct session *session, instant now);

/* -- body_line.c ---------------------------------------------------------------------------- */

void handle_body(struct session *session, const struct smtp_event *event, instant now);
/* A line that waits for the next one leaves. */
void swapped_line_goes(struct session *session);
static inline void line_goes(struct session *session)
{
    if (session->mail.swap)
        swapped_line_goes(session);
}

/* -- to_client.c ---------------------------------------------------------------------------- */

void handle_greeting(struct session *session, const struct smtp_event *event, instant now);
void handle_reply(struct session *session, struct smtp_event *event, instant now);
/* A reply that waits for the next one leaves. */
void reply_goes(struct session *session, instant now);
void handle_server_other(struct session *session, const struct smtp_event *event, instant now);
/* TLS with the server is there: what waited for it goes on. */
void held_reply_goes_on(struct session *session, instant now);
/* It is not, and the server is gone: the client is told. */
void held_reply_fails(struct session *session, instant now);
/* Says the answers whose turn has come. */
void say_waiting_answers(struct session *session, instant now);
static inline void say_answers(struct session *session, instant now)
{
    const struct pending *next = dialogue_next(&session->dialogue);
    if (next && (next->kept || next->source == REPLY_LOCAL))
        say_waiting_answers(session, now);
}

/* -- parting.c ------------------------------------------------------------------------------ */

/* In place of a code: the client hears nothing. */
#define REPLY_UNHEARD 1000

/* A reply has passed: what both sides believe now, and what follows from it. `received` is the
 * server's code (0: it was spared), `heard` the client's (0: no code, or REPLY_UNHEARD), `text` the
 * server's reply or the answer in its place. */
void reply_passed(struct session *session, const struct pending *pending, unsigned received,
                  unsigned heard, struct span text, instant now);
/* The server's leg is ended without the end of the mail; the stand-in answers from now on. */
void part_company(struct session *session, instant now);
/* The server gets no end of the mail: its leg is ended, or left open where the fate says so. */
void give_up_server(struct session *session, enum fate fate, instant now);
/* What the stand-in says to a command, and what follows. */
struct span stand_in_reply(struct session *session, enum verb verb, struct text *out,
                           enum fate *fate);
/* The bytes are not SMTP that we can read: both lanes become a wire. `why` is for the journal. */
void turn_opaque(struct session *session, const char *why, instant now);

/* -- fate.c --------------------------------------------------------------------------------- */

/* Carries out what a rule asked for behind an event (or answer) that leaves through `lane`. */
void carry_out_fate(struct session *session, enum fate fate, struct lane *lane);
static inline void apply_fate(struct session *session, enum fate fate, struct lane *lane)
{
    if (fate != FATE_NONE)
        carry_out_fate(session, fate, lane);
}
/* The first ending sticks. */
void set_ending(struct session *session, enum ending ending);
/* Carries out STEP_… that concern both sides, and sees whether the session is over. Where both
 * lanes flow there is nothing to settle: a side that is gone sends no more. */
void settle_ends(struct session *session, instant now);
static inline void settle_fate(struct session *session, instant now)
{
    if (!lane_flows(&session->lanes[TO_SERVER]) || !lane_flows(&session->lanes[TO_CLIENT]) ||
        session->linger_due || session->over)
        settle_ends(session, now);
}
/* The session is over: nobody counts it any more. */
void leave_census(struct session *session);
/* A side is gone: nothing can be said to it and nothing will come from it. */
void side_is_gone(struct session *session, enum side side);

/* -- swap.c --------------------------------------------------------------------------------- */

/* True when an event of this kind and direction waits. */
bool swap_is_waiting(const struct session *session, const struct smtp_event *event);
/* Keeps the event's bytes, when rules have asked for that and for nothing that speaks against it;
 * the caller discards them. */
bool swap_keeps(struct swap **place, const struct smtp_event *event, const struct outcome *outcome,
                instant now);
/* Takes out what waits; the caller frees the bytes. */
struct swap swap_take(struct swap **place);
/* When the first of them leaves alone; NEVER when none waits. */
instant swap_due(const struct session *session);
void swap_deinit(struct swap *swap);
void swap_forget(struct swap **place);

/* -- queue.c -------------------------------------------------------------------------------- */

/* Remembers an answer for the turn of this command. */
void answer_later(struct pending *pending, const struct outcome *outcome, enum reply_source source);
/* Says a line of our own to the server; who hears the reply is the caller's business. */
void say_line(struct session *session, struct span line, instant now);
/* A place for the reply to a command of our own, which goes nowhere. */
struct pending *pending_swallowed(struct dialogue *dialogue, enum verb verb);
/* The place of the reply to the end of the mail; NULL when the server has replied before the end. A
 * BDAT has its place since the command passed. */
struct pending *final_place(struct session *session, bool chunked);

/* -- silence.c ------------------------------------------------------------------------------ */

/* Bytes have come: the silence is broken. Asked before they join those at hand. */
void silence_breaks(struct session *session, enum direction direction, instant now);
/* When a rule wants to hear of the silence; NEVER when none does. */
instant silence_due(const struct session *session);
/* Rules hear of the silence as far as it has come. */
void silence_tells(struct session *session, instant now);

/* -- closing.c ------------------------------------------------------------------------------ */

/* The source of the lane has ended and all its bytes were dealt with: the end travels on. */
void handle_close(struct session *session, enum direction direction, instant now);
/* A client that is owed no reply any more is let go, if it wants to. */
void settle_leaving(struct session *session);
/* The upstream was never reached, or TLS with it: the client is told, which no rule can have
 * prevented. */
void upstream_fails(struct session *session, enum ending ending, instant now);

/* -- settle.c ------------------------------------------------------------------------------- */

/* What waits for the next of its kind, and will wait in vain, leaves. */
void settle_swaps(struct session *session, instant now);
/* Works on both lanes until neither gets further. */
void session_settle(struct session *session, instant now);

/* -- session_log.c -------------------------------------------------------------------------- */

/* `local` marks what the proxy itself says. */
void write_event(struct session *session, const struct smtp_event *event, bool local, instant now);
static inline void log_event(struct session *session, const struct smtp_event *event, bool local,
                             instant now)
{
    if (session->journal)
        write_event(session, event, local, now);
}
void log_body(struct session *session, uint64_t bytes, instant now);
void log_rule(struct session *session, const struct rule *rule, const struct mutation *mutation,
              enum verdict verdict, instant now);
void log_error(struct session *session, const char *how, const char *why, instant now);
/* Bytes that a side said in clear when TLS had been agreed on. */
void log_thrown_away(struct session *session, enum side side, uint64_t bytes, instant now);
/* `facts` is NULL when TLS has failed; `why` says so then. */
void log_tls(struct session *session, enum side side, const struct tls_facts *facts,
             struct span why, instant now);
void log_close(struct session *session, instant now);

#endif
