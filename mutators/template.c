/* template: see template.h. */
#include "mutators/template.h"

#include <inttypes.h>

#include "smtp/about.h"

/* -- what the names stand for --------------------------------------------------------------- */

typedef void adder(const struct template_source *from, struct text *out);

/* The host and the port of `192.0.2.1:25`, `[2001:db8::1]:25`, or of neither: `unix:/path`. */
static struct cut address_cut(struct span address)
{
    size_t colon = address.len;
    uint64_t port;
    while (colon > 0 && address.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0 || !span_number(span_drop(address, colon), &port))
        return (struct cut){ .before = address, .after = SPAN("") };
    struct span host = span_take(address, colon - 1);
    if (span_starts(host, SPAN("[")) && span_ends(host, SPAN("]")))
        host = span_drop_last(span_drop(host, 1), 1);
    return (struct cut){ host, span_drop(address, colon), true };
}

/* Cut at the last `@`: a quoted local part may hold others. */
static struct cut mailbox_cut(struct span mailbox)
{
    size_t at = mailbox.len;
    while (at > 0 && mailbox.ptr[at - 1] != '@')
        at--;
    if (at == 0)
        return (struct cut){ .before = mailbox, .after = SPAN("") };
    return (struct cut){ span_take(mailbox, at - 1), span_drop(mailbox, at), true };
}

static struct span sender_of(const struct template_source *from)
{
    struct span sender;
    about_sender(from->dialogue, from->event, &sender);
    return sender;
}

static void add_number(uint64_t number, struct text *out)
{
    text_addf(out, "%" PRIu64, number);
}

static void add_client(const struct template_source *from, struct text *out)
{
    text_add(out, from->facts->client);
}

static void add_client_ip(const struct template_source *from, struct text *out)
{
    text_add(out, from->facts->client_ip);
}

static void add_client_port(const struct template_source *from, struct text *out)
{
    text_add(out, address_cut(from->facts->client).after);
}

static void add_server(const struct template_source *from, struct text *out)
{
    text_add(out, from->facts->server);
}

static void add_server_ip(const struct template_source *from, struct text *out)
{
    text_add(out, address_cut(from->facts->server).before);
}

static void add_server_port(const struct template_source *from, struct text *out)
{
    text_add(out, address_cut(from->facts->server).after);
}

static void add_host(const struct template_source *from, struct text *out)
{
    text_add(out, from->facts->host);
}

static void add_helo(const struct template_source *from, struct text *out)
{
    text_add(out, about_helo(from->dialogue, from->event));
}

static void add_sender(const struct template_source *from, struct text *out)
{
    text_add(out, sender_of(from));
}

static void add_sender_domain(const struct template_source *from, struct text *out)
{
    text_add(out, mailbox_cut(sender_of(from)).after);
}

static void add_recipient(const struct template_source *from, struct text *out)
{
    text_add(out, about_recipient(from->dialogue, from->event));
}

static void add_recipient_local(const struct template_source *from, struct text *out)
{
    text_add(out, mailbox_cut(about_recipient(from->dialogue, from->event)).before);
}

static void add_recipient_domain(const struct template_source *from, struct text *out)
{
    text_add(out, mailbox_cut(about_recipient(from->dialogue, from->event)).after);
}

static void add_recipients_count(const struct template_source *from, struct text *out)
{
    bool one_more = from->event->kind == SMTP_COMMAND && from->event->command.verb == VERB_RCPT;
    add_number(about_envelope(from->dialogue, from->event)->recipient_count + one_more, out);
}

static void add_session_guid(const struct template_source *from, struct text *out)
{
    text_add(out, from->facts->guid);
}

static void add_session_number(const struct template_source *from, struct text *out)
{
    add_number(from->facts->number, out);
}

static void add_message_number(const struct template_source *from, struct text *out)
{
    add_number(about_message(from->dialogue, from->event), out);
}

static void add_verb(const struct template_source *from, struct text *out)
{
    const struct smtp_event *event = from->event;
    if (event->kind == SMTP_COMMAND && event->command.verb == VERB_UNKNOWN)
        text_add(out, event->command.word);
    else if (event->kind == SMTP_COMMAND)
        text_add(out, span_of(verb_name(event->command.verb)));
    else if (event->kind == SMTP_REPLY)
        text_add(out, span_of(verb_name(event->reply.after)));
}

static void add_code(const struct template_source *from, struct text *out)
{
    const struct smtp_event *event = from->event;
    if ((event->kind == SMTP_REPLY || event->kind == SMTP_GREETING) && event->reply.code)
        add_number(event->reply.code, out);
}

static void add_line(const struct template_source *from, struct text *out)
{
    text_add(out, span_chomp(from->event->raw));
}

static void add_date(const struct template_source *from, struct text *out)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format_mail(from->now, text);
    text_add(out, span_of(text));
}

static void add_ctime(const struct template_source *from, struct text *out)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format_ctime(from->now, text);
    text_add(out, span_of(text));
}

static void add_time(const struct template_source *from, struct text *out)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format(from->now, text);
    text_add(out, span_of(text));
}

/* Rounded up, so that nobody comes back too early. */
static void add_left(const struct template_source *from, struct text *out)
{
    uint64_t seconds = (from->left + SECONDS(1) - 1) / SECONDS(1);
    text_addf(out, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, seconds / 3600, seconds / 60 % 60,
              seconds % 60);
}

static void add_put_off(const struct template_source *from, struct text *out)
{
    add_number(from->put_off / SECONDS(1), out);
}

static void add_epoch(const struct template_source *from, struct text *out)
{
    add_number(from->now / SECONDS(1), out);
}

static void add_size(const struct template_source *from, struct text *out)
{
    add_number(about_size(from->dialogue, from->event), out);
}

/* -- names ---------------------------------------------------------------------------------- */

#define HEX_NAME "hex.N"
#define HEX_PREFIX SPAN("hex.")
#define HEX_DIGITS_MAX 16
#define MATCH_PREFIX SPAN("match.")

static const struct name {
    const char *name;
    const char *what;
    adder *add; /* NULL: hex.N and match.N, which have a number in their names */
} names[] = {
    { "client", "address and port of the client", add_client },
    { "client.ip", "address of the client", add_client_ip },
    { "client.port", "port of the client", add_client_port },
    { "server", "address and port of the upstream", add_server },
    { "server.ip", "address of the upstream", add_server_ip },
    { "server.port", "port of the upstream", add_server_port },
    { "host", "the name that the proxy goes by", add_host },
    { "helo", "the name that the client gave with HELO, EHLO or LHLO", add_helo },
    { "sender", "the sender, without angle brackets", add_sender },
    { "sender.domain", "what stands behind the sender's @", add_sender_domain },
    { "recipient", "the recipient at hand, else the message's first, without angle brackets",
      add_recipient },
    { "recipient.local", "what stands before the recipient's @", add_recipient_local },
    { "recipient.domain", "what stands behind the recipient's @", add_recipient_domain },
    { "recipients.count", "how many recipients the message has so far", add_recipients_count },
    { "session.guid", "a name of the session, unique across restarts", add_session_guid },
    { "session.number", "the session's number in this run, from 1", add_session_number },
    { "message.number", "the message's number in its session, from 1", add_message_number },
    { "verb", "the command, or the command that the reply answers", add_verb },
    { "code", "the reply's code", add_code },
    { "line", "the event's text without its line ending", add_line },
    { "date", "date and time as RFC 5322 has it in mail", add_date },
    { "ctime", "date and time as ctime(3) of C has it, in UTC", add_ctime },
    { "time", "date and time as RFC 3339 has it, with microseconds", add_time },
    { "epoch", "seconds since 1970", add_epoch },
    { "left", "how long the greylist that is refusing still waits, as hh:mm:ss", add_left },
    { "put-off", "for how many seconds a greylist had put the mail off", add_put_off },
    { "size", "bytes of the message: as declared, or as have come if those are more", add_size },
    { "match.N", "what group N of the filter matches= took, N from 0 (all of it) to 9", NULL },
    { HEX_NAME, "N random hexadecimal digits in upper case, N from 1 to 16", NULL },
};

#define NAME_COUNT (sizeof names / sizeof names[0])

const char *template_name(size_t n, const char **what)
{
    if (n >= NAME_COUNT)
        return NULL;
    if (what)
        *what = names[n].what;
    return names[n].name;
}

static const struct name *name_find(struct span name)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (names[i].add && span_equal(name, span_of(names[i].name)))
            return &names[i];
    return NULL;
}

/* N of `hex.N`; 0 when the name is none. */
static uint64_t hex_digits(struct span name)
{
    uint64_t digits = 0;
    if (!span_starts(name, HEX_PREFIX) || !span_number(span_drop(name, HEX_PREFIX.len), &digits))
        return 0;
    return digits <= HEX_DIGITS_MAX ? digits : 0;
}

/* N of `match.N`; CAPTURES_MAX when the name is none. */
static uint64_t match_group(struct span name)
{
    uint64_t group = CAPTURES_MAX;
    if (!span_starts(name, MATCH_PREFIX) || !span_number(span_drop(name, MATCH_PREFIX.len), &group))
        return CAPTURES_MAX;
    return group < CAPTURES_MAX ? group : CAPTURES_MAX;
}

static bool is_numbered(struct span name)
{
    return hex_digits(name) || match_group(name) < CAPTURES_MAX;
}

static void match_add(const struct captures *captures, uint64_t group, struct text *out)
{
    if (captures)
        text_add(out, captures->groups[group]);
}

static void hex_add(struct prng *prng, uint64_t digits, struct text *out)
{
    uint64_t bits = prng_next(prng);
    for (; digits > 0; digits--, bits >>= 4)
        text_add_byte(out, (uint8_t) "0123456789ABCDEF"[bits & 15]);
}

static void name_add(struct span name, const struct template_source *from, struct text *out)
{
    const struct name *found = name_find(name);
    if (found) {
        found->add(from, out);
    } else if (hex_digits(name)) {
        hex_add(from->prng, hex_digits(name), out);
    } else if (match_group(name) < CAPTURES_MAX) {
        match_add(from->captures, match_group(name), out);
    } else {
        text_add_byte(out, '{');
        text_add(out, name);
        text_add_byte(out, '}');
    }
}

/* -- the text ------------------------------------------------------------------------------- */

/* One piece of a template: a byte that stands for itself, or a name. */
struct piece {
    size_t len; /* bytes of the template that it takes */
    uint8_t byte;
    struct span name; /* empty for a byte */
};

static bool is_name_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '.' ||
           byte == '-';
}

static struct span name_behind(struct span text)
{
    size_t len = 0;
    if (text.len == 0 || text.ptr[0] < 'a' || text.ptr[0] > 'z')
        return SPAN("");
    while (len < text.len && is_name_byte(text.ptr[len]))
        len++;
    return len < text.len && text.ptr[len] == '}' ? span_take(text, len) : SPAN("");
}

/* The piece at the head of a text that is not empty. */
static struct piece piece_next(struct span text)
{
    struct piece piece = { .len = 1, .byte = text.ptr[0], .name = SPAN("") };
    if (span_starts(text, SPAN("{{")) || span_starts(text, SPAN("}}")))
        piece.len = 2;
    else if (piece.byte == '{')
        piece.name = name_behind(span_drop(text, 1));
    if (piece.name.len)
        piece.len = piece.name.len + 2;
    return piece;
}

void template_expand(struct span source, const struct template_source *from, struct text *out)
{
    while (source.len > 0) {
        struct piece piece = piece_next(source);
        if (piece.name.len)
            name_add(piece.name, from, out);
        else
            text_add_byte(out, piece.byte);
        source = span_drop(source, piece.len);
    }
}

bool template_check(struct span source, struct span *unknown)
{
    while (source.len > 0) {
        struct piece piece = piece_next(source);
        *unknown = piece.name;
        if (piece.name.len && !name_find(piece.name) && !is_numbered(piece.name))
            return false;
        source = span_drop(source, piece.len);
    }
    return true;
}
