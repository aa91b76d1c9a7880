/* replace_part: a notice in place of some parts of a mail. The rest of the mail stays as it is. */
#include <string.h>

#include "mutators/lines.h"
#include "mutators/mime.h"
#include "mutators/mutator.h"
#include "smtp/about.h"

enum { MATCH, TEXT, TYPE };

static const struct param replace_part_params[] = {
    [MATCH] = { .name = "match",
                .kind = PARAM_PATTERN,
                .required = true,
                .what = "which parts: looked for in the header block of each" },
    [TEXT] = { .name = "text",
               .kind = PARAM_TEXT,
               .required = true,
               .what = "the notice; \\r\\n within it makes several lines" },
    [TYPE] = { .name = "type",
               .kind = PARAM_TEXT,
               .preset_text = "text/plain",
               .what = "its Content-Type, in place of all that the part's header block said" },
};

/* A part's header block is kept until its end has come, if it is no longer than this. */
#define HEADER_MAX 1024

enum where {
    IN_HEADER,      /* of the mail */
    IN_TEXT,        /* of a part that stays */
    IN_PART_HEADER, /* kept */
    IN_REPLACED     /* of a part that goes */
};

struct replace_part_state {
    uint64_t message;
    enum where where;
    struct mime mime;
    uint8_t header[HEADER_MAX];
    size_t header_len;
};

/* What was kept of a header block leaves after all. */
static void send_kept(struct mutation *mutation, struct replace_part_state *state)
{
    mutation_send(mutation, span_make(state->header, state->header_len));
    state->header_len = 0;
}

static void send_notice(struct mutation *mutation, const struct smtp_event *event)
{
    mutation_send(mutation, SPAN("Content-Type: "));
    line_send(mutation, mutation_text(mutation, TYPE));
    mutation_send(mutation, SPAN("\r\n"));
    lines_send_mail(mutation, mutation_text(mutation, TEXT), !event->body.chunked);
}

static enum verdict header_goes_on(struct mutation *mutation, const struct smtp_event *event,
                                   struct replace_part_state *state)
{
    struct span raw = event->raw;
    struct span kept = span_make(state->header, state->header_len);
    bool ends = event->body.starts_line && span_chomp(raw).len == 0;
    if (ends && pattern_matches(mutation_pattern(mutation, MATCH), kept)) {
        send_notice(mutation, event);
        state->header_len = 0;
        state->where = IN_REPLACED;
    } else if (ends || kept.len + raw.len > HEADER_MAX) {
        mime_read_header(&state->mime, kept);
        send_kept(mutation, state);
        mutation_send(mutation, raw);
        state->where = IN_TEXT;
    } else {
        memcpy(state->header + kept.len, raw.ptr, raw.len);
        state->header_len += raw.len;
    }
    return TAKEN;
}

static enum verdict delimiter(struct mutation *mutation, const struct smtp_event *event,
                              struct replace_part_state *state, bool part_begins)
{
    state->where = part_begins ? IN_PART_HEADER : IN_TEXT;
    if (state->header_len == 0)
        return UNTOUCHED;
    send_kept(mutation, state);
    mutation_send(mutation, event->raw);
    return TAKEN;
}

static enum verdict replace_part_apply(struct mutation *mutation, const struct smtp_event *event)
{
    struct replace_part_state *state = mutation->state;
    uint64_t message = about_message(mutation->dialogue, event);
    if (event->body.offset == 0 || state->message != message)
        *state = (struct replace_part_state){ .message = message };
    if (state->where == IN_HEADER) {
        mime_read_header(&state->mime, event->raw);
        bool ends = event->body.starts_line && span_chomp(event->raw).len == 0;
        state->where = event->body.header && !ends ? IN_HEADER : IN_TEXT;
        return UNTOUCHED;
    }
    enum mime_line line = MIME_TEXT;
    if (event->body.starts_line)
        line = mime_read_line(&state->mime, event->raw);
    if (line != MIME_TEXT)
        return delimiter(mutation, event, state, line == MIME_PART_BEGINS);
    if (state->where == IN_PART_HEADER)
        return header_goes_on(mutation, event, state);
    return state->where == IN_REPLACED ? TAKEN : UNTOUCHED;
}

const struct mutator mutator_replace_part = {
    .name = "replace-part",
    .family = "content",
    .summary = "Put a notice in place of the attachments of a mail, or of other parts.",
    .detail =
        "The parts whose header block matches go, and each leaves a notice between the same two "
        "boundaries: the mail stays a mail of several parts that every reader shows. Signatures "
        "over the body break. Mail of one part stays as it is (replace-body), so does a part "
        "whose header block is longer than 1 KiB or that stands in more than four others.",
    .clause = "RFC 5321 section 6.4: a relay does not change what it passes on; RFC 2046 section "
              "5.1: parts and their boundaries.",
    .example = "to server body replace-part match=/(?i)Content-Disposition:\\s*attachment/ "
               "text=\"This attachment was removed.\"",
    .wants = SMTP_BODY,
    .directions = ONLY_TO_SERVER,
    .whole_message = true,
    PARAM_TABLE(replace_part_params),
    .state_size = sizeof(struct replace_part_state),
    .apply = replace_part_apply,
};
