/* test_cidr: addresses and networks as people write them. What a network holds is in test_match. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "session/cidr.h"

static void test_addresses_are_read(void **state)
{
    static const struct {
        const char *text;
        uint8_t address[16];
        unsigned prefix;
    } cases[] = {
        { "10.1.2.255", { [10] = 255, 255, 10, 1, 2, 255 }, 128 },
        { "10.0.0.0/8", { [10] = 255, 255, 10 }, 104 },
        { "0.0.0.0/0", { [10] = 255, 255 }, 96 },
        { "::", { 0 }, 128 },
        { "::1", { [15] = 1 }, 128 },
        { "1::", { 0, 1 }, 128 },
        { "2001:DB8::/32", { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
        { "1:2:3:4:5:6:7:8", { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8 }, 128 },
        { "1:2:3:4:5:6:7::", { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7 }, 128 },
        { "1::7:abcd/0", { 0, 1, [13] = 7, 0xab, 0xcd }, 0 },
        { "::ffff:192.0.2.1", { [10] = 255, 255, 192, 0, 2, 1 }, 128 },
        { "64:ff9b::192.0.2.1/96", { 0, 0x64, 0xff, 0x9b, [12] = 192, 0, 2, 1 }, 96 },
        { "1:2:3:4:5:6:192.0.2.1", { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 192, 0, 2, 1 }, 128 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t address[16];
        unsigned prefix = 0;
        assert_true(cidr_parse(span_of(cases[i].text), address, &prefix));
        assert_memory_equal(address, cases[i].address, sizeof address);
        assert_int_equal(prefix, cases[i].prefix);
    }
}

static void test_what_is_no_address_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "a.test",
        "10.1.2",
        "10.1.2.3.4",
        "10.1.2.256",
        "10.1.2.0003",
        "10.1..3",
        "10.1.2.3.",
        "10.1.2.-3",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "10.0.0.0/8x",
        "/8",
        ":",
        ":::",
        "1",
        ":1",
        "1:",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "1::2::3",
        "12345::",
        "g::",
        "::/129",
        "192.0.2.1::",
        "::192.0.2.1:1",
        "1:2:3:4:5:6:7:192.0.2.1",
        "fe80::1%eth0",
        "[::1]",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t address[16];
        unsigned prefix = 0;
        if (cidr_parse(span_of(cases[i]), address, &prefix))
            fail_msg("%s was taken", cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_read),
        cmocka_unit_test(test_what_is_no_address_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
