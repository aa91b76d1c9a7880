/* test_mutators_header: fields that are added, removed and renamed while the mail passes, whole
 * lines or pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"

#define WHOLE_LINES 1000

struct mail_case {
    const char *said;
    struct span mail;
    struct span outcome;
};

static void expect_mail(const struct mail_case *row, size_t piece)
{
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_header, row->said);
    expect_bytes(fixture_mail(&fixture, row->mail, piece), row->outcome, row->said);
    fixture_end(&fixture);
}

static void expect_mails(const struct mail_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_mail(&rows[i], WHOLE_LINES);
}
#define EXPECT_MAILS(rows) expect_mails((rows), sizeof(rows) / sizeof((rows)[0]))

static void test_add_at_the_end(void **state)
{
    static const struct mail_case rows[] = {
        { "add=\"X-A: b\"", BYTES("From: a\r\nTo: b\r\n\r\ntext\r\n"),
          BYTES("From: a\r\nTo: b\r\nX-A: b\r\n\r\ntext\r\n") },
        { "add=\"X-A: b\"", BYTES("From: a\nTo: b\n\ntext\n"),
          BYTES("From: a\nTo: b\nX-A: b\n\ntext\n") },
        { "add=\"X-A: b\"", BYTES("To: a,\r\n b\r\n\r\n\r\nX: no header\r\n\r\n"),
          BYTES("To: a,\r\n b\r\nX-A: b\r\n\r\n\r\nX: no header\r\n\r\n") },
        { "add=\"X-A: b\\r\\nX-C: d\"", BYTES("To: a\r\n\r\n"),
          BYTES("To: a\r\nX-A: b\r\nX-C: d\r\n\r\n") },
        { "add=\"X-A: b\\n\"", BYTES("To: a\r\n\r\n"), BYTES("To: a\r\nX-A: b\n\r\n") },
        { "add=\"X-A: <{recipient}>\"", BYTES("To: a\r\n\r\n"),
          BYTES("To: a\r\nX-A: <bob@mx.test>\r\n\r\n") },
        { "add=\"X-A: {4C209928-2}\"", BYTES("To: a\0\r\n\r\n"),
          BYTES("To: a\0\r\nX-A: {4C209928-2}\r\n\r\n") },
        { "add=\"X-A: b\"", BYTES("\r\ntext\r\n"), BYTES("X-A: b\r\n\r\ntext\r\n") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

static void test_mail_without_a_header_block(void **state)
{
    static const struct mail_case rows[] = {
        { "add=\"X-A: b\"", BYTES("Hello there\r\n\r\ntext\r\n"),
          BYTES("X-A: b\r\n\r\nHello there\r\n\r\ntext\r\n") },
        { "add=\"X-A: b\" where=top", BYTES("Hello\n"), BYTES("X-A: b\n\nHello\n") },
        { "add=\"X-A: b\" where=after-received", BYTES(" Hello\r\n"),
          BYTES("X-A: b\r\n\r\n Hello\r\n") },
        { "add=\"X-A: b\"", BYTES("To: a\r\nHello there\r\nX: y\r\n\r\n"),
          BYTES("To: a\r\nX-A: b\r\n\r\nHello there\r\nX: y\r\n\r\n") },
        { "add=\"X-A: b\" remove=X", BYTES("To: a\r\nHello there\r\nX: y\r\n\r\n"),
          BYTES("To: a\r\nX-A: b\r\n\r\nHello there\r\nX: y\r\n\r\n") },
        { "remove=X", BYTES("\xe4 b\r\nX: y\r\n"), BYTES("\xe4 b\r\nX: y\r\n") },
        /* That this is all there is, shows at the end. */
        { "add=\"X-A: b\"", BYTES("To: a\r\n"), BYTES("To: a\r\n") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

static void test_add_elsewhere(void **state)
{
    static const struct mail_case rows[] = {
        { "add=\"X-A: b\" where=top", BYTES("Received: x\r\nTo: a\r\n\r\ntext\r\n"),
          BYTES("X-A: b\r\nReceived: x\r\nTo: a\r\n\r\ntext\r\n") },
        { "add=\"X-A: b\" where=after-received",
          BYTES("Return-Path: <>\r\nreceived: x\r\n\tby y\r\nReceived: z\r\nMessage-ID: <1>\r\n"
                "Received: late\r\n\r\n"),
          BYTES("Return-Path: <>\r\nreceived: x\r\n\tby y\r\nReceived: z\r\nX-A: b\r\n"
                "Message-ID: <1>\r\nReceived: late\r\n\r\n") },
        { "add=\"X-A: b\" where=after-received", BYTES("To: a\r\n\r\n"),
          BYTES("X-A: b\r\nTo: a\r\n\r\n") },
        { "add=\"X-A: b\" where=after-received", BYTES("Received: x\r\n\r\n"),
          BYTES("Received: x\r\nX-A: b\r\n\r\n") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

static void test_remove(void **state)
{
    static const struct mail_case rows[] = {
        { "remove=Subject", BYTES("From: a\r\nSubject: b\r\nTo: c\r\n\r\nSubject: d\r\n"),
          BYTES("From: a\r\nTo: c\r\n\r\nSubject: d\r\n") },
        { "remove=subject,x-a", BYTES("X-A : 1\nSUBJECT: b\n c\n\td\nTo: e\nX-A: 2\n\n"),
          BYTES("To: e\n\n") },
        { "remove=Subject", BYTES("Subject: a\0\r\n b\0\r\nTo: c\r\n\r\n"),
          BYTES("To: c\r\n\r\n") },
        { "remove=Subject", BYTES("Subjects: a\r\nSubject\r\n b\r\n\r\n"),
          BYTES("Subjects: a\r\nSubject\r\n b\r\n\r\n") },
        { "remove=Subject", BYTES("Subject: a\r\n\r\n b\r\n"), BYTES("\r\n b\r\n") },
        { "remove=Subject", BYTES("Subject:\r\n"), BYTES("") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

static void test_rename(void **state)
{
    static const struct mail_case rows[] = {
        { "rename=Subject to=X-Subject", BYTES("SUBJECT : a\r\n b\r\nTo: c\r\n\r\nSubject: d\r\n"),
          BYTES("X-Subject : a\r\n b\r\nTo: c\r\n\r\nSubject: d\r\n") },
        { "rename=A to=B", BYTES("A:\0\nA: 2\n\n"), BYTES("B:\0\nB: 2\n\n") },
        { "rename=A to=B", BYTES("AB: 1\r\n\r\nA: 2\r\n"), BYTES("AB: 1\r\n\r\nA: 2\r\n") },
        { "rename=A to=B remove=C add=\"D: 3\" where=top", BYTES("A: 1\r\nC: 2\r\nE: 4\r\n\r\n"),
          BYTES("D: 3\r\nB: 1\r\nE: 4\r\n\r\n") },
        { "rename=A to=B remove=A", BYTES("A: 1\r\n\r\n"), BYTES("\r\n") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

/* BDAT chunks and --max-line cut lines anywhere; behind the colon that changes nothing. */
static void test_lines_in_pieces(void **state)
{
    static const struct mail_case rows[] = {
        { "remove=A add=\"X: y\"", BYTES("A: 0123456789\r\n 0123456789\r\nB: 0123456789\r\n\r\n"),
          BYTES("B: 0123456789\r\nX: y\r\n\r\n") },
        { "rename=A to=C", BYTES("A: 0123456789\r\nB: 0123456789 A: 1\r\n\r\n"),
          BYTES("C: 0123456789\r\nB: 0123456789 A: 1\r\n\r\n") },
    };
    (void)state;
    for (size_t piece = 2; piece < 20; piece++)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            expect_mail(&rows[i], piece);
}

/* A name that was cut is not known, but what stands behind it is not taken for text either. */
static void test_a_name_in_pieces(void **state)
{
    static const struct mail_case row = { "remove=Subject add=\"X: y\"",
                                          BYTES("Subject: a\r\nTo: b\r\n\r\n"),
                                          BYTES("Subject: a\r\nTo: b\r\nX: y\r\n\r\n") };
    (void)state;
    expect_mail(&row, 4);
}

static void test_each_message_begins_anew(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_header, "add=\"X: y\" remove=A");
    for (int i = 0; i < 3; i++) {
        expect_bytes(fixture_mail(&fixture, SPAN("B: 1\r\n\r\n"), WHOLE_LINES),
                     SPAN("B: 1\r\nX: y\r\n\r\n"), "a message of several");
        fixture_next_message(&fixture);
    }
    /* Broken off within a field that goes, and within text that ended the block early. */
    expect_bytes(fixture_mail(&fixture, SPAN("A: 1\r\n"), WHOLE_LINES), SPAN(""), "broken off");
    fixture_next_message(&fixture);
    fixture_mail(&fixture, SPAN("no header\r\n"), WHOLE_LINES);
    fixture_next_message(&fixture);
    expect_bytes(fixture_mail(&fixture, SPAN("B: 1\r\n\r\n"), WHOLE_LINES),
                 SPAN("B: 1\r\nX: y\r\n\r\n"), "behind a broken one");
    fixture_end(&fixture);
}

/* Rules with filters do not see every line. */
static void test_lines_that_were_not_seen(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_header, "remove=A");
    expect_bytes(fixture_hears(&fixture, "body", SPAN("A: 1\r\n")), SPAN("dropped"), "the field");
    fixture.offset += 100;
    expect_bytes(fixture_hears(&fixture, "body", SPAN(" folded\r\n")), SPAN("untouched"),
                 "a folded line of another field");
    fixture_end(&fixture);
}

/* The end of mail waits for its last line ending only where that may be needed. */
static void test_who_sees_the_end(void **state)
{
    static const struct {
        const char *said;
        bool sees_end;
    } rows[] = {
        { "add=\"X: y\"", true },
        { "add=\"X: y\" where=after-received", true },
        { "add=\"X: y\" where=top", false },
        { "remove=A", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mutation_fixture fixture;
        fixture_begin(&fixture, &mutator_header, rows[i].said);
        assert_int_equal(mutator_header.sees_end(fixture.arguments), rows[i].sees_end);
        fixture_end(&fixture);
    }
}

static void test_not_its_events(void **state)
{
    static const struct mutation_case cases[] = {
        { "remove=A add=\"X: y\"", "text", BYTES("A: 1\r\n"), BYTES("untouched") },
        { "remove=A add=\"X: y\"", "text", BYTES("\r\n"), BYTES("untouched") },
        { "remove=A add=\"X: y\"", "body", BYTES(""), BYTES("untouched") },
        { "remove=A", "body", BYTES("B: 1\r\n"), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_header, cases);
    expect_refused(&mutator_header, "", "is needed");
    expect_refused(&mutator_header, "rename=A", "go together");
    expect_refused(&mutator_header, "to=A", "go together");
    expect_refused(&mutator_header, "remove=A where=top", "add= is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_at_the_end),
        cmocka_unit_test(test_mail_without_a_header_block),
        cmocka_unit_test(test_add_elsewhere),
        cmocka_unit_test(test_remove),
        cmocka_unit_test(test_rename),
        cmocka_unit_test(test_lines_in_pieces),
        cmocka_unit_test(test_a_name_in_pieces),
        cmocka_unit_test(test_each_message_begins_anew),
        cmocka_unit_test(test_lines_that_were_not_seen),
        cmocka_unit_test(test_who_sees_the_end),
        cmocka_unit_test(test_not_its_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
