/* insert: says a line that nobody said, before or after an event. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

enum { LINE, WHERE };
enum { BEFORE, AFTER };

static const struct param insert_params[] = {
    [LINE] = { .name = "line",
               .kind = PARAM_TEXT,
               .required = true,
               .what = "the line; CRLF is added unless it shows its own end" },
    [WHERE] = { .name = "where",
                .kind = PARAM_WORD,
                .choices = "before|after",
                .preset = BEFORE,
                .what = "on which side of the event" },
};

/* The end of mail begins with the line ending of the last line: the new line goes behind that. */
static void insert_last_line(struct mutation *mutation, struct span end, struct span line)
{
    struct span before = line_first(end);
    if (span_chomp(before).len > 0)
        before = SPAN("");
    mutation_send(mutation, before);
    line_send(mutation, line);
    mutation_send(mutation, span_drop(end, before.len));
}

static enum verdict insert_apply(struct mutation *mutation, const struct smtp_event *event)
{
    struct span line = mutation_text(mutation, LINE);
    bool before = mutation_param(mutation, WHERE) == BEFORE;
    if (before && event->kind == SMTP_BODY_END) {
        insert_last_line(mutation, event->raw, line);
        return TAKEN;
    }
    if (before)
        line_add(mutation, line);
    mutation_send(mutation, event->raw);
    if (!before)
        line_add(mutation, line);
    return TAKEN;
}

const struct mutator mutator_insert = {
    .name = "insert",
    .family = "replies and commands",
    .summary = "Say a line that nobody said, before or after a command, a reply or a line of mail.",
    .detail =
        "The server's reply to an inserted command is swallowed. An inserted reply reaches the "
        "client, which takes it for the answer to whatever it waits for. Before body-end the line "
        "becomes the last line of the mail, behind it a command. At connect it is the first thing "
        "that the side hears, at close the last, at idle the first for a while.",
    .clause = "RFC 5321 section 4.3.1: client and server take turns.",
    .example = "to server command RCPT insert line=\"NOOP\" where=after",
    .wants = SMTP_CONNECT | SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END |
             SMTP_CLOSE | SMTP_IDLE,
    .directions = BOTH_WAYS,
    PARAM_TABLE(insert_params),
    .takes_always = true,
    .apply = insert_apply,
};
