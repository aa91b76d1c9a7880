/* test_mutators_content: mail that arrives other than it was sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"

struct mail_case {
    const struct mutator *mutator;
    const char *said;
    struct span mail;
    struct span outcome;
};

static void expect_mail(const struct mail_case *row, size_t piece)
{
    struct mutation_fixture fixture;
    fixture_begin(&fixture, row->mutator, row->said);
    expect_bytes(fixture_mail(&fixture, row->mail, piece), row->outcome, row->said);
    fixture_end(&fixture);
}

static void expect_mails(const struct mail_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_mail(&rows[i], 1000);
}
#define EXPECT_MAILS(rows) expect_mails((rows), sizeof(rows) / sizeof((rows)[0]))

static void test_dots(void **state)
{
    static const struct mail_case rows[] = {
        { &mutator_unstuff, "", BYTES("a: b\r\n\r\n..c\r\nd.\r\n..\r\n"),
          BYTES("a: b\r\n\r\n.c\r\nd.\r\n.\r\n") },
        { &mutator_overstuff, "", BYTES("a: b\r\n\r\n..c\r\nd.\r\n..\r\n"),
          BYTES("a: b\r\n\r\n...c\r\nd.\r\n...\r\n") },
        { &mutator_bare_cr, "", BYTES("a: b\r\n\r\nc\nd"), BYTES("a: b\r\rc\rd") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

static void test_chunks_have_no_dots_to_stuff(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "chunked body", BYTES("..a\r\n"), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_unstuff, cases);
    EXPECT_CASES(mutator_overstuff, cases);
}

static void test_truncate(void **state)
{
    static const struct mail_case rows[] = {
        { &mutator_truncate, "after=8B", BYTES("a: b\r\n\r\nlong line\r\nanother\r\n"),
          BYTES("a: b\r\n\r\n") },
        { &mutator_truncate, "after=9B", BYTES("a: b\r\n\r\nlong line\r\nanother\r\n"),
          BYTES("a: b\r\n\r\nlong line\r\n") },
        { &mutator_truncate, "after=12B where=byte", BYTES("a: b\r\n\r\nlong line\r\nanother\r\n"),
          BYTES("a: b\r\n\r\nlong\r\n") },
        { &mutator_truncate, "after=9B where=byte", BYTES("a: b\r\n\r\n..long\r\n"),
          BYTES("a: b\r\n\r\n\r\n") },
        { &mutator_truncate, "after=1KB", BYTES("a: b\r\n\r\n"), BYTES("a: b\r\n\r\n") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

static void test_strip_8bit(void **state)
{
    static const struct mail_case rows[] = {
        { &mutator_strip_8bit, "",
          BYTES("Gr\xfc\xdf"
                "e\r\nplain\r\n"),
          BYTES("Gr|_e\r\nplain\r\n") },
        { &mutator_strip_8bit, "with=question", BYTES("Gr\xc3\xbc\r\n"), BYTES("Gr??\r\n") },
        { &mutator_strip_8bit, "with=nothing", BYTES("Gr\xc3\xbc\r\n"), BYTES("Gr\r\n") },
        { &mutator_strip_8bit, "", BYTES("\x8d\x8a\xae\r\n"), BYTES("???\r\n") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

static void test_nul(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "text", BYTES("abcd\r\n"), BYTES("abcd\0\r\n") },
        { "where=start count=2", "text", BYTES("abcd\r\n"),
          BYTES("\0\0"
                "abcd\r\n") },
        { "where=middle", "command", BYTES("NOOP\r\n"), BYTES("NO\0OP\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_nul, cases);
}

static void test_wrap(void **state)
{
    static const struct mail_case rows[] = {
        { &mutator_wrap, "at=4", BYTES("abcd\r\nabcdefgh\r\n"),
          BYTES("abcd\r\nabcd\r\n efg\r\n h\r\n") },
        { &mutator_wrap, "at=4 with=\"\\r\\n\"", BYTES("abcd.f\r\n"), BYTES("abcd\r\n..f\r\n") },
        { &mutator_wrap, "at=2 with=\"=\\n\"", BYTES("abc\n"), BYTES("ab=\nc\n") },
        { &mutator_wrap, "", BYTES("short\r\n"), BYTES("short\r\n") },
    };
    (void)state;
    EXPECT_MAILS(rows);
    for (size_t piece = 1; piece < 20; piece++)
        expect_mail(&rows[0], piece);
}

static void test_footer(void **state)
{
    static const struct mutation_case cases[] = {
        { "text=\"-- \\r\\nscanned\"", "body-end", BYTES("\r\n.\r\n"),
          BYTES("\r\n-- \r\nscanned\r\n.\r\n") },
        { "text=\".dot\"", "body-end", BYTES("\n.\r\n"), BYTES("\n..dot\r\n.\r\n") },
        { "text=\".dot\"", "chunked body-end", BYTES(""), BYTES(".dot\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_footer, cases);
}

static void test_replace_body(void **state)
{
    static const struct mail_case rows[] = {
        { &mutator_replace_body, "text=\"gone\\r\\n.\"",
          BYTES("Subject: a\r\nContent-Type: b;\r\n c\r\n\r\ntext\r\nmore\r\n"),
          BYTES("Subject: a\r\nContent-Type: b;\r\n c\r\n\r\ngone\r\n..\r\n") },
        { &mutator_replace_body, "text=gone type=text/plain",
          BYTES(
              "Content-Transfer-Encoding: x\r\nSubject: a\r\ncontent-type: b;\r\n c\r\n\r\nd\r\n"),
          BYTES("Subject: a\r\nContent-Type: text/plain\r\n\r\ngone\r\n") },
        { &mutator_replace_body, "text=gone", BYTES("no header\r\nb\r\n"), BYTES("\r\ngone\r\n") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

#define NOTICE "match=/(?i)^Content-Disposition:\\s*attachment/ text=\"gone\\r\\n.\""
#define TOP "Content-Type: multipart/mixed;\r\n boundary=\"b c\"\r\n\r\npreamble\r\n"

static void test_replace_part(void **state)
{
    static const struct mail_case rows[] = {
        { &mutator_replace_part, NOTICE,
          BYTES(TOP "--b c\r\nX: y\r\n\r\ntext\r\n--b c \r\ncontent-disposition:\r\n"
                    " attachment\r\n\r\n--b\r\nbytes\r\n--b c--\r\nend\r\n"),
          BYTES(TOP "--b c\r\nX: y\r\n\r\ntext\r\n--b c \r\nContent-Type: text/plain\r\n\r\n"
                    "gone\r\n..\r\n--b c--\r\nend\r\n") },
        /* A multipart within a part; its end, and that of the outer one without its own. */
        { &mutator_replace_part, NOTICE,
          BYTES(TOP "--b c\r\nContent-Type: multipart/x; boundary=d;\r\n\r\n--d\r\n"
                    "Content-Disposition: attachment\r\n\r\nx\r\n--d--\r\n--d\r\n"
                    "--b c\r\nContent-Disposition: attachment\r\n\r\nx\r\n"),
          BYTES(TOP "--b c\r\nContent-Type: multipart/x; boundary=d;\r\n\r\n--d\r\n"
                    "Content-Type: text/plain\r\n\r\ngone\r\n..\r\n--d--\r\n--d\r\n"
                    "--b c\r\nContent-Type: text/plain\r\n\r\ngone\r\n..\r\n") },
        /* A part that is nothing but the beginning of a header block. */
        { &mutator_replace_part, NOTICE,
          BYTES(TOP "--b c\r\nContent-Disposition: attachment\r\n--b c--\r\n"),
          BYTES(TOP "--b c\r\nContent-Disposition: attachment\r\n--b c--\r\n") },
        /* Not of several parts. */
        { &mutator_replace_part, NOTICE,
          BYTES("Content-Disposition: attachment\r\n\r\n--b\r\nx\r\n"),
          BYTES("Content-Disposition: attachment\r\n\r\n--b\r\nx\r\n") },
    };
    static const struct mail_case kept = {
        &mutator_replace_part, NOTICE,
        BYTES(TOP "--b c\r\nX: y\r\n z\r\n\r\ntext\r\n--b c--\r\nend\r\n"),
        BYTES(TOP "--b c\r\nX: y\r\n z\r\n\r\ntext\r\n--b c--\r\nend\r\n")
    };
    (void)state;
    EXPECT_MAILS(rows);
    for (size_t piece = 1; piece < 20; piece++)
        expect_mail(&kept, piece);
}

static void test_refold(void **state)
{
    static const struct mail_case rows[] = {
        { &mutator_header, "refold=Subject", BYTES("From: a\r\nSubject: b c\r\n d\r\n\r\nx: y\r\n"),
          BYTES("From: a\r\nSubject:\r\n b c\r\n d\r\n\r\nx: y\r\n") },
        { &mutator_header, "refold=Subject", BYTES("Subject:b\r\n\r\n"),
          BYTES("Subject:b\r\n\r\n") },
    };
    (void)state;
    EXPECT_MAILS(rows);
}

static void test_dribble_header(void **state)
{
    static const struct mutation_case cases[] = {
        { "name=X count=2 gap=10s", "body", BYTES("From: a\r\n"),
          BYTES("(10s)X: 0\r\n|(10s)X: 1\r\n|(10s)From: a\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_dribble_header, cases);
}

static void test_keep_alive(void **state)
{
    static const struct mutation_case cases[] = {
        { "line=\"250-wait\" count=2 every=20s", "final reply", BYTES("554 no\r\n"),
          BYTES("(20s)250-wait\r\n|(20s)250-wait\r\n|(20s)554 no\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_keep_alive, cases);
}

static void test_bdat(void **state)
{
    static const struct mutation_case cases[] = {
        { "add=10B", "command", BYTES("BDAT 86 LAST\r\n"), BYTES("BDAT 96 LAST\r\n") },
        { "subtract=100B", "command", BYTES("bdat 86\r\n"), BYTES("BDAT 0\r\n") },
        { "last=added", "command", BYTES("BDAT 86\r\n"), BYTES("BDAT 86 LAST\r\n") },
        { "last=removed", "command", BYTES("BDAT 86 LAST\n"), BYTES("BDAT 86\n") },
        { "add=1B", "command", BYTES("NOOP\r\n"), BYTES("untouched") },
        { "add=1B", "command", BYTES("BDAT x\r\n"), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_bdat, cases);
    expect_refused(&mutator_bdat, "", "add=, subtract= or last=");
}

/* One bit of one byte, and never a line end or the first dot. */
static void test_corrupt(void **state)
{
    (void)state;
    struct span line = SPAN("abcdefgh\r\n");
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_corrupt, "bytes=1");
    size_t changed = 0;
    for (int i = 0; i < 200; i++) {
        fixture_hears(&fixture, "text", line);
        const struct text *content = &fixture.mutation.content;
        if (fixture.verdict == UNTOUCHED)
            continue;
        size_t differing = 0;
        assert_int_equal(content->len, line.len);
        for (size_t n = 0; n < line.len; n++)
            differing += content->ptr[n] != line.ptr[n];
        assert_int_equal(differing, 1);
        assert_int_equal(content->ptr[8], '\r');
        assert_int_equal(content->ptr[9], '\n');
        changed++;
    }
    assert_in_range(changed, 100, 199);
    fixture_end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dots),
        cmocka_unit_test(test_chunks_have_no_dots_to_stuff),
        cmocka_unit_test(test_truncate),
        cmocka_unit_test(test_strip_8bit),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_footer),
        cmocka_unit_test(test_replace_body),
        cmocka_unit_test(test_replace_part),
        cmocka_unit_test(test_refold),
        cmocka_unit_test(test_dribble_header),
        cmocka_unit_test(test_keep_alive),
        cmocka_unit_test(test_bdat),
        cmocka_unit_test(test_corrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
