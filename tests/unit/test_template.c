/* test_template: what names in braces stand for, and which braces are no names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event_fixture.h"
#include "mutators/template.h"

/* 2026-11-20T23:54:00.000001Z */
#define NOW (UINT64_C(1795218840) * 1000000000 + US(1))

static const struct facts facts = {
    .client = { (const uint8_t *)"[2001:db8::1]:40000", 19 },
    .client_ip = { (const uint8_t *)"2001:db8::1", 11 },
    .server = { (const uint8_t *)"198.51.100.2:25", 15 },
    .host = { (const uint8_t *)"proxy.test", 10 },
    .guid = { (const uint8_t *)"0123456789abcdef", 16 },
    .number = 12,
};

static void expand(const struct facts *known, const struct dialogue *dialogue,
                   struct smtp_event event, const char *source, struct text *out)
{
    struct prng prng = prng_at(1, 2, 3, 4, 5);
    struct captures captures = { { SPAN("whole"), SPAN("first") } };
    const struct template_source from = { known,       dialogue,     &event, &captures,
                                          SECONDS(61), SECONDS(342), NOW,    &prng };
    struct span unknown;
    assert_true(template_check(span_of(source), &unknown));
    template_expand(span_of(source), &from, out);
}

static void expect(const struct dialogue *dialogue, struct smtp_event event, const char *source,
                   const char *expected)
{
    struct text out = { 0 };
    expand(&facts, dialogue, event, source, &out);
    assert_string_equal(text_string(&out), expected);
    text_deinit(&out);
}

static int begin(void **state)
{
    static struct dialogue dialogue;
    dialogue_init(&dialogue);
    dialogue_goes(&dialogue, "EHLO me.test", 250);
    dialogue_goes(&dialogue, "MAIL FROM:<ann@a.test> SIZE=1234", 250);
    dialogue_goes(&dialogue, "RCPT TO:<\"b@b\"@b.test>", 250);
    *state = &dialogue;
    return 0;
}

static int end(void **state)
{
    dialogue_deinit(*state);
    return 0;
}

static void test_names_stand_for_what_is_known(void **state)
{
    static const struct {
        const char *source;
        const char *expected;
    } cases[] = {
        { "{client}", "[2001:db8::1]:40000" },
        { "{client.ip}", "2001:db8::1" },
        { "{client.port}", "40000" },
        { "{server}", "198.51.100.2:25" },
        { "{server.ip}", "198.51.100.2" },
        { "{server.port}", "25" },
        { "{host}", "proxy.test" },
        { "{helo}", "me.test" },
        { "{sender}", "ann@a.test" },
        { "{sender.domain}", "a.test" },
        { "{recipient}", "\"b@b\"@b.test" },
        { "{recipient.local}", "\"b@b\"" },
        { "{recipient.domain}", "b.test" },
        { "{recipients.count}", "1" },
        { "{session.guid}", "0123456789abcdef" },
        { "{session.number}", "12" },
        { "{message.number}", "1" },
        { "{verb}", "DATA" },
        { "{code}", "" },
        { "{line}", "data" },
        { "{date}", "Fri, 20 Nov 2026 23:54:00 +0000" },
        { "{time}", "2026-11-20T23:54:00.000001Z" },
        { "{epoch}", "1795218840" },
        { "{size}", "1234" },
        { "{ctime}", "Fri Nov 20 23:54:00 2026" },
        { "{left}", "00:01:01" },
        { "{put-off}", "342" },
        { "{match.0} {match.1}{match.9}", "whole first" },
        { "<{recipient}> at {host}.", "<\"b@b\"@b.test> at proxy.test." },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(*state, event_command("data\r\n"), cases[i].source, cases[i].expected);
}

static void test_the_event_at_hand_comes_first(void **state)
{
    expect(*state, event_command("RCPT TO:<eve@c.test>"), "{recipient} {recipients.count}",
           "eve@c.test 2");
    expect(*state, event_rcpt_reply("550-no\r\n550 no\r\n", "zoe@d.test"),
           "{code} {verb} {recipient} {line}", "550 RCPT zoe@d.test 550-no\r\n550 no");
    expect(*state, event_command("MAIL FROM:<>"), "[{sender}|{sender.domain}|{message.number}]",
           "[||2]");
    expect(*state, event_command("XYZZY 1"), "{verb}", "XYZZY");
    expect(*state, event_of(SMTP_CLOSE, TO_CLIENT), "[{verb}{code}{line}]", "[]");
}

static void test_other_braces_stand_for_themselves(void **state)
{
    static const struct {
        const char *source;
        const char *expected;
    } cases[] = {
        { "{4C209928-2-3A6A8C0-1FFFF}", "{4C209928-2-3A6A8C0-1FFFF}" },
        { "{0} {} { } {X} {client", "{0} {} { } {X} {client" },
        { "{{client}}", "{client}" },
        { "}}{{ } {", "}{ } {" },
        { "{a b} {host}", "{a b} proxy.test" },
        { "{{{host}}}", "{proxy.test}" },
        { "{{host}", "{host}" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(*state, event_command("DATA"), cases[i].source, cases[i].expected);
}

static void test_hexadecimal_digits_are_drawn(void **state)
{
    struct text first = { 0 };
    struct text again = { 0 };
    expand(&facts, *state, event_command("DATA"), "{hex.8}-{hex.16}-{hex.1}", &first);
    expand(&facts, *state, event_command("DATA"), "{hex.8}-{hex.16}-{hex.1}", &again);
    assert_int_equal(first.len, 8 + 1 + 16 + 1 + 1);
    assert_string_equal(text_string(&first), text_string(&again));
    for (size_t i = 0; i < first.len; i++) {
        uint8_t byte = first.ptr[i];
        assert_true((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'F') || byte == '-');
    }
    assert_memory_not_equal(first.ptr, first.ptr + 9, 8);
    text_deinit(&first);
    text_deinit(&again);
}

static void test_unix_sockets_have_no_port(void **state)
{
    const struct facts local = { .client = SPAN("unix:/run/x"),
                                 .client_ip = SPAN("unix"),
                                 .server = SPAN("unix:/run/y:z") };
    struct text out = { 0 };
    expand(&local, *state, event_command("DATA"), "[{client.port}|{server.ip}|{server.port}]",
           &out);
    assert_string_equal(text_string(&out), "[|unix:/run/y:z|]");
    text_deinit(&out);
}

static void test_unknown_names_are_found(void **state)
{
    static const struct {
        const char *source;
        const char *unknown;
    } cases[] = {
        { "{recipent}", "recipent" },     { "{host} {x}", "x" }, { "{hex.0}", "hex.0" },
        { "{hex.17}", "hex.17" },         { "{hex.N}", NULL },   { "{hex.}", "hex." },
        { "{clientip} {y}", "clientip" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct span unknown = SPAN("");
        bool fine = template_check(span_of(cases[i].source), &unknown);
        assert_int_equal(fine, cases[i].unknown == NULL);
        if (cases[i].unknown)
            assert_true(span_equal(unknown, span_of(cases[i].unknown)));
    }
}

/* What the catalogue lists is what works. */
static void test_all_names_are_listed(void **state)
{
    size_t count = 0;
    const char *what = NULL;
    for (; template_name(count, &what); count++) {
        struct text source = { 0 };
        struct span unknown;
        text_addf(&source, "{%s}", template_name(count, NULL));
        /* hex.N and match.N stand for many names. */
        if (span_ends(text_span(&source), SPAN("N}")))
            source.ptr[source.len - 2] = '4';
        assert_true(template_check(text_span(&source), &unknown));
        assert_non_null(what);
        text_deinit(&source);
    }
    (void)state;
    assert_int_equal(count, 29);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names_stand_for_what_is_known, begin, end),
        cmocka_unit_test_setup_teardown(test_the_event_at_hand_comes_first, begin, end),
        cmocka_unit_test_setup_teardown(test_other_braces_stand_for_themselves, begin, end),
        cmocka_unit_test_setup_teardown(test_hexadecimal_digits_are_drawn, begin, end),
        cmocka_unit_test_setup_teardown(test_unix_sockets_have_no_port, begin, end),
        cmocka_unit_test(test_unknown_names_are_found),
        cmocka_unit_test(test_all_names_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
