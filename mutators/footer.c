/* footer: lines at the end of mail that its author did not write. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

enum { TEXT };

static const struct param footer_params[] = {
    [TEXT] = { .name = "text",
               .kind = PARAM_TEXT,
               .required = true,
               .what = "the lines; \\r\\n within it makes several" },
};

static enum verdict footer_apply(struct mutation *mutation, const struct smtp_event *event)
{
    bool chunked = event->body.chunked;
    struct span end = event->raw;
    struct span before = line_first(end);
    if (chunked || span_chomp(before).len > 0)
        before = SPAN("");
    mutation_send(mutation, before);
    lines_send_mail(mutation, mutation_text(mutation, TEXT), !chunked);
    mutation_send(mutation, span_drop(end, before.len));
    return TAKEN;
}

const struct mutator mutator_footer = {
    .name = "footer",
    .family = "content",
    .summary = "Add lines at the end of mail, as disclaimers and scanners do.",
    .detail = "The lines stand behind everything else, whatever the mail is made of: in mail of "
              "several parts behind the last boundary, where nobody sees them, in base64 where no "
              "base64 was. Signatures over the body break unless they say how long it was (DKIM's "
              "l=), and then anybody may add anything.",
    .clause = "RFC 5321 section 6.4: a relay does not change what it passes on; RFC 6376 section "
              "8.2.",
    .example = "to server body-end footer text=\"-- \\r\\nThis mail was scanned.\"",
    .wants = SMTP_BODY_END,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(footer_params),
    .apply = footer_apply,
};
