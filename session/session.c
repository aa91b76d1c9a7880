/* session: its doors. What becomes of the bytes is decided in the files that state.h lists. */
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "mutators/census.h"
#include "session/state.h"
#include "smtp/parse.h"

/* -- beginning and end ---------------------------------------------------------------------- */

static void *zeroed(size_t count, size_t size)
{
    void *memory = count && size ? calloc(count, size) : NULL;
    check(memory != NULL || count == 0 || size == 0);
    return memory;
}

/* The facts' spans are copied behind each other, so that the session owns them. */
static void keep_facts(struct session *session, const struct facts *given)
{
    struct span *const kept[] = { &session->facts.client, &session->facts.client_ip,
                                  &session->facts.server, &session->facts.host,
                                  &session->facts.guid };
    const size_t count = sizeof kept / sizeof kept[0];
    size_t len = 0;
    session->facts = *given;
    for (size_t i = 0; i < count; i++)
        len += kept[i]->len;
    uint8_t *place = session->names = zeroed(len, 1);
    for (size_t i = 0; i < count && place; i++) {
        if (kept[i]->len)
            memcpy(place, kept[i]->ptr, kept[i]->len);
        kept[i]->ptr = place;
        place += kept[i]->len;
    }
    session->facts.are_plain =
        session->journal && span_plain(span_make(session->names, len)) == len;
}

static void lane_init(struct lane *lane, enum direction going, const struct session_setup *setup)
{
    chain_init(&lane->in, setup->pool);
    outbox_init(&lane->out, setup->pool);
    decoder_init(&lane->decoder, going, setup->options->max_line);
}

struct session *session_new(const struct session_setup *setup, instant now)
{
    struct session *session = zeroed(1, sizeof *session);
    session->options = setup->options;
    session->rules = setup->rules;
    session->recall = setup->recall;
    session->own_desk = setup->desk ? NULL : desk_new();
    session->desk = setup->desk ? setup->desk : session->own_desk;
    session->pool = setup->pool;
    session->journal = setup->journal;
    session->witness = setup->witness;
    session->counts = zeroed(setup->rules->count, sizeof *session->counts);
    session->notices =
        zeroed(setup->rules->remembers ? setup->rules->count : 0, sizeof *session->notices);
    session->decided = zeroed(setup->rules->count, sizeof *session->decided);
    session->states = zeroed(1, setup->rules->state_size);
    session->began = session->last_activity = session->seen = session->silence.since = now;
    session->implicit_tls[CLIENT] = setup->client_tls;
    session->implicit_tls[SERVER] = setup->server_tls;
    keep_facts(session, &setup->facts);
    dialogue_init(&session->dialogue);
    lane_init(&session->lanes[TO_SERVER], TO_SERVER, setup);
    lane_init(&session->lanes[TO_CLIENT], TO_CLIENT, setup);
    chain_init(&session->mail.chunk, setup->pool);
    chain_init(&session->mail.kept, setup->pool);
    if (setup->rules->counts_sessions) {
        census_enter(session->recall, &session->facts, now);
        session->is_counted = true;
    }
    handle_connect(session, now);
    session_settle(session, now);
    return session;
}

static void lane_deinit(struct lane *lane)
{
    chain_deinit(&lane->in);
    outbox_deinit(&lane->out);
    cuts_deinit(&lane->cuts);
    swap_forget(&lane->swap);
}

void session_free(struct session *session, instant now)
{
    show(session, &(struct session_call){ .door = DOOR_FREE, .now = now });
    log_close(session, now);
    leave_census(session);
    lane_deinit(&session->lanes[TO_SERVER]);
    lane_deinit(&session->lanes[TO_CLIENT]);
    chain_deinit(&session->mail.chunk);
    chain_deinit(&session->mail.kept);
    swap_forget(&session->mail.swap);
    secure_give_up(session, CLIENT);
    secure_give_up(session, SERVER);
    text_deinit(&session->mail.refusal);
    text_deinit(&session->mail.announced);
    desk_free(session->own_desk);
    dialogue_deinit(&session->dialogue);
    free(session->names);
    free(session->counts);
    free(session->notices);
    free(session->decided);
    free(session->states);
    free(session);
}

/* Idleness begins where a wait that a rule asked for ends. */
static void note_time(struct session *session, instant now)
{
    for (int direction = 0; direction < 2; direction++) {
        instant due = outbox_deadline(&session->lanes[direction].out);
        if (due <= now && due > session->last_activity)
            session->last_activity = due;
    }
    session->seen = now;
}

/* -- bytes ---------------------------------------------------------------------------------- */

uint8_t *session_reserve(struct session *session, enum direction direction, size_t *room)
{
    return chain_reserve(&session->lanes[direction].in, room);
}

APART static void show_commit(struct session *session, enum direction direction, size_t got,
                              instant now)
{
    size_t room;
    struct session_call call = { .door = DOOR_COMMIT, .now = now, .direction = direction };
    call.bytes = span_make(chain_reserve(&session->lanes[direction].in, &room), got);
    show(session, &call);
}

void session_commit(struct session *session, enum direction direction, size_t got, instant now)
{
    struct lane *lane = &session->lanes[direction];
    if (got > 0) {
        if (session->witness)
            show_commit(session, direction, got, now);
        if (session->rules->minds_silence)
            silence_breaks(session, direction, now);
    }
    chain_commit(&lane->in, got);
    if (got == 0)
        return;
    lane->bytes_in += got;
    session->last_activity = session->seen = now;
    session_settle(session, now);
}

size_t session_receive(struct session *session, enum direction direction, struct span bytes,
                       instant now)
{
    size_t room;
    if (bytes.len == 0)
        return 0;
    uint8_t *place = session_reserve(session, direction, &room);
    struct span taken = span_take(bytes, room);
    memcpy(place, taken.ptr, taken.len);
    session_commit(session, direction, taken.len, now);
    return taken.len;
}

/* A line ending that has left may belong to the end of a mail that is still to come. */
APART static void note_cut(struct session *session, enum direction direction)
{
    struct lane *lane = &session->lanes[direction];
    show(session, &(struct session_call){ .door = DOOR_CUT, .direction = direction });
    uint64_t head = lane->bytes_in - lane->in.len;
    cuts_forget(&lane->cuts, head > 2 ? head - 2 : 0);
    cuts_add(&lane->cuts, lane->bytes_in);
}

void session_cut(struct session *session, enum direction direction)
{
    if (session->rules->minds_cuts)
        note_cut(session, direction);
}

size_t session_peek_all(const struct session *session, enum direction direction, struct span *spans,
                        size_t max)
{
    const struct lane *lane = &session->lanes[direction];
    if (direction == TO_SERVER && session->upstream != UPSTREAM_THERE)
        return 0;
    return outbox_peek(&lane->out, spans, max);
}

bool session_finish_follows(const struct session *session, enum direction direction)
{
    return outbox_finish_follows(&session->lanes[direction].out);
}

struct span session_peek(const struct session *session, enum direction direction)
{
    struct span first;
    return session_peek_all(session, direction, &first, 1) ? first : SPAN("");
}

/* Somebody waits for bytes of this lane to leave: what stands behind them, an end, a reader, or
 * what the other side has said. */
static bool is_waited_for(const struct session *session, enum direction direction)
{
    const struct lane *lane = &session->lanes[direction];
    const struct lane *other = &session->lanes[direction_opposite(direction)];
    return !outbox_is_empty(&lane->out) || lane->source_ended || lane->paused || other->in.len > 0;
}

APART static void show_consume(struct session *session, enum direction direction, size_t sent,
                               instant now)
{
    show(session, &(struct session_call){
                      .door = DOOR_CONSUME, .now = now, .direction = direction, .sent = sent });
}

bool session_consume(struct session *session, enum direction direction, size_t sent, instant now)
{
    struct lane *lane = &session->lanes[direction];
    if (sent == 0)
        return false;
    if (session->witness)
        show_consume(session, direction, sent, now);
    lane->bytes_out += sent;
    session->last_activity = session->seen = now;
    outbox_consume(&lane->out, sent, now);
    if (!is_waited_for(session, direction))
        return false;
    session_settle(session, now);
    return true;
}

/* -- what happened to a side ---------------------------------------------------------------- */

void session_connected(struct session *session, instant now)
{
    struct outbox *out = &session->lanes[TO_SERVER].out;
    show(session, &(struct session_call){ .door = DOOR_CONNECTED, .now = now });
    note_time(session, now);
    if (session->upstream != UPSTREAM_WANTED)
        return;
    check(outbox_wants(out, STEP_OPEN));
    session->upstream = UPSTREAM_THERE;
    outbox_done(out, now);
    session_settle(session, now);
}

/* The names are copied anew: facts point into them. */
static void name_server(struct session *session, struct span server)
{
    uint8_t *names = session->names;
    struct facts facts = session->facts;
    facts.server = server;
    keep_facts(session, &facts);
    free(names);
}

void session_meets(struct session *session, struct span server, instant now)
{
    const struct smtp_event event = { .kind = SMTP_CONNECT, .going = TO_SERVER };
    show(session, &(struct session_call){ .door = DOOR_MEETS, .now = now, .bytes = server });
    name_server(session, server);
    log_event(session, &event, false, now);
}

void session_misses(struct session *session, struct span server, enum ending ending, instant now)
{
    show(session, &(struct session_call){
                      .door = DOOR_MISSES, .now = now, .bytes = server, .ending = (int)ending });
    name_server(session, server);
    log_error(session, "unreachable", ending_words(ending), now);
}

duration session_connect_timeout(const struct session *session)
{
    duration timeout = session->options->connect_timeout;
    return timeout ? timeout : SECONDS(CONNECT_TIMEOUT_DEFAULT_S);
}

/* The upstream was never reached: the client finds a torn connection, as it would without us. */
static void upstream_is_out_of_reach(struct session *session, enum ending ending, instant now)
{
    log_error(session, "unreachable", ending_words(ending), now);
    side_is_gone(session, SERVER);
    session->lanes[TO_SERVER].deaf = true;
    outbox_step(&session->lanes[TO_CLIENT].out, STEP_RESET);
}

/* RST is carried over as RST, behind what had arrived before it. */
static void carry_reset(struct session *session, enum side side)
{
    enum direction away = side == CLIENT ? TO_SERVER : TO_CLIENT;
    bool parted = session->detached && side == SERVER;
    side_is_gone(session, side);
    session->lanes[away].deaf |= !parted;
    if (!parted)
        outbox_step(&session->lanes[away].out, STEP_RESET);
}

/* An end that comes while TLS is being made is a failure of TLS. */
static bool ended_in_handshake(struct session *session, enum side side, enum ending ending,
                               instant now)
{
    bool torn = ending == ENDING_CLIENT_RESET || ending == ENDING_SERVER_RESET;
    bool ended = ending == ENDING_CLIENT_CLOSED || ending == ENDING_SERVER_CLOSED;
    if (!secure_is_under_way(session, side) || !(torn || ended))
        return false;
    struct span why = torn ? SPAN("the connection was torn within the handshake")
                           : SPAN("the connection ended within the handshake");
    if (torn && side == CLIENT) {
        log_tls(session, side, NULL, why, now);
        secure_give_up(session, side);
        return false;
    }
    tls_fails(session, side, why, now);
    return true;
}

static void drain(struct session *session, instant now)
{
    set_ending(session, ENDING_DRAINED);
    secure_give_up(session, SERVER);
    secure_give_up(session, CLIENT);
    for (int direction = 0; direction < 2; direction++)
        outbox_clear(&session->lanes[direction].out);
    outbox_step(&session->lanes[TO_CLIENT].out, STEP_FINISH_ALL);
    session->lanes[TO_SERVER].deaf = session->lanes[TO_CLIENT].deaf = true;
    session_settle(session, now);
    /* Nothing is under way: there is nothing to linger for. */
    session->linger_due = now;
    settle_fate(session, now);
}

static void side_ends(struct session *session, enum side side, enum ending ending, instant now)
{
    note_time(session, now);
    if (ended_in_handshake(session, side, ending, now))
        return;
    set_ending(session, ending);
    switch (ending) {
    case ENDING_CLIENT_CLOSED:
    case ENDING_SERVER_CLOSED:
        session->lanes[side == CLIENT ? TO_SERVER : TO_CLIENT].source_ended = true;
        break;
    case ENDING_CLIENT_RESET:
    case ENDING_SERVER_RESET: carry_reset(session, side); break;
    case ENDING_SERVER_REFUSED:
    case ENDING_CONNECT_TIMEOUT:
        if (session->options->transparent)
            upstream_is_out_of_reach(session, ending, now);
        else
            upstream_fails(session, ending, now);
        break;
    case ENDING_OPEN:
    case ENDING_IDLE_TIMEOUT:
    case ENDING_RULE_FINISH:
    case ENDING_RULE_RESET:
    case ENDING_DRAINED:
    case ENDING_TLS_FAILED:
    case ENDING_LIMIT:
    case ENDING_TROUBLE: drain(session, now); return;
    }
    session_settle(session, now);
}

void session_ended(struct session *session, enum side side, enum ending ending, instant now)
{
    show(session, &(struct session_call){
                      .door = DOOR_ENDED, .now = now, .side = side, .ending = (int)ending });
    side_ends(session, side, ending, now);
}

void session_finished(struct session *session, enum side side, instant now)
{
    struct lane *lane = &session->lanes[side == SERVER ? TO_SERVER : TO_CLIENT];
    show(session, &(struct session_call){ .door = DOOR_FINISHED, .now = now, .side = side });
    note_time(session, now);
    if (!outbox_wants(&lane->out, STEP_FINISH))
        return;
    lane->target_done = true;
    outbox_close(&lane->out);
    outbox_done(&lane->out, now);
    session_settle(session, now);
}

void session_drain(struct session *session, instant now)
{
    show(session, &(struct session_call){ .door = DOOR_DRAIN, .now = now });
    drain(session, now);
}

/* -- wishes and time ------------------------------------------------------------------------ */

static unsigned server_wishes_to_begin(const struct session *session)
{
    return session->upstream == UPSTREAM_WANTED ? WISH_CONNECT : 0;
}

/* Of a step that stands at the head of what leaves, beside the wish to be read. */
static unsigned wishes_of_step(enum step_kind head, unsigned wishes)
{
    if (head == STEP_SECURE)
        return 0;
    wishes |= head == STEP_BARE ? WISH_BARE : 0;
    return wishes | (head == STEP_FINISH ? WISH_FINISH : 0);
}

static inline unsigned wishes_of(const struct session *session, enum side side)
{
    const struct lane *to = &session->lanes[side == SERVER ? TO_SERVER : TO_CLIENT];
    const struct lane *from = &session->lanes[side == SERVER ? TO_CLIENT : TO_SERVER];
    if (to->reset)
        return WISH_RESET;
    if (session->over || to->target_gone)
        return WISH_CLOSE;
    if (side == SERVER && session->upstream != UPSTREAM_THERE)
        return server_wishes_to_begin(session);
    if (session->tls[side].state == TLS_SHAKES)
        return WISH_SECURE;
    unsigned wishes = lane_wants_bytes(session, from) ? WISH_READ : 0;
    if (outbox_may_leave(&to->out))
        return wishes | WISH_WRITE;
    return wishes_of_step(outbox_head(&to->out), wishes);
}

/* Asked so often that each side has code of its own. */
unsigned session_wishes(const struct session *session, enum side side)
{
    return side == SERVER ? wishes_of(session, SERVER) : wishes_of(session, CLIENT);
}

APART static instant steps_due(const struct session *session)
{
    return instant_min(outbox_deadline(&session->lanes[TO_SERVER].out),
                       outbox_deadline(&session->lanes[TO_CLIENT].out));
}

/* When something ends that a rule, or TLS, has begun. */
static inline instant wait_due(const struct session *session)
{
    bool steps = !outbox_is_plain(&session->lanes[TO_SERVER].out) ||
                 !outbox_is_plain(&session->lanes[TO_CLIENT].out);
    instant due = steps ? steps_due(session) : NEVER;
    due = instant_min(due, swap_due(session));
    due = instant_min(due, secure_deadline(session, SERVER));
    return instant_min(due, secure_deadline(session, CLIENT));
}

/* A wait is no idleness. */
static instant idle_due(const struct session *session, instant waits)
{
    duration timeout = session->options->idle_timeout;
    if (waits != NEVER || session->over)
        return NEVER;
    return instant_after(session->last_activity,
                         timeout ? timeout : SECONDS(IDLE_TIMEOUT_DEFAULT_S));
}

instant session_deadline(const struct session *session)
{
    if (session->over)
        return NEVER;
    instant waits = wait_due(session);
    instant due = waits != NEVER ? waits : idle_due(session, waits);
    if (session->mail.hold.noop)
        due = instant_min(due, held_due(session));
    if (session->upstream == UPSTREAM_WANTED)
        due = instant_min(due, session->connect_due);
    if (session->linger_due)
        due = instant_min(due, session->linger_due);
    if (session->rules->minds_silence)
        due = instant_min(due, silence_due(session));
    if (session->options->rules_until > session->seen)
        due = instant_min(due, session->options->rules_until);
    return due;
}

void session_tick(struct session *session, instant now)
{
    show(session, &(struct session_call){ .door = DOOR_TICK, .now = now });
    note_time(session, now);
    if (session->upstream == UPSTREAM_WANTED && now >= session->connect_due) {
        side_ends(session, SERVER, ENDING_CONNECT_TIMEOUT, now);
        return;
    }
    for (enum side side = CLIENT; side <= SERVER; side++) {
        if (secure_is_late(session, side, now)) {
            tls_fails(session, side, SPAN("the handshake took too long"), now);
            return;
        }
    }
    for (int direction = 0; direction < 2; direction++)
        outbox_advance(&session->lanes[direction].out, now);
    held_tick(session, now);
    if (now >= idle_due(session, wait_due(session))) {
        set_ending(session, ENDING_IDLE_TIMEOUT);
        session->last_activity = now;
        drain(session, now);
        return;
    }
    silence_tells(session, now);
    session_settle(session, now);
}

bool session_is_over(const struct session *session)
{
    return session->over;
}

enum ending session_ending(const struct session *session)
{
    return session->ending;
}

/* Of a word that has not come whole it is not known. */
static bool begins_command(struct span bytes)
{
    struct span line = span_take(bytes, span_find(bytes, '\n'));
    return line.len < bytes.len && smtp_command_parse(line).verb != VERB_UNKNOWN;
}

bool session_is_in_auth(const struct session *session, struct span next)
{
    const struct lane *lane = &session->lanes[TO_SERVER];
    enum phase phase = lane->decoder.phase;
    return lane->in.len > 0 || phase == PHASE_AUTH || phase == PHASE_OPAQUE ||
           (phase == PHASE_FORK && session->fork == VERB_AUTH) ||
           (session->behind_auth && !begins_command(next));
}

size_t session_held(const struct session *session)
{
    size_t held = session->mail.chunk.len + session->mail.kept.len;
    for (int direction = 0; direction < 2; direction++)
        held += session->lanes[direction].in.len + outbox_len(&session->lanes[direction].out);
    return held;
}
