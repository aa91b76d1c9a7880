/* match: see match.h. */
#include "session/match.h"

#include "base/prng.h"
#include "mutators/keys.h"
#include "mutators/pattern.h"
#include "session/cidr.h"
#include "smtp/about.h"

/* -- filters -------------------------------------------------------------------------------- */

static bool is_about_rcpt(const struct match_source *from)
{
    struct span rcpt;
    return about_rcpt(from->event, &rcpt);
}

static struct span domain_of(struct span address)
{
    size_t at = address.len;
    while (at > 0 && address.ptr[at - 1] != '@')
        at--;
    return span_drop(address, at);
}

/* The first recipient decides for all of the mail; it is of its own domain. */
static bool is_of_first_domain(const struct match_source *from)
{
    struct span rcpt = SPAN("");
    struct span first = envelope_recipient(about_envelope(from->dialogue, from->event), 0);
    about_rcpt(from->event, &rcpt);
    return first.len == 0 || span_equal_nocase(domain_of(rcpt), domain_of(first));
}

/* A RCPT and its reply are about that recipient alone, all else is about all of the message. */
static bool any_recipient_matches(const struct match_source *from, struct span glob)
{
    struct span rcpt;
    if (about_rcpt(from->event, &rcpt))
        return span_matches_glob(rcpt, glob);
    return envelope_has_recipient(about_envelope(from->dialogue, from->event), glob);
}

static bool sender_matches(const struct match_source *from, struct span glob)
{
    struct span sender;
    return about_sender(from->dialogue, from->event, &sender) && span_matches_glob(sender, glob);
}

/* Of a body's end the dot is what counts, unless the line ending before it does too. */
static bool is_split(const struct match_source *from, bool whole_end)
{
    const struct smtp_event *event = from->event;
    uint64_t end = from->begins + event->raw.len;
    bool is_dot = event->kind == SMTP_BODY_END && !whole_end;
    return cuts_within(from->cuts, is_dot ? end - event->body.dot : from->begins, end);
}

static uint64_t place_in_mail(const struct smtp_event *event)
{
    if (event->kind == SMTP_BODY)
        return event->body.offset + event->raw.len;
    return event->kind == SMTP_BODY_END ? event->body.offset : 0;
}

static bool text_matches(const struct match_source *from, const struct pattern *pattern)
{
    struct captures unwanted;
    struct captures *captures = from->captures ? from->captures : &unwanted;
    return pattern_capture(pattern, span_chomp(from->event->raw), captures);
}

static bool is_listed(const struct match_source *from, struct span name)
{
    const struct key_source keys = { from->facts, from->dialogue, from->event };
    return list_holds(from->recall, name, &keys, from->now);
}

void match_notice(const struct rule *rule, struct span line, struct rule_notice *notice)
{
    notice->last_line = 0;
    for (size_t i = 0; i < rule->filter_count; i++) {
        const struct rule_filter *filter = &rule->filters[i];
        uint8_t bit = (uint8_t)(1u << i);
        if (!filter_remembers(filter) || !pattern_matches(filter->pattern, line))
            continue;
        notice->contains |= bit;
        notice->last_line |= bit;
    }
}

static bool filter_holds(const struct rule *rule, size_t i, const struct match_source *from)
{
    const struct rule_filter *filter = &rule->filters[i];
    switch (filter->kind) {
    case FILTER_CLIENT: return cidr_holds(filter->address, filter->prefix, from->facts->client_ip);
    case FILTER_HELO:
        return span_matches_glob(about_helo(from->dialogue, from->event), filter->text);
    case FILTER_SENDER: return sender_matches(from, filter->text);
    case FILTER_RECIPIENT: return any_recipient_matches(from, filter->text);
    case FILTER_TLS: return from->dialogue->tls == filter->yes;
    case FILTER_SIZE: return about_size(from->dialogue, from->event) > filter->number;
    case FILTER_LENGTH: return from->event->raw.len > filter->number;
    case FILTER_OFFSET: return place_in_mail(from->event) > filter->number;
    case FILTER_PART:
        return from->event->kind == SMTP_BODY && from->event->body.header == filter->yes;
    case FILTER_SAID: return about_said(from->dialogue, from->event, filter->verb);
    case FILTER_UNSAID: return !about_said(from->dialogue, from->event, filter->verb);
    case FILTER_EARLY: return from->early == filter->yes;
    case FILTER_PARTED: return from->parted == filter->yes;
    case FILTER_QUIET: return from->silence > filter->number;
    case FILTER_SPLIT: return is_split(from, filter->whole_end) == filter->yes;
    case FILTER_JOINED: return cuts_begin_at(from->cuts, from->begins) != filter->yes;
    case FILTER_MATCHES: return text_matches(from, filter->pattern);
    case FILTER_LISTED: return is_listed(from, filter->text);
    case FILTER_CONTAINS: return from->notices[rule->index - 1].contains & 1u << i;
    case FILTER_DOMAIN: return is_of_first_domain(from) == filter->yes && is_about_rcpt(from);
    case FILTER_LAST_LINE: return from->notices[rule->index - 1].last_line & 1u << i;
    }
    return false;
}

static bool filters_hold(const struct rule *rule, const struct match_source *from)
{
    for (size_t i = 0; i < rule->filter_count; i++)
        if (!filter_holds(rule, i, from))
            return false;
    return true;
}

/* -- the blast radius ----------------------------------------------------------------------- */

static bool all_recipients_match(const struct envelope *envelope, struct span glob)
{
    struct span rest = text_span(&envelope->recipients);
    if (envelope->recipient_count == 0 || envelope->recipient_count > RECIPIENTS_MAX)
        return false;
    while (rest.len > 0) {
        struct cut recipient = span_cut(rest, 0);
        if (!span_matches_glob(recipient.before, glob))
            return false;
        rest = recipient.after;
    }
    return true;
}

static bool is_in_reach(const struct match_source *from)
{
    struct span glob = from->options->only_recipient;
    struct span rcpt;
    if (glob.len == 0)
        return true;
    if (about_rcpt(from->event, &rcpt))
        return span_matches_glob(rcpt, glob);
    return all_recipients_match(about_envelope(from->dialogue, from->event), glob);
}

/* -- how often ------------------------------------------------------------------------------ */

/* What `per X` is about in this event, as a number that is the same in every session. */
static uint64_t scope_hash(enum rule_per per, const struct match_source *from)
{
    uint64_t hash = SPAN_HASH_BEGIN ^ (uint64_t)per;
    struct span sender;
    about_sender(from->dialogue, from->event, &sender);
    if (per == PER_CLIENT || per == PER_TRIPLET)
        hash = span_hash(from->facts->client_ip, hash);
    if (per == PER_SENDER || per == PER_TRIPLET)
        hash = span_hash_nocase(sender, hash);
    if (per == PER_RECIPIENT || per == PER_TRIPLET)
        hash = span_hash_nocase(about_recipient(from->dialogue, from->event), hash);
    return hash;
}

/* Randomness at the address of what the rule draws for; `key` is the rule's or its group's. */
static struct prng prng_for(const struct rule *rule, uint64_t key, const struct match_source *from)
{
    uint64_t seed = from->options->seed;
    uint64_t session = from->facts->number;
    switch (rule->per) {
    case PER_DEFAULT: break;
    case PER_SESSION: return prng_at(seed, session, key, 0, 0);
    case PER_MESSAGE:
        return prng_at(seed, session, key, 0, about_message(from->dialogue, from->event));
    case PER_CLIENT:
    case PER_SENDER:
    case PER_RECIPIENT:
    case PER_TRIPLET:
    case PER_RUN: return prng_at(seed, 0, key, 0, scope_hash(rule->per, from));
    }
    return prng_at(seed, session, key, (uint64_t)from->event->going, from->event->number);
}

static bool draws(const struct rule *rule, const struct match_source *from)
{
    struct prng prng = prng_for(rule, rule->key, from);
    return prng_chance(&prng, rule->n, rule->of);
}

/* All rules of a group make the same draw, and it falls into the share of one of them. */
static bool is_drawn(const struct rule *rule, const struct match_source *from)
{
    struct prng prng = prng_for(rule, rule->group_key, from);
    uint64_t drawn = prng_between(&prng, 1, rule->group_weight);
    return drawn > rule->weight_before && drawn <= rule->weight_before + rule->n;
}

/* Counts the event; the answer is which one it is, from 1. */
static uint64_t count_event(const struct rule *rule, const struct match_source *from)
{
    struct rule_count *count = &from->counts[rule->index - 1];
    if (rule->per > PER_MESSAGE)
        return recall_touch(from->recall, rule->key ^ scope_hash(rule->per, from), from->now).count;
    if (rule->per == PER_MESSAGE) {
        uint64_t message = about_message(from->dialogue, from->event);
        if (message != count->message)
            *count = (struct rule_count){ .message = message };
    }
    return ++count->count;
}

static bool is_its_turn(const struct rule *rule, const struct match_source *from)
{
    switch (rule->when) {
    case WHEN_ALWAYS: return true;
    case WHEN_FIRST: return count_event(rule, from) <= rule->n;
    case WHEN_AFTER: return count_event(rule, from) > rule->n;
    case WHEN_EVERY: return count_event(rule, from) % rule->n == 0;
    case WHEN_CHANCE: return draws(rule, from);
    case WHEN_WEIGHT: return is_drawn(rule, from);
    }
    return false;
}

bool match_rule(const struct rule *rule, const struct match_source *from)
{
    return !from->event->overlong && rule_names_event(rule, from->event) &&
           filters_hold(rule, from) && is_in_reach(from) && is_its_turn(rule, from);
}
