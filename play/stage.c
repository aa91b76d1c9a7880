/* stage: see stage.h. */
#include "play/stage.h"

#include "base/check.h"
#include "play/stage_tls.h"

/* Ticks in a row at one instant that change nothing else before a session counts as restless. */
#define IDLE_TICKS_MAX 10000
/* Pieces that are read in a row, at most, before what came out of them is written. */
#define READS_IN_A_ROW_MAX 4
/* The largest of the short pieces that seeded cuts prefer. */
#define SHORT_PIECE_MAX 12

/* How many of `available` bytes go in one piece; `available` is not 0. */
static size_t piece_length(struct stage *stage, size_t available)
{
    switch (stage->cuts) {
    case PLAY_WHOLE: return available;
    case PLAY_BYTES: return 1;
    case PLAY_SEEDED: break;
    }
    bool is_short = prng_chance(&stage->prng, 3, 4) && available > SHORT_PIECE_MAX;
    return (size_t)prng_between(&stage->prng, 1, is_short ? SHORT_PIECE_MAX : available);
}

/* -- out of the session --------------------------------------------------------------------- */

static bool write_out(struct stage *stage, enum side side)
{
    enum direction direction = side == CLIENT ? TO_CLIENT : TO_SERVER;
    struct stage_side *hears = &stage->sides[side];
    struct span bytes = session_peek(stage->session, direction);
    if (bytes.len == 0 || hears->is_gone)
        return false;
    bytes = span_take(bytes, piece_length(stage, bytes.len));
    heard_add(&hears->heard, bytes);
    session_consume(stage->session, direction, bytes.len, stage->now);
    return true;
}

static bool open_server(struct stage *stage)
{
    if (stage->connect_asked || !(session_wishes(stage->session, SERVER) & WISH_CONNECT))
        return false;
    stage->connect_asked = true;
    switch (stage->server) {
    case PLAY_SERVER_ACCEPTS:
        stage->is_connected = true;
        session_connected(stage->session, stage->now);
        return true;
    case PLAY_SERVER_REFUSES:
        session_ended(stage->session, SERVER, ENDING_SERVER_REFUSED, stage->now);
        return true;
    case PLAY_SERVER_SILENT: return false;
    }
    return false;
}

/* A server that was never reached hears no end either. */
static bool is_there(const struct stage *stage, enum side side)
{
    return side == CLIENT || stage->is_connected;
}

static void leave(struct stage *stage, enum side side, enum play_end end)
{
    if (is_there(stage, side))
        heard_add_end(&stage->sides[side].heard, end);
    stage->sides[side].is_gone = true;
}

static bool end_side(struct stage *stage, enum side side)
{
    unsigned wishes = session_wishes(stage->session, side);
    if (stage->sides[side].is_gone)
        return false;
    if (wishes & WISH_RESET) {
        leave(stage, side, PLAY_RST);
        return true;
    }
    if (wishes & WISH_FINISH) {
        heard_add_end(&stage->sides[side].heard, stage_fin(stage, side));
        session_finished(stage->session, side, stage->now);
        return true;
    }
    if (wishes & WISH_CLOSE) {
        leave(stage, side, stage_fin(stage, side));
        return true;
    }
    return false;
}

/* -- into the session ----------------------------------------------------------------------- */

static bool read_piece(struct stage *stage, enum side side)
{
    enum direction direction = side == CLIENT ? TO_SERVER : TO_CLIENT;
    struct stage_side *says = &stage->sides[side];
    struct span bytes = span_drop(text_span(&says->said), says->fed);
    if (bytes.len == 0 || says->is_gone || !is_there(stage, side) ||
        !(session_wishes(stage->session, side) & WISH_READ))
        return false;
    if (says->begins_segment)
        session_cut(stage->session, direction);
    says->begins_segment = false;
    bytes = span_take(bytes, piece_length(stage, bytes.len));
    says->fed += session_receive(stage->session, direction, bytes, stage->now);
    return true;
}

static enum ending ending_of(enum side side, enum play_end end)
{
    if (side == CLIENT)
        return end == PLAY_RST ? ENDING_CLIENT_RESET : ENDING_CLIENT_CLOSED;
    return end == PLAY_RST ? ENDING_SERVER_RESET : ENDING_SERVER_CLOSED;
}

/* An end is seen behind the last byte: a FIN when the session reads, a RST in any case. */
static bool read_end(struct stage *stage, enum side side)
{
    struct stage_side *says = &stage->sides[side];
    bool waits = says->said_end != PLAY_NO_END && !says->end_fed && says->fed == says->said.len;
    if (!waits || says->is_gone || !is_there(stage, side))
        return false;
    if (says->said_end != PLAY_RST && !(session_wishes(stage->session, side) & WISH_READ) &&
        !session_is_stalled(stage->session, side))
        return false;
    says->end_fed = true;
    /* Who tears a connection hears nothing of it any more. */
    says->is_gone = says->said_end == PLAY_RST;
    if (says->said_end == PLAY_CUT && says->is_secure)
        session_was_cut(stage->session, side, stage->now);
    session_ended(stage->session, side, ending_of(side, says->said_end), stage->now);
    return true;
}

static bool read_in(struct stage *stage)
{
    size_t reads = 1;
    if (stage->cuts == PLAY_SEEDED)
        reads = (size_t)prng_between(&stage->prng, 1, READS_IN_A_ROW_MAX);
    bool moved = false;
    while (reads-- > 0)
        moved |= read_piece(stage, CLIENT) || read_piece(stage, SERVER);
    return moved || read_end(stage, CLIENT) || read_end(stage, SERVER);
}

/* -- until all is quiet --------------------------------------------------------------------- */

static bool write_all(struct stage *stage)
{
    bool moved = open_server(stage);
    moved |= write_out(stage, SERVER);
    moved |= write_out(stage, CLIENT);
    moved |= stage_shake_hands(stage, SERVER);
    moved |= stage_shake_hands(stage, CLIENT);
    moved |= end_side(stage, SERVER);
    moved |= end_side(stage, CLIENT);
    return moved;
}

static bool tick(struct stage *stage, size_t *idle_ticks)
{
    if (session_deadline(stage->session) > stage->now)
        return false;
    if (++*idle_ticks > IDLE_TICKS_MAX) {
        stage->is_restless = true;
        return false;
    }
    session_tick(stage->session, stage->now);
    return true;
}

/* What is ready leaves before more comes in; a tick is the last resort of an instant. */
static bool move_on(struct stage *stage, size_t *idle_ticks)
{
    if (write_all(stage) || read_in(stage)) {
        *idle_ticks = 0;
        return true;
    }
    return tick(stage, idle_ticks);
}

static void end_session(struct stage *stage)
{
    for (enum side side = CLIENT; side <= SERVER; side++)
        if (!stage->sides[side].is_gone)
            leave(stage, side, stage_fin(stage, side));
    session_free(stage->session, stage->now);
    stage->session = NULL;
}

void stage_settle(struct stage *stage)
{
    size_t idle_ticks = 0;
    while (stage->session && move_on(stage, &idle_ticks)) {
    }
    if (stage->session && session_is_over(stage->session))
        end_session(stage);
}

void stage_open(struct stage *stage, const struct session_setup *setup,
                const struct play_session *like, enum play_cuts cuts, uint64_t seed, instant now)
{
    *stage = (struct stage){ .now = now, .cuts = cuts, .server = like->server };
    for (enum side side = CLIENT; side <= SERVER; side++)
        stage->sides[side].handshake = like->handshakes[side];
    stage->prng = prng_at(seed, setup->facts.number, 0, 0, 0);
    stage->session = session_new(setup, now);
    stage_settle(stage);
}

void stage_close(struct stage *stage)
{
    if (stage->session)
        session_free(stage->session, stage->now);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        text_deinit(&stage->sides[side].said);
        heard_deinit(&stage->sides[side].heard);
    }
    *stage = (struct stage){ 0 };
}

void stage_say(struct stage *stage, enum side side, struct span bytes)
{
    struct stage_side *says = &stage->sides[side];
    if (says->fed == says->said.len) {
        text_clear(&says->said);
        says->fed = 0;
    }
    text_add(&says->said, bytes);
}

void stage_say_end(struct stage *stage, enum side side, enum play_end end)
{
    stage->sides[side].said_end = end;
}

void stage_wait(struct stage *stage, duration wait)
{
    instant target = instant_after(stage->now, wait);
    while (stage->session && !stage->is_restless && session_deadline(stage->session) <= target) {
        instant due = session_deadline(stage->session);
        stage->now = due > stage->now ? due : stage->now;
        session_tick(stage->session, stage->now);
        stage_settle(stage);
    }
    stage->now = target;
    if (stage->session)
        session_tick(stage->session, target);
    stage_settle(stage);
}
