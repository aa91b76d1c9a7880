/* rerun: see rerun.h. A recorder listens to the new session, too: what it writes for a call has to
 * be what the recording has there. */
#include "play/rerun.h"

#include <stddef.h>
#include <string.h>

#include "base/chain.h"
#include "base/limits.h"
#include "play/recorder.h"
#include "play/recording_reader.h"
#include "play/rerun_difference.h"

#define SPANS_MAX 64

struct rerun {
    struct recorder recorder; /* first: its callbacks find the rerun by it */
    struct recording_reader reader;
    struct recording_reader answers; /* of the memory, within the part at hand */
    struct recorded_call call;
    struct recording_head head;
    struct rule_set *rules;
    struct recall *recall;
    struct pool pool;
    struct chain ballast; /* with it in use, the pool is out when the recording says so */
    struct session_options options;
    struct session *session; /* NULL before and behind its life */
    instant now;
    bool are_off;
    struct rerun_tally *tally;
    struct text *report;
};

/* -- what is compared ----------------------------------------------------------------------- */

static bool differs(struct rerun *rerun, struct span was, struct span is)
{
    char since[DURATION_TEXT_SIZE];
    duration_format(rerun->now - rerun->head.began, since);
    text_addf(rerun->report, "%s:%zu: it went otherwise at call %zu, %s into the session\n",
              rerun->reader.file, rerun->reader.line + 1, rerun->tally->calls, since);
    rerun_difference_add(was, is, rerun->report);
    return false;
}

/* All lines that the recorder has written have to stand next in the recording, as far as it
 * goes. */
static bool compare_written(struct rerun *rerun)
{
    struct recording_reader is = { .rest = text_span(&rerun->recorder.out) };
    struct span now;
    struct span then;
    while (recording_next_line(&is, &now)) {
        if (recording_is_at_end(&rerun->reader)) {
            rerun->tally->is_whole = false;
            break;
        }
        struct span was = recording_peek_line(&rerun->reader);
        if (!span_equal(was, now))
            return differs(rerun, was, now);
        recording_next_line(&rerun->reader, &then);
        rerun->tally->entries += recording_line_kind(now) == RECORDED_JOURNAL;
    }
    text_clear(&rerun->recorder.out);
    return true;
}

/* What stands before a call belongs to it; it is not what came of the one before. */
static bool begins_part(struct span line)
{
    switch (recording_line_kind(line)) {
    case RECORDED_CALL:
    case RECORDED_WISH:
    case RECORDED_SWITCH:
    case RECORDED_POOL:
    case RECORDED_STOPPED: return true;
    case RECORDED_RECALL:
    case RECORDED_JOURNAL:
    case RECORDED_UNKNOWN: return false;
    }
    return false;
}

/* ... and nothing more, before the next call. */
static bool compare(struct rerun *rerun)
{
    if (!compare_written(rerun))
        return false;
    struct span next = recording_peek_line(&rerun->reader);
    if (recording_is_at_end(&rerun->reader) || begins_part(next))
        return true;
    return differs(rerun, next, SPAN(""));
}

/* -- the run's memory ----------------------------------------------------------------------- */

/* Other sessions have left their marks in it: what it answered then is answered now. */
static void answer(struct recorder *recorder, struct recollection *answer)
{
    struct rerun *rerun = (struct rerun *)recorder;
    struct span line;
    while (recording_next_line(&rerun->answers, &line)) {
        if (recording_line_kind(line) == RECORDED_CALL)
            return;
        if (recording_line_kind(line) != RECORDED_RECALL)
            continue;
        struct cut count = span_cut(span_cut(line, ' ').after, ' ');
        struct cut first = span_cut(count.after, ' ');
        struct recollection was;
        if (span_number(count.before, &was.count) && span_number(first.before, &was.first) &&
            span_number(first.after, &was.last))
            *answer = was;
        return;
    }
}

/* -- calls ---------------------------------------------------------------------------------- */

/* Where there is less room than there was, the lines will show it. */
static void commit(struct rerun *rerun, const struct session_call *call)
{
    struct span bytes = call->bytes;
    while (bytes.len > 0)
        bytes =
            span_drop(bytes, session_receive(rerun->session, call->direction, bytes, rerun->now));
}

static size_t ready(const struct rerun *rerun, enum direction direction)
{
    struct span spans[SPANS_MAX];
    size_t count = session_peek_all(rerun->session, direction, spans, SPANS_MAX);
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += spans[i].len;
    return bytes;
}

/* No more leaves than there is. */
static void consume(struct rerun *rerun, const struct session_call *call)
{
    size_t there = ready(rerun, call->direction);
    size_t sent = call->sent < there ? call->sent : there;
    rerun->tally->bytes += sent;
    session_consume(rerun->session, call->direction, sent, rerun->now);
}

static void end(struct rerun *rerun)
{
    struct session *session = rerun->session;
    rerun->session = NULL;
    rerun->tally->is_whole = true;
    session_free(session, rerun->now);
}

static void make_call(struct rerun *rerun, const struct session_call *call)
{
    struct session *session = rerun->session;
    instant now = rerun->now;
    switch (call->door) {
    case DOOR_COMMIT: commit(rerun, call); return;
    case DOOR_CUT: session_cut(session, call->direction); return;
    case DOOR_CONSUME: consume(rerun, call); return;
    case DOOR_CONNECTED: session_connected(session, now); return;
    case DOOR_MEETS: session_meets(session, call->bytes, now); return;
    case DOOR_MISSES: session_misses(session, call->bytes, (enum ending)call->ending, now); return;
    case DOOR_ENDED: session_ended(session, call->side, (enum ending)call->ending, now); return;
    case DOOR_FINISHED: session_finished(session, call->side, now); return;
    case DOOR_DRAIN: session_drain(session, now); return;
    case DOOR_TLS_STALLED: session_tls_stalled(session, call->side, now); return;
    case DOOR_SECURED: session_secured(session, call->side, call->facts, now); return;
    case DOOR_TLS_FAILED: session_tls_failed(session, call->side, call->bytes, now); return;
    case DOOR_WAS_CUT: session_was_cut(session, call->side, now); return;
    case DOOR_BARED: session_bared(session, call->side, now); return;
    case DOOR_TICK: session_tick(session, now); return;
    case DOOR_FREE: end(rerun); return;
    }
}

/* What an owner of a session would never do. A session that had wished for it then, and does not
 * now, has to be shown as a difference: the wishes stand before the call. */
static bool is_possible(const struct rerun *rerun, const struct session_call *call)
{
    const struct session *session = rerun->session;
    if (call->door == DOOR_CONNECTED)
        return session_wishes(session, SERVER) & WISH_CONNECT;
    if (call->door == DOOR_CONSUME)
        return ready(rerun, call->direction) > 0;
    if (call->door == DOOR_COMMIT)
        return call->bytes.len > 0;
    return true;
}

/* -- parts: a call, what stands before it, and what came of it -------------------------------- */

/* What reached into the session from without. */
static void surround(struct rerun *rerun, struct span line)
{
    if (recording_line_kind(line) == RECORDED_SWITCH)
        rerun->are_off = span_equal(line, SPAN("switch off"));
    if (recording_line_kind(line) == RECORDED_POOL)
        rerun->pool.in_use_max = span_equal(line, SPAN("pool out")) ? 1 : SIZE_MAX;
}

/* Takes what stands before the call, and the call. */
static bool read_part(struct rerun *rerun, struct recording_reader *ahead)
{
    struct span line;
    while (recording_next_line(ahead, &line)) {
        switch (recording_line_kind(line)) {
        case RECORDED_WISH: break;
        case RECORDED_SWITCH:
        case RECORDED_POOL: surround(rerun, line); break;
        case RECORDED_CALL: return recording_read_call(ahead, line, &rerun->call);
        case RECORDED_STOPPED:
        case RECORDED_RECALL:
        case RECORDED_JOURNAL:
        case RECORDED_UNKNOWN: return recording_complain(ahead, "here should be a call");
        }
    }
    /* It was cut off when it was written. */
    rerun->reader = *ahead;
    return true;
}

static bool play_part(struct rerun *rerun)
{
    struct recording_reader ahead = rerun->reader;
    if (!read_part(rerun, &ahead))
        return false;
    if (recording_is_at_end(&rerun->reader))
        return true;
    instant now = instant_after(rerun->head.began, rerun->call.call.now);
    if (now < rerun->now || now == NEVER)
        return recording_complain(&ahead, "time runs backwards");
    rerun->now = now;
    rerun->answers = ahead;
    rerun->tally->calls++;
    if (is_possible(rerun, &rerun->call.call))
        make_call(rerun, &rerun->call.call);
    if (rerun->recorder.out.len == 0)
        return differs(rerun, recording_peek_line(&rerun->reader), SPAN(""));
    return compare(rerun);
}

static bool is_at_end(const struct rerun *rerun)
{
    return recording_is_at_end(&rerun->reader) ||
           recording_line_kind(recording_peek_line(&rerun->reader)) == RECORDED_STOPPED;
}

/* -- beginning and end ---------------------------------------------------------------------- */

static void begin_session(struct rerun *rerun)
{
    struct session_setup setup = recording_setup(&rerun->head);
    rerun->options = recording_options(&rerun->head);
    rerun->options.rules_off = &rerun->are_off;
    setup.options = &rerun->options;
    setup.rules = rerun->rules;
    setup.recall = rerun->recall;
    setup.pool = &rerun->pool;
    rerun->now = rerun->head.began;
    rerun->recorder.answers = answer;
    rerun->recorder.keeps_secrets = rerun->head.secrets;
    recorder_begin(&rerun->recorder, &setup, text_string(&rerun->head.version), rerun->now);
    rerun->session = session_new(&setup, rerun->now);
}

/* The reader stands behind the head; it has to come again, too. */
static bool begin(struct rerun *rerun, struct span whole)
{
    struct recording_reader ahead = rerun->reader;
    struct span line;
    while (begins_part(recording_peek_line(&ahead)) && recording_next_line(&ahead, &line) &&
           recording_line_kind(line) != RECORDED_CALL)
        surround(rerun, line);
    rerun->answers = rerun->reader;
    begin_session(rerun);
    rerun->reader.rest = whole;
    rerun->reader.line = 0;
    return compare(rerun);
}

static enum rerun_outcome run(struct rerun *rerun, struct span whole)
{
    struct text complaints = { 0 };
    rerun->reader.errors = &complaints;
    bool fine =
        recording_read_head(&rerun->reader, &rerun->head, rerun->rules) && begin(rerun, whole);
    while (fine && rerun->session && !is_at_end(rerun))
        fine = play_part(rerun);
    if (fine && !rerun->session && !is_at_end(rerun))
        fine = recording_complain(&rerun->reader, "the session has ended, the recording goes on");
    bool is_bad = complaints.len > 0;
    text_add(rerun->report, text_span(&complaints));
    text_deinit(&complaints);
    if (fine)
        return RERUN_SAME;
    return is_bad ? RERUN_BAD : RERUN_DIFFERS;
}

static void deinit(struct rerun *rerun)
{
    if (rerun->session)
        session_free(rerun->session, rerun->now);
    recorder_deinit(&rerun->recorder);
    text_deinit(&rerun->call.text);
    recording_head_deinit(&rerun->head);
    rule_set_free(rerun->rules);
    recall_free(rerun->recall);
    chain_deinit(&rerun->ballast);
    pool_deinit(&rerun->pool);
}

enum rerun_outcome rerun(const char *file, struct span text, struct rerun_tally *tally,
                         struct text *report)
{
    struct rerun rerun = { .reader = { .file = file, .rest = text },
                           .rules = rule_set_new(),
                           .recall = recall_new(0),
                           .pool = { .in_use_max = SIZE_MAX },
                           .tally = tally,
                           .report = report };
    *tally = (struct rerun_tally){ 0 };
    chain_init(&rerun.ballast, &rerun.pool);
    chain_append(&rerun.ballast, SPAN("."));
    enum rerun_outcome outcome = run(&rerun, text);
    deinit(&rerun);
    return outcome;
}
