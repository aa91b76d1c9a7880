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

static void test_what_is_no_upstream(void **state)
{
    static const char *const cases[][2] = {
        { "", "\"\" is no address; write HOST:PORT or unix:PATH" },
        { "listen=:25", "\"\" is no address; write HOST:PORT or unix:PATH" },
        { "listen=mx mx:25", "\"mx\" has no port; write HOST:PORT" },
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
        cmocka_unit_test(test_what_is_no_upstream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
