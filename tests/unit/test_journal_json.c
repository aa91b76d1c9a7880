/* test_journal_json: every line is one JSON object whatever a peer sent, with the documented names,
 * and what was sent can be had back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/prng.h"
#include "base/version.h"
#include "journal_example.h"

/* The one line as a parser that knows nothing of us sees it. */
static json_t *parsed(struct text *line)
{
    const char *string = text_string(line);
    assert_int_equal(strlen(string), line->len);
    assert_ptr_equal(strchr(string, '\n'), string + line->len - 1);
    json_error_t error;
    json_t *object = json_loads(string, JSON_REJECT_DUPLICATES, &error);
    if (!object)
        fail_msg("%s in %s", error.text, string);
    text_deinit(line);
    return object;
}

static json_t *entry_parsed(const struct journal_entry *entry)
{
    struct text line = { 0 };
    journal_json_entry(entry, &line);
    return parsed(&line);
}

static const char *string_at(json_t *object, const char *name)
{
    const char *string = json_string_value(json_object_get(object, name));
    return string ? string : "(missing)";
}

static json_int_t number_at(json_t *object, const char *name)
{
    json_t *number = json_object_get(object, name);
    assert_true(json_is_integer(number));
    return json_integer_value(number);
}

static void test_a_command(void **state)
{
    (void)state;
    struct journal_entry entry = example_command(VERB_MAIL, SPAN("MAIL FROM:<a@x.test>\r\n"));
    entry.has_bytes = true;
    entry.bytes = 22;
    struct text line = { 0 };
    journal_json_entry(&entry, &line);
    assert_string_equal(text_string(&line),
                        "{\"time\":\"2026-11-20T23:54:00.000001Z\","
                        "\"session\":\"0123456789abcdef\",\"event\":\"command\","
                        "\"direction\":\"to server\",\"number\":3,"
                        "\"client\":\"192.0.2.1:40000\",\"server\":\"198.51.100.2:25\","
                        "\"verb\":\"MAIL\",\"line\":\"MAIL FROM:<a@x.test>\",\"bytes\":22}\n");
    text_deinit(&line);
}

static void test_a_reply_said_by_the_proxy(void **state)
{
    (void)state;
    struct journal_entry entry = example_command(VERB_RCPT, SPAN("250-a\r\n250 b\r\n"));
    entry.event = JOURNAL_REPLY;
    entry.direction = TO_CLIENT;
    entry.code = 250;
    entry.local = true;
    json_t *object = entry_parsed(&entry);
    assert_string_equal(string_at(object, "event"), "reply");
    assert_string_equal(string_at(object, "direction"), "to client");
    assert_string_equal(string_at(object, "verb"), "RCPT");
    assert_string_equal(string_at(object, "line"), "250-a\\r\\n250 b");
    assert_int_equal(number_at(object, "code"), 250);
    assert_true(json_is_true(json_object_get(object, "local")));
    json_decref(object);
}

static void test_a_rule(void **state)
{
    (void)state;
    struct journal_entry entry = example_firing(SPAN("time=400ms upstream=told"));
    entry.dry_run = true;
    json_t *object = entry_parsed(&entry);
    assert_string_equal(string_at(object, "event"), "rule");
    assert_string_equal(string_at(object, "rule"),
                        "to server command RCPT always answer reply=\"451 4.7.1 no\"");
    assert_int_equal(number_at(object, "rule_number"), 2);
    assert_string_equal(string_at(object, "profile"), "greylist-variants");
    assert_string_equal(string_at(object, "mutator"), "answer");
    assert_string_equal(string_at(object, "before"), "RCPT TO:<b@x.test>\\r\\n");
    assert_string_equal(string_at(object, "after"), "451 4.7.1 no\\r\\n");
    json_t *parameters = json_object_get(object, "parameters");
    assert_int_equal(json_object_size(parameters), 2);
    assert_string_equal(string_at(parameters, "time"), "400ms");
    assert_string_equal(string_at(parameters, "upstream"), "told");
    assert_true(json_is_true(json_object_get(object, "dry_run")));
    json_decref(object);
}

static void test_a_close(void **state)
{
    (void)state;
    struct journal_entry entry = example_entry(JOURNAL_CLOSE);
    entry.how = "client-closed";
    entry.why = "the client ended its direction first";
    entry.bytes_in[TO_SERVER] = 100;
    entry.bytes_out[TO_SERVER] = 90;
    entry.bytes_in[TO_CLIENT] = 80;
    entry.bytes_out[TO_CLIENT] = 70;
    entry.commands = 5;
    entry.replies = 6;
    entry.messages = 1;
    entry.rules_fired = 2;
    entry.lasted = MS(1500) + US(7);
    json_t *object = entry_parsed(&entry);
    assert_string_equal(string_at(object, "ending"), "client-closed");
    assert_string_equal(string_at(object, "reason"), "the client ended its direction first");
    assert_float_equal(json_real_value(json_object_get(object, "duration")), 1.500007, 1e-9);
    json_t *totals = json_object_get(object, "totals");
    assert_int_equal(number_at(json_object_get(totals, "to server"), "received"), 100);
    assert_int_equal(number_at(json_object_get(totals, "to server"), "sent"), 90);
    assert_int_equal(number_at(json_object_get(totals, "to client"), "received"), 80);
    assert_int_equal(number_at(json_object_get(totals, "to client"), "sent"), 70);
    assert_int_equal(number_at(totals, "commands"), 5);
    assert_int_equal(number_at(totals, "replies"), 6);
    assert_int_equal(number_at(totals, "messages"), 1);
    assert_int_equal(number_at(totals, "rules"), 2);
    json_decref(object);
}

static void test_what_does_not_apply_is_left_out(void **state)
{
    (void)state;
    struct journal_entry entry = example_entry(JOURNAL_CONNECT);
    json_t *object = entry_parsed(&entry);
    assert_int_equal(json_object_size(object), 5);
    json_decref(object);
    entry.event = JOURNAL_ERROR;
    entry.how = "opaque";
    entry.why = "the first bytes are no SMTP";
    object = entry_parsed(&entry);
    assert_int_equal(json_object_size(object), 7);
    assert_string_equal(string_at(object, "error"), "opaque");
    assert_string_equal(string_at(object, "reason"), "the first bytes are no SMTP");
    json_decref(object);
}

/* Bytes that JSON cannot hold, in random lines of random length. */
static void test_any_bytes_parse_and_come_back(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 3000; round++) {
        struct prng prng = prng_at(0x5eed, 0, 0, 0, round);
        uint8_t bytes[300];
        size_t len = prng_between(&prng, 1, sizeof bytes);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)prng_between(&prng, 0, round % 2 ? 255 : 127);
        bytes[len - 1] = 'x';
        struct journal_entry entry = example_command(VERB_UNKNOWN, span_make(bytes, len));
        json_t *object = entry_parsed(&entry);
        struct text back = { 0 };
        size_t bad;
        assert_true(text_add_unescaped(&back, span_of(string_at(object, "line")), &bad));
        assert_true(span_equal(text_span(&back), span_make(bytes, len)));
        text_deinit(&back);
        json_decref(object);
    }
}

static void test_the_head(void **state)
{
    (void)state;
    const struct rule *rules[] = { example_rule(), example_rule() };
    const struct journal_head head = { .time = example_entry(JOURNAL_CONNECT).time,
                                       .seed = 4711,
                                       .options = "--rule 'to\tclient \xe9\n'",
                                       .rules = rules,
                                       .rule_count = 2 };
    struct text line = { 0 };
    journal_json_head(&head, &line);
    json_t *object = parsed(&line);
    assert_string_equal(string_at(object, "event"), "start");
    assert_string_equal(string_at(object, "version"), SMTPCHAOS_VERSION);
    assert_int_equal(number_at(object, "seed"), 4711);
    assert_string_equal(string_at(object, "options"), "--rule 'to\tclient \\xe9\\x0a'");
    json_t *lines = json_object_get(object, "rules");
    assert_int_equal(json_array_size(lines), 2);
    assert_string_equal(json_string_value(json_array_get(lines, 1)),
                        "to server command RCPT always answer reply=\"451 4.7.1 no\"");
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_command),
        cmocka_unit_test(test_a_reply_said_by_the_proxy),
        cmocka_unit_test(test_a_rule),
        cmocka_unit_test(test_a_close),
        cmocka_unit_test(test_what_does_not_apply_is_left_out),
        cmocka_unit_test(test_any_bytes_parse_and_come_back),
        cmocka_unit_test(test_the_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
