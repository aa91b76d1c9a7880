/* test_decoder_body: what a decoder makes of mail: lines and stretches, the dots that end it and
 * those that do not, BDAT chunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoder_fixture.h"

#define ANY_LENGTH 1000

static struct scene in_lines(struct span input, const char *events, const char *left)
{
    return (struct scene){ TO_SERVER, true, true, ANY_LENGTH, input, events, left };
}

static struct scene in_stretches(struct span input, const char *events, const char *left)
{
    return (struct scene){ TO_SERVER, false, true, ANY_LENGTH, input, events, left };
}

/* -- DATA ----------------------------------------------------------------------------------- */

static void test_a_mail_in_lines(void **state)
{
    (void)state;
    scene_play(in_lines(SPAN("DATA\r\nA: b\r\n\tc\r\n\r\nhi\r\n\r\n.\r\nQUIT\r\n"),
                        "command DATA |DATA\\r\\n\n"
                        "body @0 h<> |A: b\\r\\n\n"
                        "body @6 h<> |\\tc\\r\\n\n"
                        "body @10 h<> |\\r\\n\n"
                        "body @12 t<> |hi\\r\\n\n"
                        "body @16 t<> |\\r\\n\n"
                        "body-end @18 |.\\r\\n\n"
                        "command QUIT |QUIT\\r\\n\n",
                        ""));
}

static void test_a_mail_in_stretches(void **state)
{
    (void)state;
    scene_play(in_stretches(SPAN("DATA\r\nA: b\r\n\r\n..\r\nhi\r\n.\r\nQUIT\r\n"),
                            "command DATA |DATA\\r\\n\n"
                            "body |A: b\\r\\n\\r\\n..\\r\\nhi\\r\\n\n"
                            "body-end @16 |.\\r\\n\n"
                            "command QUIT |QUIT\\r\\n\n",
                            ""));
}

static void test_an_empty_mail(void **state)
{
    (void)state;
    scene_play(in_lines(SPAN("DATA\r\n.\r\nDATA\r\n.\r\n"),
                        "command DATA |DATA\\r\\n\n"
                        "body-end @0 |.\\r\\n\n"
                        "command DATA |DATA\\r\\n\n"
                        "body-end @0 |.\\r\\n\n",
                        ""));
}

/* Dots that are text: stuffed, with company, or not at the start of a line. */
static void test_dots_that_are_text(void **state)
{
    (void)state;
    scene_play(in_lines(SPAN("DATA\r\n..\r\n. \r\n.\r.\r\nx.\r\n.\0\r\n"),
                        "command DATA |DATA\\r\\n\n"
                        "body @0 h<> |..\\r\\n\n"
                        "body @4 h<> |. \\r\\n\n"
                        "body @8 h<> |.\\r.\\r\\n\n"
                        "body @13 h<> |x.\\r\\n\n"
                        "body @17 h<> |.\\0\\r\\n\n",
                        ""));
    scene_play(in_stretches(SPAN("DATA\r\nx\r.\r\n.\r\r\n"),
                            "command DATA |DATA\\r\\n\n"
                            "body |x\\r.\\r\\n.\\r\\r\\n\n",
                            ""));
}

/* Only what may be the end waits. */
static void test_the_beginning_of_the_end_waits(void **state)
{
    (void)state;
    scene_play(
        in_stretches(SPAN("DATA\r\nx\r\n."), "command DATA |DATA\\r\\n\nbody |x\\r\\n\n", "."));
    scene_play(in_stretches(SPAN("DATA\r\nx\r\n.\r"), "command DATA |DATA\\r\\n\nbody |x\\r\\n\n",
                            ".\\r"));
    scene_play(
        in_stretches(SPAN("DATA\r\nx\r\n\r"), "command DATA |DATA\\r\\n\nbody |x\\r\\n\\r\n", ""));
    scene_play(in_lines(SPAN("DATA\r\nx\r"), "command DATA |DATA\\r\\n\n", "x\\r"));
}

/* A client that ends DATA with a lone LF ends its mail likewise (Postfix and qmail accept that). */
static void test_a_client_of_lone_lfs(void **state)
{
    (void)state;
    scene_play(in_lines(SPAN("DATA\nx\n.\nDATA\nx\n.\r\nDATA\nx\r\n.\n"),
                        "command DATA |DATA\\n\n"
                        "body @0 h<> |x\\n\n"
                        "body-end @2 |.\\n\n"
                        "command DATA |DATA\\n\n"
                        "body @0 h<> |x\\n\n"
                        "body-end @2 |.\\r\\n\n"
                        "command DATA |DATA\\n\n"
                        "body @0 h<> |x\\r\\n\n"
                        "body-end @3 |.\\n\n",
                        ""));
}

/* For all others such dots are text, which lenient servers take for the end. */
static void test_lenient_dots(void **state)
{
    (void)state;
    scene_play(in_lines(SPAN("DATA\r\nx\n.\ny\n.\r\n.\nz\r\n"),
                        "command DATA |DATA\\r\\n\n"
                        "body @0 h<> |x\\n\n"
                        "body @2 h<> |.\\n\n"
                        "body @4 h<> |y\\n\n"
                        "body @6 h<> |.\\r\\n\n"
                        "body @9 h<> |.\\n\n"
                        "body @11 h<> |z\\r\\n\n",
                        ""));
    scene_play(in_stretches(SPAN("DATA\r\nx\n.\r\ny\r\n.\n\r\n.\r\n"),
                            "command DATA |DATA\\r\\n\n"
                            "body |x\\n.\\r\\ny\\r\\n.\\n\\r\\n\n"
                            "body-end @12 |.\\r\\n\n",
                            ""));
}

static bool ends_at_candidate(struct span mail, bool as_lines, size_t cut)
{
    struct decoding decoding;
    decoding_begin(&decoding, TO_SERVER, 0);
    decoding.decoder.body_as_lines = as_lines;
    decoding.granted = true;
    decoding_feed_cut(&decoding, SPAN("DATA\r\n"), cut);
    decoding_feed_cut(&decoding, mail, cut);
    bool ended = decoder_end_at_candidate(&decoding.decoder);
    assert_true(!ended || decoding.decoder.phase == PHASE_COMMANDS);
    decoding_end(&decoding);
    return ended;
}

static void test_a_mail_may_end_at_a_lenient_dot(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < 12; cut++)
        for (int lines = 0; lines < 2; lines++) {
            assert_true(ends_at_candidate(SPAN("x\n.\n"), lines, cut));
            assert_true(ends_at_candidate(SPAN("x\n.\r\n"), lines, cut));
            assert_true(ends_at_candidate(SPAN("x\r\n.\n"), lines, cut));
            assert_true(ends_at_candidate(SPAN(".\n"), lines, cut));
            assert_false(ends_at_candidate(SPAN("x\n.\ny\n"), lines, cut));
            assert_false(ends_at_candidate(SPAN("x\r\n"), lines, cut));
            assert_false(ends_at_candidate(SPAN("x\r.\n"), lines, cut));
            assert_false(ends_at_candidate(SPAN("x\n..\n"), lines, cut));
            assert_false(ends_at_candidate(SPAN(""), lines, cut));
        }
}

/* The dot of one mail says nothing about the next, nor about commands. */
static void test_a_candidate_is_forgotten_with_its_mail(void **state)
{
    (void)state;
    assert_false(ends_at_candidate(SPAN("x\n.\n\r\n.\r\n"), true, 99));
    assert_false(ends_at_candidate(SPAN("x\n.\r\n.\r\n"), true, 99));
    assert_false(ends_at_candidate(SPAN("x\n.\n\r\n.\r\nDATA\r\n"), true, 99));
    struct decoding decoding;
    decoding_begin(&decoding, TO_SERVER, 0);
    decoding.granted = true;
    decoding_feed(&decoding, SPAN("DATA\r\nx\n.\n"));
    assert_true(decoder_end_at_candidate(&decoding.decoder));
    decoding_feed(&decoding, SPAN("DATA\r\n"));
    assert_false(decoder_end_at_candidate(&decoding.decoder));
    decoding_end(&decoding);
}

static void test_overlong_lines_of_mail(void **state)
{
    (void)state;
    struct scene scene = in_lines(SPAN("DATA\r\n0123456789\r\n0123456\r\n01234567\r\n.\r\n"),
                                  "command DATA |DATA\\r\\n\n"
                                  "body @0 h< |01234567\n"
                                  "body @8 h> |89\\r\\n\n"
                                  "body @12 h< |0123456\n"
                                  "body @19 h> |\\r\\n\n"
                                  "body @21 h< |01234567\n"
                                  "body @29 h> |\\r\\n\n"
                                  "body-end @31 |.\\r\\n\n",
                                  "");
    scene.max_line = 8;
    scene_play(scene);
}

/* The rest of an overlong line is not the empty line behind the headers. */
static void test_an_overlong_header_ends_no_headers(void **state)
{
    (void)state;
    struct scene scene = in_lines(SPAN("DATA\r\nA: 45678\r\nB: 1\r\n\r\nx\r\n"),
                                  "command DATA |DATA\\r\\n\n"
                                  "body @0 h< |A: 45678\n"
                                  "body @8 h> |\\r\\n\n"
                                  "body @10 h<> |B: 1\\r\\n\n"
                                  "body @16 h<> |\\r\\n\n"
                                  "body @18 t<> |x\\r\\n\n",
                                  "");
    scene.max_line = 8;
    scene_play(scene);
}

/* -- BDAT ----------------------------------------------------------------------------------- */

static void test_chunks_in_lines(void **state)
{
    (void)state;
    scene_play(in_lines(SPAN("BDAT 8\r\nA: b\r\n\r\nBDAT 5 LAST\r\nx\r\n.\nQUIT\r\n"),
                        "command BDAT |BDAT 8\\r\\n\n"
                        "body @0 h<> chunked |A: b\\r\\n\n"
                        "body @6 h<> chunked last-of-chunk |\\r\\n\n"
                        "command BDAT |BDAT 5 LAST\\r\\n\n"
                        "body @8 t<> chunked |x\\r\\n\n"
                        "body @11 t<> chunked last-of-chunk |.\\n\n"
                        "body-end @13 chunked |\n"
                        "command QUIT |QUIT\\r\\n\n",
                        ""));
}

/* A chunk ends where it ends, within a line too; the line goes on in the next. */
static void test_chunks_cut_lines(void **state)
{
    (void)state;
    scene_play(in_lines(SPAN("BDAT 3\r\nA: BDAT 4 LAST\r\nb\r\n\rRSET\r\n"),
                        "command BDAT |BDAT 3\\r\\n\n"
                        "body @0 h< chunked last-of-chunk |A: \n"
                        "command BDAT |BDAT 4 LAST\\r\\n\n"
                        "body @3 h> chunked |b\\r\\n\n"
                        "body @6 h< chunked last-of-chunk |\\r\n"
                        "body-end @7 chunked |\n"
                        "command RSET |RSET\\r\\n\n",
                        ""));
}

static void test_chunks_in_stretches(void **state)
{
    (void)state;
    scene_play(in_stretches(SPAN("BDAT 9 LAST\r\nx\r\n.\r\nyz\0QUIT\r\n"),
                            "command BDAT |BDAT 9 LAST\\r\\n\n"
                            "body chunked |x\\r\\n.\\r\\nyz\\0\n"
                            "body-end @9 chunked |\n"
                            "command QUIT |QUIT\\r\\n\n",
                            ""));
}

static void test_empty_chunks(void **state)
{
    (void)state;
    scene_play(in_lines(SPAN("BDAT 0\r\nBDAT 1\r\nxBDAT 0 LAST\r\nBDAT 1 LAST\r\ny"),
                        "command BDAT |BDAT 0\\r\\n\n"
                        "command BDAT |BDAT 1\\r\\n\n"
                        "body @0 h< chunked last-of-chunk |x\n"
                        "command BDAT |BDAT 0 LAST\\r\\n\n"
                        "body-end @1 chunked |\n"
                        "command BDAT |BDAT 1 LAST\\r\\n\n"
                        "body @0 h< chunked last-of-chunk |y\n"
                        "body-end @1 chunked |\n",
                        ""));
}

static void test_overlong_lines_in_chunks(void **state)
{
    (void)state;
    struct scene scene = in_lines(SPAN("BDAT 21 LAST\r\n0123456789abcde\r\n0123RSET\r\n"),
                                  "command BDAT |BDAT 21 LAST\\r\\n\n"
                                  "body @0 h< chunked |0123456789abcd\n"
                                  "body @14 h> chunked |e\\r\\n\n"
                                  "body @17 h< chunked last-of-chunk |0123\n"
                                  "body-end @21 chunked |\n"
                                  "command RSET |RSET\\r\\n\n",
                                  "");
    scene.max_line = 14;
    scene_play(scene);
    scene.input = SPAN("BDAT 14 LAST\r\n0123456789abc\r\nRSET\r\n");
    scene.events = "command BDAT |BDAT 14 LAST\\r\\n\n"
                   "body @0 h< chunked last-of-chunk |0123456789abc\\r\n"
                   "body-end @14 chunked |\n"
                   "command UNKNOWN |\\n\n"
                   "command RSET |RSET\\r\\n\n";
    scene_play(scene);
}

/* -- not mail ------------------------------------------------------------------------------- */

static void test_behind_starttls_nothing_is_read(void **state)
{
    (void)state;
    scene_play(in_lines(SPAN("STARTTLS\r\n\x16\x03\x01\n\nMAIL FROM:<a>\r\n"),
                        "command STARTTLS |STARTTLS\\r\\n\n"
                        "other |\\x16\\x03\\x01\\n\\nMAIL FROM:<a>\\r\\n\n",
                        ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_mail_in_lines),
        cmocka_unit_test(test_a_mail_in_stretches),
        cmocka_unit_test(test_an_empty_mail),
        cmocka_unit_test(test_dots_that_are_text),
        cmocka_unit_test(test_the_beginning_of_the_end_waits),
        cmocka_unit_test(test_a_client_of_lone_lfs),
        cmocka_unit_test(test_lenient_dots),
        cmocka_unit_test(test_a_mail_may_end_at_a_lenient_dot),
        cmocka_unit_test(test_a_candidate_is_forgotten_with_its_mail),
        cmocka_unit_test(test_overlong_lines_of_mail),
        cmocka_unit_test(test_an_overlong_header_ends_no_headers),
        cmocka_unit_test(test_chunks_in_lines),
        cmocka_unit_test(test_chunks_cut_lines),
        cmocka_unit_test(test_chunks_in_stretches),
        cmocka_unit_test(test_empty_chunks),
        cmocka_unit_test(test_overlong_lines_in_chunks),
        cmocka_unit_test(test_behind_starttls_nothing_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
