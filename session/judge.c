/* judge: an event meets the rules. Each that hits asks for content, timing and fate; what they ask
 * for is merged: the first to take the content decides, waits add up, the harshest fate wins. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "session/state.h"

static bool rules_are_off(const struct session *session, instant now)
{
    const struct session_options *options = session->options;
    return (options->rules_off && *options->rules_off) ||
           (options->rules_until && now >= options->rules_until);
}

/* Of an opaque session only the beginning and the end can be told. */
static unsigned readable(const struct session *session)
{
    return session->opaque ? SMTP_CONNECT | SMTP_CLOSE | SMTP_IDLE : ~0u;
}

unsigned judge_wants(const struct session *session, enum direction direction, instant now)
{
    if (rules_are_off(session, now))
        return 0;
    return session->rules->wants[direction] & readable(session);
}

unsigned judge_changes(const struct session *session, enum direction direction, instant now)
{
    if (rules_are_off(session, now) || session->options->dry_run)
        return 0;
    return session->rules->changes[direction] & readable(session);
}

bool judge_wants_lines(const struct session *session, enum direction direction, instant now)
{
    return !rules_are_off(session, now) && session->rules->body_lines[direction];
}

size_t before_fate(const struct outcome *outcome, size_t len)
{
    return outcome->fate_after < len ? (size_t)outcome->fate_after : len;
}

bool is_held(const struct hold *hold)
{
    return hold->whole || hold->window > 0;
}

void outcome_begin(struct outcome *outcome)
{
    text_clear(&outcome->content);
    text_clear(&outcome->answer);
    outcome->asks = outcome->taken = outcome->has_answer = outcome->answer_told =
        outcome->takes_over = false;
    outcome->has_bare = outcome->ends_rudely = false;
    outcome->piece_count = 0;
    outcome->hold = (struct hold){ 0 };
    outcome->delay = 0;
    outcome->pace_bytes = 0;
    outcome->pace_gap = 0;
    outcome->pace_until = 0;
    outcome->slice_after = 0;
    outcome->gather = 0;
    outcome->swap = 0;
    outcome->fate = FATE_NONE;
    outcome->fate_after = UINT64_MAX;
    free(outcome->tls);
    outcome->tls = NULL;
}

struct outcome *judged(struct session *session)
{
    struct outcome *outcome = desk_outcome(session->desk);
    outcome->asks = true;
    return outcome;
}

/* Where the event's bytes stand among those of its direction. Of a body's end the line ending
 * before the dot has left the lane already. */
static uint64_t place_of(const struct session *session, const struct smtp_event *event)
{
    const struct lane *lane = &session->lanes[event->going];
    uint64_t head = lane->bytes_in - lane->in.len;
    size_t before = event->kind == SMTP_BODY_END ? event->raw.len - event->body.dot : 0;
    return head > before ? head - before : 0;
}

/* Gives a mutation its inputs: the event, and randomness at the address of this rule and event. */
static struct mutation *prepare(struct session *session, const struct rule *rule,
                                const struct match_source *source)
{
    struct mutation *mutation = &session->desk->mutation;
    const struct smtp_event *event = source->event;
    mutation_begin(mutation);
    mutation->event = event;
    mutation->dialogue = &session->dialogue;
    mutation->facts = &session->facts;
    mutation->captures = source->captures;
    mutation->params = rule->mutator->params;
    mutation->arguments = rule->arguments;
    mutation->param_count = rule->mutator->param_count;
    mutation->recall = session->recall;
    mutation->rule_key = rule->key;
    /* An address of its own: `chance` draws at the rule's key, values must not follow from it. */
    mutation->prng = prng_at(session->options->seed, session->facts.number, ~rule->key,
                             (uint64_t)event->going, event->number);
    mutation->cuts = &session->lanes[event->going].cuts;
    mutation->begins = place_of(session, event);
    mutation->one_waits = swap_is_waiting(session, event);
    mutation->now = source->now;
    mutation->began = session->began;
    mutation->put_off = session->put_off;
    mutation->state = session->states ? session->states + rule->state_offset : NULL;
    return mutation;
}

static void swap_texts(struct text *a, struct text *b)
{
    struct text kept = *a;
    *a = *b;
    *b = kept;
}

/* The first to ask for something gets it. */
static void merge_tls(struct outcome *outcome, struct mutation *mutation)
{
    if (outcome->tls && mutation->tls) {
        tls_plan_join(outcome->tls, mutation->tls);
    } else if (mutation->tls) {
        outcome->tls = mutation->tls;
        mutation->tls = NULL;
    }
}

static void swap_pieces(struct outcome *outcome, struct mutation *mutation)
{
    struct piece *pieces = outcome->pieces;
    size_t room = outcome->piece_room;
    outcome->pieces = mutation->pieces;
    outcome->piece_room = mutation->piece_room;
    outcome->piece_count = mutation->piece_count;
    mutation->pieces = pieces;
    mutation->piece_room = room;
    mutation->piece_count = 0;
}

static void merge_content(struct outcome *outcome, struct mutation *mutation, enum verdict verdict)
{
    bool content = verdict == TAKEN && !mutation->has_answer;
    if (content && !outcome->taken && !outcome->has_answer) {
        outcome->taken = true;
        swap_texts(&outcome->content, &mutation->content);
        swap_pieces(outcome, mutation);
        outcome->has_bare = mutation->has_bare;
        outcome->swap = mutation->swap;
    }
    if (mutation->has_answer && !outcome->has_answer) {
        outcome->has_answer = true;
        outcome->answer_told = mutation->answer_told;
        outcome->takes_over = mutation->takes_over;
        swap_texts(&outcome->answer, &mutation->answer);
    }
}

static void merge_timing(struct outcome *outcome, const struct mutation *mutation)
{
    if (!is_held(&outcome->hold))
        outcome->hold = mutation->hold;
    outcome->delay = instant_after(outcome->delay, mutation->delay);
    if (mutation->pace_bytes) {
        outcome->pace_bytes = mutation->pace_bytes;
        outcome->pace_gap = mutation->pace_gap;
        outcome->pace_until = mutation->pace_until;
    }
    if (mutation->slice_after) {
        outcome->slice_after = mutation->slice_after;
        outcome->slice_gap = mutation->slice_gap;
    }
    if (mutation->gather > outcome->gather)
        outcome->gather = mutation->gather;
}

static void merge(struct outcome *outcome, struct mutation *mutation, enum verdict verdict)
{
    merge_content(outcome, mutation, verdict);
    merge_timing(outcome, mutation);
    if (mutation->fate > outcome->fate)
        outcome->fate = mutation->fate;
    if (mutation->fate != FATE_NONE && mutation->fate_after < outcome->fate_after)
        outcome->fate_after = mutation->fate_after;
    outcome->ends_rudely |= mutation->ends_rudely;
    merge_tls(outcome, mutation);
}

static bool asked_for_something(const struct mutation *mutation, enum verdict verdict)
{
    return verdict == TAKEN || mutation->has_answer || is_held(&mutation->hold) ||
           mutation->delay || mutation->pace_bytes || mutation->slice_after || mutation->gather ||
           mutation->lists || mutation->fate != FATE_NONE || mutation->tls || mutation->noted ||
           mutation->ends_rudely;
}

/* Content that is taken already is out of reach of later rules; they neither act nor count. */
static bool comes_too_late(const struct outcome *outcome, const struct rule *rule)
{
    return (outcome->taken || outcome->has_answer) && !rule->mutator->timing_only;
}

/* Whether the client still waits for a reply, one that has not left yet included. */
static bool is_owed_reply(const struct session *session)
{
    if (!session->greeted || !outbox_is_empty(&session->lanes[TO_CLIENT].out))
        return true;
    for (size_t i = 0; i < session->dialogue.count; i++)
        if (dialogue_nth(&session->dialogue, i)->client_verb != VERB_NONE)
            return true;
    return false;
}

/* A command is early when its client was owed a reply; a reply, when its client has gone on without
 * it. */
static bool is_early(const struct session *session, const struct smtp_event *event)
{
    if (event->kind == SMTP_COMMAND)
        return is_owed_reply(session);
    if (event->kind != SMTP_REPLY && event->kind != SMTP_GREETING)
        return false;
    size_t own = event->kind == SMTP_REPLY ? 1 : 0;
    return session->lanes[TO_SERVER].in.len > 0 || session->dialogue.count > own;
}

static struct match_source match_of(struct session *session, const struct smtp_event *event,
                                    instant now, struct captures *captures)
{
    return (struct match_source){
        .options = session->options,
        .facts = &session->facts,
        .dialogue = &session->dialogue,
        .event = event,
        .recall = session->recall,
        .captures = captures,
        .now = now,
        .early = is_early(session, event),
        .parted = session->detached,
        .silence = session->lanes[event->going].silence,
        .cuts = &session->lanes[event->going].cuts,
        .begins = place_of(session, event),
        .counts = session->counts,
        .notices = session->notices,
    };
}

void notice_line(struct session *session, const struct smtp_event *event)
{
    const struct rule_set *set = session->rules;
    if (!set->remembers || event->number == 0)
        return;
    if (event->body.offset == 0)
        memset(session->notices, 0, set->count * sizeof *session->notices);
    for (size_t i = 0; i < set->count; i++)
        match_notice(set->rules[i], event->raw, &session->notices[i]);
}

/* Some mutators work on a message as a whole: what is decided at the first line of its body holds
 * for all of it, and counts once. A mail without a line has decided nothing. */
static bool hits(struct session *session, const struct rule *rule,
                 const struct match_source *source)
{
    bool *decided = &session->decided[rule->index - 1];
    enum smtp_event_kind kind = source->event->kind;
    bool is_end = kind == SMTP_BODY_END && rule_sees_end(rule);
    if (!rule->mutator->whole_message || (kind != SMTP_BODY && !is_end))
        return match_rule(rule, source);
    if (source->event->body.offset == 0)
        *decided = !is_end && match_rule(rule, source);
    return *decided;
}

/* Rules that were switched on can no longer act on bytes that have left, on a mail that was not cut
 * into the lines that they want, and on a chunk that was announced with its size. */
static bool comes_too_early(const struct session *session, const struct smtp_event *event,
                            instant now)
{
    const struct lane *lane = &session->lanes[event->going];
    if (lane->ahead > 0)
        return true;
    if (event->going != TO_SERVER)
        return false;
    if (event->kind == SMTP_BODY && !lane->decoder.body_as_lines &&
        judge_wants_lines(session, TO_SERVER, now))
        return true;
    return event->body.chunked && session->mail.route == BODY_PASSES &&
           judge_changes(session, TO_SERVER, now) & (SMTP_BODY | SMTP_BODY_END);
}

/* A stretch of mail is as long as it was read: what is done to all of them is written down once. */
static bool is_stretch(const struct smtp_event *event)
{
    return event->kind == SMTP_BODY && event->number == 0;
}

static void write_down(struct session *session, const struct rule *rule,
                       const struct mutation *mutation, enum verdict verdict, instant now)
{
    if (is_stretch(mutation->event) && session->mail.told && mutation->fate == FATE_NONE)
        return;
    session->rules_fired++;
    log_rule(session, rule, mutation, verdict, now);
}

static bool is_shown(const struct rule *rule, const struct smtp_event *event)
{
    return rule->event == event->kind ? rule_names_event(rule, event)
                                      : event->kind == SMTP_BODY_END && rule_sees_end(rule);
}

/* Most rules speak of other events. Answers which is the first from the nth on that speaks of this
 * one; their count when none does. */
static size_t next_named(const struct rule_set *set, size_t n, const struct smtp_event *event)
{
    while (n < set->count && !is_shown(set->rules[n], event))
        n++;
    return n;
}

/* `first` is the first rule that speaks of the event. */
static void ask_rules(struct session *session, const struct smtp_event *event, size_t first,
                      instant now)
{
    const struct rule_set *set = session->rules;
    const struct outcome *outcome = desk_outcome(session->desk);
    struct captures captures = { 0 };
    const struct match_source source = match_of(session, event, now, &captures);
    for (size_t i = first; i < set->count; i = next_named(set, i + 1, event)) {
        const struct rule *rule = set->rules[i];
        if (comes_too_late(outcome, rule) || !hits(session, rule, &source))
            continue;
        struct mutation *mutation = prepare(session, rule, &source);
        enum verdict verdict = rule->mutator->apply(mutation, event);
        session->put_off = mutation->put_off;
        if (!asked_for_something(mutation, verdict))
            continue;
        write_down(session, rule, mutation, verdict, now);
        if (!session->options->dry_run)
            merge(judged(session), mutation, verdict);
    }
    if (outcome->has_bare)
        *(event->going == TO_CLIENT ? &session->dialogue.tls : &session->dialogue.server_tls) =
            false;
}

void judge_by_rules(struct session *session, const struct smtp_event *event, instant now)
{
    if (!(judge_wants(session, event->going, now) & event->kind) ||
        comes_too_early(session, event, now))
        return;
    size_t first = next_named(session->rules, 0, event);
    if (first < session->rules->count)
        ask_rules(session, event, first, now);
    session->mail.told |= is_stretch(event);
}
