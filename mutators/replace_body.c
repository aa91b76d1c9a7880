/* replace_body: another text in place of the mail's own, behind its header block. */
#include "mutators/field.h"
#include "mutators/lines.h"
#include "mutators/mutator.h"
#include "mutators/names.h"
#include "smtp/about.h"

enum { TEXT, TYPE };

static const struct param replace_body_params[] = {
    [TEXT] = { .name = "text",
               .kind = PARAM_TEXT,
               .required = true,
               .what = "the new text; \\r\\n within it makes several lines" },
    [TYPE] = { .name = "type",
               .kind = PARAM_TEXT,
               .what = "the new Content-Type; the fields about the old one go" },
};

struct replace_body_state {
    uint64_t message;
    bool removing; /* a field that goes, with its folded lines */
    bool replaced; /* the new text has left */
};

static void send_type(struct mutation *mutation)
{
    if (!mutation_has(mutation, TYPE))
        return;
    mutation_send(mutation, SPAN("Content-Type: "));
    line_send(mutation, mutation_text(mutation, TYPE));
}

static bool is_about_content(struct span name)
{
    return names_has(SPAN("Content-Type,Content-Transfer-Encoding,Content-Disposition"), name);
}

static enum verdict replace_here(struct mutation *mutation, const struct smtp_event *event,
                                 struct replace_body_state *state)
{
    if (!state->replaced)
        lines_send_mail(mutation, mutation_text(mutation, TEXT), !event->body.chunked);
    state->replaced = true;
    return TAKEN;
}

/* A line of the header block: fields about the content go, and at its end the text changes. */
static enum verdict replace_below(struct mutation *mutation, const struct smtp_event *event,
                                  struct replace_body_state *state)
{
    struct span name;
    enum field_line line = field_line_of(event, &name);
    if (line == FIELD_BLOCK_ENDS || line == FIELD_NONE) {
        send_type(mutation);
        mutation_send(mutation, SPAN("\r\n"));
        return replace_here(mutation, event, state);
    }
    if (line == FIELD_BEGINS)
        state->removing = mutation_has(mutation, TYPE) && is_about_content(name);
    return state->removing ? TAKEN : UNTOUCHED;
}

static enum verdict replace_body_apply(struct mutation *mutation, const struct smtp_event *event)
{
    struct replace_body_state *state = mutation->state;
    uint64_t message = about_message(mutation->dialogue, event);
    if (event->body.offset == 0 || state->message != message)
        *state = (struct replace_body_state){ .message = message };
    if (state->replaced || !event->body.header)
        return replace_here(mutation, event, state);
    return replace_below(mutation, event, state);
}

const struct mutator mutator_replace_body = {
    .name = "replace-body",
    .family = "content",
    .summary = "Put another text in place of the mail's own, and leave its header block.",
    .detail =
        "The sender hears 250 and the recipient gets something else under the same Message-ID, "
        "with "
        "signatures that no longer hold. With type= the fields that described the old content go "
        "and a new Content-Type stands in their place; without it a notice of plain text stands "
        "where the header promises parts or base64.\n\n"
        "A rule that shall act only on mail with a certain content needs the mail to be kept back "
        "until that is known: `to server command DATA hold`, and `contains=/.../` here.",
    .clause = "RFC 5321 section 6.4: a relay does not change what it passes on.",
    .example = "to server body replace-body text=\"The attachment was removed.\" type=text/plain",
    .wants = SMTP_BODY,
    .directions = ONLY_TO_SERVER,
    .whole_message = true,
    PARAM_TABLE(replace_body_params),
    .state_size = sizeof(struct replace_body_state),
    .apply = replace_body_apply,
};
