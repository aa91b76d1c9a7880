/* terminator: ends mail with other bytes than CRLF . CRLF. */
#include "mutators/mutator.h"

enum { AS };

static const struct param terminator_params[] = {
    [AS] = { .name = "as",
             .kind = PARAM_LITERAL,
             .required = true,
             .what = "the bytes in place of CRLF . CRLF, with escapes; nothing is added" },
};

static enum verdict terminator_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (event->body.chunked)
        return UNTOUCHED;
    mutation_send(mutation, mutation_text(mutation, AS));
    return TAKEN;
}

const struct mutator mutator_terminator = {
    .name = "terminator",
    .family = "line endings and terminator",
    .summary = "End mail with other bytes than CRLF . CRLF.",
    .detail =
        "The bytes take the place of all five, the line ending of the last line included. A server "
        "that is strict waits on and both sides time out; one that is lenient takes the message. "
        "Bytes behind a dot that one of two servers honours are where smuggled mail lives.\n\n"
        "Mail that comes by BDAT has no terminator and stays as it is.",
    .clause = "RFC 5321 section 4.1.1.4: only CRLF . CRLF ends mail.",
    .example = "to server body-end terminator as=\"\\n.\\r\\n\"",
    .wants = SMTP_BODY_END,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(terminator_params),
    .apply = terminator_apply,
};
