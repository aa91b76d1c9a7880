/* test_end_of_data: the generated ends of mail, who could emit them, and the page that lists them
 * all. BLESS=1 writes the page anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"
#include "mutators/end_of_data.h"

static const char *const emitters[] = {
    [EMITTED_FREELY] = "yes",
    [EMITTED_WITH_8BITMIME] = "with 8BITMIME",
    [EMITTED_THOUGH_ADVISED] = "advised against",
    [EMITTED_AS_THE_END] = "as the end",
    [EMITTED_NEVER] = "no",
};

static void test_who_could_emit_it(void **state)
{
    static const struct {
        struct span sequence;
        enum end_of_data_emitter emitter;
    } rows[] = {
        { BYTES("\r\n.\r\n"), EMITTED_AS_THE_END },
        { BYTES("\r\n..\r\n"), EMITTED_FREELY },
        { BYTES(" . "), EMITTED_FREELY },
        { BYTES("\n.\n"), EMITTED_NEVER },
        { BYTES("\r\n.\n"), EMITTED_NEVER },
        { BYTES("\r\n.\r"), EMITTED_NEVER },
        { BYTES("\r\n. \r\n"), EMITTED_NEVER },
        { BYTES("\r\n\0.\r\n"), EMITTED_THOUGH_ADVISED },
        { BYTES("\v.\v"), EMITTED_THOUGH_ADVISED },
        { BYTES("\r\n\xef\xbc\x8e\r\n"), EMITTED_WITH_8BITMIME },
        { BYTES("\r\n.\0\r\n"), EMITTED_NEVER },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (end_of_data_emitter(rows[i].sequence) != rows[i].emitter)
            fail_msg("row %zu is emitted otherwise", i);
}

/* The published ones are among those that are generated. */
static void test_published_ones_are_there(void **state)
{
    static const struct span published[] = {
        BYTES("\n.\n"),         BYTES("\n.\r"),   BYTES("\r.\n"),       BYTES("\r.\r"),
        BYTES("\n.\r\n"),       BYTES("\r.\r\n"), BYTES("\r\n\0.\r\n"), BYTES("\r\n.\r\r\n"),
        BYTES("\r\r\n.\r\r\n"), BYTES("\r\n.\n"), BYTES("\r\n.\r"),     BYTES("\r\n.\0\r\n"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        struct text sequence = { 0 };
        size_t n = 1;
        for (; n <= END_OF_DATA_COUNT; n++) {
            text_clear(&sequence);
            end_of_data_add(&sequence, n);
            if (span_equal(text_span(&sequence), published[i]))
                break;
        }
        text_deinit(&sequence);
        assert_in_range(n, 1, END_OF_DATA_COUNT);
    }
}

static void test_terminator_and_smuggle_take_them_by_number(void **state)
{
    static const struct mutation_case terminators[] = {
        { "sequence=1", "body-end", BYTES("\r\n.\r\n"), BYTES("\r\n.\r\n") },
        { "sequence=67", "body-end", BYTES("\r\n.\r\n"), BYTES("\n.\n") },
    };
    static const struct mutation_case smuggled[] = {
        { "as=\"\\n.\\n\" behind=\"RSET\"", "body-end", BYTES("\r\n.\r\n"),
          BYTES("\n.\nRSET\r\nDATA\r\nSubject: smuggled\r\n\r\nThis mail was smuggled.\r\n.\r\n") },
        { "sequence=67 with=bdat", "body-end", BYTES("\r\n.\r\n"),
          BYTES("\n.\nMAIL FROM:<smuggler@me.test>\r\nRCPT TO:<bob@mx.test>\r\nBDAT 46 LAST\r\n"
                "Subject: smuggled\r\n\r\nThis mail was smuggled.\r\n.\r\n") },
        { "as=\".\"", "chunked body-end", BYTES(""), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_terminator, terminators);
    EXPECT_CASES(mutator_smuggle, smuggled);
    expect_refused(&mutator_smuggle, "", "either as= or sequence=");
    expect_refused(&mutator_terminator, "as=\".\" sequence=2", "either as= or sequence=");
}

static void add_row(struct text *page, size_t n)
{
    struct text bytes = { 0 };
    text_addf(page, "| %zu | ", n);
    end_of_data_name(page, n);
    text_add(page, SPAN(" | `"));
    end_of_data_add(&bytes, n);
    text_add_escaped(page, text_span(&bytes));
    text_addf(page, "` | %s |\n", emitters[end_of_data_emitter(text_span(&bytes))]);
    text_deinit(&bytes);
}

static void make_page(struct text *page)
{
    text_add(
        page,
        SPAN(
            "# Ends of mail\n\n"
            "Every sequence that `terminator sequence=N` and `smuggle sequence=N` know: a line "
            "end, a "
            "dot, a line end. A range draws one:\n\n"
            "    to server body-end smuggle sequence=1..845\n\n"
            "The last column says whether a sender that keeps to RFC 5321 could emit the bytes "
            "within "
            "a line of text or across lines: never with a lone CR or LF (section 2.3.8) or a line "
            "that "
            "begins with a single dot (section 4.5.2), with 8BITMIME above 127 (RFC 6152); control "
            "characters are advised against (section 4.1.1.4).\n\n"
            "| N | sequence | bytes | a conforming sender |\n| --- | --- | --- | --- |\n"));
    for (size_t n = 1; n <= END_OF_DATA_COUNT; n++)
        add_row(page, n);
}

static void test_the_page_lists_them_all(void **state)
{
    struct text made = { 0 };
    struct text kept = { 0 };
    char bytes[4096];
    (void)state;
    make_page(&made);
    FILE *file = fopen("docs/end-of-data.md", getenv("BLESS") ? "w+" : "r");
    assert_non_null(file);
    if (getenv("BLESS"))
        assert_int_equal(fwrite(made.ptr, 1, made.len, file), made.len);
    rewind(file);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        text_add(&kept, span_make(bytes, got));
    assert_int_equal(fclose(file), 0);
    if (!span_equal(text_span(&made), text_span(&kept)))
        fail_msg("docs/end-of-data.md is not what the code says; BLESS=1 writes it anew");
    text_deinit(&made);
    text_deinit(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_could_emit_it),
        cmocka_unit_test(test_published_ones_are_there),
        cmocka_unit_test(test_terminator_and_smuggle_take_them_by_number),
        cmocka_unit_test(test_the_page_lists_them_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
