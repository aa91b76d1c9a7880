/* fuzz_dots: mail with its line ends and dots. Stuffed and unstuffed it is itself with CRLFs, and
 * ends exactly where it was ended (RFC 5321 section 4.5.2); read as it stands, unstuff, the
 * decoder and a plain search find the same end, and all three the same text before it, however it
 * is cut. */
#include "base/check.h"
#include "base/prng.h"
#include "base/text.h"
#include "harness/entry.h"
#include "peers/stuff.h"
#include "peers/unstuff.h"
#include "smtp/decoder.h"

#define INPUT_MAX 8192

static struct pool pool;

/* What one way of reading found. */
struct found {
    struct text mail; /* with the dots taken away */
    bool ended;
    size_t end; /* offset of what stands behind the end */
};

static struct found of_unstuff;
static struct found of_search;

static void forget(struct found *found)
{
    text_clear(&found->mail);
    found->ended = false;
    found->end = 0;
}

/* -- ways of reading ------------------------------------------------------------------------ */

static void read_piece(struct unstuff *unstuff, struct span bytes, struct found *found)
{
    struct span piece;
    size_t len = bytes.len;
    enum unstuffed answer;
    while (!found->ended && (answer = unstuff_next(unstuff, &bytes, &piece)) != UNSTUFFED_MORE) {
        text_add(&found->mail, piece);
        found->ended = answer == UNSTUFFED_END;
    }
    found->end += len - bytes.len;
}

static void read_unstuffing(struct span bytes, size_t cut, struct found *found)
{
    struct unstuff unstuff = { 0 };
    forget(found);
    while (bytes.len > 0 && !found->ended) {
        read_piece(&unstuff, span_take(bytes, cut), found);
        bytes = span_drop(bytes, cut);
    }
}

/* Line by line, a line being what ends in CRLF. */
static void read_searching(struct span bytes, struct found *found)
{
    size_t at = 0;
    forget(found);
    while (at < bytes.len && !found->ended) {
        struct span rest = span_drop(bytes, at);
        struct span line = span_take(rest, span_search(rest, SPAN("\r\n")) + 2);
        at += line.len;
        found->ended = span_equal(line, SPAN(".\r\n"));
        if (!found->ended)
            text_add(&found->mail, span_drop(line, line.ptr[0] == '.' ? 1 : 0));
    }
    found->end = at;
}

/* Where the decoder finds the strict end; the length when there is none. */
static size_t end_of_decoder(struct span bytes, size_t cut, bool as_lines, bool *ended)
{
    struct chain in;
    struct decoder decoder;
    struct smtp_event event;
    size_t at = 0;
    chain_init(&in, &pool);
    decoder_init(&decoder, TO_SERVER, 0);
    decoder.body_as_lines = as_lines;
    decoder_enter(&decoder, PHASE_DATA);
    *ended = false;
    while (bytes.len > 0 && !*ended) {
        chain_append(&in, span_take(bytes, cut));
        bytes = span_drop(bytes, cut);
        while (!*ended && decoder_next(&decoder, &in, &event) == DECODED_EVENT) {
            *ended = event.kind == SMTP_BODY_END;
            at += event.raw.len;
            chain_drop(&in, event.raw.len);
        }
    }
    chain_deinit(&in);
    return at;
}

/* -- what must hold ------------------------------------------------------------------------- */

static bool is_begun_end(struct span mail)
{
    return span_ends(mail, SPAN(".")) || span_ends(mail, SPAN(".\r"));
}

static void check_ends(struct span input, size_t cut)
{
    bool ended;
    read_unstuffing(input, cut, &of_unstuff);
    read_searching(input, &of_search);
    check(of_unstuff.ended == of_search.ended && of_unstuff.end == of_search.end);
    if (of_search.ended || !is_begun_end(input))
        check(span_equal(text_span(&of_unstuff.mail), text_span(&of_search.mail)));
    for (int as_lines = 0; as_lines < 2; as_lines++) {
        size_t end = end_of_decoder(input, cut, as_lines, &ended);
        check(ended == of_search.ended);
        check(!ended || end == of_search.end);
    }
}

/* Lone LFs become CRLF, and the last line ends. */
static void add_proper(struct span mail, struct text *proper)
{
    for (size_t i = 0; i < mail.len; i++) {
        bool behind_cr = i > 0 && mail.ptr[i - 1] == '\r';
        if (mail.ptr[i] == '\n' && !behind_cr)
            text_add_byte(proper, '\r');
        text_add_byte(proper, mail.ptr[i]);
    }
    if (mail.len > 0 && mail.ptr[mail.len - 1] != '\n')
        text_add(proper, SPAN("\r\n"));
}

static void stuff_all(struct stuff *stuff, bool dots, struct span mail, size_t cut,
                      struct chain *out)
{
    stuff_begin(stuff, dots);
    while (mail.len > 0) {
        stuff_add(stuff, span_take(mail, cut), out);
        mail = span_drop(mail, cut);
    }
    stuff_end(stuff, out);
}

static void check_stuffed(struct span mail, size_t cut, struct span proper)
{
    struct chain out;
    struct stuff stuff;
    chain_init(&out, &pool);
    stuff_all(&stuff, true, mail, cut, &out);
    check(stuff.bytes == proper.len);
    chain_append(&out, SPAN(".\r\n"));
    struct span stuffed = chain_pull(&out, out.len);
    read_unstuffing(stuffed, cut, &of_unstuff);
    check(of_unstuff.ended && of_unstuff.end == stuffed.len);
    check(span_equal(text_span(&of_unstuff.mail), proper));
    chain_deinit(&out);
}

static void check_undotted(struct span mail, size_t cut, struct span proper)
{
    struct chain out;
    struct stuff stuff;
    chain_init(&out, &pool);
    stuff_all(&stuff, false, mail, cut, &out);
    check(span_equal(chain_pull(&out, out.len), proper));
    bool eight_bit = false;
    for (size_t i = 0; i < mail.len; i++)
        eight_bit = eight_bit || mail.ptr[i] > 127;
    check(stuff.eight_bit == eight_bit);
    chain_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct text proper;
    struct span input = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    struct prng prng = prng_at(span_hash(input, SPAN_HASH_BEGIN), 0, 0, 0, 0);
    size_t cuts[] = { SIZE_MAX, (size_t)prng_between(&prng, 1, 1 + input.len / 30) };
    text_clear(&proper);
    add_proper(input, &proper);
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        check_ends(input, cuts[i]);
        check_stuffed(input, cuts[i], text_span(&proper));
        check_undotted(input, cuts[i], text_span(&proper));
    }
    check(pool.in_use == 0);
    return 0;
}
