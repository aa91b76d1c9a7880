/* test_introduction: a server is told who its client is, or does not want to know. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "peers/introduction.h"

static struct introduction fresh(const char *client)
{
    return (struct introduction){ .host = SPAN("proxy.test"),
                                  .client = span_of(client),
                                  .client_port = 40000,
                                  .local = SPAN("192.0.2.2"),
                                  .local_port = 25 };
}

/* What is said when the server has said `line`, however it is cut. */
static void expect(struct introduction *introduction, const char *line, const char *said)
{
    struct span bytes = span_of(line);
    for (size_t i = 0; i < bytes.len; i++)
        introduction_hear(introduction, span_make(&bytes.ptr[i], 1));
    assert_string_equal(text_string(&introduction->say), said);
    text_clear(&introduction->say);
}

static void expect_rest(struct introduction *introduction, const char *rest, bool told)
{
    struct text heard = { 0 };
    assert_int_equal(introduction->step, INTRODUCTION_DONE);
    introduction_add_rest(introduction, &heard);
    assert_string_equal(text_string(&heard), rest);
    assert_int_equal(introduction->why == NULL, told);
    text_deinit(&heard);
    introduction_deinit(introduction);
}

static void test_the_server_is_told(void **state)
{
    struct introduction one = fresh("192.0.2.1");
    struct introduction other = fresh("2001:db8::1");
    (void)state;
    expect(&one, "220-mx\r\n220 mx\r\n", "EHLO proxy.test\r\n");
    expect(&one, "250-mx\r\n250-XCLIENT NAME ADDR PORT PROTO DESTADDR DESTPORT\r\n250 SIZE\r\n",
           "XCLIENT NAME=[UNAVAILABLE] ADDR=192.0.2.1 PORT=40000 DESTADDR=192.0.2.2 "
           "DESTPORT=25\r\n");
    expect(&one, "220 mx again\r\n", "");
    introduction_hear(&one, SPAN("early"));
    expect_rest(&one, "220 mx again\r\nearly", true);
    expect(&other, "220 mx\r\n", "EHLO proxy.test\r\n");
    expect(&other, "250-mx\r\n250 XCLIENT ADDR\r\n", "XCLIENT ADDR=IPV6:2001:db8::1\r\n");
    expect(&other, "501 no\r\n", "");
    expect_rest(&other, "220 mx\r\n", false);
}

static void test_the_server_does_not_want_to_know(void **state)
{
    struct introduction busy = fresh("192.0.2.1");
    struct introduction plain = fresh("192.0.2.1");
    (void)state;
    expect(&busy, "421 busy\r\n", "");
    expect_rest(&busy, "421 busy\r\n", false);
    expect(&plain, "220 mx\r\n", "EHLO proxy.test\r\n");
    expect(&plain, "250-mx\r\n250 XCLIENTELE\r\n", "");
    expect_rest(&plain, "220 mx\r\n", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_server_is_told),
        cmocka_unit_test(test_the_server_does_not_want_to_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
