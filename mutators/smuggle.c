/* smuggle: puts a second mail behind the text of the first, parted from it by bytes that only some
 * servers take for the end of mail. */
#include "mutators/end_of_data.h"
#include "mutators/lines.h"
#include "mutators/mutator.h"

enum { AS, SEQUENCE, WITH, BEHIND };
enum { WITH_DATA, WITH_BDAT };

static const struct param smuggle_params[] = {
    [AS] = { .name = "as",
             .kind = PARAM_LITERAL,
             .what = "the bytes between the two mails, with escapes; nothing is added" },
    [SEQUENCE] = END_OF_DATA_SEQUENCE,
    [WITH] = { .name = "with",
               .kind = PARAM_WORD,
               .choices = "data|bdat",
               .preset = WITH_DATA,
               .what = "how the second mail is sent; BDAT needs a server that offers CHUNKING" },
    [BEHIND] = { .name = "behind",
                 .kind = PARAM_TEXT,
                 .preset_text = "MAIL FROM:<smuggler@{sender.domain}>\r\n"
                                "RCPT TO:<{recipient}>\r\n",
                 .what = "the commands that begin the second mail" },
};

/* The mail ends where the first one was to end. */
#define BY_DATA                                                                                    \
    "DATA\r\n"                                                                                     \
    "Subject: smuggled\r\n"                                                                        \
    "\r\n"                                                                                         \
    "This mail was smuggled."
#define BY_BDAT                                                                                    \
    "BDAT 46 LAST\r\n"                                                                             \
    "Subject: smuggled\r\n"                                                                        \
    "\r\n"                                                                                         \
    "This mail was smuggled.\r\n"

static bool smuggle_accepts(const struct argument *arguments, struct text *error)
{
    return end_of_data_is_said(&arguments[AS], &arguments[SEQUENCE], error);
}

/* The end of mail begins with the line end of the last line, unless that has left. */
static size_t line_end_before_dot(struct span end)
{
    struct span first = line_first(end);
    return span_chomp(first).len == 0 ? first.len : 0;
}

static enum verdict smuggle_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (event->body.chunked)
        return UNTOUCHED;
    end_of_data_send(mutation, AS, SEQUENCE);
    line_send(mutation, mutation_text(mutation, BEHIND));
    bool bdat = mutation_param(mutation, WITH) == WITH_BDAT;
    mutation_send(mutation, bdat ? SPAN(BY_BDAT) : SPAN(BY_DATA));
    mutation_send(mutation, bdat ? SPAN("") : SPAN("\r\n"));
    mutation_send(mutation, span_drop(event->raw, line_end_before_dot(event->raw)));
    return TAKEN;
}

const struct mutator mutator_smuggle = {
    .name = "smuggle",
    .family = "line endings and terminator",
    .summary = "Hide a second mail behind bytes that only some servers take for the end of mail.",
    .detail =
        "At the end of the text stand the bytes of as= or sequence=, then MAIL, RCPT and the "
        "beginning of another mail, which the real end of the first one ends. A strict server "
        "delivers one mail with all of that in its text; one that takes the bytes for the end "
        "delivers two, and the second has a sender that nobody has looked at. Count the mails.\n\n"
        "Replies to what was smuggled come on top: the client hears them unasked.\n\n"
        "Mail that comes by BDAT stays as it is.",
    .clause = "RFC 5321 section 4.1.1.4: only CRLF . CRLF ends mail; section 2.3.8: no lone CR or "
              "LF.",
    .example = "to server body-end once smuggle as=\"\\n.\\n\"",
    .wants = SMTP_BODY_END,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(smuggle_params),
    .accepts = smuggle_accepts,
    .apply = smuggle_apply,
};
