/* greeting: puts another greeting in place of the server's. */
#include "mutators/answering.h"
#include "mutators/lines.h"
#include "mutators/mutator.h"
#include "smtp/parse.h"

enum { TEXT, THEN };

static const struct param greeting_params[] = {
    [TEXT] = { .name = "text",
               .kind = PARAM_TEXT,
               .required = true,
               .what = "the text behind the server's code, or a whole greeting that begins with a "
                       "code" },
    [THEN] = ANSWERING_THEN,
};

/* Each line of the text gets the code that the server said. */
static void say_behind_code(struct mutation *mutation, struct span code, struct span text)
{
    do {
        struct span line = line_first(text);
        text = span_drop(text, line.len);
        mutation_send(mutation, code);
        mutation_send(mutation, text.len > 0 ? SPAN("-") : SPAN(" "));
        line_send(mutation, line);
    } while (text.len > 0);
}

static enum verdict greeting_apply(struct mutation *mutation, const struct smtp_event *event)
{
    struct span text = mutation_text(mutation, TEXT);
    if (smtp_is_reply_line(line_first(text)))
        line_send(mutation, text);
    else
        say_behind_code(mutation, span_take(event->raw, 3), text);
    answering_end(mutation, THEN, UINT64_MAX);
    return TAKEN;
}

const struct mutator mutator_greeting = {
    .name = "greeting",
    .family = "EHLO and greeting",
    .summary = "Put another greeting in place of the server's.",
    .detail =
        "A text that begins with three digits and a blank or a hyphen is the whole greeting; any "
        "other text stands behind the code that the server said. \\r\\n within the text makes "
        "several lines.\n\n"
        "A greeting of 4xx or 5xx turns the client away, although the server was willing; "
        "then=finish ends the session behind it. A greeting without the word ESMTP makes old "
        "clients say HELO.",
    .clause = "RFC 5321 section 4.2: the greeting names the server behind 220.",
    .example = "to client greeting greeting text=\"mail gateway ready\"",
    .wants = SMTP_GREETING,
    .directions = ONLY_TO_CLIENT,
    PARAM_TABLE(greeting_params),
    .takes_always = true,
    .apply = greeting_apply,
};
