/* duplex: see duplex.h. */
#include "harness/duplex.h"

#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "play/made_up.h"

/* Bytes that one side says in a run, and hears; bytes of journal that are kept. */
#define SAID_MAX (LANE_HIGH_WATER + 64 * 1024)
#define HEARD_MAX (128 * 1024 * 1024)
#define LOG_MAX (1024 * 1024)
/* Moments that are stopped at in a run; and ticks in a row that change nothing. */
#define MOMENTS_MAX 20000
#define IDLE_TICKS_MAX 1000
/* What a wire has read that has not left. */
#define AHEAD_MAX (LANE_HIGH_WATER + 2 * CHUNK_SIZE)
/* What a lane holds: what it reads ahead, what passed ahead of its end, one event that rules made
 * longer, in both directions; and a chunk of mail of our own. */
#define HELD_MAX (8 * LANE_HIGH_WATER + 2 * REPEAT_BYTES_MAX)

static enum direction towards(enum side side)
{
    return side == SERVER ? TO_SERVER : TO_CLIENT;
}

static enum side other(enum side side)
{
    return side == SERVER ? CLIENT : SERVER;
}

/* -- the journal ---------------------------------------------------------------------------- */

/* Nothing moves behind the last entry, so what it has counted is what has moved in all. */
static void check_totals(const struct duplex *duplex)
{
    check(duplex->closed);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        check(duplex->bytes_in[towards(other(side))] == duplex->peers[side].read);
        check(duplex->bytes_out[towards(side)] == duplex->peers[side].heard.len);
    }
}

static void keep_entry(struct journal *journal, const struct journal_entry *entry)
{
    struct duplex *duplex =
        (struct duplex *)(void *)((uint8_t *)journal - offsetof(struct duplex, journal));
    check(!duplex->closed);
    check(entry->sequence == duplex->entries++);
    check(entry->time >= duplex->last_entry);
    duplex->last_entry = entry->time;
    duplex->closed = entry->event == JOURNAL_CLOSE;
    memcpy(duplex->bytes_in, entry->bytes_in, sizeof duplex->bytes_in);
    memcpy(duplex->bytes_out, entry->bytes_out, sizeof duplex->bytes_out);
    if (duplex->entry)
        duplex->entry(entry);
    else if (duplex->log.len < LOG_MAX)
        journal_json_entry(entry, &duplex->log);
}

/* -- what the session wishes ---------------------------------------------------------------- */

static bool answer(struct duplex *duplex, bool accept)
{
    if (!(session_wishes(duplex->session, SERVER) & WISH_CONNECT))
        return false;
    duplex->answered = true;
    duplex->disturbed |= !accept;
    if (accept)
        session_connected(duplex->session, duplex->now);
    else
        session_ended(duplex->session, SERVER, ENDING_SERVER_REFUSED, duplex->now);
    return true;
}

static bool hear(struct duplex *duplex, enum side side)
{
    struct peer *peer = &duplex->peers[side];
    struct span ready = session_peek(duplex->session, towards(side));
    check(!peer->finished && !peer->reset);
    if (peer->stopped || peer->torn)
        return false;
    text_add(&peer->heard, ready);
    session_consume(duplex->session, towards(side), ready.len, duplex->now);
    return true;
}

/* Of what a peer has said, the next piece. */
static bool read_piece(struct duplex *duplex, enum side side)
{
    struct peer *peer = &duplex->peers[side];
    struct span piece = span_drop(text_span(&peer->says), peer->read);
    if (piece.len == 0)
        return false;
    piece = span_take(piece, duplex->cut);
    peer->read += session_receive(duplex->session, towards(other(side)), piece, duplex->now);
    return true;
}

static bool read_end(struct duplex *duplex, enum side side)
{
    struct peer *peer = &duplex->peers[side];
    if (!peer->ends || peer->ended || peer->read < peer->says.len)
        return false;
    peer->ended = true;
    session_ended(duplex->session, side,
                  side == CLIENT ? ENDING_CLIENT_CLOSED : ENDING_SERVER_CLOSED, duplex->now);
    return true;
}

/* What a peer has said by then comes before its handshake, which succeeds at once. */
static bool shake(struct duplex *duplex, enum side side)
{
    static const struct tls_facts facts = { .version = "TLSv1.3", .cipher = "none" };
    if (duplex->peers[side].torn)
        return false;
    if (read_piece(duplex, side) || read_end(duplex, side))
        return true;
    duplex->peers[side].secure = true;
    session_secured(duplex->session, side, &facts, duplex->now);
    return true;
}

/* Grants one wish; false when there is none that can be granted. */
static bool grant(struct duplex *duplex, enum side side)
{
    struct peer *peer = &duplex->peers[side];
    unsigned wishes = session_wishes(duplex->session, side);
    if (wishes & WISH_CONNECT && !duplex->asks && answer(duplex, true))
        return true;
    if (wishes & WISH_SECURE)
        return shake(duplex, side);
    if (wishes & WISH_BARE) {
        session_bared(duplex->session, side, duplex->now);
        return true;
    }
    if (wishes & WISH_WRITE && hear(duplex, side))
        return true;
    if (wishes & WISH_FINISH) {
        peer->finished = true;
        session_finished(duplex->session, side, duplex->now);
        return true;
    }
    if (wishes & (WISH_RESET | WISH_CLOSE)) {
        peer->reset |= (wishes & WISH_RESET) != 0;
        peer->finished |= (wishes & WISH_CLOSE) != 0;
        return false;
    }
    if (!(wishes & WISH_READ) || peer->torn)
        return false;
    return read_piece(duplex, side) || read_end(duplex, side);
}

/* -- what must hold ------------------------------------------------------------------------- */

static bool is_there(const struct duplex *duplex, enum side side)
{
    return side == CLIENT || duplex->answered;
}

void duplex_check_wire(const struct duplex *duplex)
{
    if (duplex->disturbed)
        return;
    for (enum side side = CLIENT; side <= SERVER; side++) {
        const struct peer *says = &duplex->peers[side];
        const struct peer *hears = &duplex->peers[other(side)];
        bool all = is_there(duplex, side) && is_there(duplex, other(side)) && !hears->stopped;
        check(span_starts(text_span(&says->says), text_span(&hears->heard)));
        check(!all || hears->heard.len == says->says.len);
        check(!all || !says->ended || hears->finished);
        check(says->read - hears->heard.len <= AHEAD_MAX);
    }
}

void duplex_check_idle_rules(const struct duplex *duplex)
{
    if (duplex->disturbed)
        return;
    for (enum side side = CLIENT; side <= SERVER; side++)
        check(span_starts(text_span(&duplex->peers[side].says),
                          text_span(&duplex->peers[other(side)].heard)));
}

static void check_bounds(const struct duplex *duplex)
{
    check(session_held(duplex->session) <= HELD_MAX);
    check(duplex->pool->in_use <= 2 * (HELD_MAX / CHUNK_SIZE));
}

static void settle(struct duplex *duplex)
{
    while (grant(duplex, CLIENT) || grant(duplex, SERVER))
        continue;
    for (enum side side = CLIENT; side <= SERVER; side++)
        duplex->backed_up |= is_there(duplex, side) && !duplex->peers[side].torn &&
                             duplex->peers[side].read < duplex->peers[side].says.len;
    check_bounds(duplex);
}

/* -- time ----------------------------------------------------------------------------------- */

static void tick(struct duplex *duplex)
{
    session_tick(duplex->session, duplex->now);
    settle(duplex);
}

static void pass(struct duplex *duplex, duration wait)
{
    instant end = instant_after(duplex->now, wait);
    instant due = session_deadline(duplex->session);
    size_t idle = 0;
    for (size_t moments = 0; due <= end && !duplex_is_over(duplex); moments++) {
        if (moments == MOMENTS_MAX) {
            duplex->broke_off = true;
            return;
        }
        idle = due <= duplex->now ? idle + 1 : 0;
        check(idle < IDLE_TICKS_MAX);
        duplex->now = due > duplex->now ? due : duplex->now;
        tick(duplex);
        due = session_deadline(duplex->session);
    }
    duplex->now = end;
    if (!duplex_is_over(duplex))
        tick(duplex);
}

/* -- the script's steps --------------------------------------------------------------------- */

/* Many times the same byte, in blocks. */
static void fill(struct text *says, struct span byte, size_t times)
{
    uint8_t block[1024];
    memset(block, byte.len ? byte.ptr[0] : 0, sizeof block);
    while (times > 0) {
        size_t len = times < sizeof block ? times : sizeof block;
        text_add(says, span_make(block, len));
        times -= len;
    }
}

static void say(struct duplex *duplex, const struct script_step *step)
{
    struct peer *peer = &duplex->peers[step->side];
    if (peer->ends || peer->torn)
        return;
    if (step->operation == SCRIPT_FILL)
        fill(&peer->says, step->bytes, step->times);
    else
        text_add(&peer->says, step->bytes);
    duplex->broke_off |= peer->says.len >= SAID_MAX;
}

static void tear(struct duplex *duplex, enum side side)
{
    struct peer *peer = &duplex->peers[side];
    duplex->disturbed = true;
    if (peer->torn || peer->reset || !is_there(duplex, side))
        return;
    peer->torn = true;
    session_ended(duplex->session, side, side == CLIENT ? ENDING_CLIENT_RESET : ENDING_SERVER_RESET,
                  duplex->now);
}

void duplex_step(struct duplex *duplex, const struct script_step *step)
{
    struct peer *peer = &duplex->peers[step->side];
    switch (step->operation) {
    case SCRIPT_SAY:
    case SCRIPT_LINE:
    case SCRIPT_FILL: say(duplex, step); break;
    case SCRIPT_WAIT:
        duplex->disturbed |= step->wait > 0;
        pass(duplex, step->wait);
        break;
    case SCRIPT_FINISH: peer->ends = true; break;
    case SCRIPT_TEAR: tear(duplex, step->side); break;
    case SCRIPT_STOP: peer->stopped = true; break;
    case SCRIPT_RESUME: peer->stopped = false; break;
    case SCRIPT_SWITCH:
        duplex->rules_off = !duplex->rules_off;
        tick(duplex);
        break;
    case SCRIPT_ACCEPT: answer(duplex, true); break;
    case SCRIPT_REFUSE: answer(duplex, false); break;
    case SCRIPT_DRAIN:
        duplex->disturbed = true;
        session_drain(duplex->session, duplex->now);
        break;
    }
    settle(duplex);
}

/* -- beginning and end ---------------------------------------------------------------------- */

bool duplex_is_over(const struct duplex *duplex)
{
    return duplex->broke_off || session_is_over(duplex->session);
}

static void set_options(struct duplex *duplex, uint8_t options)
{
    duplex->rules_off = options & SCRIPT_RULES_OFF;
    duplex->asks = options & SCRIPT_ASKED;
    duplex->options.seed = options;
    duplex->options.tls = options & SCRIPT_INTERCEPTS ? TLS_INTERCEPT : TLS_PASS;
    duplex->disturbed = options & SCRIPT_INTERCEPTS;
    duplex->options.rules_off = &duplex->rules_off;
    duplex->options.dry_run = options & SCRIPT_DRY_RUN;
    duplex->options.max_line = options & SCRIPT_SHORT_LINES ? MAX_LINE_MIN : 0;
    if (options & SCRIPT_IMPATIENT)
        duplex->options.idle_timeout = duplex->options.connect_timeout = SECONDS(5);
    if (options & SCRIPT_FOR_A_TIME)
        duplex->options.rules_until = instant_after(MADE_UP_BEGINNING, MINUTES(5));
    if (options & SCRIPT_ONLY_BOB)
        duplex->options.only_recipient = SPAN("bob@*");
}

void duplex_begin_recorded(struct duplex *duplex, struct pool *pool, const struct rule_set *rules,
                           uint8_t options, size_t cut, struct recorder *recorder)
{
    *duplex = (struct duplex){
        .now = MADE_UP_BEGINNING, .cut = cut, .pool = pool, .journal = { .write = keep_entry }
    };
    set_options(duplex, options);
    duplex->recall = recall_new(100);
    duplex->peers[CLIENT].heard.max = duplex->peers[SERVER].heard.max = HEARD_MAX;
    struct session_setup setup = {
        .options = &duplex->options,
        .rules = rules,
        .recall = duplex->recall,
        .pool = pool,
        .journal = &duplex->journal,
        .facts = MADE_UP_FACTS,
    };
    if (recorder)
        recorder_begin(recorder, &setup, NULL, duplex->now);
    duplex->session = session_new(&setup, duplex->now);
    settle(duplex);
}

void duplex_begin(struct duplex *duplex, struct pool *pool, const struct rule_set *rules,
                  uint8_t options, size_t cut)
{
    duplex_begin_recorded(duplex, pool, rules, options, cut, NULL);
}

void duplex_end(struct duplex *duplex)
{
    duplex->peers[CLIENT].stopped = duplex->peers[SERVER].stopped = false;
    duplex->asks = false;
    settle(duplex);
    duplex->peers[CLIENT].ends = duplex->peers[SERVER].ends = true;
    settle(duplex);
    pass(duplex, HOURS(3));
    session_free(duplex->session, duplex->now);
    check_totals(duplex);
    check(duplex->pool->in_use == 0);
}

void duplex_deinit(struct duplex *duplex)
{
    recall_free(duplex->recall);
    text_deinit(&duplex->log);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        text_deinit(&duplex->peers[side].says);
        text_deinit(&duplex->peers[side].heard);
    }
}
