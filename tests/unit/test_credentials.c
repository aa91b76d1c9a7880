/* credentials: what AUTH says is hidden, however the bytes are cut, and nothing else is. */
#include "smtp/credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A conversation in turns: what is said and what is left of it. `S` says one, `C` the other. */
struct turn {
    char who;
    const char *said;
    const char *shown; /* NULL: as it was said */
};

static void hide_cut(struct credentials *credentials, uint8_t *bytes, size_t len, size_t cut)
{
    while (len > 0) {
        size_t piece = cut < len ? cut : len;
        credentials_hide(credentials, bytes, piece);
        bytes += piece;
        len -= piece;
    }
}

static void expect_turn(struct credentials *credentials, const struct turn *turn, size_t cut)
{
    uint8_t bytes[256];
    size_t len = strlen(turn->said);
    memcpy(bytes, turn->said, len);
    if (turn->who == 'S') {
        for (size_t i = 0; i < len; i += cut)
            credentials_note_replies(credentials,
                                     span_take(span_drop(span_make(bytes, len), i), cut));
        return;
    }
    hide_cut(credentials, bytes, len, cut);
    bytes[len] = '\0';
    assert_string_equal(turn->shown ? turn->shown : turn->said, (char *)bytes);
}

static void expect_all(const struct turn *turns, size_t count)
{
    static const size_t cuts[] = { 1, 2, 3, 7, 256 };
    for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
        struct credentials credentials = { 0 };
        for (size_t i = 0; i < count; i++)
            expect_turn(&credentials, &turns[i], cuts[c]);
    }
}

#define EXPECT(...)                                                                                \
    do {                                                                                           \
        const struct turn turns[] = { __VA_ARGS__ };                                               \
        expect_all(turns, sizeof turns / sizeof turns[0]);                                         \
    } while (0)

static void test_an_initial_response(void **state)
{
    (void)state;
    EXPECT({ 'S', "220 mx ESMTP\r\n", NULL }, { 'C', "EHLO me\r\n", NULL },
           { 'S', "250-mx\r\n250 AUTH PLAIN\r\n", NULL },
           { 'C', "auth  Plain AGFubgBzZWNyZXQ=\r\n", "auth  Plain ****************\r\n" },
           { 'S', "235 2.7.0 fine\r\n", NULL }, { 'C', "MAIL FROM:<a@b>\r\n", NULL });
}

static void test_challenges(void **state)
{
    (void)state;
    EXPECT({ 'C', "AUTH LOGIN\r\n", NULL }, { 'S', "334 VXNlcm5hbWU6\r\n", NULL },
           { 'C', "YW5u\r\n", "****\r\n" }, { 'S', "334 UGFzc3dvcmQ6\r\n", NULL },
           { 'C', "c2VjcmV0\r\n", "********\r\n" }, { 'S', "535 5.7.8 no\r\n", NULL },
           { 'C', "QUIT\r\n", NULL });
}

static void test_all_lines_said_at_once(void **state)
{
    (void)state;
    EXPECT({ 'C', "EHLO me\r\nAUTH LOGIN\r\nYW5u\r\nc2VjcmV0\r\n",
             "EHLO me\r\nAUTH LOGIN\r\n****\r\n********\r\n" },
           { 'S', "250 mx\r\n334 x\r\n334 y\r\n", NULL }, { 'C', "c2Vj", "****" },
           { 'S', "235 fine\r\n", NULL });
}

/* A command ahead was refused, which says nothing about AUTH: the 334 counts. */
static void test_a_refusal_ahead(void **state)
{
    (void)state;
    EXPECT({ 'C', "VRFY x\r\nAUTH LOGIN\r\n", NULL },
           { 'S', "502 no\r\n334 VXNlcm5hbWU6\r\n", NULL }, { 'C', "YW5u\r\n", "****\r\n" },
           { 'S', "334 UGFzc3dvcmQ6\r\n", NULL }, { 'C', "c2VjcmV0\r\n", "********\r\n" });
}

static void test_mail_is_left_alone(void **state)
{
    (void)state;
    EXPECT({ 'C', "DATA\r\n", NULL }, { 'S', "354 go\r\n", NULL },
           { 'C', "AUTH PLAIN in mail\r\n..\r\nAUTH PLAIN again\r\n.\r\n", NULL },
           { 'C', "AUTH PLAIN c2VjcmV0\r\n", "AUTH PLAIN ********\r\n" });
}

static void test_an_empty_mail(void **state)
{
    (void)state;
    EXPECT({ 'C', "DATA\r\n", NULL }, { 'S', "354 go\r\n", NULL }, { 'C', ".\r\n", NULL },
           { 'C', "AUTH PLAIN c2Vj\r\n", "AUTH PLAIN ****\r\n" });
}

/* RFC 3030: a chunk is not lines. */
static void test_chunks_are_left_alone(void **state)
{
    (void)state;
    EXPECT({ 'C', "BDAT 20 LAST\r\nAUTH PLAIN in chunk\nAUTH PLAIN c2Vj\r\n",
             "BDAT 20 LAST\r\nAUTH PLAIN in chunk\nAUTH PLAIN ****\r\n" });
}

/* The server took a lone LF for the end of the mail, or refused early. */
static void test_a_reply_ends_mail(void **state)
{
    (void)state;
    EXPECT({ 'C', "DATA\r\n", NULL }, { 'S', "354 go\r\n", NULL }, { 'C', "text\n.\n", NULL },
           { 'S', "250 taken\r\n", NULL }, { 'C', "AUTH PLAIN c2Vj\r\n", "AUTH PLAIN ****\r\n" });
}

static void test_data_refused(void **state)
{
    (void)state;
    EXPECT({ 'C', "DATA\r\n", NULL }, { 'S', "503 no\r\n", NULL },
           { 'C', "AUTH PLAIN c2Vj\r\n", "AUTH PLAIN ****\r\n" });
}

static void test_other_words_are_no_secrets(void **state)
{
    (void)state;
    EXPECT({ 'C', "AUTHOR is somebody\r\nAUT H x\r\nNOOP AUTH PLAIN x\r\nAUTH\r\nNOOP\r\n", NULL },
           { 'S', "garbage\r\n33\r\n334-first\r\n250 last\r\n", NULL }, { 'C', "NOOP\r\n", NULL });
}

static void test_cancelled(void **state)
{
    (void)state;
    EXPECT({ 'C', "AUTH PLAIN\r\n", NULL }, { 'S', "334 \r\n", NULL }, { 'C', "*\r\n", NULL },
           { 'S', "501 cancelled\r\n", NULL }, { 'C', "RSET\r\n", NULL });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_initial_response),
        cmocka_unit_test(test_challenges),
        cmocka_unit_test(test_all_lines_said_at_once),
        cmocka_unit_test(test_a_refusal_ahead),
        cmocka_unit_test(test_mail_is_left_alone),
        cmocka_unit_test(test_an_empty_mail),
        cmocka_unit_test(test_chunks_are_left_alone),
        cmocka_unit_test(test_a_reply_ends_mail),
        cmocka_unit_test(test_data_refused),
        cmocka_unit_test(test_other_words_are_no_secrets),
        cmocka_unit_test(test_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
