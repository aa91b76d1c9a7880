/* test_about: which message, sender and recipient an event is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event_fixture.h"
#include "smtp/about.h"

static int begin(void **state)
{
    static struct dialogue dialogue;
    dialogue_init(&dialogue);
    *state = &dialogue;
    return 0;
}

static int end(void **state)
{
    dialogue_deinit(*state);
    return 0;
}

static void expect_span(struct span got, const char *expected)
{
    assert_int_equal(got.len, span_of(expected).len);
    assert_memory_equal(got.ptr ? got.ptr : (const uint8_t *)"", expected, got.len);
}

static void expect_sender(const struct dialogue *dialogue, struct smtp_event event,
                          const char *expected)
{
    struct span sender;
    assert_int_equal(about_sender(dialogue, &event, &sender), expected != NULL);
    if (expected)
        expect_span(sender, expected);
}

static void test_a_mail_at_hand_is_the_message_that_it_begins(void **state)
{
    struct dialogue *dialogue = *state;
    struct smtp_event mail = event_command("MAIL FROM:<ann@a.test>");
    struct smtp_event rcpt = event_command("RCPT TO:<bob@b.test>");
    struct smtp_event noop = event_command("NOOP");
    assert_int_equal(about_message(dialogue, &noop), 0);
    assert_int_equal(about_message(dialogue, &mail), 1);
    expect_sender(dialogue, noop, NULL);
    expect_sender(dialogue, mail, "ann@a.test");
    dialogue_goes(dialogue, "MAIL FROM:<ann@a.test>", 250);
    assert_int_equal(about_message(dialogue, &rcpt), 1);
    assert_int_equal(about_message(dialogue, &mail), 2);
    expect_sender(dialogue, rcpt, "ann@a.test");
    expect_sender(dialogue, event_command("MAIL FROM:<>"), "");
}

/* The client has sent all commands of two messages before the first reply came. */
static void test_replies_do_not_depend_on_how_far_the_client_is(void **state)
{
    struct dialogue *dialogue = *state;
    struct smtp_event reply = event_reply("250 ok\r\n", VERB_MAIL);
    dialogue_goes(dialogue, "MAIL FROM:<ann@a.test>", 0);
    dialogue_goes(dialogue, "RSET", 0);
    dialogue_goes(dialogue, "MAIL FROM:<eve@a.test>", 0);
    dialogue_goes(dialogue, "RCPT TO:<bob@b.test>", 0);
    assert_int_equal(about_message(dialogue, &reply), 1);
    expect_sender(dialogue, reply, "ann@a.test");
    dialogue_hears(dialogue, 250);
    dialogue_hears(dialogue, 250);
    assert_int_equal(about_message(dialogue, &reply), 2);
    expect_sender(dialogue, reply, "eve@a.test");
    expect_span(about_recipient(dialogue, &reply), "");
    dialogue_hears(dialogue, 250);
    dialogue_hears(dialogue, 250);
    reply = event_reply("250 ok\r\n", VERB_NOOP);
    expect_span(about_recipient(dialogue, &reply), "bob@b.test");
}

static void test_a_refused_mail_is_a_message_too(void **state)
{
    struct dialogue *dialogue = *state;
    struct smtp_event reply = event_reply("250 ok\r\n", VERB_MAIL);
    dialogue_goes(dialogue, "MAIL FROM:<ann@a.test>", 550);
    assert_int_equal(about_message(dialogue, &reply), 2);
    dialogue_goes(dialogue, "MAIL FROM:<ann@b.test>", 250);
    reply = event_reply("250 ok\r\n", VERB_RCPT);
    assert_int_equal(about_message(dialogue, &reply), 2);
    assert_int_equal(dialogue->said.number, 2);
}

/* Nobody must mistake the recipients of one message for those of the next. */
static void test_a_message_that_begins_has_no_recipients(void **state)
{
    struct dialogue *dialogue = *state;
    struct smtp_event mail = event_command("MAIL FROM:<eve@a.test>");
    struct smtp_event hello = event_command("EHLO me.test");
    struct smtp_event reply = event_reply("250 ok\r\n", VERB_MAIL);
    struct smtp_event data = event_reply("503 no\r\n", VERB_DATA);
    struct smtp_event quit = event_command("QUIT");
    dialogue_goes(dialogue, "MAIL FROM:<ann@a.test>", 250);
    dialogue_goes(dialogue, "RCPT TO:<bob@b.test>", 250);
    expect_span(about_recipient(dialogue, &quit), "bob@b.test");
    assert_int_equal(about_envelope(dialogue, &mail)->recipient_count, 0);
    assert_int_equal(about_envelope(dialogue, &hello)->recipient_count, 0);
    assert_int_equal(about_envelope(dialogue, &reply)->recipient_count, 0);
    assert_int_equal(about_envelope(dialogue, &data)->recipient_count, 1);
    dialogue_goes(dialogue, "MAIL FROM:<eve@a.test>", 550);
    assert_int_equal(about_envelope(dialogue, &data)->recipient_count, 0);
    expect_sender(dialogue, event_rcpt_reply("503 no\r\n", "zoe@b.test"), NULL);
}

static void test_the_recipient_at_hand_comes_first(void **state)
{
    struct dialogue *dialogue = *state;
    struct smtp_event rcpt = event_command("RCPT TO:<eve@b.test> NOTIFY=NEVER");
    struct smtp_event reply = event_rcpt_reply("250 ok\r\n", "zoe@b.test");
    struct smtp_event data = event_command("DATA");
    struct span recipient;
    dialogue_goes(dialogue, "MAIL FROM:<ann@a.test>", 250);
    expect_span(about_recipient(dialogue, &data), "");
    dialogue_goes(dialogue, "RCPT TO:<bob@b.test>", 250);
    expect_span(about_recipient(dialogue, &rcpt), "eve@b.test");
    expect_span(about_recipient(dialogue, &reply), "zoe@b.test");
    expect_span(about_recipient(dialogue, &data), "bob@b.test");
    assert_true(about_rcpt(&rcpt, &recipient));
    assert_false(about_rcpt(&data, &recipient));
}

/* No recipient was granted, and still the reply to DATA is about the ones that were named. */
static void test_the_reply_to_data_finds_the_client_waiting(void **state)
{
    struct dialogue *dialogue = *state;
    struct smtp_event go = event_reply("354 go\r\n", VERB_DATA);
    struct smtp_event done = event_reply("250 ok\r\n", VERB_DATA);
    done.reply.after_message = true;
    dialogue_goes(dialogue, "MAIL FROM:<ann@a.test>", 250);
    dialogue_goes(dialogue, "RCPT TO:<bob@b.test>", 550);
    expect_span(about_recipient(dialogue, &go), "bob@b.test");
    expect_span(about_recipient(dialogue, &done), "");
}

static void test_size_is_what_was_declared_or_has_come(void **state)
{
    struct dialogue *dialogue = *state;
    struct smtp_event mail = event_command("MAIL FROM:<a> BODY=8BITMIME SIZE=1000");
    struct smtp_event data = event_command("DATA");
    struct smtp_event line = event_body("0123456789", 995);
    assert_int_equal(about_size(dialogue, &mail), 1000);
    assert_int_equal(about_size(dialogue, &data), 0);
    assert_int_equal(about_size(dialogue, &line), 1005);
    dialogue_goes(dialogue, "MAIL FROM:<a> SIZE=1000", 250);
    assert_int_equal(about_size(dialogue, &data), 1000);
    assert_int_equal(about_size(dialogue, &line), 1005);
    dialogue->body_bytes = 2000;
    assert_int_equal(about_size(dialogue, &line), 2000);
    mail = event_command("MAIL FROM:<a>");
    assert_int_equal(about_size(dialogue, &mail), 0);
}

/* The client has gone on to its next message before the end of the last was replied to. */
static void test_the_final_reply_knows_the_size_of_its_message(void **state)
{
    struct dialogue *dialogue = *state;
    struct smtp_event reply = event_reply("250 ok\r\n", VERB_DATA);
    reply.reply.after_message = true;
    dialogue->body_bytes = 2000;
    struct pending *pending = dialogue_expect(dialogue);
    pending->after_message = true;
    pending->size = dialogue_size(dialogue);
    dialogue_goes(dialogue, "MAIL FROM:<a> SIZE=5", 0);
    assert_int_equal(dialogue_size(dialogue), 5);
    assert_int_equal(about_size(dialogue, &reply), 2000);
}

static void test_the_hello_at_hand_counts(void **state)
{
    struct dialogue *dialogue = *state;
    struct smtp_event hello = event_command("EHLO new.test");
    struct smtp_event noop = event_command("NOOP");
    expect_span(about_helo(dialogue, &noop), "");
    dialogue_goes(dialogue, "HELO old.test", 250);
    expect_span(about_helo(dialogue, &hello), "new.test");
    expect_span(about_helo(dialogue, &noop), "old.test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_mail_at_hand_is_the_message_that_it_begins, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_replies_do_not_depend_on_how_far_the_client_is, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_a_refused_mail_is_a_message_too, begin, end),
        cmocka_unit_test_setup_teardown(test_a_message_that_begins_has_no_recipients, begin, end),
        cmocka_unit_test_setup_teardown(test_the_recipient_at_hand_comes_first, begin, end),
        cmocka_unit_test_setup_teardown(test_the_reply_to_data_finds_the_client_waiting, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_size_is_what_was_declared_or_has_come, begin, end),
        cmocka_unit_test_setup_teardown(test_the_final_reply_knows_the_size_of_its_message, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_the_hello_at_hand_counts, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
