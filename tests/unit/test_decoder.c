/* test_decoder: which events bytes make, whole, byte by byte and cut at every place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoder_fixture.h"

#define LINES_ARE 16 /* max_line: overlong lines stay readable */

static struct scene client(struct span input, const char *events, const char *left)
{
    return (struct scene){ TO_SERVER, true, true, LINES_ARE, input, events, left };
}

static struct scene server(struct span input, const char *events, const char *left)
{
    return (struct scene){ TO_CLIENT, false, false, LINES_ARE, input, events, left };
}

/* -- commands ------------------------------------------------------------------------------- */

static void test_commands(void **state)
{
    (void)state;
    scene_play(client(SPAN("HELO a\r\nquit\nMAI\r\n\r\n\n"),
                      "command HELO |HELO a\\r\\n\n"
                      "command QUIT |quit\\n\n"
                      "command UNKNOWN |MAI\\r\\n\n"
                      "command UNKNOWN |\\r\\n\n"
                      "command UNKNOWN |\\n\n",
                      ""));
    scene_play(
        client(SPAN("NO\0P\r\nRSET\rRSET"), "command UNKNOWN |NO\\0P\\r\\n\n", "RSET\\rRSET"));
}

static void test_commands_at_the_bound(void **state)
{
    (void)state;
    scene_play(client(SPAN("NOOP 67890123\r\n\r\nNOOP 678901234\r\n"),
                      "command NOOP |NOOP 67890123\\r\\n\n"
                      "command UNKNOWN |\\r\\n\n"
                      "command NOOP |NOOP 678901234\\r\\n\n",
                      ""));
    scene_play(client(SPAN("NOOP 6789012345\r\nQUIT\r\n"),
                      "other overlong |NOOP 6789012345\n"
                      "command NOOP overlong |\\r\\n\n"
                      "command QUIT |QUIT\\r\\n\n",
                      ""));
    scene_play(client(SPAN("NOOP 67890123456\r\nQUIT\r\n"),
                      "other overlong |NOOP 67890123456\n"
                      "command NOOP overlong |\\r\\n\n"
                      "command QUIT |QUIT\\r\\n\n",
                      ""));
}

static void test_overlong_commands_come_in_pieces(void **state)
{
    (void)state;
    scene_play(client(SPAN("RCPT 789012345678901234567890123456789\nX"),
                      "other overlong |RCPT 78901234567\n"
                      "other overlong |8901234567890123\n"
                      "command RCPT overlong |456789\\n\n",
                      "X"));
    scene_play(client(SPAN("aaaaaaaaaaaaaaaa-BDAT 5\r\nQUIT\r\n"),
                      "other overlong |aaaaaaaaaaaaaaaa\n"
                      "command UNKNOWN overlong |-BDAT 5\\r\\n\n"
                      "command QUIT |QUIT\\r\\n\n",
                      ""));
}

/* A credential's first piece may not show it either. */
static void test_overlong_auth(void **state)
{
    (void)state;
    struct scene scene = client(SPAN("AUTH PLAIN AGEAYgBzZWNyZXQ=\r\n"),
                                "other overlong secret |AUTH PLAIN AGEAY\n"
                                "command AUTH overlong secret |gBzZWNyZXQ=\\r\\n\n",
                                "");
    scene.granted = false;
    scene_play(scene);
}

/* -- AUTH ----------------------------------------------------------------------------------- */

static void test_auth(void **state)
{
    (void)state;
    scene_play(client(SPAN("AUTH LOGIN\r\ndXNlcg==\r\nQUIT\r\n"),
                      "command AUTH secret |AUTH LOGIN\\r\\n\n"
                      "other secret |dXNlcg==\\r\\n\n"
                      "command QUIT |QUIT\\r\\n\n",
                      ""));
    scene_play(client(SPAN("AUTH LOGIN\n*\nQUIT\r\n"),
                      "command AUTH secret |AUTH LOGIN\\n\n"
                      "other secret |*\\n\n"
                      "command QUIT |QUIT\\r\\n\n",
                      ""));
    scene_play(client(SPAN("AUTH X\r\n0123456789abcdefgh\r\nQUIT\r\n"),
                      "command AUTH secret |AUTH X\\r\\n\n"
                      "other overlong secret |0123456789abcdef\n"
                      "other secret |gh\\r\\n\n"
                      "command QUIT |QUIT\\r\\n\n",
                      ""));
}

/* -- replies -------------------------------------------------------------------------------- */

static void test_replies(void **state)
{
    (void)state;
    scene_play(server(SPAN("220 mx\r\n250 ok\n354\r\n25"),
                      "greeting 220/1 |220 mx\\r\\n\n"
                      "reply 250/1 |250 ok\\n\n"
                      "reply 354/1 |354\\r\\n\n",
                      "25"));
    scene_play(server(SPAN("220-a\r\n220 b\r\n250-c\n250-d\r\n250 e\r\n"),
                      "greeting 220/2 |220-a\\r\\n220 b\\r\\n\n"
                      "reply 250/3 |250-c\\n250-d\\r\\n250 e\\r\\n\n",
                      ""));
}

static void test_lines_that_are_no_replies(void **state)
{
    (void)state;
    scene_play(server(SPAN("hello\r\n\r\n220 x\r\nx\r\n250\r\n"),
                      "other |hello\\r\\n\n"
                      "other |\\r\\n\n"
                      "greeting 220/1 |220 x\\r\\n\n"
                      "other |x\\r\\n\n"
                      "reply 250/1 |250\\r\\n\n",
                      ""));
}

/* RFC 5321 section 4.2.1 wants a code in each line; a reply goes on until a line ends it. */
static void test_garbage_within_a_reply(void **state)
{
    (void)state;
    scene_play(server(SPAN("220 x\r\n250-a\r\n\r\nfoo\r\n550 b\r\n250 c\r\n"),
                      "greeting 220/1 |220 x\\r\\n\n"
                      "reply 250/4 |250-a\\r\\n\\r\\nfoo\\r\\n550 b\\r\\n\n"
                      "reply 250/1 |250 c\\r\\n\n",
                      ""));
}

static void test_overlong_replies_come_in_pieces(void **state)
{
    (void)state;
    scene_play(server(SPAN("220 x\r\n250 678901234567890123\r\n221 y\r\n"),
                      "greeting 220/1 |220 x\\r\\n\n"
                      "other overlong |250 678901234567\n"
                      "reply 250/1 overlong |890123\\r\\n\n"
                      "reply 221/1 |221 y\\r\\n\n",
                      ""));
    scene_play(server(SPAN("220 x\r\n250-678901234567890\r\n250 b\r\n221 y\r\n"),
                      "greeting 220/1 |220 x\\r\\n\n"
                      "other overlong |250-678901234567\n"
                      "other overlong |890\\r\\n\n"
                      "reply 250/1 overlong |250 b\\r\\n\n"
                      "reply 221/1 |221 y\\r\\n\n",
                      ""));
    scene_play(server(SPAN("220 x\r\n250-a\r\n250 678901234567890\r\n221 y\r\n"),
                      "greeting 220/1 |220 x\\r\\n\n"
                      "other overlong |250-a\\r\\n\n"
                      "other overlong |250 678901234567\n"
                      "reply 250/1 overlong |890\\r\\n\n"
                      "reply 221/1 |221 y\\r\\n\n",
                      ""));
}

static void test_overlong_lines_that_are_no_replies(void **state)
{
    (void)state;
    scene_play(server(SPAN("220 x\r\nabcdefghijklmnopqrstuvwxyz\r\n221 y\r\n"),
                      "greeting 220/1 |220 x\\r\\n\n"
                      "other overlong |abcdefghijklmnop\n"
                      "other overlong |qrstuvwxyz\\r\\n\n"
                      "reply 221/1 |221 y\\r\\n\n",
                      ""));
    scene_play(server(SPAN("220 x\r\n2-\r\n250-a\r\nabcdefghijklmnopqr\r\n250 b\r\n"),
                      "greeting 220/1 |220 x\\r\\n\n"
                      "other |2-\\r\\n\n"
                      "other overlong |250-a\\r\\n\n"
                      "other overlong |abcdefghijklmnop\n"
                      "other overlong |qr\\r\\n\n"
                      "reply 250/1 overlong |250 b\\r\\n\n",
                      ""));
}

static void test_an_overlong_greeting(void **state)
{
    (void)state;
    scene_play(server(SPAN("220-a\r\n220-678901234567890\r\n220 b\r\n250 c\r\n"),
                      "other overlong |220-a\\r\\n\n"
                      "other overlong |220-678901234567\n"
                      "other overlong |890\\r\\n\n"
                      "greeting 220/1 overlong |220 b\\r\\n\n"
                      "reply 250/1 |250 c\\r\\n\n",
                      ""));
}

/* A piece never ends between CR and LF: what follows would look like a lone LF. */
static void test_pieces_keep_line_ends_whole(void **state)
{
    (void)state;
    scene_play(client(SPAN("NOOP 6789012345\r\r\n\r\n"),
                      "other overlong |NOOP 6789012345\n"
                      "command NOOP overlong |\\r\\r\\n\n"
                      "command UNKNOWN |\\r\\n\n",
                      ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_commands_at_the_bound),
        cmocka_unit_test(test_overlong_commands_come_in_pieces),
        cmocka_unit_test(test_overlong_auth),
        cmocka_unit_test(test_auth),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_lines_that_are_no_replies),
        cmocka_unit_test(test_garbage_within_a_reply),
        cmocka_unit_test(test_overlong_replies_come_in_pieces),
        cmocka_unit_test(test_overlong_lines_that_are_no_replies),
        cmocka_unit_test(test_an_overlong_greeting),
        cmocka_unit_test(test_pieces_keep_line_ends_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
