/* recorder: see recorder.h. */
#include "play/recorder.h"

#include <stddef.h>

#include "base/limits.h"
#include "base/version.h"
#include "play/recording.h"

/* Spans that leave in one call, at most. */
#define SPANS_MAX 64

/* -- lines ---------------------------------------------------------------------------------- */

/* Behind each line: `before` is how long the text was without it. */
static void settle(struct recorder *recorder, size_t before)
{
    recorder->written += recorder->out.len - before;
    if (recorder->written > RECORDING_SIZE_MAX) {
        text_addf(&recorder->out, "stopped\n");
        recorder->has_stopped = true;
    }
    if (recorder->wrote)
        recorder->wrote(recorder);
}

/* What reaches into the session from without, unseen by its doors. */
static void note_surroundings(struct recorder *recorder)
{
    const bool *off = recorder->options->rules_off;
    bool is_out = recorder->pool && pool_is_empty(recorder->pool);
    if (off && *off != recorder->rules_are_off) {
        recorder->rules_are_off = *off;
        text_addf(&recorder->out, *off ? "switch off\n" : "switch on\n");
    }
    if (is_out != recorder->pool_is_out) {
        recorder->pool_is_out = is_out;
        text_addf(&recorder->out, is_out ? "pool out\n" : "pool back\n");
    }
}

static void note_wish(struct recorder *recorder, const struct session *session)
{
    text_clear(&recorder->scratch);
    recording_wish_add(session, recorder->began, &recorder->scratch);
    struct span wish = text_span(&recorder->scratch);
    if (span_equal(wish, text_span(&recorder->wish)))
        return;
    text_add(&recorder->out, wish);
    text_clear(&recorder->wish);
    text_add(&recorder->wish, wish);
}

/* -- bytes, without what AUTH says ---------------------------------------------------------- */

static void take_spans(struct recorder *recorder, const struct session *session,
                       const struct session_call *call)
{
    struct span spans[SPANS_MAX];
    size_t left = call->sent;
    size_t count = session_peek_all(session, call->direction, spans, SPANS_MAX);
    for (size_t i = 0; i < count && left > 0; i++) {
        struct span piece = span_take(spans[i], left);
        text_add(&recorder->scratch, piece);
        left -= piece.len;
    }
}

/* While the client is within AUTH nobody can tell what rules have made of its lines, or where one
 * of them has become part of another. */
static void hide_all(struct text *bytes)
{
    for (size_t i = 0; i < bytes->len; i++)
        if (bytes->ptr[i] != '\r' && bytes->ptr[i] != '\n')
            bytes->ptr[i] = '*';
}

/* The connection whose bytes these are: those that come are their source's, others their target's.
 * An exchange may end as only the session knows. */
static void hide(struct recorder *recorder, const struct session *session,
                 const struct session_call *call)
{
    bool comes = call->door == DOOR_COMMIT;
    enum side side = comes ? direction_source(call->direction) : direction_target(call->direction);
    struct credentials *said = &recorder->said[side];
    const struct credentials *client = &recorder->said[CLIENT];
    struct span bytes = text_span(&recorder->scratch);
    if (call->direction == TO_CLIENT) {
        credentials_note_replies(said, bytes);
        return;
    }
    if (comes && !session_is_in_auth(session, bytes))
        said->is_in_auth = said->is_challenged = false;
    credentials_hide(said, recorder->scratch.ptr, bytes.len);
    if (!comes && (client->is_in_auth || client->is_challenged))
        hide_all(&recorder->scratch);
}

static void take_bytes(struct recorder *recorder, const struct session *session,
                       const struct session_call *call)
{
    text_clear(&recorder->scratch);
    if (call->door == DOOR_COMMIT)
        text_add(&recorder->scratch, call->bytes);
    else if (call->door == DOOR_CONSUME)
        take_spans(recorder, session, call);
    if (recorder->scratch.len > 0 && !recorder->keeps_secrets)
        hide(recorder, session, call);
}

/* -- what is told --------------------------------------------------------------------------- */

static void saw(struct witness *witness, const struct session *session,
                const struct session_call *call)
{
    struct recorder *recorder =
        (struct recorder *)(void *)((char *)witness - offsetof(struct recorder, witness));
    size_t before = recorder->out.len;
    if (recorder->has_stopped)
        return;
    note_wish(recorder, session);
    note_surroundings(recorder);
    if (call->now > recorder->now)
        recorder->now = call->now;
    take_bytes(recorder, session, call);
    if (call->door == DOOR_SECURED)
        recorder->said[call->side] = (struct credentials){ 0 };
    recording_call_add(call, recorder->now - recorder->began, text_span(&recorder->scratch),
                       &recorder->out);
    if (recorder->scratch.capacity > RECORDING_FLUSH_SIZE)
        text_deinit(&recorder->scratch);
    settle(recorder, before);
}

static void write_entry(struct journal *journal, const struct journal_entry *entry)
{
    struct recorder *recorder =
        (struct recorder *)(void *)((char *)journal - offsetof(struct recorder, journal));
    size_t before = recorder->out.len;
    journal_write(recorder->onward, entry);
    if (recorder->has_stopped)
        return;
    text_addf(&recorder->out, "journal ");
    journal_json_entry(entry, &recorder->out);
    settle(recorder, before);
}

static void remember(struct recall_tape *tape, struct recollection *answer)
{
    struct recorder *recorder =
        (struct recorder *)(void *)((char *)tape - offsetof(struct recorder, tape));
    size_t before = recorder->out.len;
    if (recorder->answers)
        recorder->answers(recorder, answer);
    if (recorder->has_stopped)
        return;
    const uint64_t numbers[] = { answer->count, answer->first, answer->last };
    text_addf(&recorder->out, "recall");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        text_add_byte(&recorder->out, ' ');
        text_add_number(&recorder->out, numbers[i]);
    }
    text_add_byte(&recorder->out, '\n');
    settle(recorder, before);
}

/* -- beginning and end ---------------------------------------------------------------------- */

/* Neighbours of one profile share its name: their weights are one draw. */
static void add_rules(const struct rule_set *rules, struct text *out)
{
    const char *profile = NULL;
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = rules->rules[i];
        if (rule->profile != profile) {
            profile = rule->profile;
            text_addf(out, "profile ");
            text_add_escaped(out, span_of(profile ? profile : "-"));
            text_add_byte(out, '\n');
        }
        text_addf(out, "rule ");
        text_add_escaped(out, text_span(&rule->line));
        text_add_byte(out, '\n');
    }
}

static void add_names(const struct session_setup *setup, struct recording_head *head)
{
    const struct facts *facts = &setup->facts;
    text_add(&head->session, facts->guid);
    text_add(&head->client, facts->client);
    text_add(&head->client_ip, facts->client_ip);
    text_add(&head->server, facts->server);
    text_add(&head->host, facts->host);
    text_add(&head->only_recipient, setup->options->only_recipient);
}

static void add_head(struct recorder *recorder, const struct session_setup *setup,
                     const char *version)
{
    const struct session_options *options = setup->options;
    struct recording_head head = {
        .began = recorder->began,
        .seed = options->seed,
        .number = setup->facts.number,
        .max_line = options->max_line,
        .idle_timeout = options->idle_timeout,
        .connect_timeout = options->connect_timeout,
        .tls_timeout = options->tls_timeout,
        .tls = options->tls,
        .rules_until = options->rules_until,
        .dry_run = options->dry_run,
        .transparent = options->transparent,
        .unverified_goes_on = options->unverified_goes_on,
        .forwards = options->forwards,
        .client_tls = setup->client_tls,
        .server_tls = setup->server_tls,
        .secrets = recorder->keeps_secrets,
    };
    text_add(&head.version, span_of(version));
    add_names(setup, &head);
    recording_head_add(&head, &recorder->out);
    recording_head_deinit(&head);
}

void recorder_begin(struct recorder *recorder, struct session_setup *setup, const char *version,
                    instant now)
{
    recorder->witness.saw = saw;
    recorder->journal.write = write_entry;
    recorder->tape.answered = remember;
    recorder->onward = setup->journal;
    recorder->memory = recall_view_new(setup->recall, &recorder->tape);
    recorder->options = setup->options;
    recorder->pool = setup->pool;
    recorder->began = recorder->now = now;
    add_head(recorder, setup, version ? version : SMTPCHAOS_VERSION);
    add_rules(setup->rules, &recorder->out);
    note_surroundings(recorder);
    setup->witness = &recorder->witness;
    setup->journal = &recorder->journal;
    setup->recall = recorder->memory;
}

void recorder_deinit(struct recorder *recorder)
{
    recall_free(recorder->memory);
    text_deinit(&recorder->wish);
    text_deinit(&recorder->scratch);
    text_deinit(&recorder->out);
}
