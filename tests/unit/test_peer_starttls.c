/* The built-in sender and receiver agree on TLS, and forget what came before it. The handshake
 * itself is somebody else's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peers/receiver.h"
#include "peers/sender.h"
#include "text_source.h"

struct stage {
    struct pool pool;
    struct receiver_options server_options;
    struct sender_options client_options;
    struct receiver server;
    struct sender client;
    struct span recipient;
    struct text_source source;
    struct sender_message message;
    struct sender_outcome outcome;
    unsigned handshakes;
};

static void begin(struct stage *stage, bool starttls, enum sender_tls tls)
{
    *stage = (struct stage){ .server_options = { .host = SPAN("mx"), .starttls = starttls },
                             .client_options = { .helo = SPAN("me"), .tls = tls },
                             .recipient = SPAN("b@y"),
                             .source = text_source(SPAN("hi\n"), 0) };
    stage->message = (struct sender_message){ .from = SPAN("a@x"),
                                              .recipients = &stage->recipient,
                                              .recipient_count = 1,
                                              .size = 4,
                                              .source = &stage->source.source };
    receiver_init(&stage->server, &stage->server_options, NULL, &stage->pool, 0);
    sender_init(&stage->client, &stage->client_options, &stage->pool, 0);
}

static void end(struct stage *stage)
{
    receiver_deinit(&stage->server);
    sender_deinit(&stage->client);
    pool_deinit(&stage->pool);
}

/* True when anything was said. */
static bool carry(struct stage *stage)
{
    struct chain *said = sender_out(&stage->client, 0);
    size_t len = said->len;
    receiver_feed(&stage->server, chain_pull(said, len), 0);
    sender_consume(&stage->client, len, 0);
    said = receiver_out(&stage->server);
    len += said->len;
    sender_feed(&stage->client, chain_pull(said, said->len), 0);
    chain_drop(said, said->len);
    return len > 0;
}

static void shake(struct stage *stage)
{
    assert_true(receiver_wants_tls(&stage->server));
    stage->handshakes++;
    receiver_secured(&stage->server, 0);
    sender_secured(&stage->client, 0);
}

static enum sender_end deliver(struct stage *stage)
{
    sender_send(&stage->client, &stage->message, 0);
    do {
        if (sender_wants_tls(&stage->client))
            shake(stage);
    } while (carry(stage) || sender_wants_tls(&stage->client));
    assert_true(sender_take_outcome(&stage->client, &stage->outcome));
    return stage->outcome.end;
}

static void test_who_wants_what(void **state)
{
    static const struct {
        bool offered;
        enum sender_tls wanted;
        unsigned handshakes;
        enum sender_end end;
    } cases[] = {
        { false, SENDER_TLS_NONE, 0, SENDER_DELIVERED },
        { true, SENDER_TLS_NONE, 0, SENDER_DELIVERED },
        { false, SENDER_TLS_MAY, 0, SENDER_DELIVERED },
        { true, SENDER_TLS_MAY, 1, SENDER_DELIVERED },
        { false, SENDER_TLS_MUST, 0, SENDER_LOST },
        { true, SENDER_TLS_MUST, 1, SENDER_DELIVERED },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stage stage;
        begin(&stage, cases[i].offered, cases[i].wanted);
        assert_int_equal(cases[i].end, deliver(&stage));
        assert_int_equal(cases[i].handshakes, stage.handshakes);
        assert_int_equal(cases[i].end == SENDER_DELIVERED, stage.server.counters.messages);
        end(&stage);
    }
}

static void say(struct stage *stage, const char *lines)
{
    receiver_feed(&stage->server, span_of(lines), 0);
}

static void expect(struct stage *stage, const char *last)
{
    struct chain *out = receiver_out(&stage->server);
    struct span said = chain_pull(out, out->len);
    assert_true(span_search(said, span_of(last)) < said.len);
    chain_drop(out, out->len);
}

/* CVE-2011-0411: what came in clear text must not be obeyed behind the handshake. */
static void test_the_receiver_throws_away_what_comes_behind_starttls(void **state)
{
    struct stage stage;
    (void)state;
    begin(&stage, true, SENDER_TLS_NONE);
    say(&stage, "EHLO me\r\nSTARTTLS\r\nEHLO injected\r\nMAIL FROM:<evil@x>\r\n");
    expect(&stage, "220 2.0.0");
    receiver_secured(&stage.server, 0);
    assert_int_equal(0, receiver_out(&stage.server)->len);
    say(&stage, "MAIL FROM:<a@x>\r\n");
    expect(&stage, "503 5.5.1");
    say(&stage, "STARTTLS\r\n");
    expect(&stage, "503 5.5.1");
    end(&stage);
}

static void feed(struct stage *stage, const char *lines)
{
    sender_feed(&stage->client, span_of(lines), 0);
    struct chain *out = sender_out(&stage->client, 0);
    sender_consume(&stage->client, out->len, 0);
}

static void test_the_sender_throws_away_what_comes_behind_the_220(void **state)
{
    struct stage stage;
    (void)state;
    begin(&stage, true, SENDER_TLS_MUST);
    sender_send(&stage.client, &stage.message, 0);
    feed(&stage, "220 mx\r\n");
    feed(&stage, "250-mx\r\n250-CHUNKING\r\n250 STARTTLS\r\n");
    feed(&stage, "220 go\r\n250-mx\r\n250 PIPELINING\r\n");
    assert_true(sender_wants_tls(&stage.client));
    sender_secured(&stage.client, 0);
    assert_int_equal(SENDER_EHLO, stage.client.phase);
    assert_false(stage.client.pipelining || stage.client.offers_starttls);
    end(&stage);
}

static void test_a_refused_starttls(void **state)
{
    (void)state;
    for (enum sender_tls tls = SENDER_TLS_MAY; tls <= SENDER_TLS_MUST; tls++) {
        struct stage stage;
        begin(&stage, true, tls);
        sender_send(&stage.client, &stage.message, 0);
        feed(&stage, "220 mx\r\n");
        feed(&stage, "250-mx\r\n250 STARTTLS\r\n");
        feed(&stage, "454 4.7.0 not now\r\n");
        assert_int_equal(tls == SENDER_TLS_MAY ? SENDER_MAIL : SENDER_OVER, stage.client.phase);
        end(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_wants_what),
        cmocka_unit_test(test_the_receiver_throws_away_what_comes_behind_starttls),
        cmocka_unit_test(test_the_sender_throws_away_what_comes_behind_the_220),
        cmocka_unit_test(test_a_refused_starttls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
