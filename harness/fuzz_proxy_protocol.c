/* fuzz_proxy_protocol: bytes that are taken for a PROXY header. However they are cut, they are
 * unfinished until they are what all together are, and what was understood is written and read
 * again. */
#include <string.h>

#include "base/check.h"
#include "harness/entry.h"
#include "peers/proxy_header.h"

static bool is_same(const struct proxy_header *one, const struct proxy_header *other)
{
    return one->family == other->family && one->source.port == other->source.port &&
           one->destination.port == other->destination.port &&
           memcmp(one->source.address, other->source.address, 16) == 0 &&
           memcmp(one->destination.address, other->destination.address, 16) == 0;
}

static void write_and_read(const struct proxy_header *header)
{
    for (unsigned version = 1; version <= 2; version++) {
        struct text written = { 0 };
        struct proxy_header again;
        proxy_header_write(header, version, &written);
        check(proxy_header_parse(text_span(&written), &again) == PROXY_HEADER_WHOLE);
        check(again.size == written.len && is_same(header, &again));
        text_deinit(&written);
    }
}

/* Byte by byte the answer changes once, from unfinished to what all bytes together are. */
static void try_cuts(struct span bytes, enum proxy_header_state all, size_t size)
{
    for (size_t len = 0; len < bytes.len && len < PROXY_HEADER_MAX; len++) {
        struct proxy_header header;
        enum proxy_header_state state = proxy_header_parse(span_take(bytes, len), &header);
        if (all == PROXY_HEADER_WHOLE)
            check(state == (len < size ? PROXY_HEADER_UNFINISHED : PROXY_HEADER_WHOLE));
        else
            check(state == PROXY_HEADER_UNFINISHED || state == all);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = span_make(data, size);
    struct proxy_header header;
    enum proxy_header_state state = proxy_header_parse(bytes, &header);
    check((state == PROXY_HEADER_BAD) == (header.why != NULL));
    if (state == PROXY_HEADER_WHOLE) {
        check(header.size > 0 && header.size <= size && header.size <= PROXY_HEADER_MAX);
        write_and_read(&header);
    }
    try_cuts(bytes, state, header.size);
    return 0;
}
