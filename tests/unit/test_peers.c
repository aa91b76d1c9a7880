/* Sender and receiver together, in memory: what is sent arrives as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/prng.h"
#include "memory_store.h"
#include "peers/receiver.h"
#include "peers/sender.h"
#include "text_source.h"

/* Both ends together: the sender and the receiver over wires that carry at most `cut` bytes. */
struct pair {
    struct pool pool;
    struct sender_options sender_options;
    struct sender sender;
    struct text_source source;
    struct span recipients[2];
    struct sender_message message;
    struct receiver_options receiver_options;
    struct memory_store store;
    struct receiver receiver;
};

static void pair_send(struct pair *pair, struct span mail, size_t cut)
{
    pair->source = text_source(mail, cut);
    pair->message.source = &pair->source.source;
    sender_send(&pair->sender, &pair->message, 0);
}

static bool carry_to_server(struct pair *pair, size_t cut)
{
    struct chain *out = sender_out(&pair->sender, 0);
    struct span part = span_take(chain_head(out), cut);
    receiver_feed(&pair->receiver, part, 0);
    sender_consume(&pair->sender, part.len, 0);
    return part.len > 0;
}

static bool carry_to_client(struct pair *pair, size_t cut)
{
    struct chain *out = receiver_out(&pair->receiver);
    struct span part = span_take(chain_head(out), cut);
    sender_feed(&pair->sender, part, 0);
    chain_drop(out, part.len);
    return part.len > 0;
}

static void carry_all(struct pair *pair, struct prng *prng)
{
    bool moved = true;
    while (moved) {
        size_t cut = prng_chance(prng, 1, 2) ? 100000 : (size_t)prng_between(prng, 1, 20);
        moved = carry_to_server(pair, cut);
        moved = carry_to_client(pair, cut) || moved;
    }
}

static struct pair *pair_new(struct sender_options options)
{
    struct pair *pair = test_calloc(1, sizeof *pair);
    pair->sender_options = options;
    pair->sender_options.helo = SPAN("me");
    pair->recipients[0] = SPAN("b@y");
    pair->recipients[1] = SPAN("c@y");
    pair->message = (struct sender_message){ .from = SPAN("a@x"),
                                             .recipients = pair->recipients,
                                             .recipient_count = 2 };
    sender_init(&pair->sender, &pair->sender_options, &pair->pool, 0);
    pair->receiver_options = (struct receiver_options){ .host = SPAN("mx"), .lmtp = options.lmtp };
    memory_store_init(&pair->store);
    receiver_init(&pair->receiver, &pair->receiver_options, &pair->store.store, &pair->pool, 0);
    return pair;
}

static void pair_free(struct pair *pair)
{
    receiver_deinit(&pair->receiver);
    memory_store_deinit(&pair->store);
    sender_deinit(&pair->sender);
    pool_deinit(&pair->pool);
    test_free(pair);
}

/* Bytes of all kinds, the dangerous ones often. */
static void make_mail(struct text *mail, struct prng *prng)
{
    static const uint8_t dangerous[] = { '.', '.', '\r', '\n', '\n', 0, 0x80, 0xff, 'a' };
    size_t length = (size_t)prng_between(prng, 0, prng_chance(prng, 1, 50) ? 50000 : 60);
    text_clear(mail);
    while (mail->len < length) {
        uint64_t kind = prng_between(prng, 0, 9);
        if (kind == 0)
            text_add(mail, SPAN("\r\n.\r\n"));
        else if (kind == 1)
            text_add_byte(mail, (uint8_t)prng_next(prng));
        else
            text_add_byte(mail, dangerous[prng_between(prng, 0, sizeof dangerous - 1)]);
    }
}

/* What has to arrive, said as simply as can be: an LF gets the CR that it lacks, so does the
 * end. */
static void normalize(struct text *wanted, struct span mail)
{
    text_clear(wanted);
    for (size_t i = 0; i < mail.len; i++) {
        if (mail.ptr[i] == '\n' && (i == 0 || mail.ptr[i - 1] != '\r'))
            text_add_byte(wanted, '\r');
        text_add_byte(wanted, mail.ptr[i]);
    }
    if (mail.len > 0 && mail.ptr[mail.len - 1] != '\n')
        text_add(wanted, SPAN("\r\n"));
}

static void assert_arrives(struct pair *pair, struct text *mail, struct prng *prng)
{
    struct sender_outcome outcome;
    struct text wanted = { 0 };
    unsigned finished = pair->store.finished;
    pair_send(pair, text_span(mail), (size_t)prng_between(prng, 0, 30));
    carry_all(pair, prng);
    assert_true(sender_take_outcome(&pair->sender, &outcome));
    assert_int_equal(outcome.end, SENDER_DELIVERED);
    assert_int_equal(pair->store.finished, finished + 1);
    normalize(&wanted, text_span(mail));
    assert_int_equal(pair->store.mail.len, wanted.len);
    assert_memory_equal(text_string(&pair->store.mail), text_string(&wanted), wanted.len);
    assert_string_equal(text_string(&pair->store.recipients), "b@y,c@y,");
    text_deinit(&wanted);
}

static void test_what_is_sent_arrives(void **state)
{
    (void)state;
    struct text mail = { 0 };
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct prng prng = prng_at(seed, 0, 0, 0, 0);
        struct pair *pair = pair_new((struct sender_options){
            .lmtp = seed % 4 == 1, .no_pipelining = seed % 3 == 1, .chunking = seed % 5 < 2 });
        for (size_t i = 0; i < 20; i++) {
            make_mail(&mail, &prng);
            assert_arrives(pair, &mail, &prng);
        }
        pair_free(pair);
    }
    text_deinit(&mail);
}

/* A megabyte in memory stands for a gigabyte: what waits to leave never grows beyond its bound. */
static void test_a_large_message_needs_little_memory(void **state)
{
    (void)state;
    struct text mail = { 0 };
    struct prng prng = prng_at(1, 2, 3, 4, 5);
    while (mail.len < 4 * SENDER_HIGH_WATER)
        text_addf(&mail, "%llx\n.", (unsigned long long)prng_next(&prng));
    for (unsigned chunking = 0; chunking < 2; chunking++) {
        struct pair *pair = pair_new((struct sender_options){ .chunking = chunking });
        struct sender_outcome outcome;
        pair_send(pair, text_span(&mail), 1000);
        while (!sender_take_outcome(&pair->sender, &outcome)) {
            carry_to_server(pair, 1000);
            carry_to_client(pair, 1000);
            assert_in_range(pair->sender.out.len, 0, 2 * SENDER_HIGH_WATER + 4096);
        }
        assert_int_equal(outcome.end, SENDER_DELIVERED);
        pair_free(pair);
    }
    text_deinit(&mail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_sent_arrives),
        cmocka_unit_test(test_a_large_message_needs_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
