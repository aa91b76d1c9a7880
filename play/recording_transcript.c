/* recording_transcript: see recording_transcript.h. */
#include "play/recording_transcript.h"

#include "base/limits.h"
#include "play/heard.h"
#include "play/recording_reader.h"
#include "play/transcript_text.h"

struct converter {
    struct recording_reader reader;
    struct recording_head head;
    struct recorded_call call;
    struct text steps;
    duration clock;        /* of the transcript, since the session began */
    bool is_connected;     /* to the server */
    bool is_refused;       /* by it */
    bool is_rude[2];       /* by enum side: the end that comes has no close_notify */
    const char *shakes[2]; /* by enum side: how its handshake went otherwise than well */
};

/* -- steps ---------------------------------------------------------------------------------- */

static const char *mark_of(enum side side)
{
    return side == CLIENT ? "C>" : "S>";
}

static void add_bytes(struct converter *converter, enum side side, struct span bytes)
{
    while (bytes.len > 0) {
        text_addf(&converter->steps, "%s ", mark_of(side));
        step_text_add(&converter->steps, heard_next_line(&bytes));
        text_add_byte(&converter->steps, '\n');
    }
}

static void add_end(struct converter *converter, enum side side, enum play_end end)
{
    text_addf(&converter->steps, "%s %s\n", mark_of(side), play_end_name(end));
}

/* Rounded up: what fell due at that moment has happened then. */
static void move_clock(struct converter *converter, duration now)
{
    char wait[DURATION_TEXT_SIZE];
    if (now <= converter->clock)
        return;
    duration gap = (now - converter->clock + US(1) - 1) / US(1) * US(1);
    duration_format(gap, wait);
    text_addf(&converter->steps, "@ +%s\n", wait);
    converter->clock += gap;
}

/* -- calls ---------------------------------------------------------------------------------- */

static void take_end(struct converter *converter, const struct session_call *call)
{
    bool rude = converter->is_rude[call->side];
    switch ((enum ending)call->ending) {
    case ENDING_CLIENT_CLOSED:
    case ENDING_SERVER_CLOSED: add_end(converter, call->side, rude ? PLAY_CUT : PLAY_FIN); return;
    case ENDING_CLIENT_RESET:
    case ENDING_SERVER_RESET: add_end(converter, call->side, PLAY_RST); return;
    case ENDING_SERVER_REFUSED: converter->is_refused = true; return;
    case ENDING_OPEN:
    case ENDING_CONNECT_TIMEOUT:
    case ENDING_IDLE_TIMEOUT:
    case ENDING_RULE_FINISH:
    case ENDING_RULE_RESET:
    case ENDING_DRAINED:
    case ENDING_TLS_FAILED:
    case ENDING_LIMIT:
    case ENDING_TROUBLE: return;
    }
}

static void take_call(struct converter *converter, const struct session_call *call)
{
    enum side source = direction_source(call->direction);
    if (call->door == DOOR_TICK || call->now >= instant_after(converter->clock, SECONDS(1)))
        move_clock(converter, call->now);
    switch (call->door) {
    case DOOR_COMMIT: add_bytes(converter, source, call->bytes); return;
    case DOOR_CONNECTED: converter->is_connected = true; return;
    case DOOR_ENDED: take_end(converter, call); return;
    case DOOR_TLS_FAILED: converter->shakes[call->side] = "fails"; return;
    case DOOR_SECURED:
        if (call->facts->verified[0])
            converter->shakes[call->side] = "unverified";
        return;
    case DOOR_WAS_CUT: converter->is_rude[call->side] = true; return;
    case DOOR_MEETS:
    case DOOR_MISSES:
    case DOOR_CUT:
    case DOOR_CONSUME:
    case DOOR_FINISHED:
    case DOOR_DRAIN:
    case DOOR_TLS_STALLED:
    case DOOR_BARED:
    case DOOR_TICK:
    case DOOR_FREE: return;
    }
}

static bool take_calls(struct converter *converter)
{
    struct span line;
    while (recording_next_line(&converter->reader, &line)) {
        if (recording_line_kind(line) != RECORDED_CALL)
            continue;
        if (!recording_read_call(&converter->reader, line, &converter->call))
            return false;
        take_call(converter, &converter->call.call);
    }
    return true;
}

/* -- the lines before the steps ------------------------------------------------------------- */

static void add_time(const char *name, duration length, duration usual, struct text *out)
{
    char shown[DURATION_TEXT_SIZE];
    if (length == 0 || length == usual)
        return;
    duration_format(length, shown);
    text_addf(out, "option %s %s\n", name, shown);
}

static void add_options(const struct recording_head *head, struct text *out)
{
    static const char *const modes[] = { [TLS_PASS] = "pass",
                                         [TLS_INTERCEPT] = "intercept",
                                         [TLS_TO_CLIENT] = "client",
                                         [TLS_TO_SERVER] = "server" };
    text_addf(out, "seed %llu\n", (unsigned long long)head->seed);
    if (head->max_line != 0 && head->max_line != MAX_LINE_DEFAULT)
        text_addf(out, "option max-line %llu\n", (unsigned long long)head->max_line);
    add_time("idle-timeout", head->idle_timeout, SECONDS(IDLE_TIMEOUT_DEFAULT_S), out);
    add_time("connect-timeout", head->connect_timeout, SECONDS(CONNECT_TIMEOUT_DEFAULT_S), out);
    add_time("tls-timeout", head->tls_timeout, SECONDS(TLS_TIMEOUT_DEFAULT_S), out);
    if (head->rules_until > head->began)
        add_time("for", (head->rules_until - head->began) / US(1) * US(1), 0, out);
    if (head->only_recipient.len > 0) {
        text_addf(out, "option only-recipient ");
        text_add(out, text_span(&head->only_recipient));
        text_add_byte(out, '\n');
    }
    if (head->dry_run)
        text_addf(out, "option dry-run\n");
    if (head->transparent)
        text_addf(out, "option transparent\n");
    if (head->unverified_goes_on)
        text_addf(out, "option verify-failure go-on\n");
    if (head->tls != TLS_PASS)
        text_addf(out, "option tls %s\n", modes[head->tls]);
}

static void add_rules(const struct rule_set *rules, struct text *out)
{
    for (size_t i = 0; i < rules->count; i++) {
        text_addf(out, "rule ");
        text_add(out, text_span(&rules->rules[i]->line));
        text_add_byte(out, '\n');
    }
}

static bool is_address(struct span name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7f)
            return false;
    return span_find(name, ':') < name.len && !span_starts(name, SPAN("unix:"));
}

static void add_circumstances(struct converter *converter, struct text *out)
{
    static const char *const sides[] = { [CLIENT] = "client", [SERVER] = "server" };
    const struct recording_head *head = &converter->head;
    const bool smtps[] = { [CLIENT] = head->client_tls, [SERVER] = head->server_tls };
    if (head->number > 1)
        text_addf(out, "session %llu\n", (unsigned long long)head->number);
    if (is_address(text_span(&head->client))) {
        text_addf(out, "client ");
        text_add(out, text_span(&head->client));
        text_add_byte(out, '\n');
    }
    if (smtps[CLIENT] || smtps[SERVER])
        text_addf(out, "smtps %s\n",
                  smtps[CLIENT] && smtps[SERVER] ? "both" : sides[smtps[CLIENT] ? CLIENT : SERVER]);
    for (enum side side = CLIENT; side <= SERVER; side++)
        if (converter->shakes[side])
            text_addf(out, "handshake %s %s\n", sides[side], converter->shakes[side]);
    if (!converter->is_connected)
        text_addf(out, converter->is_refused ? "server refuses\n" : "server silent\n");
}

bool recording_to_transcript(const char *file, struct span recording, struct text *transcript,
                             struct text *errors)
{
    struct converter converter = { .reader = { .file = file, .rest = recording, .errors = errors },
                                   .steps = { .max = TRANSCRIPT_SIZE_MAX } };
    struct rule_set *rules = rule_set_new();
    bool fine =
        recording_read_head(&converter.reader, &converter.head, rules) && take_calls(&converter);
    if (fine) {
        add_rules(rules, transcript);
        add_options(&converter.head, transcript);
        add_circumstances(&converter, transcript);
        text_add(transcript, text_span(&converter.steps));
    }
    text_deinit(&converter.steps);
    text_deinit(&converter.call.text);
    recording_head_deinit(&converter.head);
    rule_set_free(rules);
    return fine;
}
