/* test_journal_exchange: the CSV of Exchange's protocol logs, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "journal_example.h"

#define PLACE ",198.51.100.2:25,192.0.2.1:40000,"
#define SESSION "2026-11-20T23:54:00.000Z,smtpchaos,0123456789abcdef,"

static void expect(struct journal_entry entry, const char *expected)
{
    struct text out = { 0 };
    journal_exchange_entry(&entry, &out);
    assert_string_equal(text_string(&out), expected);
    text_deinit(&out);
}

static void test_the_marks(void **state)
{
    (void)state;
    expect(example_entry(JOURNAL_CONNECT), SESSION "0" PLACE "+,,\n");
    struct journal_entry entry = example_command(VERB_EHLO, SPAN("EHLO me.test\r\n"));
    entry.sequence = 4;
    expect(entry, SESSION "4" PLACE "<,EHLO me.test,\n");
    entry.event = JOURNAL_REPLY;
    entry.line = SPAN("250-mx.test\r\n250-SIZE 1000\r\n250 DSN\r\n");
    expect(entry, SESSION "4" PLACE ">,250-mx.test SIZE 1000 DSN,\n");
    entry.event = JOURNAL_BODY;
    entry.bytes = 42;
    expect(entry, SESSION "4" PLACE "*,\"message, 42 bytes\",\n");
    entry.event = JOURNAL_CLOSE;
    entry.how = "client-closed";
    entry.why = "the client ended its direction first";
    expect(entry, SESSION "4" PLACE "-,client-closed,the client ended its direction first\n");
}

static void test_a_field_with_a_comma_or_quote_is_quoted(void **state)
{
    (void)state;
    expect(example_command(VERB_NOOP, SPAN("NOOP a, b\r\n")),
           SESSION "0" PLACE "<,\"NOOP a, b\",\n");
    expect(example_command(VERB_NOOP, SPAN("NOOP \"a\n\r\n")),
           SESSION "0" PLACE "<,\"NOOP \\\"\"a\\n\",\n");
}

static void test_a_rule_is_information(void **state)
{
    (void)state;
    struct journal_entry entry = example_firing(SPAN("time=5s"));
    expect(entry,
           SESSION "0" PLACE "*,451 4.7.1 no\\r\\n,rule 2 answer time=5s (greylist-variants)\n");
    entry.after = entry.before;
    expect(entry, SESSION "0" PLACE "*,,rule 2 answer time=5s (greylist-variants)\n");
}

static void test_secrets_stay_hidden(void **state)
{
    (void)state;
    struct journal_entry entry = example_command(VERB_AUTH, SPAN("334 VXNlcm5hbWU6\r\n"));
    entry.event = JOURNAL_REPLY;
    entry.secret = true;
    expect(entry, SESSION "0" PLACE ">,334 ***,\n");
}

/* What the server says that is no reply goes to the client all the same. */
static void test_bytes_to_the_client_point_there(void **state)
{
    (void)state;
    struct journal_entry entry = example_command(VERB_NONE, SPAN("SSH-2.0-x\r\n"));
    entry.direction = TO_CLIENT;
    expect(entry, SESSION "0" PLACE ">,SSH-2.0-x,\n");
}

static void test_fields_come_first(void **state)
{
    (void)state;
    const struct rule *rules[] = { example_rule() };
    const struct journal_head head = {
        .time = example_entry(JOURNAL_CONNECT).time, .seed = 7, .rules = rules, .rule_count = 1
    };
    struct text out = { 0 };
    journal_exchange_head(&head, &out);
    const char *string = text_string(&out);
    const char *fields = "#Fields: date-time,connector-id,session-id,sequence-number,"
                         "local-endpoint,remote-endpoint,event,data,context\n";
    assert_memory_equal(string, fields, strlen(fields));
    assert_non_null(strstr(string, "\n#Log-type: SMTP Receive Protocol Log\n"));
    assert_non_null(strstr(string, "\n#Date: 2026-11-20T23:54:00.000Z\n"));
    assert_non_null(strstr(string, "\n#Seed: 7\n#Rule: 2 to server command RCPT"));
    text_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_marks),
        cmocka_unit_test(test_a_field_with_a_comma_or_quote_is_quoted),
        cmocka_unit_test(test_a_rule_is_information),
        cmocka_unit_test(test_secrets_stay_hidden),
        cmocka_unit_test(test_bytes_to_the_client_point_there),
        cmocka_unit_test(test_fields_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
