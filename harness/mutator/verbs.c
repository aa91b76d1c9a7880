/* verbs: command words in other letters, cut, doubled, exchanged; and what begins as another
 * protocol does. */
#include "harness/mutator/work.h"
#include "smtp/parse.h"

static void add_folded(struct work *work, struct span word)
{
    for (size_t i = 0; i < word.len; i++)
        text_add_byte(&work->piece, work_chance(work, 2) ? byte_lower(word.ptr[i]) : word.ptr[i]);
}

static struct span some_word(struct work *work)
{
    return span_of(verb_name((enum verb)work_pick(work, VERB_UNKNOWN)));
}

bool operation_verb(struct work *work)
{
    size_t at;
    if (!work_find(work, SMTP_COMMAND, &at))
        return false;
    struct span word = smtp_command_parse(work->stream.units[at].raw).word;
    text_clear(&work->piece);
    switch (work_pick(work, 6)) {
    case 0: add_folded(work, word); break;
    case 1: text_add(&work->piece, span_take(word, work_pick(work, word.len + 1))); break;
    case 2:
        text_add(&work->piece, word);
        text_add(&work->piece, word);
        break;
    case 3:
        text_add(&work->piece, SPAN(" "));
        text_add(&work->piece, word);
        break;
    default: text_add(&work->piece, some_word(work)); break;
    }
    return work_replace_part(work, word, text_span(&work->piece));
}

bool operation_preamble(struct work *work)
{
    static const struct span preambles[] = {
        SPAN_INIT("GET / HTTP/1.1\r\nHost: mx.test\r\n\r\n"),
        SPAN_INIT("POST / HTTP/1.1\r\n"),
        SPAN_INIT("CONNECT mx.test:25 HTTP/1.1\r\n"),
        SPAN_INIT("\x16\x03\x01\x00\x05hello"),
        SPAN_INIT("PROXY TCP4 192.0.2.1 192.0.2.2 4000 25\r\n"),
        SPAN_INIT("PROXY UNKNOWN\r\n"),
        SPAN_INIT("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x7f\0\0\x01\x7f\0\0\x01\x10\0\0\x19"),
        SPAN_INIT("\xef\xbb\xbf"),
        SPAN_INIT("\r\n"),
    };
    return work_replace(work, 0, 0, WORK_CHOOSE(work, preambles));
}
