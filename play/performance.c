/* performance: see performance.h. */
#include "play/performance.h"

#include "play/made_up.h"

void performance_init(struct performance *performance, const struct transcript *transcript,
                      enum play_cuts cuts, uint64_t seed)
{
    *performance = (struct performance){
        .transcript = transcript,
        .cuts = cuts,
        .seed = seed,
        .options = transcript->options,
        .recall = recall_new(0),
        .now = MADE_UP_BEGINNING,
    };
    if (transcript->rules_for > 0)
        performance->options.rules_until = instant_after(MADE_UP_BEGINNING, transcript->rules_for);
    play_log_init(&performance->log);
}

void performance_deinit(struct performance *performance)
{
    play_log_deinit(&performance->log);
    recall_free(performance->recall);
    pool_deinit(&performance->pool);
}

/* The address without its port and brackets. */
static struct span host_of(struct span address)
{
    size_t colon = address.len;
    while (colon > 0 && address.ptr[colon - 1] != ':')
        colon--;
    struct span host = colon > 0 ? span_take(address, colon - 1) : address;
    if (span_starts(host, SPAN("[")) && span_ends(host, SPAN("]")))
        host = span_drop_last(span_drop(host, 1), 1);
    return host;
}

static struct facts facts_of(const struct play_session *session, struct span guid)
{
    return (struct facts){
        .client = text_span(&session->client),
        .client_ip = host_of(text_span(&session->client)),
        .server = SPAN(MADE_UP_SERVER),
        .host = SPAN(MADE_UP_HOST),
        .guid = guid,
        .number = session->number,
    };
}

void performance_open(struct performance *performance, const struct play_session *session)
{
    struct text guid = { 0 };
    text_addf(&guid, "00000000-0000-4000-8000-%012llx", (unsigned long long)session->number);
    struct session_setup setup = {
        .options = &performance->options,
        .rules = performance->transcript->rules,
        .recall = performance->recall,
        .pool = &performance->pool,
        .journal = &performance->log.journal,
        .facts = facts_of(session, text_span(&guid)),
        .client_tls = session->smtps[CLIENT],
        .server_tls = session->smtps[SERVER],
    };
    play_log_begin_session(&performance->log);
    stage_open(&performance->stage, &setup, session, performance->cuts, performance->seed,
               performance->now);
    text_deinit(&guid);
}

void performance_close(struct performance *performance)
{
    stage_close(&performance->stage);
}

static bool is_said(const struct play_step *step)
{
    return step->kind == PLAY_PASS || step->kind == PLAY_SAY;
}

size_t performance_say(struct performance *performance, size_t first, size_t end)
{
    const struct play_step *steps = performance->transcript->steps;
    size_t at = first;
    performance->stage.sides[steps[first].side].begins_segment = true;
    for (; at < end && is_said(&steps[at]) && steps[at].side == steps[first].side; at++) {
        stage_say(&performance->stage, steps[at].side, text_span(&steps[at].bytes));
        if (steps[at].end != PLAY_NO_END)
            stage_say_end(&performance->stage, steps[at].side, steps[at].end);
    }
    stage_settle(&performance->stage);
    return at;
}

void performance_wait(struct performance *performance, duration wait)
{
    stage_wait(&performance->stage, wait);
    performance->now = performance->stage.now;
}
