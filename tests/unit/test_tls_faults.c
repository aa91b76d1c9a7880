/* test_tls_faults: every way a handshake can be made to go wrong, at each end and each moment, in
 * what stands on the wire and in what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proxy/tls/layer.h"
#include "tls_pair.h"

static const char *trouble(const struct tls_pair *pair, enum tls_end end)
{
    return (const char *)layer_trouble(pair->ends[end]).ptr;
}

static struct tls_plan plan_of(enum tls_fault fault, enum tls_moment moment)
{
    struct tls_plan plan = { .fault = fault, .moment = moment, .alert = SSL_AD_HANDSHAKE_FAILURE };
    plan.text_len = 7;
    memcpy(plan.text, "454 no\n", plan.text_len);
    return plan;
}

static void begin(struct tls_pair *pair, void **state, enum tls_end end,
                  const struct tls_plan *plan)
{
    *pair = (struct tls_pair){ 0 };
    pair->plans[end] = *plan;
    tls_pair_begin(pair, *state, 0);
}

/* What has left the faulty end when the handshake can go no further: 0 nothing, 1 its hello or what
 * answers the hello. */
static int flights_before(enum tls_end end, enum tls_moment moment)
{
    switch (moment) {
    case TLS_BEFORE: return 0;
    case TLS_AFTER_HELLO: return end == END_CLIENT;
    case TLS_WITHIN: return 1;
    }
    return 0;
}

static void test_a_cut_comes_at_its_moment(void **state)
{
    for (enum tls_end end = END_SERVER; end <= END_CLIENT; end++)
        for (enum tls_moment moment = TLS_BEFORE; moment <= TLS_WITHIN; moment++) {
            struct tls_pair pair;
            struct tls_plan plan = plan_of(TLS_FAULT_CUT, moment);
            enum tls_end other = end == END_SERVER ? END_CLIENT : END_SERVER;
            begin(&pair, state, end, &plan);
            assert_false(tls_pair_shake(&pair));
            assert_int_equal(layer_shake(pair.ends[end]), LAYER_FAILED);
            assert_string_equal(trouble(&pair, end), "a rule cut the handshake");
            assert_int_equal(pair.carried[other] > 100, flights_before(end, moment));
            tls_pair_end(&pair);
        }
}

static void test_the_other_end_hears_of_a_cut(void **state)
{
    struct tls_pair pair;
    struct tls_plan plan = plan_of(TLS_FAULT_CUT, TLS_AFTER_HELLO);
    begin(&pair, state, END_SERVER, &plan);
    assert_false(tls_pair_shake(&pair));
    layer_input_ended(pair.ends[END_CLIENT]);
    assert_int_equal(layer_shake(pair.ends[END_CLIENT]), LAYER_FAILED);
    assert_string_equal(trouble(&pair, END_CLIENT),
                        "the peer ended the connection in the handshake");
    tls_pair_end(&pair);
}

static void test_an_alert_is_heard_as_it_was_chosen(void **state)
{
    for (enum tls_end end = END_SERVER; end <= END_CLIENT; end++) {
        struct tls_pair pair;
        struct tls_plan plan = plan_of(TLS_FAULT_ALERT, TLS_AFTER_HELLO);
        enum tls_end other = end == END_SERVER ? END_CLIENT : END_SERVER;
        begin(&pair, state, end, &plan);
        assert_false(tls_pair_shake(&pair));
        assert_string_equal(trouble(&pair, end), "a rule sent an alert");
        assert_string_equal(trouble(&pair, other), "the peer sent the alert \"handshake failure\"");
        tls_pair_end(&pair);
    }
}

static void test_a_stall_rests_until_it_is_resumed(void **state)
{
    for (enum tls_end end = END_SERVER; end <= END_CLIENT; end++)
        for (enum tls_moment moment = TLS_BEFORE; moment <= TLS_WITHIN; moment++) {
            struct tls_pair pair;
            struct tls_plan plan = plan_of(TLS_FAULT_STALL, moment);
            begin(&pair, state, end, &plan);
            assert_false(tls_pair_shake(&pair));
            assert_int_equal(layer_shake(pair.ends[end]), LAYER_STALLED);
            assert_int_equal(layer_shake(pair.ends[end]), LAYER_STALLED);
            layer_resume(pair.ends[end]);
            assert_true(tls_pair_shake(&pair));
            tls_pair_end(&pair);
        }
}

static void test_plain_text_takes_the_place_of_the_answer(void **state)
{
    struct tls_pair pair;
    struct tls_plan plan = plan_of(TLS_FAULT_PLAIN, TLS_AFTER_HELLO);
    begin(&pair, state, END_SERVER, &plan);
    assert_false(tls_pair_shake(&pair));
    assert_int_equal(pair.carried[END_CLIENT], plan.text_len);
    assert_string_equal(trouble(&pair, END_CLIENT), "wrong version number");
    assert_string_equal(trouble(&pair, END_SERVER), "a rule sent plain text in place of TLS");
    tls_pair_end(&pair);
}

static void test_garbage_takes_the_place_of_the_hello(void **state)
{
    struct tls_pair pair;
    struct tls_plan plan = plan_of(TLS_FAULT_GARBAGE, TLS_BEFORE);
    begin(&pair, state, END_CLIENT, &plan);
    assert_false(tls_pair_shake(&pair));
    assert_int_equal(pair.carried[END_SERVER], plan.text_len);
    assert_int_equal(layer_shake(pair.ends[END_SERVER]), LAYER_FAILED);
    /* It says nothing more, and waits for what the peer makes of it. */
    assert_int_equal(layer_shake(pair.ends[END_CLIENT]), LAYER_SHAKING);
    layer_input_ended(pair.ends[END_CLIENT]);
    assert_int_equal(layer_shake(pair.ends[END_CLIENT]), LAYER_FAILED);
    tls_pair_end(&pair);
}

static void test_split_records_are_understood_in_every_version(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    static const size_t sizes[] = { 1, 5, 100, 600 };
    for (size_t version = 0; version < 2; version++)
        for (size_t size = 0; size < 4; size++) {
            struct tls_pair pair = {
                .cut = 9, .plans = { { .fragment = sizes[size] }, { .fragment = sizes[size] } }
            };
            tls_pair_begin(&pair, *state, versions[version]);
            assert_true(tls_pair_shake(&pair));
            tls_pair_send(&pair, END_SERVER, (const uint8_t *)"220 hello\r\n", 11);
            tls_pair_end(&pair);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_cut_comes_at_its_moment),
        cmocka_unit_test(test_the_other_end_hears_of_a_cut),
        cmocka_unit_test(test_an_alert_is_heard_as_it_was_chosen),
        cmocka_unit_test(test_a_stall_rests_until_it_is_resumed),
        cmocka_unit_test(test_plain_text_takes_the_place_of_the_answer),
        cmocka_unit_test(test_garbage_takes_the_place_of_the_hello),
        cmocka_unit_test(test_split_records_are_understood_in_every_version),
    };
    return cmocka_run_group_tests(tests, tls_ground_setup, tls_ground_teardown);
}
