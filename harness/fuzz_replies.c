/* fuzz_replies: what a server says, read by the decoder and by a plain model that sees all lines at
 * once. Both find the same replies, with the same codes, lines and texts, however the bytes are
 * cut; and what hides credentials follows any cut, too.
 * Its inputs are mutated by harness/mutator. */
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/prng.h"
#include "harness/entry.h"
#include "smtp/credentials.h"
#include "smtp/decoder.h"
#include "smtp/parse.h"

static struct pool pool;

static struct span take_line(struct span *rest)
{
    struct span line = span_take(*rest, span_find(*rest, '\n') + 1);
    *rest = span_drop(*rest, line.len);
    return line;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* DDD and a blank, a hyphen or the end (RFC 5321 section 4.2); `goes_on` for the hyphen. */
static bool is_reply_line(struct span line, bool *goes_on)
{
    line = span_chomp(line);
    *goes_on = line.len > 3 && line.ptr[3] == '-';
    if (line.len < 3 || !is_digit(line.ptr[0]) || !is_digit(line.ptr[1]) || !is_digit(line.ptr[2]))
        return false;
    return line.len == 3 || line.ptr[3] == ' ' || *goes_on || line.ptr[3] == '\r';
}

/* The next thing as the model sees it; empty where its end has not come. */
static struct span next_of_model(struct span rest, bool *is_reply, unsigned *lines)
{
    struct span all = rest;
    bool goes_on = true;
    *is_reply = false;
    *lines = 0;
    while (rest.len > 0) {
        struct span line = take_line(&rest);
        if (!span_ends(line, SPAN("\n")))
            break;
        bool fits = is_reply_line(line, &goes_on);
        ++*lines;
        *is_reply = fits || *lines > 1;
        if (!*is_reply || (fits && !goes_on))
            return span_take(all, all.len - rest.len);
    }
    return SPAN("");
}

static void check_reply(const struct smtp_event *event, struct span raw, unsigned lines, bool first)
{
    uint64_t code = 0;
    struct span line = span_chomp(take_line(&raw));
    check(event->kind == (first ? SMTP_GREETING : SMTP_REPLY));
    check(event->reply.lines == lines);
    check(span_number(span_take(line, 3), &code) && event->reply.code == code);
    check(span_equal(event->reply.text, span_drop(line, 4)));
}

/* One event against the model; the model's rest. */
static struct span check_event(const struct smtp_event *event, struct span rest, bool *first)
{
    bool is_reply;
    unsigned lines;
    struct span raw = next_of_model(rest, &is_reply, &lines);
    check(raw.len > 0 && span_equal(raw, event->raw));
    check(is_reply == (event->kind != SMTP_OTHER));
    if (is_reply) {
        check_reply(event, raw, lines, *first);
        *first = false;
    }
    return span_drop(rest, raw.len);
}

static void decode(struct span input, size_t cut)
{
    struct chain in;
    struct decoder decoder;
    struct smtp_event event;
    struct span rest = input;
    bool first = true;
    bool is_reply;
    unsigned lines;
    chain_init(&in, &pool);
    decoder_init(&decoder, TO_CLIENT, 0);
    while (input.len > 0) {
        chain_append(&in, span_take(input, cut));
        input = span_drop(input, cut);
        while (decoder_next(&decoder, &in, &event) == DECODED_EVENT) {
            rest = check_event(&event, rest, &first);
            chain_drop(&in, event.raw.len);
        }
    }
    check(in.len == rest.len && next_of_model(rest, &is_reply, &lines).len == 0);
    chain_deinit(&in);
    check(pool.in_use == 0);
}

static void note_replies(struct span input, size_t cut, struct credentials *credentials)
{
    memset(credentials, 0, sizeof *credentials);
    credentials->is_in_auth = true;
    while (input.len > 0) {
        credentials_note_replies(credentials, span_take(input, cut));
        input = span_drop(input, cut);
    }
}

static void check_credentials(struct span input, size_t cut)
{
    struct credentials whole;
    struct credentials pieces;
    note_replies(input, SIZE_MAX, &whole);
    note_replies(input, cut, &pieces);
    check(whole.is_in_auth == pieces.is_in_auth && whole.is_challenged == pieces.is_challenged);
    check(whole.code == pieces.code && whole.is_continued == pieces.is_continued);
}

/* Longer lines and replies are cut by rules of their own, which fuzz_decoder looks at. */
#define INPUT_MAX 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    struct prng prng = prng_at(span_hash(input, SPAN_HASH_BEGIN), 0, 0, 0, 0);
    size_t cut = (size_t)prng_between(&prng, 1, 1 + input.len / 100);
    decode(input, SIZE_MAX);
    decode(input, cut);
    check_credentials(input, cut);
    return 0;
}
