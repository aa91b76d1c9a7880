/* rewrite: puts other words in place of a command, a reply or a line of mail. */
#include "mutators/lines.h"
#include "mutators/mutator.h"
#include "mutators/pattern.h"

enum { LINE, MATCH, WITH };

static const struct param rewrite_params[] = {
    [LINE] = { .name = "line",
               .kind = PARAM_TEXT,
               .what = "the whole new line or reply; CRLF is added unless it shows its own end" },
    [MATCH] = { .name = "match",
                .kind = PARAM_PATTERN,
                .what = "what to replace; looked for in all lines but the last line ending" },
    [WITH] = { .name = "with",
               .kind = PARAM_TEXT,
               .what = "what to put there; $0 to $9 are the pattern's groups" },
};

static bool rewrite_accepts(const struct argument *arguments, struct text *error)
{
    bool line = arguments[LINE].given;
    bool match = arguments[MATCH].given;
    bool with = arguments[WITH].given;
    if (line != match && match == with)
        return true;
    text_addf(error, "either line= or both match= and with= are needed");
    return false;
}

static enum verdict rewrite_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (mutation_has(mutation, LINE)) {
        line_send(mutation, mutation_text(mutation, LINE));
        return TAKEN;
    }
    struct text out = { 0 };
    bool matched = pattern_replace(mutation_pattern(mutation, MATCH), span_chomp(event->raw),
                                   mutation_text(mutation, WITH), &out);
    if (matched) {
        mutation_send(mutation, text_span(&out));
        mutation_send(mutation, span_line_end(event->raw));
    }
    text_deinit(&out);
    return matched ? TAKEN : UNTOUCHED;
}

const struct mutator mutator_rewrite = {
    .name = "rewrite",
    .family = "replies and commands",
    .summary = "Put other words in place of a command, a reply or a line of mail.",
    .detail =
        "With line= all of it is replaced, of a reply all its lines. With match= and with= every "
        "match of a PCRE2 pattern is, and the line ending stays; what does not match stays as it "
        "is.\n\n"
        "A reply that becomes another one counts as what the client hears: 354 turned into 451 "
        "makes the client's next bytes commands. Within mail the bytes are those on the wire: a "
        "line that shall begin with a dot needs two, and a lone dot ends the mail.",
    .clause = "RFC 5321 section 2.3.7: commands and replies are the client's and the server's own.",
    .example = "to client reply 354 once rewrite line=\"451 4.3.0 try later\"",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    PARAM_TABLE(rewrite_params),
    .accepts = rewrite_accepts,
    .apply = rewrite_apply,
};
