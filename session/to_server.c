/* to_server: what becomes of connects and commands. For each command the server gets, the queue
 * learns where the client's reply will come from. */
#include "base/check.h"
#include "base/limits.h"
#include "session/state.h"
#include "smtp/parse.h"

static struct lane *server_lane(struct session *session)
{
    return &session->lanes[TO_SERVER];
}

/* -- connect -------------------------------------------------------------------------------- */

/* The client is greeted by us. False when the server is spared the connection. */
static bool greet_ourselves(struct session *session, const struct outcome *outcome, instant now)
{
    struct pending *pending = dialogue_expect(&session->dialogue);
    answer_later(pending, outcome, outcome->answer_told ? REPLY_REPLACED : REPLY_LOCAL);
    if (outcome->answer_told)
        return true; /* handle_greeting swallows the server's own */
    session->greeted = true;
    session->detached = true;
    side_is_gone(session, SERVER);
    say_answers(session, now);
    return false;
}

/* The beginning, seen in one direction. False when the server is to be spared the connection. */
static bool connect_event(struct session *session, enum direction going, instant now)
{
    struct lane *lane = &session->lanes[going];
    const struct smtp_event event = { .kind = SMTP_CONNECT, .going = going };
    const struct outcome *outcome = judge(session, &event, now);
    if (outcome->has_answer)
        return greet_ourselves(session, outcome, now);
    outbox_wait(&lane->out, outcome->delay);
    if (outcome->taken)
        lane_send(lane, text_span(&outcome->content), outcome);
    apply_fate(session, outcome->fate, lane);
    return outcome->fate == FATE_NONE && !(outcome->taken && outcome->piece_count == 0);
}

void handle_connect(struct session *session, instant now)
{
    const struct smtp_event event = { .kind = SMTP_CONNECT, .going = TO_SERVER };
    log_event(session, &event, false, now);
    if (connect_event(session, TO_CLIENT, now) && connect_event(session, TO_SERVER, now))
        outbox_step(&server_lane(session)->out, STEP_OPEN);
}

/* -- commands ------------------------------------------------------------------------------- */

void answer_later(struct pending *pending, const struct outcome *outcome, enum reply_source source)
{
    pending->source = source;
    pending->answer = pending_copy(text_span(&outcome->answer));
    pending->wait = outcome->delay;
    pending->fate = outcome->fate;
    if (source == REPLY_LOCAL)
        pending->server_verb = VERB_NONE;
}

static struct pending *expect_reply(struct session *session, const struct smtp_event *event)
{
    struct pending *pending = dialogue_expect(&session->dialogue);
    pending->client_verb = pending->server_verb = event->command.verb;
    if (event->command.address.ptr)
        pending->address = pending_copy(event->command.address);
    return pending;
}

static void expect_surplus(struct session *session, struct span line)
{
    struct pending *pending = dialogue_expect(&session->dialogue);
    pending->server_verb = smtp_command_parse(line).verb;
    pending->source = REPLY_SWALLOWED;
}

/* The server answers each line that it gets; one of those answers is the client's. `owed` says
 * whether the client's has been given a place already. */
static bool expect_lines(struct session *session, struct span bytes, enum piece_role role,
                         const struct smtp_event *event, bool owed)
{
    while (bytes.len > 0) {
        struct span line = span_take(bytes, span_find(bytes, '\n') + 1);
        if (role == PIECE_SENT && !owed) {
            expect_reply(session, event)->server_verb = smtp_command_parse(line).verb;
            owed = true;
        } else if (span_ends(line, SPAN("\n"))) {
            expect_surplus(session, line);
        }
        bytes = span_drop(bytes, line.len);
    }
    return owed;
}

/* The pieces take the command's place. True when the client is owed a reply for them. */
static bool send_pieces(struct session *session, const struct smtp_event *event,
                        const struct outcome *outcome)
{
    struct span content = text_span(&outcome->content);
    size_t begin = 0;
    bool owed = false;
    for (size_t i = 0; i < outcome->piece_count; i++) {
        size_t end = outcome->pieces[i].end;
        struct span piece = span_take(span_drop(content, begin), end - begin);
        owed = expect_lines(session, piece, outcome->pieces[i].role, event, owed);
        begin = end;
    }
    lane_discard(server_lane(session), event->raw.len);
    lane_send(server_lane(session), span_take(content, before_fate(outcome, content.len)), outcome);
    return owed;
}

static bool send_untouched(struct session *session, const struct smtp_event *event,
                           const struct outcome *outcome)
{
    struct lane *lane = server_lane(session);
    size_t leaves = before_fate(outcome, event->raw.len);
    size_t rest = event->raw.len - leaves;
    expect_reply(session, event);
    lane_forward(lane, leaves, outcome);
    lane_discard(lane, rest);
    return true;
}

/* The stand-in speaks where there is no server any more. */
static void stand_in(struct session *session, enum verb verb, struct outcome *outcome)
{
    text_clear(&outcome->answer);
    outcome->has_answer = true;
    outcome->answer_told = false;
    stand_in_reply(session, verb, &outcome->answer, &outcome->fate);
}

/* The server is spared the command, the client's answer waits for its turn. */
static void spare_server(struct session *session, const struct smtp_event *event,
                         const struct outcome *outcome)
{
    answer_later(expect_reply(session, event), outcome, REPLY_LOCAL);
    lane_discard(server_lane(session), event->raw.len);
}

/* The server gets the command as the rules leave it. True when the client is owed a reply. */
static bool tell_server(struct session *session, const struct smtp_event *event,
                        const struct outcome *outcome)
{
    struct lane *lane = server_lane(session);
    if (!outcome->has_answer)
        outbox_wait(&lane->out, outcome->delay);
    bool owed = outcome->taken ? send_pieces(session, event, outcome)
                               : send_untouched(session, event, outcome);
    if (owed && outcome->has_answer)
        answer_later(dialogue_newest(&session->dialogue), outcome, REPLY_REPLACED);
    else
        apply_fate(session, outcome->fate, lane);
    return owed;
}

/* BDAT is followed by its chunk whatever becomes of the command (RFC 3030 section 2). */
static void chunk_follows(struct session *session, const struct smtp_event *event,
                          enum body_route route, instant now)
{
    uint64_t size;
    bool last;
    if (event->command.verb == VERB_BDAT && !event->overlong &&
        smtp_bdat_parse(event->command.argument, &size, &last))
        chunk_begin(session, size, last, route, now);
}

/* The command of a chunk that is to be cut anew is said by body.c, when its size is known. */
static bool is_rechunked(struct session *session, const struct smtp_event *event,
                         const struct outcome *outcome, instant now)
{
    uint64_t size;
    bool last;
    return event->command.verb == VERB_BDAT && !outcome->taken && !outcome->has_answer &&
           outcome->fate == FATE_NONE && !session->detached && !event->overlong &&
           server_lane(session)->ahead == 0 &&
           smtp_bdat_parse(event->command.argument, &size, &last) &&
           chunk_route(session, now) == BODY_RECHUNK;
}

static void rechunk(struct session *session, const struct smtp_event *event,
                    const struct outcome *outcome, instant now)
{
    uint64_t size;
    bool last;
    check(smtp_bdat_parse(event->command.argument, &size, &last));
    text_clear(&session->mail.announced);
    text_add(&session->mail.announced, event->raw);
    session->mail.announced_size = size;
    outbox_wait(&server_lane(session)->out, outcome->delay);
    lane_discard(server_lane(session), event->raw.len);
    chunk_begin(session, size, last, BODY_RECHUNK, now);
}

/* Notes the line ending of the client's DATA, and waits at a fork for the reply. */
static void after_command(struct session *session, const struct smtp_event *event, bool owed)
{
    struct decoder *decoder = &server_lane(session)->decoder;
    if (event->command.verb == VERB_DATA)
        decoder->bare_lf = span_line_end(event->raw).len == 1;
    if (owed && verb_is_fork(event->command.verb) && decoder->phase == PHASE_COMMANDS)
        decoder_enter(decoder, PHASE_FORK);
}

void handle_command(struct session *session, const struct smtp_event *event, instant now)
{
    session->commands++;
    dialogue_said(&session->dialogue, &event->command);
    log_event(session, event, false, now);
    judge(session, event, now);
    struct outcome *outcome = &session->outcome;
    if (session->detached && !outcome->has_answer)
        stand_in(session, event->command.verb, outcome);
    if (is_rechunked(session, event, outcome, now)) {
        rechunk(session, event, outcome, now);
        return;
    }
    /* Views into the event end with its bytes; what is needed afterwards is kept. */
    struct smtp_event kept = *event;
    bool spared = outcome->has_answer && (!outcome->answer_told || session->detached);
    bool owed = true;
    after_command(session, event, true);
    chunk_follows(session, event, spared ? BODY_NOWHERE : BODY_PASSES, now);
    if (spared)
        spare_server(session, event, outcome);
    else
        owed = tell_server(session, &kept, outcome);
    if (!owed && server_lane(session)->decoder.phase == PHASE_FORK)
        decoder_enter(&server_lane(session)->decoder, PHASE_COMMANDS);
    say_answers(session, now);
}

/* -- other ---------------------------------------------------------------------------------- */

void handle_client_other(struct session *session, const struct smtp_event *event, instant now)
{
    struct lane *lane = server_lane(session);
    bool challenge = lane->decoder.phase == PHASE_AUTH && !event->overlong;
    if (challenge) {
        log_event(session, event, false, now);
        struct pending *pending = dialogue_expect(&session->dialogue);
        pending->client_verb = pending->server_verb = VERB_AUTH;
        decoder_enter(&lane->decoder, PHASE_FORK);
    }
    if (session->detached)
        lane_discard(lane, event->raw.len);
    else
        lane_forward(lane, event->raw.len, NULL);
}
