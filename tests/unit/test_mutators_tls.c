/* test_mutators_tls: what rules make of a handshake, and clear text where TLS begins or is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"

/* -- certificate and tls -------------------------------------------------------------------- */

/* The plan that a mutator makes of what a rule says; valid until the fixture ends. */
static const struct tls_plan *plan_of(struct mutation_fixture *fixture,
                                      const struct mutator *mutator, const char *said)
{
    fixture_begin(fixture, mutator, said);
    expect_bytes(fixture_hears(fixture, "tls to client", SPAN("")), SPAN("untouched"), said);
    assert_non_null(fixture->mutation.tls);
    return fixture->mutation.tls;
}

static void test_certificates(void **state)
{
    static const struct {
        const char *said;
        enum certificate_kind kind;
    } rows[] = {
        { "kind=expired", CERTIFICATE_EXPIRED },
        { "kind=not-yet-valid", CERTIFICATE_NOT_YET_VALID },
        { "kind=wrong-name", CERTIFICATE_WRONG_NAME },
        { "kind=self-signed", CERTIFICATE_SELF_SIGNED },
        { "kind=untrusted", CERTIFICATE_UNTRUSTED },
        { "kind=weak", CERTIFICATE_WEAK },
        { "kind=missing-intermediate", CERTIFICATE_MISSING_INTERMEDIATE },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mutation_fixture fixture;
        const struct tls_plan *plan = plan_of(&fixture, &mutator_certificate, rows[i].said);
        assert_int_equal(plan->certificate, rows[i].kind);
        assert_int_equal(plan->fault, TLS_FAULT_NONE);
        expect_bytes(text_span(&fixture.mutation.drawn), span_of(rows[i].said), "the draw");
        fixture_end(&fixture);
    }
}

static void test_faults(void **state)
{
    static const struct {
        const char *said;
        enum tls_fault fault;
        enum tls_moment moment;
        unsigned alert;
        duration stall;
        const char *text;
    } rows[] = {
        { "highest=1.2", TLS_FAULT_NONE, TLS_BEFORE, 0, 0, "" },
        { "stall=before time=5s", TLS_FAULT_STALL, TLS_BEFORE, 0, SECONDS(5), "" },
        { "stall=within", TLS_FAULT_STALL, TLS_WITHIN, 0, NEVER, "" },
        { "cut=hello", TLS_FAULT_CUT, TLS_AFTER_HELLO, 0, 0, "" },
        { "reset=within", TLS_FAULT_RESET, TLS_WITHIN, 0, 0, "" },
        { "alert=handshake_failure", TLS_FAULT_ALERT, TLS_AFTER_HELLO, 40, 0, "" },
        { "alert=unexpected_message at=before", TLS_FAULT_ALERT, TLS_BEFORE, 10, 0, "" },
        { "alert=no_application_protocol", TLS_FAULT_ALERT, TLS_AFTER_HELLO, 120, 0, "" },
        { "garbage=\"\\x16\\xff\"", TLS_FAULT_GARBAGE, TLS_AFTER_HELLO, 0, 0, "\x16\xff" },
        { "plain=\"454 no\" at=within", TLS_FAULT_PLAIN, TLS_WITHIN, 0, 0, "454 no\r\n" },
        { "plain=\"454 no\\n\"", TLS_FAULT_PLAIN, TLS_AFTER_HELLO, 0, 0, "454 no\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mutation_fixture fixture;
        const struct tls_plan *plan = plan_of(&fixture, &mutator_tls, rows[i].said);
        assert_int_equal(plan->fault, rows[i].fault);
        assert_int_equal(plan->moment, rows[i].moment);
        assert_int_equal(plan->alert, rows[i].alert);
        assert_true(plan->stall == rows[i].stall);
        expect_bytes(span_make(plan->text, plan->text_len), span_of(rows[i].text), rows[i].said);
        fixture_end(&fixture);
    }
}

static void test_terms(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    const struct tls_plan *plan =
        plan_of(&fixture, &mutator_tls,
                "lowest=1.0 highest=1.2 ciphers=\"AES128-SHA\" fragment=16B tickets=no");
    assert_int_equal(plan->lowest, TLS_1_0);
    assert_int_equal(plan->highest, TLS_1_2);
    assert_string_equal(plan->ciphers, "AES128-SHA");
    assert_int_equal(plan->fragment, 16);
    assert_true(plan->no_tickets);
    fixture_end(&fixture);
    plan = plan_of(&fixture, &mutator_tls, "tickets=yes");
    assert_true(plan->lowest == TLS_VERSION_ANY && plan->highest == TLS_VERSION_ANY);
    assert_true(tls_plan_is_plain(plan));
    fixture_end(&fixture);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    expect_refused(&mutator_tls, "", "nothing is asked for");
    expect_refused(&mutator_tls, "cut=hello alert=handshake_failure", "only one of");
    expect_refused(&mutator_tls, "cut=hello time=5s", "time= says how long");
    expect_refused(&mutator_tls, "cut=hello at=within", "at= says when");
    expect_refused(&mutator_tls, "lowest=1.3 highest=1.2", "above highest=");
}

/* The first to ask for something gets it. */
static void test_plans_join(void **state)
{
    (void)state;
    struct tls_plan plan = { .certificate = CERTIFICATE_EXPIRED, .highest = TLS_1_2 };
    const struct tls_plan more = { .certificate = CERTIFICATE_WEAK,
                                   .lowest = TLS_1_1,
                                   .fault = TLS_FAULT_ALERT,
                                   .moment = TLS_WITHIN,
                                   .alert = 40,
                                   .no_tickets = true };
    const struct tls_plan late = { .fault = TLS_FAULT_CUT, .fragment = 9 };
    tls_plan_join(&plan, &more);
    tls_plan_join(&plan, &late);
    assert_int_equal(plan.certificate, CERTIFICATE_EXPIRED);
    assert_int_equal(plan.lowest, TLS_1_1);
    assert_int_equal(plan.highest, TLS_1_2);
    assert_true(plan.fault == TLS_FAULT_ALERT && plan.moment == TLS_WITHIN && plan.alert == 40);
    assert_true(plan.no_tickets && plan.fragment == 9);
}

/* -- no-close-notify and inject-plaintext --------------------------------------------------- */

static void test_rude_ends(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_no_close_notify, "");
    fixture_hears(&fixture, "close to client", SPAN(""));
    assert_false(fixture.mutation.ends_rudely);
    fixture_hears(&fixture, "tls to client", SPAN(""));
    assert_true(fixture.mutation.ends_rudely);
    fixture.dialogue.tls = true;
    fixture_hears(&fixture, "close to client", SPAN(""));
    assert_true(fixture.mutation.ends_rudely);
    fixture_hears(&fixture, "close", SPAN(""));
    assert_false(fixture.mutation.ends_rudely);
    fixture_end(&fixture);
}

static void test_injected_text(void **state)
{
    static const struct mutation_case cases[] = {
        { "text=\"RSET\"", "tls", BYTES(""), BYTES("+RSET\r\n") },
        { "text=\"250-a\\r\\n250 b\\n\"", "tls to client", BYTES(""), BYTES("+250-a\r\n250 b\n") },
        { "text=\"RSET\"", "command", BYTES("NOOP\r\n"), BYTES("untouched") },
        { "text=\"RSET\"", "text", BYTES("line\r\n"), BYTES("untouched") },
        { "text=\"250 no\"", "reply after NOOP", BYTES("250 ok\r\n"), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_inject_plaintext, cases);
}

static void test_text_behind_tls(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_inject_plaintext, "text=\"in clear\" after=4B");
    fixture.dialogue.server_tls = true;
    expect_bytes(fixture_hears(&fixture, "text", SPAN("a line\r\n")),
                 SPAN("a li|+in clear\r\n|ne\r\n"), "a line of mail");
    assert_true(fixture.mutation.has_bare);
    assert_false(fixture.mutation.pieces[0].bare);
    assert_true(fixture.mutation.pieces[1].bare);
    assert_false(fixture.mutation.pieces[2].bare);
    expect_bytes(fixture_hears(&fixture, "reply after NOOP", SPAN("250 ok\r\n")), SPAN("untouched"),
                 "the client's side is in clear");
    fixture_end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificates),  cmocka_unit_test(test_faults),
        cmocka_unit_test(test_terms),         cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_plans_join),    cmocka_unit_test(test_rude_ends),
        cmocka_unit_test(test_injected_text), cmocka_unit_test(test_text_behind_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
