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
static bool greet_ourselves(struct session *session, enum direction going,
                            const struct outcome *outcome, instant now)
{
    struct pending *pending = dialogue_expect(&session->dialogue);
    answer_later(pending, outcome, outcome->answer_told ? REPLY_REPLACED : REPLY_LOCAL);
    if (outcome->answer_told) {
        /* handle_greeting swallows the server's own */
        if (going == TO_SERVER)
            outbox_step(&session->lanes[TO_SERVER].out, STEP_OPEN);
        return true;
    }
    session->greeted = true;
    session->detached = true;
    side_is_gone(session, SERVER);
    say_answers(session, now);
    return false;
}

/* Whether the rules leave the beginning as it is, with more or less before it. */
static bool goes_on(const struct outcome *outcome)
{
    return outcome->fate == FATE_NONE && !(outcome->taken && outcome->piece_count == 0);
}

/* The beginning, seen in one direction: towards the server the connection is opened, unless it is
 * to be spared. False when nothing follows. */
static bool connect_event(struct session *session, enum direction going, instant now)
{
    struct lane *lane = &session->lanes[going];
    const struct smtp_event event = { .kind = SMTP_CONNECT, .going = going };
    const struct outcome *outcome = judge(session, &event, now);
    if (outcome->has_answer)
        return greet_ourselves(session, going, outcome, now);
    outbox_wait(&lane->out, outcome->delay);
    if (going == TO_SERVER && goes_on(outcome))
        outbox_step(&lane->out, STEP_OPEN);
    if (outcome->taken)
        lane_send_content(lane, outcome, SIZE_MAX);
    apply_fate(session, outcome->fate, lane);
    return goes_on(outcome);
}

void handle_connect(struct session *session, instant now)
{
    const struct smtp_event event = { .kind = SMTP_CONNECT, .going = TO_SERVER };
    log_event(session, &event, false, now);
    if (session->implicit_tls[CLIENT])
        tls_begin(session, CLIENT, now);
    if (!connect_event(session, TO_CLIENT, now) || !connect_event(session, TO_SERVER, now))
        return;
    if (session->implicit_tls[SERVER])
        tls_begin(session, SERVER, now);
}

/* -- commands ------------------------------------------------------------------------------- */

static struct pending *expect_reply(struct session *session, const struct smtp_event *event)
{
    struct pending *pending = dialogue_expect(&session->dialogue);
    pending->client_verb = pending->server_verb = event->command.verb;
    if (event->command.address.len)
        text_add(&pending->address, span_take(event->command.address, ADDRESS_MAX));
    return pending;
}

static void expect_surplus(struct session *session, struct span line)
{
    pending_swallowed(&session->dialogue, smtp_command_parse(line).verb);
}

/* In place of the client's place in the queue: it is owed no reply. */
#define NOT_OWED SIZE_MAX

/* The server answers each line that it gets; one of those answers is the client's. `place` is where
 * the client's stands in the queue, or NOT_OWED as long as it has none. */
static size_t expect_lines(struct session *session, struct span bytes, enum piece_role role,
                           const struct smtp_event *event, size_t place)
{
    while (bytes.len > 0) {
        struct span line = span_take(bytes, span_find(bytes, '\n') + 1);
        if (role == PIECE_SENT && place == NOT_OWED) {
            expect_reply(session, event)->server_verb = smtp_command_parse(line).verb;
            place = session->dialogue.count - 1;
        } else if (span_ends(line, SPAN("\n"))) {
            expect_surplus(session, line);
        }
        bytes = span_drop(bytes, line.len);
    }
    return place;
}

/* The pieces take the command's place. */
static size_t send_pieces(struct session *session, const struct smtp_event *event,
                          const struct outcome *outcome)
{
    struct span content = text_span(&outcome->content);
    size_t begin = 0;
    size_t place = NOT_OWED;
    for (size_t i = 0; i < outcome->piece_count; i++) {
        size_t end = outcome->pieces[i].end;
        struct span piece = span_take(span_drop(content, begin), end - begin);
        place = expect_lines(session, piece, outcome->pieces[i].role, event, place);
        begin = end;
    }
    lane_discard(server_lane(session), event->raw.len);
    lane_send_content(server_lane(session), outcome, before_fate(outcome, content.len));
    return place;
}

static size_t send_untouched(struct session *session, const struct smtp_event *event,
                             const struct outcome *outcome)
{
    struct lane *lane = server_lane(session);
    size_t leaves = before_fate(outcome, event->raw.len);
    size_t rest = event->raw.len - leaves;
    expect_reply(session, event);
    lane_forward(lane, leaves, outcome);
    lane_discard(lane, rest);
    return session->dialogue.count - 1;
}

/* The stand-in speaks where there is no server any more. */
static void stand_in(struct session *session, enum verb verb, struct outcome *outcome)
{
    text_clear(&outcome->answer);
    outcome->asks = outcome->has_answer = true;
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

/* The server gets the command as the rules leave it. Returns the verb it hears for the client's
 * command, VERB_NONE when the command was dropped. */
static enum verb tell_server(struct session *session, const struct smtp_event *event,
                             const struct outcome *outcome)
{
    struct lane *lane = server_lane(session);
    if (!outcome->has_answer)
        outbox_wait(&lane->out, outcome->delay);
    size_t place = outcome->taken ? send_pieces(session, event, outcome)
                                  : send_untouched(session, event, outcome);
    if (place == NOT_OWED || !outcome->has_answer)
        apply_fate(session, outcome->fate, lane);
    if (place == NOT_OWED)
        return VERB_NONE;
    struct pending *pending = dialogue_nth(&session->dialogue, place);
    if (outcome->has_answer)
        answer_later(pending, outcome, REPLY_REPLACED);
    return pending->server_verb;
}

void tell_server_lines(struct session *session, struct span lines, const struct outcome *outcome)
{
    if (!session->dialogue.server_in_body)
        expect_lines(session, lines, PIECE_ADDED, NULL, NOT_OWED);
    lane_send(server_lane(session), lines, outcome);
}

/* -- BDAT ----------------------------------------------------------------------------------- */

/* What a client announces with BDAT; its chunk follows whatever becomes of the command (RFC 3030
 * section 2). */
struct announcement {
    bool valid;
    bool last;
    uint64_t size;
};

APART static struct announcement announcement_of(const struct smtp_event *event)
{
    struct announcement chunk = { 0 };
    chunk.valid =
        !event->overlong && smtp_bdat_parse(event->command.argument, &chunk.size, &chunk.last);
    return chunk;
}

/* The command of a chunk that is to be cut anew is said by bdat.c, when its size is known. */
static bool is_rechunked(const struct session *session, const struct outcome *outcome, instant now)
{
    return !outcome->taken && !outcome->has_answer && outcome->fate == FATE_NONE &&
           !session->detached && session->lanes[TO_SERVER].ahead == 0 &&
           chunk_route(session, now) == BODY_RECHUNK;
}

static void rechunk(struct session *session, const struct smtp_event *event,
                    const struct announcement *chunk, const struct outcome *outcome, instant now)
{
    text_clear(&session->mail.announced);
    text_add(&session->mail.announced, event->raw);
    session->mail.announced_size = chunk->size;
    outbox_wait(&server_lane(session)->out, outcome->delay);
    lane_discard(server_lane(session), event->raw.len);
    chunk_begin(session, chunk->size, chunk->last, BODY_RECHUNK, now);
}

/* -- one behind the next -------------------------------------------------------------------- */

static bool command_waits(struct session *session, const struct smtp_event *event,
                          const struct outcome *outcome, instant now)
{
    struct lane *lane = server_lane(session);
    if (session->detached || event->overlong || !swap_keeps(&lane->swap, event, outcome, now))
        return false;
    lane_discard(lane, event->raw.len);
    return true;
}

/* Whether the command goes before the one that waits for it. */
static bool overtakes(const struct session *session, const struct smtp_event *event,
                      const struct outcome *outcome)
{
    return session->lanes[TO_SERVER].swap && !session->detached && !event->overlong &&
           verb_may_swap(event->command.verb) && !outcome->taken && !outcome->has_answer &&
           outcome->fate == FATE_NONE;
}

/* It leaves; in a session whose sides were parted its answer waits for its turn. */
APART static void swapped_command_leaves(struct session *session)
{
    struct lane *lane = server_lane(session);
    struct swap kept = swap_take(&lane->swap);
    struct smtp_event event = { .kind = SMTP_COMMAND, .raw = text_span(&kept.bytes) };
    struct outcome outcome = { .fate_after = UINT64_MAX };
    if (event.raw.len == 0)
        return;
    event.command = smtp_command_parse(event.raw);
    struct pending *pending = expect_reply(session, &event);
    if (session->detached) {
        stand_in(session, event.command.verb, &outcome);
        answer_later(pending, &outcome, REPLY_LOCAL);
    } else {
        outbox_wait(&lane->out, kept.delay);
        outbox_add(&lane->out, event.raw);
    }
    text_deinit(&outcome.answer);
    swap_deinit(&kept);
}

void swapped_command_goes(struct session *session, instant now)
{
    swapped_command_leaves(session);
    if (session->detached)
        say_answers(session, now);
}

/* -- the whole ------------------------------------------------------------------------------ */

/* The client waits at a fork for the reply; of DATA, how its line ends tells how its dot may. */
static void enter_fork(struct session *session, enum verb verb, bool bare_lf)
{
    struct decoder *decoder = &server_lane(session)->decoder;
    const struct tls_side *tls = &session->tls[SERVER];
    /* Our own STARTTLS may stand between an EHLO and what comes behind it. */
    bool asks_for_offer = verb_is_hello(verb) && session->options->tls == TLS_TO_SERVER &&
                          tls->state == TLS_CLEAR && !tls->refused;
    if (verb == VERB_DATA)
        decoder->bare_lf = bare_lf;
    if ((verb_is_fork(verb) || asks_for_offer) && decoder->phase == PHASE_COMMANDS) {
        decoder_enter(decoder, PHASE_FORK);
        session->fork = verb;
    }
}

/* The answer stands in place of all that the client has not heard, and there is no server any
 * more. */
static void take_over(struct session *session, const struct smtp_event *event,
                      const struct outcome *outcome, instant now)
{
    struct lane *client = &session->lanes[TO_CLIENT];
    outbox_clear(&client->out);
    dialogue_forget_pending(&session->dialogue);
    lane_discard(client, client->in.len);
    swap_forget(&client->swap);
    client->deaf = true;
    session->greeted = true;
    part_company(session, now);
    if (session->upstream != UPSTREAM_THERE)
        side_is_gone(session, SERVER);
    spare_server(session, event, outcome);
}

/* Carries out what the rules want of a command. */
static void command_leaves(struct session *session, const struct smtp_event *event,
                           const struct outcome *outcome, instant now)
{
    /* Views into the event end with its bytes; what is needed afterwards is kept. */
    enum verb said = event->command.verb;
    const struct announcement chunk =
        said == VERB_BDAT ? announcement_of(event) : (struct announcement){ 0 };
    bool bare_lf = said == VERB_DATA && span_line_end(event->raw).len == 1;
    enum verb heard = VERB_NONE;
    bool spared = outcome->has_answer && (!outcome->answer_told || session->detached);
    if (said == VERB_DATA)
        session->mail.hold = outcome->hold;
    if (chunk.valid && is_rechunked(session, outcome, now)) {
        rechunk(session, event, &chunk, outcome, now);
        return;
    }
    if (spared && outcome->takes_over && !session->detached)
        take_over(session, event, outcome, now);
    else if (spared)
        spare_server(session, event, outcome);
    if (!spared) {
        forward_say(session, event, now);
        heard = tell_server(session, event, outcome);
    }
    if (spared || heard != VERB_NONE)
        enter_fork(session, said, bare_lf);
    if (heard == VERB_STARTTLS)
        starttls_leaves(session, now);
    if (chunk.valid)
        chunk_begin(session, chunk.size, chunk.last,
                    heard == VERB_BDAT ? BODY_PASSES : BODY_NOWHERE, now);
}

/* However AUTH was answered, the client may believe to be in the midst of it and go on: a line that
 * is no command is then what the exchange was to be told. */
static bool belongs_to_auth(struct session *session, enum verb verb)
{
    if (verb != VERB_UNKNOWN)
        session->behind_auth = verb == VERB_AUTH;
    return session->behind_auth;
}

void handle_command(struct session *session, struct smtp_event *event, instant now)
{
    session->commands++;
    event->secret |= belongs_to_auth(session, event->command.verb);
    log_event(session, event, false, now);
    /* The rules see the command before the dialogue knows of it (smtp/about.h). */
    const struct outcome *outcome = judge(session, event, now);
    dialogue_said(&session->dialogue, &event->command);
    session->tls[SERVER].injected = 0;
    if (event->command.verb == VERB_STARTTLS && !event->overlong)
        starttls_answer(session, judged(session));
    if (session->detached && !outcome->has_answer)
        stand_in(session, event->command.verb, judged(session));
    if (command_waits(session, event, outcome, now))
        return;
    bool overtook = overtakes(session, event, outcome);
    /* No answer is said yet: it would be judged, and the outcome is still needed. */
    if (!overtook && session->lanes[TO_SERVER].swap)
        swapped_command_leaves(session);
    command_leaves(session, event, outcome, now);
    if (overtook) {
        dialogue_newest(&session->dialogue)->overtook = true;
        command_goes(session, now);
    }
    say_answers(session, now);
    if (event->command.verb == VERB_BDAT && event->overlong)
        turn_opaque(session, "a BDAT is too long for its size to be read", now);
}

/* -- other ---------------------------------------------------------------------------------- */

void handle_client_other(struct session *session, const struct smtp_event *event, instant now)
{
    struct lane *lane = server_lane(session);
    bool challenge = lane->decoder.phase == PHASE_AUTH && !event->overlong;
    command_goes(session, now);
    if (challenge) {
        log_event(session, event, false, now);
        struct pending *pending = dialogue_expect(&session->dialogue);
        pending->client_verb = pending->server_verb = session->fork = VERB_AUTH;
        decoder_enter(&lane->decoder, PHASE_FORK);
    }
    if (session->detached)
        lane_discard(lane, event->raw.len);
    else
        lane_forward(lane, event->raw.len, NULL);
}
