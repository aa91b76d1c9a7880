/* forward: a Postfix server is told before each mail who the client is, by XFORWARD (Postfix's
 * XFORWARD_README): unlike XCLIENT for its log and its filters only. It holds for one mail, so it
 * is said in front of every MAIL; nobody hears the replies to it. */
#include "session/state.h"
#include "smtp/parse.h"

/* Bytes of a value, as Postfix has them. */
#define VALUE_MAX 255

static const char *const attributes[] = { "NAME", "ADDR", "PORT", "PROTO", "HELO", "SOURCE" };
#define ATTRIBUTE_COUNT (sizeof attributes / sizeof attributes[0])

void forward_note_offer(struct session *session, const struct smtp_event *event,
                        const struct pending *pending)
{
    struct span words;
    if (!session->options->forwards || !pending || !verb_is_hello(pending->server_verb))
        return;
    session->forward_offer = 0;
    if (event->reply.code != 250 || !smtp_offer_find(event->raw, SPAN("XFORWARD"), &words))
        return;
    while (words.len > 0) {
        struct cut word = span_cut(words, ' ');
        for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++)
            if (span_equal_nocase(word.before, span_of(attributes[i])))
                session->forward_offer |= 1U << i;
        words = word.after;
    }
}

bool forward_may_be_due(const struct session *session)
{
    const struct chain *in = &session->lanes[TO_SERVER].in;
    if (!session->options->forwards || in->len == 0)
        return false;
    uint8_t first = byte_lower(chain_at(in, 0));
    return first == 'm' || first == ' ' || first == '\t';
}

/* xtext (RFC 3461 section 4). */
static void add_value(struct text *line, struct span value)
{
    if (!value.len)
        text_add(line, SPAN("[UNAVAILABLE]"));
    value = span_take(value, VALUE_MAX);
    for (size_t i = 0; i < value.len; i++) {
        uint8_t byte = value.ptr[i];
        if (byte <= ' ' || byte > '~' || byte == '+' || byte == '=')
            text_addf(line, "+%02X", byte);
        else
            text_add_byte(line, byte);
    }
}

static struct span port_of(struct span client)
{
    size_t at = client.len;
    while (at > 0 && client.ptr[at - 1] >= '0' && client.ptr[at - 1] <= '9')
        at--;
    return span_drop(client, at);
}

static void add_attribute(const struct session *session, struct text *line, unsigned number)
{
    const struct dialogue *dialogue = &session->dialogue;
    const struct facts *facts = &session->facts;
    const struct span values[ATTRIBUTE_COUNT] = {
        SPAN(""),
        facts->client_ip,
        facts->client_ip.len ? port_of(facts->client) : SPAN(""),
        dialogue->esmtp ? SPAN("ESMTP") : SPAN("SMTP"),
        text_span(&dialogue->helo),
        SPAN("REMOTE"),
    };
    bool is_v6 = number == 1 && span_find(facts->client_ip, ':') < facts->client_ip.len;
    text_addf(line, " %s=%s", attributes[number], is_v6 ? "IPV6:" : "");
    add_value(line, values[number]);
}

/* Once a session: it is the same for every mail. */
static void miss_offer(struct session *session, instant now)
{
    if (!session->forward_missed)
        log_error(session, "no-xforward", "the server does not offer XFORWARD to us", now);
    session->forward_missed = true;
}

/* Whoever says it itself knows better than we do. */
void forward_say(struct session *session, const struct smtp_event *event, instant now)
{
    struct lane *lane = &session->lanes[TO_SERVER];
    if (!session->options->forwards)
        return;
    session->client_forwards |= event->command.verb == VERB_XFORWARD;
    if (event->command.verb != VERB_MAIL || session->client_forwards ||
        session->dialogue.server_in_body || lane->ahead > 0)
        return;
    if (!session->forward_offer) {
        miss_offer(session, now);
        return;
    }
    struct text line = { 0 };
    text_add(&line, SPAN("XFORWARD"));
    for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++)
        if (session->forward_offer & 1U << i)
            add_attribute(session, &line, i);
    text_add(&line, SPAN("\r\n"));
    pending_swallowed(&session->dialogue, VERB_XFORWARD);
    say_line(session, text_span(&line), now);
    text_deinit(&line);
}
