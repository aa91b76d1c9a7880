/* test_dialogue: the queue of commands that await replies, and the envelopes as said and as
 * granted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "event_fixture.h"
#include "smtp/dialogue.h"
#include "smtp/parse.h"

/* -- the queue ------------------------------------------------------------------------------ */

static void expect_command(struct dialogue *dialogue, enum verb client)
{
    struct pending *pending = dialogue_expect(dialogue);
    assert_int_equal(pending->client_verb, VERB_NONE);
    assert_int_equal(pending->server_verb, VERB_NONE);
    assert_int_equal(pending->source, REPLY_PASSES);
    assert_int_equal(pending->replies, 1);
    assert_int_equal(pending->address.len, 0);
    assert_null(pending->answer.ptr);
    pending->client_verb = client;
}

static void expect_queue(const struct dialogue *dialogue, const enum verb *verbs, size_t count)
{
    assert_int_equal(dialogue->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(dialogue_nth(dialogue, i)->client_verb, verbs[i]);
    assert_ptr_equal(dialogue_next(dialogue), count ? dialogue_nth(dialogue, 0) : NULL);
    if (count)
        assert_ptr_equal(dialogue_newest(dialogue), dialogue_nth(dialogue, count - 1));
}

static void test_replies_come_in_order(void **state)
{
    struct dialogue dialogue;
    static const enum verb verbs[] = { VERB_MAIL, VERB_RCPT, VERB_DATA };
    (void)state;
    dialogue_init(&dialogue);
    assert_null(dialogue_next(&dialogue));
    for (size_t i = 0; i < 3; i++)
        expect_command(&dialogue, verbs[i]);
    for (size_t i = 0; i < 3; i++) {
        expect_queue(&dialogue, verbs + i, 3 - i);
        dialogue_answered(&dialogue);
    }
    expect_queue(&dialogue, NULL, 0);
    dialogue_deinit(&dialogue);
}

/* Wherever the ring begins when it has to grow. */
static void test_the_queue_grows(void **state)
{
    (void)state;
    for (unsigned before = 0; before < 20; before++) {
        struct dialogue dialogue;
        unsigned said = 0;
        unsigned heard = 0;
        dialogue_init(&dialogue);
        for (; said < before; said++)
            expect_command(&dialogue, (enum verb)(said % VERB_UNKNOWN));
        for (; heard < before; heard++)
            dialogue_answered(&dialogue);
        for (; said < before + 100; said++)
            expect_command(&dialogue, (enum verb)(said % VERB_UNKNOWN));
        for (; heard < said; heard++) {
            assert_int_equal(dialogue_next(&dialogue)->client_verb, heard % VERB_UNKNOWN);
            dialogue_answered(&dialogue);
        }
        dialogue_deinit(&dialogue);
    }
}

static void test_a_command_may_have_several_replies(void **state)
{
    struct dialogue dialogue;
    (void)state;
    dialogue_init(&dialogue);
    expect_command(&dialogue, VERB_DATA);
    dialogue_newest(&dialogue)->replies = 3;
    expect_command(&dialogue, VERB_QUIT);
    for (unsigned left = 3; left > 0; left--) {
        assert_int_equal(dialogue_next(&dialogue)->client_verb, VERB_DATA);
        assert_int_equal(dialogue_next(&dialogue)->replies, left);
        dialogue_answered(&dialogue);
    }
    assert_int_equal(dialogue_next(&dialogue)->client_verb, VERB_QUIT);
    dialogue_deinit(&dialogue);
}

/* What an entry owns is freed with it: the leak detector watches. */
static void own_something(struct dialogue *dialogue)
{
    text_add(&dialogue_newest(dialogue)->address, SPAN("a@b.test"));
    dialogue_newest(dialogue)->answer = pending_copy(SPAN("250 ok\r\n"));
}

static void test_all_may_be_forgotten(void **state)
{
    struct dialogue dialogue;
    (void)state;
    dialogue_init(&dialogue);
    for (unsigned i = 0; i < 12; i++) {
        expect_command(&dialogue, VERB_RCPT);
        own_something(&dialogue);
        dialogue_newest(&dialogue)->replies = i;
    }
    dialogue_forget_pending(&dialogue);
    expect_queue(&dialogue, NULL, 0);
    expect_command(&dialogue, VERB_QUIT);
    own_something(&dialogue);
    dialogue_deinit(&dialogue);
}

/* Entries live in a ring: nothing of one is left in the next that stands in its place. */
static void test_an_entry_begins_anew(void **state)
{
    struct dialogue dialogue;
    (void)state;
    dialogue_init(&dialogue);
    for (unsigned i = 0; i < 12; i++) {
        expect_command(&dialogue, VERB_RCPT);
        struct pending *pending = dialogue_newest(&dialogue);
        assert_false(pending->after_message || pending->overtook || pending->kept);
        assert_int_equal(pending->size + pending->fate, 0);
        assert_int_equal(pending->wait, 0);
        assert_null(pending->held.ptr);
        struct text address = pending->address;
        memset(pending, 1, sizeof *pending);
        text_add(&address, SPAN("a@b.test"));
        pending->address = address;
        pending->answer = pending->held = span_make(NULL, 0);
        pending->replies = 1;
        dialogue_answered(&dialogue);
    }
    dialogue_deinit(&dialogue);
}

static void test_copies_are_copies(void **state)
{
    char bytes[] = "a@b";
    (void)state;
    struct span copy = pending_copy(span_of(bytes));
    memset(bytes, 'x', 3);
    assert_true(span_equal(copy, SPAN("a@b")));
    free((void *)copy.ptr);
    copy = pending_copy(SPAN(""));
    assert_non_null(copy.ptr);
    assert_int_equal(copy.len, 0);
    free((void *)copy.ptr);
}

/* -- commands that a rule added ------------------------------------------------------------- */

/* The queue in letters: `d` the client's DATA, `+` one that a rule added, `q` a QUIT. */
static void expect_forgotten(const char *before, const char *after, unsigned shift)
{
    struct dialogue dialogue;
    dialogue_init(&dialogue);
    for (unsigned i = 0; i < shift; i++)
        expect_command(&dialogue, VERB_NOOP);
    for (unsigned i = 0; i < shift; i++)
        dialogue_answered(&dialogue);
    for (; *before; before++) {
        expect_command(&dialogue, *before == 'd'   ? VERB_DATA
                                  : *before == 'q' ? VERB_QUIT
                                                   : VERB_NONE);
        own_something(&dialogue);
    }
    dialogue_forget_added(&dialogue);
    assert_int_equal(dialogue.count, strlen(after));
    for (size_t i = 0; after[i]; i++) {
        enum verb verb = dialogue_nth(&dialogue, i)->client_verb;
        assert_int_equal(verb == VERB_DATA ? 'd' : verb == VERB_QUIT ? 'q' : '+', after[i]);
        assert_true(span_equal(text_span(&dialogue_nth(&dialogue, i)->address), SPAN("a@b.test")));
    }
    dialogue_deinit(&dialogue);
}

static void test_what_was_added_behind_the_next_is_forgotten(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 8; shift++) {
        expect_forgotten("d", "d", shift);
        expect_forgotten("d+", "d", shift);
        expect_forgotten("d+++", "d", shift);
        expect_forgotten("d++q+", "dq+", shift);
        expect_forgotten("dq+", "dq+", shift);
        expect_forgotten("d++qqqqq", "dqqqqq", shift);
    }
}

/* -- envelopes ------------------------------------------------------------------------------ */

static void expect_envelope(const struct envelope *envelope, uint64_t number, const char *sender,
                            const char *recipients)
{
    struct text all = { 0 };
    for (size_t i = 0; envelope_recipient(envelope, i).len > 0; i++) {
        text_add(&all, envelope_recipient(envelope, i));
        text_add_byte(&all, ' ');
    }
    assert_int_equal(envelope->number, number);
    assert_int_equal(envelope->has_sender, sender != NULL);
    if (sender)
        assert_true(span_equal(text_span(&envelope->sender), span_of(sender)));
    assert_string_equal(text_string(&all), recipients);
    text_deinit(&all);
}

static void test_a_transaction(void **state)
{
    struct dialogue dialogue;
    (void)state;
    dialogue_init(&dialogue);
    dialogue_goes(&dialogue, "EHLO me.test", 250);
    dialogue_goes(&dialogue, "MAIL FROM:<a@b> SIZE=1234", 250);
    assert_int_equal(dialogue.said.declared_size, 1234);
    dialogue_goes(&dialogue, "RCPT TO:<c@d>", 250);
    dialogue_goes(&dialogue, "RCPT TO:<e@f>", 550);
    expect_envelope(&dialogue.said, 1, "a@b", "c@d e@f ");
    expect_envelope(&dialogue.granted, 1, "a@b", "c@d ");
    dialogue_goes(&dialogue, "MAIL FROM:<>", 250);
    assert_int_equal(dialogue.said.declared_size, 0);
    expect_envelope(&dialogue.said, 2, "", "");
    expect_envelope(&dialogue.granted, 2, "", "");
    dialogue_deinit(&dialogue);
}

/* What was said runs ahead of what was granted. */
static void test_a_pipeline(void **state)
{
    struct dialogue dialogue;
    (void)state;
    dialogue_init(&dialogue);
    dialogue_goes(&dialogue, "MAIL FROM:<a@b>", 0);
    dialogue_goes(&dialogue, "RCPT TO:<c@d>", 0);
    expect_envelope(&dialogue.said, 1, "a@b", "c@d ");
    expect_envelope(&dialogue.granted, 0, NULL, "");
    dialogue_hears(&dialogue, 250);
    dialogue_goes(&dialogue, "RSET", 0);
    dialogue_goes(&dialogue, "MAIL FROM:<x@y>", 0);
    expect_envelope(&dialogue.said, 2, "x@y", "");
    dialogue_hears(&dialogue, 251);
    expect_envelope(&dialogue.granted, 1, "a@b", "c@d ");
    dialogue_hears(&dialogue, 250);
    expect_envelope(&dialogue.granted, 1, NULL, "");
    dialogue_hears(&dialogue, 250);
    expect_envelope(&dialogue.granted, 2, "x@y", "");
    dialogue_deinit(&dialogue);
}

static void test_a_refused_mail_counts(void **state)
{
    struct dialogue dialogue;
    (void)state;
    dialogue_init(&dialogue);
    dialogue_goes(&dialogue, "MAIL FROM:<a@b>", 250);
    dialogue_goes(&dialogue, "MAIL FROM:<x@y>", 503);
    assert_int_equal(dialogue.granted.number, 2);
    assert_false(dialogue.granted.has_sender);
    dialogue_goes(&dialogue, "RSET", 421);
    dialogue_goes(&dialogue, "RCPT TO:<c@d>", 354);
    assert_int_equal(dialogue.granted.recipient_count, 0);
    dialogue_deinit(&dialogue);
}

static void test_who_says_hello(void **state)
{
    static const struct {
        const char *line;
        const char *name;
        bool esmtp;
        bool lmtp;
    } cases[] = {
        { "EHLO me.test x", "me.test x", true, false },
        { "LHLO me.test", "me.test", true, true },
        { "HELO me.test", "me.test", false, false },
        { "HELO", "", false, false },
    };
    struct dialogue dialogue;
    (void)state;
    dialogue_init(&dialogue);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        dialogue_goes(&dialogue, "MAIL FROM:<a@b>", 250);
        dialogue_goes(&dialogue, cases[i].line, 250);
        assert_string_equal(text_string(&dialogue.helo), cases[i].name);
        assert_int_equal(dialogue.esmtp, cases[i].esmtp);
        assert_int_equal(dialogue.lmtp, cases[i].lmtp);
        assert_false(dialogue.said.has_sender || dialogue.granted.has_sender);
    }
    dialogue_deinit(&dialogue);
}

static void test_recipients_are_found(void **state)
{
    struct envelope envelope = { 0 };
    (void)state;
    assert_false(envelope_has_recipient(&envelope, SPAN("*")));
    assert_int_equal(envelope_recipient(&envelope, 0).len, 0);
    envelope_add(&envelope, SPAN("a@b.test"));
    envelope_add(&envelope, SPAN("C@d.test"));
    assert_true(envelope_has_recipient(&envelope, SPAN("A@b.test")));
    assert_true(envelope_has_recipient(&envelope, SPAN("*@d.test")));
    assert_false(envelope_has_recipient(&envelope, SPAN("*@e.test")));
    assert_false(envelope_has_recipient(&envelope, SPAN("a@b.test?c@d.test")));
    assert_true(span_equal(envelope_recipient(&envelope, 1), SPAN("C@d.test")));
    assert_int_equal(envelope_recipient(&envelope, 2).len, 0);
    envelope_reset(&envelope);
    assert_false(envelope_has_recipient(&envelope, SPAN("*")));
    envelope_deinit(&envelope);
}

static void test_envelopes_are_bounded(void **state)
{
    struct dialogue dialogue;
    struct text line = { 0 };
    (void)state;
    dialogue_init(&dialogue);
    for (unsigned i = 0; i < 100000; i++)
        text_add_byte(&line, 'x');
    struct smtp_command command = { .verb = VERB_EHLO, .argument = text_span(&line) };
    dialogue_said(&dialogue, &command);
    assert_int_equal(dialogue.helo.len, ADDRESS_MAX);
    command = (struct smtp_command){ .verb = VERB_MAIL, .address = text_span(&line) };
    dialogue_said(&dialogue, &command);
    assert_int_equal(dialogue.said.sender.len, ADDRESS_MAX);
    command.verb = VERB_RCPT;
    for (unsigned i = 0; i < RECIPIENTS_MAX + 500; i++)
        dialogue_said(&dialogue, &command);
    assert_int_equal(dialogue.said.recipient_count, RECIPIENTS_MAX + 500);
    assert_int_equal(dialogue.said.recipients.len, RECIPIENTS_MAX * (ADDRESS_MAX + 1));
    text_deinit(&line);
    dialogue_deinit(&dialogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replies_come_in_order),
        cmocka_unit_test(test_the_queue_grows),
        cmocka_unit_test(test_a_command_may_have_several_replies),
        cmocka_unit_test(test_all_may_be_forgotten),
        cmocka_unit_test(test_an_entry_begins_anew),
        cmocka_unit_test(test_copies_are_copies),
        cmocka_unit_test(test_what_was_added_behind_the_next_is_forgotten),
        cmocka_unit_test(test_a_transaction),
        cmocka_unit_test(test_a_pipeline),
        cmocka_unit_test(test_a_refused_mail_counts),
        cmocka_unit_test(test_who_says_hello),
        cmocka_unit_test(test_recipients_are_found),
        cmocka_unit_test(test_envelopes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
