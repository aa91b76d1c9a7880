/* slice: cuts what leaves into several writes, with a pause between. */
#include "mutators/mutator.h"

enum { SIZE, AFTER, AT, GAP };
enum { AT_NOTHING, AT_LINES };

static const struct param slice_params[] = {
    [SIZE] = { .name = "size",
               .kind = PARAM_SIZE,
               .min = 1,
               .max = 1000 * 1000,
               .preset = 1,
               .what = "bytes in each write" },
    [AFTER] = { .name = "after",
                .kind = PARAM_COUNT,
                .min = 1,
                .max = UINT32_MAX,
                .preset = 1,
                .what = "one cut only, behind so many bytes of each event" },
    [AT] = { .name = "at",
             .kind = PARAM_WORD,
             .choices = "nothing|lines",
             .what = "lines: a cut behind each line of the event" },
    [GAP] = { .name = "gap",
              .kind = PARAM_TIME,
              .preset = MS(20),
              .min = US(1),
              .max = HOURS(1),
              .what = "pause between writes" },
};

static bool slice_accepts(const struct argument *arguments, struct text *error)
{
    if (arguments[SIZE].given + arguments[AFTER].given + arguments[AT].given == 1)
        return true;
    text_addf(error, "say one of size=, after= and at=lines");
    return false;
}

static enum verdict slice_apply(struct mutation *mutation, const struct smtp_event *event)
{
    duration gap = mutation_param(mutation, GAP);
    (void)event;
    if (mutation_has(mutation, SIZE))
        mutation_pace(mutation, mutation_param(mutation, SIZE), gap);
    else if (mutation_has(mutation, AFTER))
        mutation_slice(mutation, mutation_param(mutation, AFTER), gap);
    else if (mutation_param(mutation, AT) == AT_LINES)
        mutation_slice(mutation, SLICE_LINES, gap);
    return UNTOUCHED;
}

const struct mutator mutator_slice = {
    .name = "slice",
    .family = "connection",
    .summary = "Cut what leaves into several writes, so that the peer reads it in pieces.",
    .detail =
        "The bytes are the same; what changes is where one write ends and the next begins, "
        "and how long it is between them. Without a gap TCP may join them again. With size= "
        "every so many bytes, with after= once in each event, with at=lines behind each line "
        "of a reply. Bytes that another rule has put in place of the event are cut "
        "likewise.\n\n"
        "A correct peer does not care where a segment ends: it reads lines, and a reply until "
        "its last line.",
    .clause = "RFC 5321 section 4.2.1: a reply goes on until a line with a blank behind its code; "
              "RFC 9293 section 3.8: TCP is a stream of bytes.",
    .example = "to server body-end slice after=3 gap=200ms",
    .wants = SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END,
    .directions = BOTH_WAYS,
    .timing_only = true,
    PARAM_TABLE(slice_params),
    .accepts = slice_accepts,
    .apply = slice_apply,
};
