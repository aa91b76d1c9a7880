/* test_upstream: several upstreams, and which of them takes whose clients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proxy/upstream.h"

static struct address address_of(const char *text)
{
    struct address address;
    struct text error = { 0 };
    assert_true(address_parse(&address, span_of(text), &error));
    return address;
}

static void test_conditions_come_first(void **state)
{
    struct upstreams upstreams = { 0 };
    struct text error = { 0 };
    const struct address first = address_of("127.0.0.1:2525");
    const struct address second = address_of("unix:/run/in");
    (void)state;
    assert_true(upstreams_add(&upstreams, SPAN("listen=unix:/run/in  mx.test:25"), &error));
    assert_null(upstreams_choose(&upstreams, &first));
    assert_true(upstreams_add(&upstreams, SPAN("original"), &error));
    assert_true(upstreams_add(&upstreams, SPAN("sink"), &error));
    assert_int_equal(upstreams.count, 3);
    assert_string_equal(text_string(&upstreams.all[0].name), "mx.test:25");
    assert_ptr_equal(upstreams_choose(&upstreams, &second), &upstreams.all[0]);
    assert_ptr_equal(upstreams_choose(&upstreams, &first), &upstreams.all[2]);
    assert_true(upstreams_have(&upstreams, ADDRESS_SINK));
    assert_false(upstreams_have(&upstreams, ADDRESS_UNIX));
    upstreams_deinit(&upstreams);
}

static void expect_choice(const struct upstreams *upstreams, const struct address *listen,
                          const char *recipient, size_t number)
{
    assert_int_equal(upstreams_choose_for(upstreams, listen, span_of(recipient)), number);
}

static void test_recipients_choose(void **state)
{
    struct upstreams upstreams = { 0 };
    struct text error = { 0 };
    const struct address first = address_of("127.0.0.1:2525");
    const struct address second = address_of("unix:/run/in");
    (void)state;
    assert_true(upstreams_add(&upstreams, SPAN("match=*.a.test,a.test,x@*.test mx-a:25"), &error));
    assert_true(
        upstreams_add(&upstreams, SPAN("listen=unix:/run/in match=b.test mx-b:25"), &error));
    assert_true(upstreams_need_recipient(&upstreams, &first));
    expect_choice(&upstreams, &first, "q@a.test", 0);
    expect_choice(&upstreams, &first, "q@MX.A.test", 0);
    expect_choice(&upstreams, &first, "x@c.test", 0);
    expect_choice(&upstreams, &first, "\"q@a.test\"@c.test", UPSTREAM_NONE);
    expect_choice(&upstreams, &first, "a.test", UPSTREAM_NONE);
    expect_choice(&upstreams, &first, "q@b.test", UPSTREAM_NONE);
    expect_choice(&upstreams, &second, "q@b.test", 1);
    assert_true(upstreams_add(&upstreams, SPAN("rest:25"), &error));
    expect_choice(&upstreams, &first, "q@b.test", 2);
    expect_choice(&upstreams, &second, "postmaster", 2);
    assert_true(upstreams_match_any(&upstreams));
    upstreams_deinit(&upstreams);
    assert_false(upstreams_match_any(&upstreams));
}

/* What is for all clients of a listener, and stands before any match, needs no recipient. */
static void test_a_listener_may_need_no_recipient(void **state)
{
    struct upstreams upstreams = { 0 };
    struct text error = { 0 };
    const struct address first = address_of("127.0.0.1:2525");
    const struct address second = address_of("unix:/run/in");
    (void)state;
    assert_true(upstreams_add(&upstreams, SPAN("listen=unix:/run/in mx:25"), &error));
    assert_true(upstreams_add(&upstreams, SPAN("match=* rest:25"), &error));
    assert_false(upstreams_need_recipient(&upstreams, &second));
    assert_true(upstreams_need_recipient(&upstreams, &first));
    expect_choice(&upstreams, &first, "postmaster", 1);
    upstreams_deinit(&upstreams);
}

static void test_what_is_no_upstream(void **state)
{
    static const char *const cases[][2] = {
        { "", "\"\" is no address; write HOST:PORT or unix:PATH" },
        { "listen=:25", "\"\" is no address; write HOST:PORT or unix:PATH" },
        { "listen=mx mx:25", "\"mx\" has no port; write HOST:PORT" },
        { "match= mx:25", "\"\" is no pattern; write match=*.example.net" },
        { "match=*", "\"\" is no address; write HOST:PORT or unix:PATH" },
        { "systemd", "\"systemd\" is a place to listen at, not to send to" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct upstreams upstreams = { 0 };
        struct text error = { 0 };
        assert_false(upstreams_add(&upstreams, span_of(cases[i][0]), &error));
        assert_string_equal(text_string(&error), cases[i][1]);
        assert_int_equal(upstreams.count, 0);
        text_deinit(&error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions_come_first),
        cmocka_unit_test(test_recipients_choose),
        cmocka_unit_test(test_a_listener_may_need_no_recipient),
        cmocka_unit_test(test_what_is_no_upstream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
