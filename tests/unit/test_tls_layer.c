/* test_tls_layer: one end of TLS against another: every cut of the wire, every size of a record,
 * half close, truncation, clear text after TLS, and what it holds. SMTPCHAOS_HANDSHAKES=10000 makes
 * that many handshakes instead of some, for a build that finds leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "proxy/tls/layer.h"
#include "tls_pair.h"

#define MASS (300 * 1000)
static uint8_t mass[MASS];

static int setup(void **state)
{
    for (size_t i = 0; i < MASS; i++)
        mass[i] = (uint8_t)(i * 31 ^ i >> 8);
    return tls_ground_setup(state);
}

static void write_text(struct layer *layer, const char *text)
{
    struct span bytes = span_of(text);
    assert_int_equal(layer_write(layer, &bytes, 1), bytes.len);
}

static void assert_reads(struct layer *layer, const char *text)
{
    uint8_t place[200];
    size_t len = strlen(text);
    assert_int_equal(layer_read(layer, place, sizeof place), len);
    assert_memory_equal(place, text, len);
}

static ssize_t read_one(struct layer *layer)
{
    uint8_t byte;
    return layer_read(layer, &byte, 1);
}

static void test_every_cut_of_the_wire_leads_to_the_same(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    for (size_t version = 0; version < 2; version++)
        for (size_t cut = 1; cut < 3000; cut += cut < 40 ? 1 : 211) {
            struct tls_pair pair = { .cut = cut };
            tls_pair_begin(&pair, *state, versions[version]);
            assert_true(tls_pair_shake(&pair));
            tls_pair_send(&pair, END_CLIENT, mass, 700);
            tls_pair_send(&pair, END_SERVER, mass, 700);
            tls_pair_end(&pair);
        }
}

static void test_every_record_size_carries_the_same_bytes(void **state)
{
    static const size_t sizes[] = { 1, 2, 16, 511, 512, 513, 4096, 16383, 16384 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct tls_pair pair = { .plans = { { .fragment = sizes[i] }, { .fragment = sizes[i] } } };
        size_t len = sizes[i] < 100 ? 1000 : 50000;
        tls_pair_begin(&pair, *state, 0);
        assert_true(tls_pair_shake(&pair));
        tls_pair_send(&pair, END_CLIENT, mass, len);
        tls_pair_send(&pair, END_SERVER, mass, len);
        /* Each record has a header, a type and a tag: 22 bytes with TLS 1.3 (RFC 8446 5.2). */
        assert_true(pair.carried[END_SERVER] >= len + 22 * (len / sizes[i]));
        tls_pair_end(&pair);
    }
}

static void test_a_split_hello_is_split_on_the_wire(void **state)
{
    struct tls_pair pair = { .plans[END_CLIENT] = { .fragment = 3 } };
    tls_pair_begin(&pair, *state, 0);
    layer_shake(pair.ends[END_CLIENT]);
    struct span hello = layer_peek(pair.ends[END_CLIENT]);
    assert_true(hello.len > 100);
    for (size_t at = 0; at < hello.len; at += 8) {
        size_t piece = hello.len - at - 5 < 3 ? hello.len - at - 5 : 3;
        const uint8_t header[] = { 22, 3, 1, 0, (uint8_t)piece };
        assert_memory_equal(hello.ptr + at, header, sizeof header);
    }
    tls_pair_end(&pair);
}

static void test_large_and_small_spans_are_taken_in_order(void **state)
{
    struct tls_pair pair = { 0 };
    struct span spans[] = { { mass, 10 },          { mass + 10, 0 },    { mass + 10, 20 },
                            { mass + 30, 20000 },  { mass + 20030, 1 }, { mass + 20031, 16384 },
                            { mass + 36415, 9000 } };
    static uint8_t place[46000];
    tls_pair_begin(&pair, *state, 0);
    assert_true(tls_pair_shake(&pair));
    size_t before = pair.carried[END_SERVER];
    assert_int_equal(layer_write(pair.ends[END_CLIENT], spans, 7), 45415);
    tls_pair_carry(&pair, END_SERVER);
    size_t read = 0;
    ssize_t got;
    while ((got = layer_read(pair.ends[END_SERVER], place + read, sizeof place - read)) > 0)
        read += (size_t)got;
    assert_int_equal(read, 45415);
    assert_memory_equal(place, mass, read);
    /* The first three share a record: 6 in all, not 7. */
    assert_int_equal(pair.carried[END_SERVER] - before, 45415 + 6 * 22);
    tls_pair_end(&pair);
}

static void test_a_peer_that_does_not_read_costs_one_buffer(void **state)
{
    struct tls_pair pair = { 0 };
    struct span bytes = { mass, MASS };
    tls_pair_begin(&pair, *state, 0);
    assert_true(tls_pair_shake(&pair));
    size_t taken = layer_write(pair.ends[END_CLIENT], &bytes, 1);
    assert_true(taken >= TLS_SEND_MAX - 16384 && taken < TLS_BUFFER_SIZE);
    assert_int_equal(layer_write(pair.ends[END_CLIENT], &bytes, 1), 0);
    assert_true(layer_peek(pair.ends[END_CLIENT]).len <= TLS_BUFFER_SIZE);
    tls_pair_end(&pair);
}

static void test_an_idle_end_holds_no_buffer(void **state)
{
    struct tls_pair pair = { 0 };
    tls_pair_begin(&pair, *state, 0);
    assert_true(tls_pair_shake(&pair));
    tls_pair_send(&pair, END_CLIENT, mass, MASS);
    assert_int_equal(read_one(pair.ends[END_CLIENT]), LAYER_NOTHING);
    assert_int_equal(pair.store.in_use, 0);
    tls_pair_end(&pair);
}

static void test_one_direction_ends_and_the_other_goes_on(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    for (size_t i = 0; i < 2; i++) {
        struct tls_pair pair = { 0 };
        tls_pair_begin(&pair, *state, versions[i]);
        assert_true(tls_pair_shake(&pair));
        write_text(pair.ends[END_CLIENT], "QUIT\r\n");
        layer_finish(pair.ends[END_CLIENT]);
        tls_pair_carry(&pair, END_SERVER);
        assert_reads(pair.ends[END_SERVER], "QUIT\r\n");
        assert_int_equal(read_one(pair.ends[END_SERVER]), 0);
        assert_false(layer_was_cut(pair.ends[END_SERVER]));
        write_text(pair.ends[END_SERVER], "221 bye\r\n");
        layer_finish(pair.ends[END_SERVER]);
        tls_pair_carry(&pair, END_CLIENT);
        assert_reads(pair.ends[END_CLIENT], "221 bye\r\n");
        assert_int_equal(read_one(pair.ends[END_CLIENT]), 0);
        tls_pair_end(&pair);
    }
}

static void test_an_end_without_close_notify_is_told_apart(void **state)
{
    struct tls_pair pair = { 0 };
    tls_pair_begin(&pair, *state, 0);
    assert_true(tls_pair_shake(&pair));
    write_text(pair.ends[END_CLIENT], "DATA");
    tls_pair_carry(&pair, END_SERVER);
    layer_input_ended(pair.ends[END_SERVER]);
    assert_reads(pair.ends[END_SERVER], "DATA");
    assert_int_equal(read_one(pair.ends[END_SERVER]), 0);
    assert_true(layer_was_cut(pair.ends[END_SERVER]));
    tls_pair_end(&pair);
}

static void test_a_record_that_was_changed_breaks_it(void **state)
{
    struct tls_pair pair = { 0 };
    size_t room;
    tls_pair_begin(&pair, *state, 0);
    assert_true(tls_pair_shake(&pair));
    write_text(pair.ends[END_CLIENT], "DATA");
    struct span record = layer_peek(pair.ends[END_CLIENT]);
    uint8_t *place = layer_reserve(pair.ends[END_SERVER], &room);
    memcpy(place, record.ptr, record.len);
    place[record.len - 1] ^= 1;
    layer_commit(pair.ends[END_SERVER], record.len);
    assert_int_equal(read_one(pair.ends[END_SERVER]), LAYER_BROKEN);
    assert_string_equal((const char *)layer_trouble(pair.ends[END_SERVER]).ptr,
                        "decryption failed or bad record mac");
    assert_true(layer_peek(pair.ends[END_SERVER]).len > 0);
    tls_pair_end(&pair);
}

static void test_clear_text_follows_close_notify(void **state)
{
    struct tls_pair pair = { 0 };
    tls_pair_begin(&pair, *state, 0);
    assert_true(tls_pair_shake(&pair));
    write_text(pair.ends[END_CLIENT], "secret\r\n");
    layer_bare(pair.ends[END_CLIENT]);
    write_text(pair.ends[END_CLIENT], "open\r\n");
    assert_true(span_ends(layer_peek(pair.ends[END_CLIENT]), SPAN("open\r\n")));
    /* The server has not noticed, and answers within TLS, then leaves it too. */
    write_text(pair.ends[END_SERVER], "250 ok\r\n");
    layer_bare(pair.ends[END_SERVER]);
    write_text(pair.ends[END_SERVER], "250 open\r\n");
    tls_pair_carry(&pair, END_CLIENT);
    tls_pair_carry(&pair, END_SERVER);
    assert_reads(pair.ends[END_CLIENT], "250 ok\r\n");
    assert_reads(pair.ends[END_CLIENT], "250 open\r\n");
    assert_reads(pair.ends[END_SERVER], "secret\r\n");
    layer_input_ended(pair.ends[END_SERVER]);
    assert_reads(pair.ends[END_SERVER], "open\r\n");
    assert_int_equal(read_one(pair.ends[END_SERVER]), 0);
    tls_pair_end(&pair);
}

static void test_facts_of_a_handshake(void **state)
{
    struct tls_pair pair = { 0 };
    struct tls_facts facts;
    tls_pair_begin(&pair, *state, TLS1_2_VERSION);
    SSL_set_tlsext_host_name(layer_ssl(pair.ends[END_CLIENT]), "asked.test");
    assert_true(tls_pair_shake(&pair));
    layer_facts(pair.ends[END_SERVER], &facts);
    assert_string_equal(facts.version, "TLSv1.2");
    assert_string_equal(facts.cipher, "ECDHE-ECDSA-AES256-GCM-SHA384");
    assert_string_equal(facts.peer_name, "asked.test");
    layer_facts(pair.ends[END_CLIENT], &facts);
    assert_string_equal(facts.peer_name, "/CN=mx.test");
    assert_false(facts.resumed);
    tls_pair_end(&pair);
}

static void test_what_is_no_tls_fails(void **state)
{
    struct tls_pair pair = { 0 };
    size_t room;
    tls_pair_begin(&pair, *state, 0);
    memcpy(layer_reserve(pair.ends[END_SERVER], &room), "EHLO client.test\r\n", 18);
    layer_commit(pair.ends[END_SERVER], 18);
    assert_int_equal(layer_shake(pair.ends[END_SERVER]), LAYER_FAILED);
    assert_string_equal((const char *)layer_trouble(pair.ends[END_SERVER]).ptr,
                        "wrong version number");
    tls_pair_end(&pair);
}

static void test_many_handshakes(void **state)
{
    const char *count = getenv("SMTPCHAOS_HANDSHAKES");
    for (long left = count ? strtol(count, NULL, 10) : 20; left > 0; left--) {
        struct tls_pair pair = { .cut = (size_t)left % 7 * 100 };
        tls_pair_begin(&pair, *state, left % 2 ? TLS1_2_VERSION : TLS1_3_VERSION);
        assert_true(tls_pair_shake(&pair));
        tls_pair_send(&pair, END_CLIENT, mass, 100);
        tls_pair_end(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cut_of_the_wire_leads_to_the_same),
        cmocka_unit_test(test_every_record_size_carries_the_same_bytes),
        cmocka_unit_test(test_a_split_hello_is_split_on_the_wire),
        cmocka_unit_test(test_large_and_small_spans_are_taken_in_order),
        cmocka_unit_test(test_a_peer_that_does_not_read_costs_one_buffer),
        cmocka_unit_test(test_an_idle_end_holds_no_buffer),
        cmocka_unit_test(test_one_direction_ends_and_the_other_goes_on),
        cmocka_unit_test(test_an_end_without_close_notify_is_told_apart),
        cmocka_unit_test(test_a_record_that_was_changed_breaks_it),
        cmocka_unit_test(test_clear_text_follows_close_notify),
        cmocka_unit_test(test_facts_of_a_handshake),
        cmocka_unit_test(test_what_is_no_tls_fails),
        cmocka_unit_test(test_many_handshakes),
    };
    return cmocka_run_group_tests(tests, setup, tls_ground_teardown);
}
