/* test_session_tls: TLS that is made with both sides, without TLS: the driver says when a handshake
 * is done. Inside it all is a wire, what came before never reaches it, and what is thrown away
 * costs no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "script_maker.h"
#include "session_driver.h"

#define RUNS 300

static const struct session_options intercepting = { .tls = TLS_INTERCEPT };

static void begin(struct driver *driver, const char *const *rules)
{
    driver_begin_with(driver, rules, &intercepting, DRIVER_ACCEPTS);
    driver_say(driver, SERVER, SPAN("220 mx.test ESMTP\r\n"));
    driver_hears(driver, CLIENT, "220 mx.test ESMTP\r\n");
}

/* -- what is said inside -------------------------------------------------------------------- */

static void say_in_cuts(struct driver *driver, struct text said[2], struct prng *prng)
{
    size_t at[2] = { 0 };
    while (at[CLIENT] < said[CLIENT].len || at[SERVER] < said[SERVER].len) {
        enum side side = prng_chance(prng, 1, 2) ? CLIENT : SERVER;
        struct span rest = span_drop(text_span(&said[side]), at[side]);
        struct span part = span_take(rest, prng_between(prng, 1, 200));
        driver_say(driver, side, part);
        at[side] += part.len;
    }
}

static void expect_heard(struct driver *driver, enum side side, const struct text *said,
                         uint64_t seed)
{
    struct span heard = text_span(&driver->heard[side].bytes);
    size_t at = 0;
    while (at < heard.len && at < said->len && heard.ptr[at] == said->ptr[at])
        at++;
    if (at == heard.len && at == said->len)
        return;
    struct text shown = { 0 };
    text_add_escaped(&shown, span_take(span_drop(text_span(said), at > 30 ? at - 30 : 0), 90));
    text_addf(&shown, " was heard as ");
    text_add_escaped(&shown, span_take(span_drop(heard, at > 30 ? at - 30 : 0), 90));
    fail_msg("seed %llu, side %d: %s", (unsigned long long)seed, side, text_string(&shown));
}

/* Whatever is said once both sides are secure is heard as it was said. */
static void inside_it_is_a_wire(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < RUNS; seed++) {
        struct driver driver;
        struct text said[2] = { 0 };
        struct prng prng = prng_at(seed, 3, 0, 0, 0);
        begin(&driver, NULL);
        driver_say(&driver, CLIENT, SPAN("STARTTLS\r\n"));
        driver_say(&driver, SERVER, SPAN("220 ready\r\n"));
        driver_hears(&driver, SERVER, "STARTTLS\r\n");
        driver_hears(&driver, CLIENT, "220 ready\r\n");
        assert_int_equal(driver.handshakes[CLIENT] + driver.handshakes[SERVER], 2);
        script_make(&said[CLIENT], CLIENT, &prng);
        script_make(&said[SERVER], SERVER, &prng);
        say_in_cuts(&driver, said, &prng);
        driver_finish(&driver, CLIENT);
        driver_finish(&driver, SERVER);
        expect_heard(&driver, SERVER, &said[CLIENT], seed);
        expect_heard(&driver, CLIENT, &said[SERVER], seed);
        assert_true(session_is_over(driver.session));
        text_deinit(&said[CLIENT]);
        text_deinit(&said[SERVER]);
        driver_end(&driver);
    }
}

/* -- what came before ----------------------------------------------------------------------- */

/* However much comes in clear behind STARTTLS, and whenever: it is counted, and gone. */
static void clear_text_is_thrown_away(void **state)
{
    (void)state;
    struct driver driver;
    static uint8_t flood[60000];
    memset(flood, 'x', sizeof flood);
    begin(&driver, NULL);
    driver.slow_handshakes = true;
    driver_say(&driver, CLIENT, SPAN("STARTTLS\r\nMAIL FROM:<eve@me.test>\r\n"));
    driver_hears(&driver, SERVER, "STARTTLS\r\n");
    driver_say(&driver, SERVER, SPAN("220 ready\r\n250-fake\r\n250"));
    assert_true(session_wishes(driver.session, SERVER) & WISH_SECURE);
    assert_false(session_wishes(driver.session, CLIENT) & WISH_SECURE);
    driver_hears(&driver, CLIENT, "");
    for (int i = 0; i < 20; i++)
        driver_say(&driver, SERVER, span_make(flood, sizeof flood));
    assert_true(session_held(driver.session) < 100);
    driver_shake(&driver, SERVER);
    driver_hears(&driver, CLIENT, "220 ready\r\n");
    assert_true(session_wishes(driver.session, CLIENT) & WISH_SECURE);
    assert_false(session_wishes(driver.session, CLIENT) & (WISH_READ | WISH_WRITE));
    for (int i = 0; i < 20; i++)
        driver_say(&driver, CLIENT, span_make(flood, sizeof flood));
    assert_true(session_held(driver.session) < 100);
    driver_shake(&driver, CLIENT);
    driver_say(&driver, CLIENT, SPAN("NOOP\r\n"));
    driver_hears(&driver, SERVER, "NOOP\r\n");
    driver_say(&driver, SERVER, SPAN("250 ok\r\n"));
    driver_hears(&driver, CLIENT, "250 ok\r\n");
    assert_non_null(strstr(text_string(&driver.log), "\"bytes\":1200013"));
    assert_non_null(strstr(text_string(&driver.log), "\"bytes\":1200025"));
    driver_end(&driver);
}

/* -- what is forgotten ---------------------------------------------------------------------- */

/* RFC 3207 section 4.2: rules do not know what was said before TLS. */
static void the_client_is_forgotten(void **state)
{
    static const char *const rules[] = {
        "to server command NOOP helo=me.test answer reply=\"250 known\"",
        "to server command RSET sender=ann@* answer reply=\"250 known\"", NULL
    };
    (void)state;
    struct driver driver;
    begin(&driver, rules);
    driver_say(&driver, CLIENT, SPAN("EHLO me.test\r\nNOOP\r\n"));
    driver_say(&driver, SERVER, SPAN("250 mx.test\r\n"));
    driver_hears(&driver, CLIENT, "250 mx.test\r\n250 known\r\n");
    driver_say(&driver, CLIENT, SPAN("MAIL FROM:<ann@me.test>\r\nRSET\r\n"));
    driver_say(&driver, SERVER, SPAN("250 ok\r\n"));
    driver_hears(&driver, CLIENT, "250 ok\r\n250 known\r\n");
    driver_say(&driver, CLIENT, SPAN("MAIL FROM:<ann@me.test>\r\nSTARTTLS\r\n"));
    driver_say(&driver, SERVER, SPAN("250 ok\r\n220 ready\r\n"));
    driver_hears(&driver, CLIENT, "250 ok\r\n220 ready\r\n");
    driver_say(&driver, CLIENT, SPAN("NOOP\r\nRSET\r\n"));
    driver_say(&driver, SERVER, SPAN("250 a\r\n250 b\r\n"));
    driver_hears(&driver, CLIENT, "250 a\r\n250 b\r\n");
    driver_end(&driver);
}

/* -- the clock ------------------------------------------------------------------------------ */

/* A handshake has its time and no more, but for what a rule takes of it. */
static void a_stall_is_not_the_peers_time(void **state)
{
    static const char *const rules[] = { "to client tls tls stall=before time=1m", NULL };
    (void)state;
    struct driver driver;
    begin(&driver, rules);
    driver.slow_handshakes = true;
    driver_say(&driver, CLIENT, SPAN("STARTTLS\r\n"));
    driver_say(&driver, SERVER, SPAN("220 ready\r\n"));
    driver_shake(&driver, SERVER);
    assert_true(session_is_stalled(driver.session, CLIENT));
    driver_pass(&driver, MINUTES(1) - 1);
    assert_int_equal(session_wishes(driver.session, CLIENT), 0);
    driver_pass(&driver, 1);
    assert_int_equal(session_wishes(driver.session, CLIENT), WISH_SECURE);
    driver_pass(&driver, SECONDS(30) - 1);
    assert_false(driver.heard[CLIENT].finished);
    driver_pass(&driver, 1);
    assert_true(driver.heard[CLIENT].finished);
    assert_int_equal(session_ending(driver.session), ENDING_TLS_FAILED);
    driver_end(&driver);
}

static void draining_ends_a_handshake(void **state)
{
    (void)state;
    struct driver driver;
    begin(&driver, NULL);
    driver.slow_handshakes = true;
    driver_say(&driver, CLIENT, SPAN("STARTTLS\r\n"));
    driver_say(&driver, SERVER, SPAN("220 ready\r\n"));
    session_drain(driver.session, driver.now);
    assert_true(session_is_over(driver.session));
    driver_end(&driver);
}

/* -- a client that leaves -------------------------------------------------------------------- */

static void begin_server_handshake(struct driver *driver)
{
    begin(driver, NULL);
    driver->slow_handshakes = true;
    driver_say(driver, CLIENT, SPAN("STARTTLS\r\n"));
    driver_say(driver, SERVER, SPAN("220 ready\r\n"));
    assert_true(session_wishes(driver->session, SERVER) & WISH_SECURE);
}

static void the_servers_handshake_ends_with_the_client(void **state)
{
    (void)state;
    struct driver driver;
    begin_server_handshake(&driver);
    driver_finish(&driver, CLIENT);
    assert_true(driver.heard[SERVER].finished && driver.heard[CLIENT].finished);
    /* Nobody reads from the middle of a handshake. */
    assert_int_equal(session_wishes(driver.session, SERVER), WISH_CLOSE);
    assert_int_equal(session_ending(driver.session), ENDING_CLIENT_CLOSED);
    driver_end(&driver);
    begin_server_handshake(&driver);
    driver_tear(&driver, CLIENT);
    assert_true(driver.heard[SERVER].torn);
    assert_int_equal(session_ending(driver.session), ENDING_CLIENT_RESET);
    assert_non_null(strstr(text_string(&driver.log), "the client has ended the connection"));
    driver_end(&driver);
}

/* Where TLS is the proxy's own affair, a client that has said all it wants is still served. */
static void a_client_without_tls_may_end_its_direction(void **state)
{
    static const struct session_options to_server = { .tls = TLS_TO_SERVER };
    (void)state;
    struct driver driver;
    driver_begin_with(&driver, NULL, &to_server, DRIVER_ACCEPTS);
    driver_say(&driver, SERVER, SPAN("220 mx.test ESMTP\r\n"));
    driver_hears(&driver, CLIENT, "220 mx.test ESMTP\r\n");
    driver.slow_handshakes = true;
    driver_say(&driver, CLIENT, SPAN("EHLO me.test\r\nQUIT\r\n"));
    driver_finish(&driver, CLIENT);
    driver_say(&driver, SERVER, SPAN("250-mx.test\r\n250 STARTTLS\r\n"));
    driver_say(&driver, SERVER, SPAN("220 ready\r\n"));
    assert_true(session_wishes(driver.session, SERVER) & WISH_SECURE);
    driver_shake(&driver, SERVER);
    driver_hears(&driver, SERVER, "EHLO me.test\r\nSTARTTLS\r\nEHLO me.test\r\n");
    driver_say(&driver, SERVER, SPAN("250 mx.test\r\n"));
    driver_hears(&driver, SERVER, "QUIT\r\n");
    driver_end(&driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inside_it_is_a_wire),
        cmocka_unit_test(clear_text_is_thrown_away),
        cmocka_unit_test(the_client_is_forgotten),
        cmocka_unit_test(a_stall_is_not_the_peers_time),
        cmocka_unit_test(draining_ends_a_handshake),
        cmocka_unit_test(the_servers_handshake_ends_with_the_client),
        cmocka_unit_test(a_client_without_tls_may_end_its_direction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
