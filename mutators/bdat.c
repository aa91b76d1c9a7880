/* bdat: lies about the size of chunks (RFC 3030), which no dot corrects. */
#include "mutators/mutator.h"
#include "smtp/parse.h"

enum { ADD, SUBTRACT, LAST };
enum { LAST_KEPT, LAST_ADDED, LAST_REMOVED };

static const struct param bdat_params[] = {
    [ADD] = { .name = "add",
              .kind = PARAM_SIZE,
              .max = UINT32_MAX,
              .what = "bytes that the server is told to expect on top of the chunk's" },
    [SUBTRACT] = { .name = "subtract",
                   .kind = PARAM_SIZE,
                   .max = UINT32_MAX,
                   .what = "bytes of the chunk that the server is not told of" },
    [LAST] = { .name = "last",
               .kind = PARAM_WORD,
               .choices = "kept|added|removed",
               .preset = LAST_KEPT,
               .what = "what becomes of the word LAST" },
};

static bool bdat_accepts(const struct argument *arguments, struct text *error)
{
    if (arguments[ADD].given || arguments[SUBTRACT].given || arguments[LAST].given)
        return true;
    text_addf(error, "add=, subtract= or last= is needed");
    return false;
}

static enum verdict bdat_apply(struct mutation *mutation, const struct smtp_event *event)
{
    uint64_t size;
    bool last;
    if (event->command.verb != VERB_BDAT || !smtp_bdat_parse(event->command.argument, &size, &last))
        return UNTOUCHED;
    uint64_t less = mutation_param(mutation, SUBTRACT);
    uint64_t word = mutation_param(mutation, LAST);
    size = size > less ? size - less : 0;
    size += mutation_param(mutation, ADD);
    last = word == LAST_KEPT ? last : word == LAST_ADDED;
    struct text line = { 0 };
    text_addf(&line, "BDAT %llu%s", (unsigned long long)size, last ? " LAST" : "");
    mutation_send(mutation, text_span(&line));
    mutation_send(mutation, span_line_end(event->raw));
    text_deinit(&line);
    return TAKEN;
}

const struct mutator mutator_bdat = {
    .name = "bdat",
    .family = "content",
    .summary = "Lie to the server about the size of BDAT chunks, or about which one is the last.",
    .detail =
        "The chunk itself stays as long as the client made it. A server that expects more takes "
        "the "
        "next commands for mail and both sides wait; one that expects less takes the rest of the "
        "mail for commands. last=added ends the mail early, last=removed never.\n\n"
        "Chunks grow or shrink in earnest with rules on body: the announced size then follows.",
    .clause = "RFC 3030 section 2: BDAT says how many bytes follow; section 4.2: LAST ends mail.",
    .example = "to server command BDAT once bdat add=10B",
    .wants = SMTP_COMMAND,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(bdat_params),
    .accepts = bdat_accepts,
    .apply = bdat_apply,
};
