/* fuzz_tls: two ends of TLS with fixed keys, and a wire between them on which a script cuts,
 * changes and puts in bytes. What an end reads is the beginning of what the other wrote, whatever
 * was done on the wire; it is all of it where nothing was done; buffers are bounded and come back.
 *
 * Input: a byte of the version, one of the records' size, and steps; see do_step. */
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "harness/entry.h"
#include "harness/fixed_tls.h"
#include "play/script.h"
#include "proxy/tls/layer.h"

#define INPUT_MAX 512

struct end {
    struct layer *layer;
    struct tls_plan plan;
    struct text wrote; /* as long as it was within TLS */
    struct text read;
    bool bare;
    bool finished;
    bool told; /* that no more records come */
};

static struct buffer_store store;
static struct end ends[2];
static bool harmed; /* something was done on the wire */

static struct end *other(const struct end *end)
{
    return &ends[end == &ends[0]];
}

static void begin_end(struct end *end, SSL_CTX *context, bool is_server, int highest)
{
    SSL *ssl = SSL_new(context);
    check(ssl != NULL);
    if (is_server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    SSL_set_max_proto_version(ssl, highest);
    text_clear(&end->wrote);
    text_clear(&end->read);
    end->bare = end->finished = end->told = false;
    end->layer = layer_new(ssl, &store, &end->plan);
}

/* -- the wire ------------------------------------------------------------------------------- */

static bool put(struct end *to, struct span bytes, uint8_t change)
{
    size_t room;
    uint8_t *place = layer_reserve(to->layer, &room);
    bytes = span_take(bytes, to->told ? 0 : room);
    if (bytes.len > 0) {
        memcpy(place, bytes.ptr, bytes.len);
        place[bytes.len - 1] ^= change;
    }
    layer_commit(to->layer, bytes.len);
    return bytes.len > 0;
}

/* Carries up to n bytes away from an end, the last of them changed. */
static bool carry(struct end *from, size_t n, uint8_t change)
{
    struct span there = span_take(layer_peek(from->layer), n);
    size_t room;
    layer_reserve(other(from)->layer, &room);
    layer_commit(other(from)->layer, 0);
    there = span_take(there, room);
    bool moved = there.len > 0 && put(other(from), there, change);
    harmed |= moved && change != 0;
    layer_consume(from->layer, moved ? there.len : 0);
    check(layer_peek(from->layer).len <= TLS_BUFFER_SIZE);
    return moved;
}

/* -- the ends ------------------------------------------------------------------------------- */

static bool read_some(struct end *end)
{
    uint8_t place[1000];
    if (!layer_is_secure(end->layer))
        return false;
    ssize_t got = layer_read(end->layer, place, sizeof place);
    if (got > 0)
        text_add(&end->read, span_make(place, (size_t)got));
    check(got != 0 || end->told || other(end)->finished || harmed);
    check(got >= 0 || got == LAYER_NOTHING || layer_is_broken(end->layer));
    return got > 0;
}

static void write_some(struct end *end, uint8_t seed, size_t len)
{
    uint8_t bytes[256];
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(seed + i);
    struct span span = span_make(bytes, len);
    if (!layer_is_secure(end->layer) || end->bare || end->finished)
        return;
    size_t taken = layer_write(end->layer, &span, 1);
    check(taken <= len);
    text_add(&end->wrote, span_take(span, taken));
}

static void check_end(const struct end *end)
{
    /* Behind a close_notify clear text may follow, which anybody can write. */
    if (!other(end)->bare)
        check(span_starts(text_span(&other(end)->wrote), text_span(&end->read)));
}

static void do_step(struct span *input)
{
    uint8_t what = script_byte(input);
    struct end *end = &ends[what >> 7];
    switch (what & 7) {
    case 0: write_some(end, what, script_byte(input)); break;
    case 1: carry(end, script_byte(input) + (size_t)1, 0); break;
    case 2: carry(end, SIZE_MAX, 0); break;
    case 3: carry(end, script_byte(input) + (size_t)1, script_byte(input)); break;
    case 4: {
        struct span bytes = span_take(*input, script_byte(input) & 15);
        harmed |= put(end, bytes, 0);
        *input = span_drop(*input, bytes.len);
        break;
    }
    case 5:
        if (layer_is_secure(end->layer) && !end->bare) {
            layer_finish(end->layer);
            end->finished = true;
        }
        break;
    case 6:
        harmed |= layer_peek(other(end)->layer).len > 0;
        layer_input_ended(end->layer);
        end->told = true;
        break;
    default: layer_shake(end->layer); break;
    }
    read_some(end);
    check_end(end);
}

/* Until nothing moves any more. */
static void settle(void)
{
    bool moves = true;
    while (moves) {
        moves = false;
        for (int i = 0; i < 2; i++) {
            if (!layer_is_secure(ends[i].layer))
                layer_shake(ends[i].layer);
            moves = carry(&ends[i], SIZE_MAX, 0) || moves;
            moves = read_some(&ends[i]) || moves;
            check_end(&ends[i]);
        }
    }
}

static bool is_whole(void)
{
    bool told = ends[0].told || ends[1].told;
    return !harmed && !told;
}

static void check_whole(void)
{
    for (int i = 0; i < 2; i++)
        check(span_equal(text_span(&ends[i].read), text_span(&other(&ends[i])->wrote)));
    check(layer_is_secure(ends[0].layer) && layer_is_secure(ends[1].layer));
    check(store.in_use == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    const struct fixed_tls *tls = fixed_tls();
    uint8_t head = script_byte(&input);
    size_t fragment = script_byte(&input);
    int highest = head & 1 ? TLS1_2_VERSION : TLS1_3_VERSION;
    fixed_tls_begin();
    ends[0].plan = ends[1].plan = (struct tls_plan){ .fragment = fragment };
    begin_end(&ends[0], tls->server, true, highest);
    begin_end(&ends[1], tls->client, false, highest);
    harmed = false;
    if (head & 2)
        settle();
    while (input.len > 0)
        do_step(&input);
    settle();
    if (is_whole())
        check_whole();
    layer_free(ends[0].layer);
    layer_free(ends[1].layer);
    check(store.in_use == 0);
    return 0;
}
