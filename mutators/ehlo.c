/* ehlo: changes which extensions the server seems to offer. What the client then does about them is
 * left to client and server: a keyword that was added is one the server does not know. */
#include "mutators/keywords.h"
#include "mutators/lines.h"
#include "mutators/mutator.h"
#include "mutators/names.h"

enum { ADD, REMOVE, MASK, REPLACE, WITH, ORDER, KEEP, OTHERS };
enum { OTHERS_REMOVE, OTHERS_MASK };

static const struct param ehlo_params[] = {
    [ADD] = { .name = "add",
              .kind = PARAM_TEXT,
              .what = "lines to add at the end, with their parameters; separated by commas" },
    [REMOVE] = { .name = "remove", .kind = PARAM_NAMES, .what = "keywords whose lines go" },
    [MASK] = { .name = "mask",
               .kind = PARAM_NAMES,
               .what = "keywords whose lines become X and a letter, length kept" },
    [REPLACE] = { .name = "replace",
                  .kind = PARAM_NAMES,
                  .what = "keywords whose lines become what with= says" },
    [WITH] = { .name = "with",
               .kind = PARAM_TEXT,
               .what = "the line in place of one that replace= names" },
    [ORDER] = { .name = "order",
                .kind = PARAM_NAMES,
                .what = "keywords that come first, in this order" },
    [KEEP] = { .name = "keep",
               .kind = PARAM_NAMES,
               .what = "the only keywords that stay; all others are removed or masked" },
    [OTHERS] = { .name = "others",
                 .kind = PARAM_WORD,
                 .choices = "remove|mask",
                 .preset = OTHERS_REMOVE,
                 .what = "what keep= does to the others" },
};

static bool ehlo_accepts(const struct argument *arguments, struct text *error)
{
    bool asks = false;
    for (size_t i = ADD; i <= KEEP; i++)
        asks |= i != WITH && arguments[i].given;
    if (arguments[REPLACE].given != arguments[WITH].given)
        text_addf(error, "replace= and with= go together");
    else if (arguments[OTHERS].given && !arguments[KEEP].given)
        text_addf(error, "others= says what keep= does to other keywords; keep= is missing");
    else if (!asks)
        text_addf(error, "add=, remove=, mask=, replace=, order= or keep= is needed");
    else
        return true;
    return false;
}

/* The new list as it grows. */
struct offer {
    struct mutation *mutation;
    struct span with;
    bool others_masked;
    unsigned masked; /* lines so far */
    struct text lines;
};

static bool is_named(const struct offer *offer, size_t param, struct span keyword)
{
    return names_has(mutation_text(offer->mutation, param), keyword);
}

/* The whole line is covered, parameters too: 250-XXXXXXXA, then B and so on. */
static void add_masked(struct offer *offer, struct span line)
{
    struct span text = keyword_line_text(line);
    text_add(&offer->lines, span_drop_last(line, text.len + span_line_end(line).len));
    for (size_t i = 1; i < text.len; i++)
        text_add_byte(&offer->lines, 'X');
    if (text.len > 0)
        text_add_byte(&offer->lines, (uint8_t)('A' + offer->masked++ % 26));
    text_add(&offer->lines, span_line_end(line));
}

static void add_offered(struct offer *offer, struct span line)
{
    struct span keyword = keyword_of(line);
    bool other = mutation_has(offer->mutation, KEEP) && !is_named(offer, KEEP, keyword);
    if (is_named(offer, REMOVE, keyword))
        return;
    if (is_named(offer, REPLACE, keyword))
        keyword_line_add(&offer->lines, line, offer->with);
    else if (is_named(offer, MASK, keyword) || (other && offer->others_masked))
        add_masked(offer, line);
    else if (!other)
        text_add(&offer->lines, line);
}

/* The lines whose keyword is `name`, or those that order= does not name. */
static void add_all_offered(struct offer *offer, struct span lines, const struct span *name)
{
    while (lines.len > 0) {
        struct span line = line_first(lines);
        struct span keyword = keyword_of(line);
        lines = span_drop(lines, line.len);
        if (name ? span_equal_nocase(keyword, *name) : !is_named(offer, ORDER, keyword))
            add_offered(offer, line);
    }
}

static void add_new(struct offer *offer, struct span like)
{
    struct span added = mutation_text(offer->mutation, ADD);
    struct span text;
    while (names_next(&added, &text))
        keyword_line_add(&offer->lines, like, text);
}

static enum verdict ehlo_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (!keywords_are_in(event))
        return UNTOUCHED;
    struct span domain = line_first(event->raw);
    struct span offered = span_drop(event->raw, domain.len);
    struct offer offer = { .mutation = mutation, .with = mutation_text(mutation, WITH) };
    if (mutation_has(mutation, KEEP))
        offer.others_masked = mutation_param(mutation, OTHERS) == OTHERS_MASK;
    struct span order = mutation_text(mutation, ORDER);
    struct span name;
    text_add(&offer.lines, domain);
    while (names_next(&order, &name))
        add_all_offered(&offer, offered, &name);
    add_all_offered(&offer, offered, NULL);
    add_new(&offer, domain);

    struct text reply = { 0 };
    keyword_lines_join(&reply, text_span(&offer.lines));
    bool changed = !span_equal(text_span(&reply), event->raw);
    if (changed)
        mutation_send(mutation, text_span(&reply));
    text_deinit(&reply);
    text_deinit(&offer.lines);
    return changed ? TAKEN : UNTOUCHED;
}

const struct mutator mutator_ehlo = {
    .name = "ehlo",
    .family = "EHLO and greeting",
    .summary = "Add, remove, mask, replace or reorder the extensions that the server offers.",
    .detail =
        "Works on the 250 reply to EHLO and LHLO. The first line names the server and stays; every "
        "other line is a keyword and its parameters. Keywords are compared as whole words, so "
        "AUTH=LOGIN is named apart from AUTH. When the last line goes, the line before it becomes "
        "the last.\n\n"
        "A masked line keeps its length: STARTTLS becomes XXXXXXXA, the next masked line ends in "
        "B, as Cisco's firewalls write it. keep= with others=mask masks all but a list.\n\n"
        "The server still has what is hidden, and never had what is added.",
    .clause = "RFC 5321 section 4.1.1.1: the EHLO reply lists what the server supports.",
    .example = "to client reply 250 after EHLO ehlo mask=STARTTLS remove=CHUNKING",
    .wants = SMTP_REPLY,
    .directions = ONLY_TO_CLIENT,
    PARAM_TABLE(ehlo_params),
    .accepts = ehlo_accepts,
    .apply = ehlo_apply,
};
