/* test_session_memory: what an idle session costs, in bytes of heap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <malloc.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/poison.h"
#include "session_driver.h"

#ifdef SMTPCHAOS_POISONS
#include <sanitizer/allocator_interface.h>
#endif

#define SESSIONS 200

static size_t heap_in_use(void)
{
#ifdef SMTPCHAOS_POISONS
    return __sanitizer_get_current_allocated_bytes();
#else
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
}

/* What the sessions of a run share, one driver keeps; the others lend it theirs. */
struct crowd {
    struct driver shared;
    struct session *sessions[SESSIONS];
};

static void say(struct session *session, enum direction going, struct span bytes, instant now)
{
    assert_int_equal(session_receive(session, going, bytes, now), bytes.len);
    for (int direction = 0; direction < 2; direction++) {
        size_t ready = session_peek(session, (enum direction)direction).len;
        session_consume(session, (enum direction)direction, ready, now);
    }
}

static struct session *open_one(struct driver *shared, uint64_t number)
{
    const struct session_setup setup = {
        .options = &shared->options,
        .rules = shared->rules,
        .recall = shared->recall,
        .pool = &shared->pool,
        .facts = { .client = SPAN("[2001:db8:1111:2222:3333:4444:5555:6666]:40000"),
                   .client_ip = SPAN("2001:db8:1111:2222:3333:4444:5555:6666"),
                   .server = SPAN("[2001:db8:1111:2222:3333:4444:5555:7777]:25"),
                   .host = SPAN("a-proxy-with-a-long-name.example.test"),
                   .guid = SPAN("00000000-0000-0000-0000-000000000001"),
                   .number = number },
    };
    struct session *session = session_new(&setup, shared->now);
    session_connected(session, shared->now);
    return session;
}

/* As far as a mail client goes that then keeps its connection open. */
static void talk(struct session *session, instant now)
{
    say(session, TO_CLIENT, SPAN("220 mx.example.test ESMTP\r\n"), now);
    say(session, TO_SERVER, SPAN("EHLO client.example.test\r\n"), now);
    say(session, TO_CLIENT, SPAN("250-mx.example.test\r\n250-PIPELINING\r\n250 SIZE 1\r\n"), now);
    say(session, TO_SERVER, SPAN("MAIL FROM:<a@client.example.test>\r\nRCPT TO:<b@x>\r\n"), now);
    say(session, TO_CLIENT, SPAN("250 ok\r\n250 ok\r\n"), now);
    say(session, TO_SERVER, SPAN("DATA\r\n"), now);
    say(session, TO_CLIENT, SPAN("354 go\r\n"), now);
    say(session, TO_SERVER, SPAN("Subject: x\r\n\r\ntext\r\n.\r\n"), now);
    say(session, TO_CLIENT, SPAN("250 ok\r\n"), now);
}

static size_t bytes_per_session(const char *const *rules)
{
    static struct crowd crowd;
    driver_begin(&crowd.shared, rules, 1);
    size_t before = heap_in_use();
    for (size_t i = 0; i < SESSIONS; i++) {
        crowd.sessions[i] = open_one(&crowd.shared, i + 2);
        talk(crowd.sessions[i], crowd.shared.now);
    }
    size_t used = heap_in_use() - before;
    for (size_t i = 0; i < SESSIONS; i++)
        session_free(crowd.sessions[i], crowd.shared.now);
    driver_end(&crowd.shared);
    return used / SESSIONS;
}

static void test_an_idle_session_is_small(void **state)
{
    static const char *const rules[] = {
        "to client reply 250 after RCPT chance 1/4 delay time=200ms..900ms",
        "to server command RCPT recipient=*@never.test answer reply=\"451 4.7.1 later\"",
        "to server body sender=*@never.test header add=\"X: y\"",
        "to server body-end sender=*@never.test terminator as=\"\\n.\\r\\n\"",
        "to client greeting mask keep=\"20 \"",
        NULL,
    };
    (void)state;
    size_t wire = bytes_per_session(NULL);
    size_t ruled = bytes_per_session(rules);
    print_message("an idle session: %zu bytes as a wire, %zu with %zu rules\n", wire, ruled,
                  sizeof rules / sizeof rules[0] - 1);
    assert_in_range(wire, 1, SESSION_IDLE_MAX);
    assert_in_range(ruled, 1, SESSION_IDLE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_an_idle_session_is_small) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
