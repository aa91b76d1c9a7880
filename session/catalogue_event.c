/* catalogue_event: the page of an event: what a rule can act on. */
#include "mutators/mutator.h"
#include "session/catalogue_page.h"
#include "smtp/event.h"

static const struct event_words {
    enum smtp_event_kind kind;
    const char *summary;
    const char *detail;
    const char *form;
    const char *example;
} events[] = {
    { SMTP_CONNECT, "A session begins.",
      "The direction says where the consequence goes: `to client connect` is about what the client "
      "sees of it, before there is a connection to the server.",
      "to client connect", "to client connect delay time=2s" },
    { SMTP_GREETING, "The server's first reply.",
      "All its lines at once. `reply` does not include it. RFC 5321 section 3.1.",
      "to client greeting", "to client greeting mask keep=\"20\" keep-pairs=\"0 \"" },
    { SMTP_COMMAND, "One command line of the client.",
      "With verbs, separated by commas, only those commands; UNKNOWN is any word that is none. The "
      "lines of an AUTH exchange are no commands. RFC 5321 section 4.1.1.",
      "to server command [VERB,...]",
      "to server command RCPT once answer reply=\"450 4.2.0 later\"" },
    { SMTP_REPLY, "One whole reply of the server, all its lines.",
      "With a code (250, 4xx) only such replies, with `after VERB` only those to that command. The "
      "reply to the final dot is `reply 250 after DATA`; the 354 is `reply 354`. The greeting is "
      "an "
      "event of its own. RFC 5321 section 4.2.",
      "to client reply [CODE] [after VERB]", "to client reply 250 after DATA once lose-ack" },
    { SMTP_BODY, "One line of mail, header or body.",
      "With its line ending and with the dot that stuffing puts before a dot. A chunk of BDAT is "
      "cut "
      "into lines too.",
      "to server body", "to server body every 7th strip-cr" },
    { SMTP_BODY_END, "The end of a mail.",
      "CRLF . CRLF, with the line ending of the last line; or the end of the last BDAT chunk, "
      "which "
      "has no bytes. RFC 5321 section 4.1.1.4.",
      "to server body-end", "to server body-end terminator as=\"\\n.\\r\\n\"" },
    { SMTP_TLS, "TLS with a side is about to begin.",
      "`to client tls` is the handshake with the client, in which the proxy is the server; `to "
      "server tls` the one with the server. It needs TLS that the proxy makes itself: --tls "
      "intercept, client or server, or implicit TLS. Rules on the server's handshake are asked "
      "when "
      "STARTTLS leaves, those on the client's when the 220 does.",
      "to client tls", "to client tls tls alert=handshake_failure" },
    { SMTP_CLOSE, "A side ends its direction.",
      "The direction says where the consequence goes: `to client close` is a server that ends.",
      "to client close", "to client close reset" },
    { SMTP_IDLE, "Neither side has said anything for as long as the rule says.",
      "Counted from the last bytes that came from either side, or from the beginning; once for "
      "each "
      "silence. The direction says where the consequence goes. RFC 5321 section 4.5.3.2.",
      "to client idle TIME", "to client idle 5m insert line=\"421 4.4.2 idle for too long\"" },
};

#define EVENT_COUNT (sizeof events / sizeof events[0])

const char *catalogue_event_name(size_t n, const char **summary)
{
    if (n >= EVENT_COUNT)
        return NULL;
    *summary = events[n].summary;
    return event_kind_name(events[n].kind);
}

void catalogue_add_events(unsigned kinds, struct text *out)
{
    bool first = true;
    for (size_t i = 0; i < EVENT_COUNT; i++) {
        if (!(kinds & events[i].kind))
            continue;
        text_addf(out, "%s%s", first ? "" : ", ", event_kind_name(events[i].kind));
        first = false;
    }
}

static void add_mutators(enum smtp_event_kind kind, struct text *out)
{
    for (size_t i = 0; i < mutator_count; i++)
        if (mutators[i]->wants & kind)
            text_addf(out, "%s%s", out->len ? ", " : "", mutators[i]->name);
}

void catalogue_event(struct page *page, size_t level, size_t event)
{
    const struct event_words *words = &events[event];
    struct text acting = { 0 };
    add_mutators(words->kind, &acting);
    page_title(page, level, event_kind_name(words->kind), "an event");
    page_paragraphs(page, span_of(words->summary));
    page_paragraphs(page, span_of(words->detail));
    page_item(page, "mutators", text_span(&acting));
    page_heading(page, "In a rule");
    page_code(page, span_of(words->form));
    page_heading(page, "Example");
    page_code(page, span_of(words->example));
    text_deinit(&acting);
}
