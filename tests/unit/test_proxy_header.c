/* test_proxy_header: headers of the PROXY protocol, good, cut and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "peers/proxy_header.h"

#define V2 "\r\n\r\n\0\r\nQUIT\n"
#define ENDS_V4 "\xC0\0\2\1\xC0\0\2\2\x9C\x40\0\x19"

static void test_good_headers(void **state)
{
    static const struct {
        struct span bytes;
        enum proxy_family family;
    } cases[] = {
        { SPAN_INIT("PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\r\n"), PROXY_FAMILY_V4 },
        { SPAN_INIT("PROXY UNKNOWN\r\n"), PROXY_FAMILY_NONE },
        { SPAN_INIT("PROXY UNKNOWN whatever it says\r\n"), PROXY_FAMILY_NONE },
        { SPAN_INIT(V2 "\x21\x11\0\x0C" ENDS_V4), PROXY_FAMILY_V4 },
        { SPAN_INIT(V2 "\x21\x11\0\x13" ENDS_V4 "\2\0\4mail"), PROXY_FAMILY_V4 },
        { SPAN_INIT(V2 "\x20\0\0\0"), PROXY_FAMILY_NONE },
        { SPAN_INIT(V2 "\x20\x11\0\x0C" ENDS_V4), PROXY_FAMILY_NONE },
        { SPAN_INIT(V2 "\x21\0\0\0"), PROXY_FAMILY_NONE },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text bytes = { 0 };
        struct proxy_header header;
        text_add(&bytes, cases[i].bytes);
        text_add(&bytes, SPAN("EHLO"));
        assert_int_equal(proxy_header_parse(text_span(&bytes), &header), PROXY_HEADER_WHOLE);
        assert_int_equal(header.size, cases[i].bytes.len);
        assert_int_equal(header.family, cases[i].family);
        if (header.family == PROXY_FAMILY_V4) {
            assert_memory_equal(header.source.address, "\xC0\0\2\1", 4);
            assert_memory_equal(header.destination.address, "\xC0\0\2\2", 4);
            assert_int_equal(header.source.port, 40000);
            assert_int_equal(header.destination.port, 25);
        }
        for (size_t len = 0; len < cases[i].bytes.len; len++)
            assert_int_equal(proxy_header_parse(span_take(cases[i].bytes, len), &header),
                             PROXY_HEADER_UNFINISHED);
        text_deinit(&bytes);
    }
}

static void test_bad_headers(void **state)
{
    static const struct span cases[] = {
        SPAN_INIT("EHLO me\r\n"),
        SPAN_INIT("proxy TCP4 192.0.2.1 192.0.2.2 40000 25\r\n"),
        SPAN_INIT("PROXY TCP5 192.0.2.1 192.0.2.2 40000 25\r\n"),
        SPAN_INIT("PROXY TCP4 192.0.2.1 192.0.2.2 40000\r\n"),
        SPAN_INIT("PROXY TCP4 192.0.2.1 192.0.2.2 40000 25 \r\n"),
        SPAN_INIT("PROXY TCP4 192.0.2.1  192.0.2.2 40000 25\r\n"),
        SPAN_INIT("PROXY TCP4 192.0.2.256 192.0.2.2 40000 25\r\n"),
        SPAN_INIT("PROXY TCP4 192.0.2 192.0.2.2 40000 25\r\n"),
        SPAN_INIT("PROXY TCP4 ::1 ::1 40000 25\r\n"),
        SPAN_INIT("PROXY TCP6 192.0.2.1 192.0.2.2 40000 25\r\n"),
        SPAN_INIT("PROXY TCP4 192.0.2.1 192.0.2.2 65536 25\r\n"),
        SPAN_INIT("PROXY TCP4 192.0.2.1 192.0.2.2 040 25\r\n"),
        SPAN_INIT("PROXY \r\n"),
        SPAN_INIT(V2 "\x22\x11\0\x0C" ENDS_V4),
        SPAN_INIT(V2 "\x11\x11\0\x0C" ENDS_V4),
        SPAN_INIT(V2 "\x21\x12\0\x0C" ENDS_V4),
        SPAN_INIT(V2 "\x21\x21\0\x0C" ENDS_V4),
        SPAN_INIT(V2 "\x21\x11\0\x0F" ENDS_V4 "\2\0\4"),
        SPAN_INIT(V2 "\x21\x11\0\x13" ENDS_V4 "\3\0\4\0\0\0\0"),
        SPAN_INIT(V2 "\x21\x11\xFF\xFF"),
    };
    struct text longest = { 0 };
    struct proxy_header header;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(proxy_header_parse(cases[i], &header), PROXY_HEADER_BAD);
        assert_non_null(header.why);
    }
    text_addf(&longest, "PROXY UNKNOWN %086d\r\n", 0);
    assert_int_equal(longest.len, 102);
    text_clear(&longest);
    text_addf(&longest, "PROXY UNKNOWN %091d\r\n", 0);
    assert_int_equal(proxy_header_parse(text_span(&longest), &header), PROXY_HEADER_WHOLE);
    text_clear(&longest);
    text_addf(&longest, "PROXY UNKNOWN %092d\r\n", 0);
    assert_int_equal(proxy_header_parse(text_span(&longest), &header), PROXY_HEADER_BAD);
    text_deinit(&longest);
}

static void test_addresses_of_version_6(void **state)
{
    static const struct {
        const char *text;
        const char *bytes; /* NULL: it is none */
    } cases[] = {
        { "::", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" },
        { "::1", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1" },
        { "2001:DB8::a:1", "\x20\1\x0D\xB8\0\0\0\0\0\0\0\0\0\x0A\0\1" },
        { "1:2:3:4:5:6:7:8", "\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\x08" },
        { "1:2:3:4:5:6:7::", "\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\0" },
        { "::ffff:192.0.2.1", "\0\0\0\0\0\0\0\0\0\0\xFF\xFF\xC0\0\2\1" },
        { "1:2:3:4:5:6:7:8::", NULL },
        { "1:2:3:4:5:6:7", NULL },
        { "1:2:3:4:5:6:7:8:9", NULL },
        { "1::2::3", NULL },
        { ":::", NULL },
        { ":1", NULL },
        { "12345::", NULL },
        { "g::", NULL },
        { "192.0.2.1::", NULL },
        { "", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text line = { 0 };
        struct proxy_header header;
        text_addf(&line, "PROXY TCP6 %s ::1 1 2\r\n", cases[i].text);
        enum proxy_header_state found = proxy_header_parse(text_span(&line), &header);
        assert_int_equal(found, cases[i].bytes ? PROXY_HEADER_WHOLE : PROXY_HEADER_BAD);
        if (cases[i].bytes)
            assert_memory_equal(header.source.address, cases[i].bytes, 16);
        text_deinit(&line);
    }
}

static void test_written_headers(void **state)
{
    struct proxy_header header;
    struct text out = { 0 };
    (void)state;
    proxy_header_parse(SPAN("PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\r\n"), &header);
    proxy_header_write(&header, 1, &out);
    assert_string_equal(text_string(&out), "PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\r\n");
    text_clear(&out);
    proxy_header_write(&header, 2, &out);
    assert_true(span_equal(text_span(&out), SPAN(V2 "\x21\x11\0\x0C" ENDS_V4)));
    text_clear(&out);
    header.family = PROXY_FAMILY_NONE;
    proxy_header_write(&header, 1, &out);
    assert_string_equal(text_string(&out), "PROXY UNKNOWN\r\n");
    text_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_headers),
        cmocka_unit_test(test_bad_headers),
        cmocka_unit_test(test_addresses_of_version_6),
        cmocka_unit_test(test_written_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
