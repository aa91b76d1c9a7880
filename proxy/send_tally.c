/* send_tally: see send_tally.h. */
#include "proxy/send_tally.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "proxy/live_line.h"

/* -- counting --------------------------------------------------------------------------------- */

static bool is_same(const struct send_trouble *trouble, const struct sender_outcome *outcome,
                    const char *where, bool is_put_off)
{
    return trouble->end == outcome->end && trouble->code == outcome->code &&
           trouble->is_put_off == is_put_off && strcmp(trouble->where, where) == 0;
}

static struct send_trouble *trouble_of(struct send_tally *tally,
                                       const struct sender_outcome *outcome, const char *where,
                                       bool is_put_off)
{
    for (size_t i = 0; i < tally->trouble_count; i++)
        if (is_same(&tally->troubles[i], outcome, where, is_put_off))
            return &tally->troubles[i];
    if (tally->trouble_count == SEND_TROUBLES_MAX)
        return &tally->troubles[SEND_TROUBLES_MAX - 1];
    struct send_trouble *trouble = &tally->troubles[tally->trouble_count++];
    struct text shown = { .max = sizeof trouble->text - 1 };
    *trouble = (struct send_trouble){
        .end = outcome->end, .where = where, .code = outcome->code, .is_put_off = is_put_off
    };
    text_add_escaped(&shown, outcome->text);
    memcpy(trouble->text, text_string(&shown), shown.len + 1);
    text_deinit(&shown);
    return trouble;
}

void send_tally_attempt(struct send_tally *tally, const struct sender_outcome *outcome,
                        const char *where, bool is_put_off, duration took)
{
    tally->attempts++;
    latency_add(&tally->latency, took);
    if (outcome->end != SENDER_DELIVERED)
        trouble_of(tally, outcome, where, is_put_off)->count++;
}

void send_tally_message(struct send_tally *tally, enum sender_end end, uint64_t bytes)
{
    check(end != SENDER_NOTHING);
    tally->sent++;
    switch (end) {
    case SENDER_DELIVERED: tally->delivered++; break;
    case SENDER_PARTLY: tally->partly++; break;
    case SENDER_REFUSED: tally->refused++; break;
    case SENDER_LOST: tally->lost++; break;
    case SENDER_TIMED_OUT: tally->timed_out++; break;
    case SENDER_NOTHING: break;
    }
    if (end == SENDER_DELIVERED || end == SENDER_PARTLY)
        tally->bytes += bytes;
}

/* -- in words --------------------------------------------------------------------------------- */

static const char *end_words(const struct send_trouble *trouble)
{
    switch (trouble->end) {
    case SENDER_LOST: return "lost";
    case SENDER_TIMED_OUT: return "timed out";
    case SENDER_REFUSED:
    case SENDER_PARTLY:
    case SENDER_DELIVERED:
    case SENDER_NOTHING: break;
    }
    return "refused";
}

static void print_trouble(const struct send_trouble *trouble)
{
    printf("  %-10s %8" PRIu64 "  ", trouble->is_put_off ? "put off" : end_words(trouble),
           trouble->count);
    if (trouble->code)
        printf("%03u ", trouble->code);
    printf("at %s: %s\n", trouble->where, trouble->text);
}

static double milliseconds(duration time)
{
    return (double)time / 1e6;
}

static void print_rates(const struct send_tally *tally)
{
    struct text bytes = { 0 };
    text_add_bytes(&bytes, rate_of(tally->bytes, tally->lasted));
    printf("sent %" PRIu64 " message%s in %.2f s: %.1f/s, %s/s\n", tally->sent,
           tally->sent == 1 ? "" : "s", (double)tally->lasted / 1e9,
           rate_of(tally->sent, tally->lasted), text_string(&bytes));
    text_deinit(&bytes);
}

void send_tally_print(const struct send_tally *tally)
{
    print_rates(tally);
    printf("  %-10s %8" PRIu64 "\n", "delivered", tally->delivered);
    if (tally->partly)
        printf("  %-10s %8" PRIu64 "  delivered to some recipients\n", "partly", tally->partly);
    for (size_t i = 0; i < tally->trouble_count; i++)
        print_trouble(&tally->troubles[i]);
    if (tally->sent < tally->wanted)
        printf("  %-10s %8" PRIu64 "\n", "not sent", tally->wanted - tally->sent);
    printf("  %-10s p50 %.1f ms, p99 %.1f ms, longest %.1f ms\n", "latency",
           milliseconds(latency_quantile(&tally->latency, 50)),
           milliseconds(latency_quantile(&tally->latency, 99)), milliseconds(tally->latency.max));
}

/* -- for programs ----------------------------------------------------------------------------- */

/* {"451": 3, "550": 1}: attempts that a reply ended, by its code. */
static json_t *codes_of(const struct send_tally *tally, bool is_put_off)
{
    json_t *codes = json_object();
    for (size_t i = 0; i < tally->trouble_count; i++) {
        const struct send_trouble *trouble = &tally->troubles[i];
        char code[12];
        if (trouble->code == 0 || trouble->is_put_off != is_put_off)
            continue;
        snprintf(code, sizeof code, "%03u", trouble->code);
        json_int_t before = json_integer_value(json_object_get(codes, code));
        json_object_set_new(codes, code, json_integer(before + (json_int_t)trouble->count));
    }
    return codes;
}

static json_t *latency_of(const struct send_tally *tally)
{
    return json_pack("{s:f, s:f, s:f}", "p50", milliseconds(latency_quantile(&tally->latency, 50)),
                     "p99", milliseconds(latency_quantile(&tally->latency, 99)), "max",
                     milliseconds(tally->latency.max));
}

static void set_count(json_t *object, const char *name, uint64_t count)
{
    json_object_set_new(object, name, json_integer((json_int_t)count));
}

void send_tally_print_json(const struct send_tally *tally)
{
    json_t *all = json_object();
    set_count(all, "sent", tally->sent);
    set_count(all, "not_sent", tally->wanted - tally->sent);
    set_count(all, "delivered", tally->delivered);
    set_count(all, "partly_delivered", tally->partly);
    set_count(all, "refused_messages", tally->refused);
    json_object_set_new(all, "refused", codes_of(tally, false));
    json_object_set_new(all, "put_off", codes_of(tally, true));
    set_count(all, "lost", tally->lost);
    set_count(all, "timed_out", tally->timed_out);
    set_count(all, "attempts", tally->attempts);
    set_count(all, "bytes", tally->bytes);
    json_object_set_new(all, "seconds", json_real((double)tally->lasted / 1e9));
    json_object_set_new(all, "messages_per_second", json_real(rate_of(tally->sent, tally->lasted)));
    json_object_set_new(all, "bytes_per_second", json_real(rate_of(tally->bytes, tally->lasted)));
    json_object_set_new(all, "latency_ms", latency_of(tally));
    json_dumpf(all, stdout, JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(all);
}
