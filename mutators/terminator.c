/* terminator: ends mail with other bytes than CRLF . CRLF. */
#include "mutators/end_of_data.h"
#include "mutators/mutator.h"

enum { AS, SEQUENCE };

static const struct param terminator_params[] = {
    [AS] = { .name = "as",
             .kind = PARAM_LITERAL,
             .what = "the bytes in place of CRLF . CRLF, with escapes; nothing is added" },
    [SEQUENCE] = END_OF_DATA_SEQUENCE,
};

static bool terminator_accepts(const struct argument *arguments, struct text *error)
{
    return end_of_data_is_said(&arguments[AS], &arguments[SEQUENCE], error);
}

static enum verdict terminator_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (event->body.chunked)
        return UNTOUCHED;
    end_of_data_send(mutation, AS, SEQUENCE);
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
        "sequence= takes them from the generated list, every line end, dot and line end that was "
        "ever seen to confuse somebody; a range draws one for each mail, and the journal says "
        "which.\n\n"
        "Mail that comes by BDAT has no terminator and stays as it is.",
    .clause = "RFC 5321 section 4.1.1.4: only CRLF . CRLF ends mail.",
    .example = "to server body-end terminator as=\"\\n.\\r\\n\"",
    .wants = SMTP_BODY_END,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(terminator_params),
    .accepts = terminator_accepts,
    .apply = terminator_apply,
};
