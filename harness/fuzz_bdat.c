/* fuzz_bdat: messages in chunks (RFC 3030). The decoder reads commands and chunks as they were
 * written, and the built-in receiver keeps the chunks of each message, joined, whatever stands in
 * them and however they are cut.
 *
 * Input: chunks. A chunk is a byte of flags (1 it is the last of its message, 2 RSET comes behind
 * it, 4 blanks and small letters in the command), one of its length, and its bytes. */
#include "base/check.h"
#include "base/prng.h"
#include "base/text.h"
#include "harness/entry.h"
#include "harness/mailbox.h"
#include "play/script.h"
#include "smtp/decoder.h"
#include "smtp/parse.h"

#define INPUT_MAX 8192

enum { IS_LAST = 1, RESETS = 2, IS_ODD = 4 };

/* What a client says, and what should come of it. */
static struct text stream;
static struct text finished; /* mail that was ended by LAST */
static struct text all;      /* bytes of all chunks */
static unsigned messages;

static struct pool pool;
static struct mailbox mailbox;

static void begin_mail(void)
{
    text_add(&stream, SPAN("MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\n"));
}

static void write_chunk(uint8_t flags, struct span bytes)
{
    bool last = flags & IS_LAST;
    text_addf(&stream, flags & IS_ODD ? "bdat  %zu%s \r\n" : "BDAT %zu%s\r\n", bytes.len,
              last ? " LAST" : "");
    text_add(&stream, bytes);
    text_add(&all, bytes);
}

static void write_stream(struct span input)
{
    size_t begins = 0;
    text_clear(&stream);
    text_clear(&finished);
    text_clear(&all);
    messages = 0;
    text_add(&stream, SPAN("EHLO c.test\r\n"));
    begin_mail();
    while (input.len > 0) {
        uint8_t flags = script_byte(&input);
        size_t len = script_byte(&input);
        struct span bytes = span_take(input, len);
        input = span_drop(input, len);
        write_chunk(flags, bytes);
        if (flags & IS_LAST) {
            text_add(&finished, span_drop(text_span(&all), begins));
            messages++;
        } else if (flags & RESETS) {
            text_add(&stream, SPAN("RSET\r\n"));
        }
        if (flags & (IS_LAST | RESETS)) {
            begins = all.len;
            begin_mail();
        }
    }
}

/* -- the receiver --------------------------------------------------------------------------- */

static void check_receiver(struct span bytes, size_t cut)
{
    static const struct receiver_options options = { .host = { (const uint8_t *)"mx.test", 7 } };
    struct receiver receiver;
    mailbox_begin(&mailbox);
    receiver_init(&receiver, &options, &mailbox.store, &pool, SECONDS(1));
    while (bytes.len > 0) {
        receiver_feed(&receiver, span_take(bytes, cut), SECONDS(1));
        bytes = span_drop(bytes, cut);
    }
    receiver_deinit(&receiver);
    check(mailbox.finished == messages);
    check(span_equal(text_span(&mailbox.mail), text_span(&finished)));
}

/* -- the decoder ---------------------------------------------------------------------------- */

struct reading {
    struct chain in;
    struct decoder decoder;
    size_t chunked; /* bytes of chunks so far */
    unsigned ends;
};

static void take_event(struct reading *reading, const struct smtp_event *event)
{
    uint64_t size;
    bool last;
    if (event->kind == SMTP_BODY) {
        struct span expected = span_drop(text_span(&all), reading->chunked);
        check(event->body.chunked && span_starts(expected, event->raw));
        reading->chunked += event->raw.len;
    } else if (event->kind == SMTP_BODY_END) {
        check(event->raw.len == 0);
        reading->ends++;
    } else {
        check(event->kind == SMTP_COMMAND && event->command.verb != VERB_UNKNOWN);
        if (event->command.verb == VERB_BDAT &&
            smtp_bdat_parse(event->command.argument, &size, &last))
            decoder_enter_chunk(&reading->decoder, size, last);
    }
}

static void check_decoder(struct span bytes, size_t cut, bool as_lines)
{
    struct smtp_event event;
    struct reading reading = { 0 };
    chain_init(&reading.in, &pool);
    decoder_init(&reading.decoder, TO_SERVER, 0);
    reading.decoder.body_as_lines = as_lines;
    while (bytes.len > 0) {
        chain_append(&reading.in, span_take(bytes, cut));
        bytes = span_drop(bytes, cut);
        while (decoder_next(&reading.decoder, &reading.in, &event) == DECODED_EVENT) {
            struct span raw = event.raw;
            take_event(&reading, &event);
            chain_drop(&reading.in, raw.len);
        }
    }
    check(reading.chunked == all.len && reading.ends == messages && reading.in.len == 0);
    chain_deinit(&reading.in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    struct prng prng = prng_at(span_hash(input, SPAN_HASH_BEGIN), 0, 0, 0, 0);
    write_stream(input);
    size_t cuts[] = { SIZE_MAX, (size_t)prng_between(&prng, 1, 1 + stream.len / 50) };
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        check_receiver(text_span(&stream), cuts[i]);
        check_decoder(text_span(&stream), cuts[i], false);
        check_decoder(text_span(&stream), cuts[i], true);
    }
    check(pool.in_use == 0);
    return 0;
}
