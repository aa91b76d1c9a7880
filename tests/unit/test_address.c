/* test_address: the addresses that options take, and how sockets' addresses are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proxy/address.h"

static void test_addresses_are_read_and_written(void **state)
{
    static const struct {
        const char *text;
        enum address_kind kind;
        const char *host; /* or path */
        uint16_t port;
    } cases[] = {
        { "127.0.0.1:25", ADDRESS_INET, "127.0.0.1", 25 },
        { "mx.test:2525", ADDRESS_INET, "mx.test", 2525 },
        { "[::1]:25", ADDRESS_INET, "::1", 25 },
        { ":25", ADDRESS_INET, "", 25 },
        { "localhost:0", ADDRESS_INET, "localhost", 0 },
        { "localhost:65535", ADDRESS_INET, "localhost", 65535 },
        { "unix:/run/smtp", ADDRESS_UNIX, "/run/smtp", 0 },
        { "unix:a:b", ADDRESS_UNIX, "a:b", 0 },
        { "sink", ADDRESS_SINK, "", 0 },
        { "smtps:mx.test:465", ADDRESS_INET, "mx.test", 465 },
        { "smtps:[::1]:465", ADDRESS_INET, "::1", 465 },
        { "smtps:unix:/run/smtps", ADDRESS_UNIX, "/run/smtps", 0 },
        { "original", ADDRESS_ORIGINAL, "", 0 },
        { "systemd", ADDRESS_SYSTEMD, "", 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address;
        struct text error = { 0 };
        struct text written = { 0 };
        assert_true(address_parse(&address, span_of(cases[i].text), &error));
        assert_int_equal(address.kind, cases[i].kind);
        bool is_path = address.kind == ADDRESS_UNIX;
        assert_string_equal(is_path ? address.path : address.host, cases[i].host);
        assert_int_equal(address.port, cases[i].port);
        assert_int_equal(address.is_tls, span_starts(span_of(cases[i].text), SPAN("smtps:")));
        address_format(&address, &written);
        assert_string_equal(text_string(&written), cases[i].text);
        text_deinit(&written);
        text_deinit(&error);
    }
}

static void test_what_is_no_address_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        { "", "\"\" is no address; write HOST:PORT or unix:PATH" },
        { "localhost", "\"localhost\" has no port; write HOST:PORT" },
        { "[::1]", "\"[::1]\" has no port; write HOST:PORT" },
        { "::1:25", "\"::1:25\" has too many colons; an IPv6 address is written [::1]:25" },
        { "mx:", "\"mx:\" has no port from 0 to 65535" },
        { "mx:smtp", "\"mx:smtp\" has no port from 0 to 65535" },
        { "mx:65536", "\"mx:65536\" has no port from 0 to 65535" },
        { "mx:-1", "\"mx:-1\" has no port from 0 to 65535" },
        { "unix:", "\"unix:\" names no path" },
        { "smtps:", "\"\" is no address; write HOST:PORT or unix:PATH" },
        { "smtps:sink",
          "\"smtps:sink\" is no address: the receiver that is built in speaks no TLS" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address;
        struct text error = { 0 };
        assert_false(address_parse(&address, span_of(cases[i].text), &error));
        assert_string_equal(text_string(&error), cases[i].error);
        text_deinit(&error);
    }
}

static void test_what_does_not_fit_is_refused(void **state)
{
    char text[400];
    struct address address;
    struct text error = { 0 };
    (void)state;
    memset(text, 'a', sizeof text);
    memcpy(text, "unix:", 5);
    assert_true(address_parse(&address, span_make(text, 5 + ADDRESS_PATH_SIZE - 1), &error));
    assert_false(address_parse(&address, span_make(text, 5 + ADDRESS_PATH_SIZE), &error));
    memset(text, 'a', 5);
    memcpy(text + ADDRESS_HOST_SIZE - 1, ":25", 3);
    assert_true(address_parse(&address, span_make(text, ADDRESS_HOST_SIZE + 2), &error));
    memcpy(text + ADDRESS_HOST_SIZE - 1, "a:25", 4);
    assert_false(address_parse(&address, span_make(text, ADDRESS_HOST_SIZE + 3), &error));
    text_deinit(&error);
}

static void test_socket_addresses(void **state)
{
    static const struct {
        const char *text;
        const char *written;
        const char *host;
        bool is_loopback;
    } cases[] = {
        { "127.0.0.1:25", "127.0.0.1:25", "127.0.0.1", true },
        { "127.255.0.9:1", "127.255.0.9:1", "127.255.0.9", true },
        { "0.0.0.0:25", "0.0.0.0:25", "0.0.0.0", false },
        { "192.0.2.1:25", "192.0.2.1:25", "192.0.2.1", false },
        { "[::1]:25", "[::1]:25", "::1", true },
        { "[::]:25", "[::]:25", "::", false },
        { "[2001:db8::1]:25", "[2001:db8::1]:25", "2001:db8::1", false },
        { "[::ffff:192.0.2.1]:25", "192.0.2.1:25", "192.0.2.1", false },
        { "unix:/run/smtp", "unix:/run/smtp", "", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address;
        struct socket_address socket;
        struct text written = { 0 };
        struct text host = { 0 };
        assert_true(address_parse(&address, span_of(cases[i].text), &written));
        assert_true(address_to_socket(&address, &socket));
        socket_address_format(&socket, &written);
        assert_string_equal(text_string(&written), cases[i].written);
        socket_address_format_host(&socket, &host);
        assert_string_equal(text_string(&host), cases[i].host);
        assert_int_equal(socket_address_is_loopback(&socket), cases[i].is_loopback);
        text_deinit(&written);
        text_deinit(&host);
    }
}

static struct socket_address socket_of(const char *text)
{
    struct address address;
    struct socket_address socket;
    struct text error = { 0 };
    assert_true(address_parse(&address, span_of(text), &error));
    assert_true(address_to_socket(&address, &socket));
    return socket;
}

static void test_equal_sockets(void **state)
{
    struct socket_address v4 = socket_of("192.0.2.1:25");
    struct socket_address mapped = socket_of("[::ffff:192.0.2.1]:25");
    struct socket_address v6 = socket_of("[2001:db8::1]:25");
    (void)state;
    assert_true(socket_address_equal(&v4, &mapped));
    assert_true(socket_address_equal(&v6, &v6));
    assert_false(socket_address_equal(&v4, &v6));
    socket_address_set_port(&mapped, 26);
    assert_int_equal(socket_address_port(&mapped), 26);
    assert_false(socket_address_equal(&v4, &mapped));
    socket_address_unmap(&mapped);
    assert_int_equal(mapped.storage.ss_family, v4.storage.ss_family);
    assert_int_equal(socket_address_port(&mapped), 26);
    v4 = socket_of("0.0.0.0:1");
    mapped = socket_of("[::]:1");
    assert_true(socket_address_is_any(&v4) && socket_address_is_any(&mapped));
    assert_false(socket_address_is_any(&v6));
}

static void test_names_are_no_numbers(void **state)
{
    struct address address;
    struct socket_address socket;
    struct text error = { 0 };
    (void)state;
    assert_true(address_parse(&address, span_of("mx.test:25"), &error));
    assert_false(address_to_socket(&address, &socket));
    assert_true(address_parse(&address, span_of(":25"), &error));
    assert_false(address_to_socket(&address, &socket));
}

static void test_a_socket_without_a_name(void **state)
{
    struct socket_address nameless = { .storage.ss_family = AF_UNIX,
                                       .size = sizeof nameless.storage.ss_family };
    struct text written = { 0 };
    (void)state;
    socket_address_format(&nameless, &written);
    assert_string_equal(text_string(&written), "unix");
    text_deinit(&written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_read_and_written),
        cmocka_unit_test(test_what_is_no_address_is_refused),
        cmocka_unit_test(test_what_does_not_fit_is_refused),
        cmocka_unit_test(test_socket_addresses),
        cmocka_unit_test(test_equal_sockets),
        cmocka_unit_test(test_names_are_no_numbers),
        cmocka_unit_test(test_a_socket_without_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
