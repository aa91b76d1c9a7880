/* sender_dialogue: what is said next when a reply has come. With PIPELINING the whole envelope is
 * said at once and only the replies are walked through (RFC 2920 section 3.1). */
#include <inttypes.h>

#include "peers/sender_parts.h"

static void say_hello(struct sender *sender, enum sender_phase phase)
{
    struct text line = { 0 };
    const char *verb = phase == SENDER_HELO ? "HELO" : "EHLO";
    text_addf(&line, "%s ", sender->options->lmtp ? "LHLO" : verb);
    text_add(&line, sender->options->helo);
    sender_say(sender, text_span(&line));
    text_deinit(&line);
    sender->phase = phase;
}

void sender_reply_line(struct sender *sender, struct span line)
{
    if (sender->phase != SENDER_EHLO)
        return;
    struct span keyword = span_cut(line, ' ').before;
    if (span_equal_nocase(keyword, SPAN("PIPELINING")))
        sender->pipelining = !sender->options->no_pipelining;
    else if (span_equal_nocase(keyword, SPAN("CHUNKING")))
        sender->chunking = sender->options->chunking;
    else if (span_equal_nocase(keyword, SPAN("SIZE")))
        sender->offers_size = true;
    else if (span_equal_nocase(keyword, SPAN("8BITMIME")))
        sender->offers_8bitmime = true;
    else if (span_equal_nocase(keyword, SPAN("SMTPUTF8")))
        sender->offers_utf8 = true;
    else if (span_equal_nocase(keyword, SPAN("STARTTLS")))
        sender->offers_starttls = true;
}

void sender_hello_again(struct sender *sender)
{
    sender->pipelining = sender->chunking = false;
    sender->offers_size = sender->offers_8bitmime = sender->offers_utf8 = false;
    sender->offers_starttls = false;
    text_clear(&sender->line);
    say_hello(sender, SENDER_EHLO);
}

static bool is_ascii(struct span address)
{
    for (size_t i = 0; i < address.len; i++)
        if (address.ptr[i] > 0x7f)
            return false;
    return true;
}

static bool needs_utf8(const struct sender_message *message)
{
    bool ascii = is_ascii(message->from);
    for (size_t i = 0; i < message->recipient_count && ascii; i++)
        ascii = is_ascii(message->recipients[i]);
    return !ascii;
}

static void say_path(struct sender *sender, struct span verb, struct span address,
                     struct span parameters)
{
    struct text line = { 0 };
    text_add(&line, verb);
    text_add(&line, SPAN(":<"));
    text_add(&line, address);
    text_add(&line, SPAN(">"));
    text_add(&line, parameters);
    sender_say(sender, text_span(&line));
    text_deinit(&line);
}

static void say_mail(struct sender *sender)
{
    const struct sender_message *message = sender->message;
    struct text parameters = { 0 };
    if (sender->offers_size && message->size > 0)
        text_addf(&parameters, " SIZE=%" PRIu64, message->size);
    if (sender->offers_8bitmime && message->eight_bit)
        text_add(&parameters, SPAN(" BODY=8BITMIME"));
    if (sender->offers_utf8 && needs_utf8(message))
        text_add(&parameters, SPAN(" SMTPUTF8"));
    say_path(sender, SPAN("MAIL FROM"), message->from, text_span(&parameters));
    text_deinit(&parameters);
}

static void say_rcpt(struct sender *sender, size_t n)
{
    say_path(sender, SPAN("RCPT TO"), sender->message->recipients[n], SPAN(""));
}

/* One command of the envelope, for a server that wants them singly. */
static void say_phase(struct sender *sender, enum sender_phase phase)
{
    if (phase == SENDER_RSET)
        sender_say(sender, SPAN("RSET"));
    else if (phase == SENDER_MAIL)
        say_mail(sender);
    else if (phase == SENDER_RCPT)
        say_rcpt(sender, sender->heard);
    else if (phase == SENDER_DATA)
        sender_say(sender, SPAN("DATA"));
}

static void say_envelope(struct sender *sender)
{
    if (sender->needs_reset)
        say_phase(sender, SENDER_RSET);
    say_mail(sender);
    for (size_t i = 0; i < sender->message->recipient_count; i++)
        say_rcpt(sender, i);
    if (!sender->chunking)
        say_phase(sender, SENDER_DATA);
}

static void go_on(struct sender *sender, enum sender_phase phase)
{
    sender->phase = phase;
    if (!sender->pipelining)
        say_phase(sender, phase);
}

void sender_begin_envelope(struct sender *sender)
{
    if (sender->pipelining)
        say_envelope(sender);
    go_on(sender, sender->needs_reset ? SENDER_RSET : SENDER_MAIL);
}

static void ready(struct sender *sender)
{
    sender->phase = SENDER_READY;
    if (sender->message)
        sender_begin_envelope(sender);
}

static void greeting(struct sender *sender, unsigned code)
{
    if (is_positive(code))
        say_hello(sender, SENDER_EHLO);
    else
        sender_refuse_for_good(sender, code);
}

/* What follows a hello that was granted. */
static void begin_tls_or_mail(struct sender *sender)
{
    enum sender_tls tls = sender->options->tls;
    if (sender->is_secure || tls == SENDER_TLS_NONE) {
        ready(sender);
    } else if (sender->offers_starttls) {
        sender_say(sender, SPAN("STARTTLS"));
        sender->phase = SENDER_STARTTLS;
    } else if (tls == SENDER_TLS_MUST) {
        sender_lose(sender, SENDER_LOST, "the server offers no TLS");
    } else {
        ready(sender);
    }
}

static void starttls(struct sender *sender, unsigned code)
{
    if (is_positive(code))
        sender->phase = SENDER_TLS;
    else if (sender->options->tls == SENDER_TLS_MUST)
        sender_refuse_for_good(sender, code);
    else
        ready(sender);
}

/* RFC 5321 3.2: a server that does not know EHLO may know HELO. */
static void hello(struct sender *sender, unsigned code)
{
    if (is_positive(code))
        begin_tls_or_mail(sender);
    else if (code >= 500 && sender->phase == SENDER_EHLO && !sender->options->lmtp)
        say_hello(sender, SENDER_HELO);
    else
        sender_refuse_for_good(sender, code);
}

static void reset(struct sender *sender, unsigned code)
{
    sender->needs_reset = false;
    if (is_positive(code))
        go_on(sender, SENDER_MAIL);
    else
        sender_refuse_for_good(sender, code);
}

static void mail(struct sender *sender, unsigned code)
{
    sender->mail_code = code;
    if (!is_positive(code) && !sender->pipelining) {
        sender_refuse(sender, code);
        return;
    }
    if (!is_positive(code))
        sender_note_refusal(sender, code);
    go_on(sender, SENDER_RCPT);
}

static void behind_recipients(struct sender *sender)
{
    bool all_said = sender->pipelining && !sender->chunking;
    if (sender->accepted == 0 && !all_said)
        sender_conclude(sender);
    else if (sender->chunking)
        sender_begin_body(sender);
    else
        go_on(sender, SENDER_DATA);
}

/* Behind a refused MAIL every RCPT is refused too, which says nothing about the recipients. */
static void rcpt(struct sender *sender, unsigned code)
{
    bool accepted = is_positive(code) && is_positive(sender->mail_code);
    unsigned last_word = is_positive(sender->mail_code) ? code : sender->mail_code;
    sender->codes[sender->heard++] = last_word;
    sender->accepted += accepted ? 1 : 0;
    if (!accepted)
        sender_note_refusal(sender, last_word);
    if (sender->heard == sender->message->recipient_count)
        behind_recipients(sender);
    else
        go_on(sender, SENDER_RCPT);
}

/* RFC 2920 3.1: 354 may come although no recipient was accepted; then the lone dot ends it. */
static void data(struct sender *sender, unsigned code)
{
    sender->is_hollow = sender->accepted == 0;
    if (code / 100 != 3 && sender->is_hollow) {
        sender_conclude(sender);
    } else if (code / 100 != 3) {
        sender_refuse(sender, code);
    } else if (sender->is_hollow) {
        sender_say(sender, SPAN("."));
        sender->phase = SENDER_END;
        sender->heard = sender->message->recipient_count;
    } else {
        sender_begin_body(sender);
    }
}

/* RFC 5321 4.3.2: only DATA is answered with 3yz, and with nothing else when it is granted. A reply
 * that does not fit means that we and the server are out of step. */
static bool fits(enum sender_phase phase, unsigned code)
{
    if (code / 100 == 4 || code / 100 == 5)
        return true;
    return code / 100 == (phase == SENDER_DATA ? 3 : 2);
}

static void lose_step(struct sender *sender, unsigned code)
{
    struct text why = { 0 };
    text_addf(&why, "%03u does not answer %s", code, sender_phase_name(sender->phase));
    sender_lose(sender, SENDER_LOST, text_string(&why));
    text_deinit(&why);
}

static void answer(struct sender *sender, unsigned code)
{
    switch (sender->phase) {
    case SENDER_GREETING: greeting(sender, code); break;
    case SENDER_EHLO:
    case SENDER_HELO: hello(sender, code); break;
    case SENDER_STARTTLS: starttls(sender, code); break;
    case SENDER_RSET: reset(sender, code); break;
    case SENDER_MAIL: mail(sender, code); break;
    case SENDER_RCPT: rcpt(sender, code); break;
    case SENDER_DATA: data(sender, code); break;
    case SENDER_BODY: sender_body_reply(sender, code); break;
    case SENDER_END: sender_end_reply(sender, code); break;
    case SENDER_READY:
    case SENDER_TLS:
    case SENDER_QUIT:
    case SENDER_OVER: sender_lose(sender, SENDER_LOST, "the server said more than it was asked");
    }
}

void sender_reply(struct sender *sender, unsigned code)
{
    if (sender->phase == SENDER_OVER)
        return;
    if (code == 421)
        sender_refuse_for_good(sender, code);
    else if (!fits(sender->phase, code))
        lose_step(sender, code);
    else
        answer(sender, code);
}
