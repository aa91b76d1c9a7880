/* pattern: see pattern.h. Patterns see bytes, not characters.
 *
 * PCRE2's match limit holds for each place where a match may begin, so a long line of blanks and
 * `\s+$` would still cost its square. Callouts before each item of the pattern count what all
 * beginnings cost together. PCRE2's just-in-time compiler is left alone: it knows no depth limit
 * and counts matches differently, so the same rule would decide differently where it is missing. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "mutators/pattern.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/limits.h"

struct pattern {
    pcre2_code *code;
};

/* One search through one subject. */
struct search {
    struct span subject;
    pcre2_match_context *context;
    pcre2_match_data *data;
    uint64_t steps;
    size_t last; /* where the matcher stood at the last step */
};

#define OPTIONS (PCRE2_NEVER_UTF | PCRE2_AUTO_CALLOUT)

static pcre2_code *compile(struct span source, int *error, size_t *offset)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    check(context != NULL);
    check(pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF) == 0);
    const uint8_t *bytes = source.ptr ? source.ptr : (const uint8_t *)"";
    pcre2_code *code = pcre2_compile(bytes, source.len, OPTIONS, error, offset, context);
    pcre2_compile_context_free(context);
    return code;
}

struct pattern *pattern_new(struct span source, struct text *error)
{
    int code = 0;
    size_t offset = 0;
    struct pattern *pattern = calloc(1, sizeof *pattern);
    check(pattern != NULL);
    pattern->code = compile(source, &code, &offset);
    if (pattern->code)
        return pattern;
    free(pattern);
    uint8_t why[256] = "";
    pcre2_get_error_message(code, why, sizeof why);
    text_addf(error, "%s, at offset %zu of the pattern", (const char *)why, offset);
    return NULL;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_code_free(pattern->code);
    free(pattern);
}

static int count_step(pcre2_callout_block *block, void *data)
{
    struct search *search = data;
    size_t at = block->current_position;
    search->steps += 1 + (at > search->last ? at - search->last : search->last - at);
    search->last = at;
    return search->steps > PCRE_STEPS_MAX ? PCRE2_ERROR_CALLOUT : 0;
}

static void search_init(struct search *search, const struct pattern *pattern, struct span subject)
{
    *search = (struct search){ .subject = subject.ptr ? subject : SPAN("") };
    search->context = pcre2_match_context_create(NULL);
    search->data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
    check(search->context != NULL && search->data != NULL);
    pcre2_set_match_limit(search->context, PCRE_MATCH_LIMIT);
    pcre2_set_depth_limit(search->context, PCRE_DEPTH_LIMIT);
    pcre2_set_callout(search->context, count_step, search);
}

static void search_deinit(struct search *search)
{
    pcre2_match_data_free(search->data);
    pcre2_match_context_free(search->context);
}

static bool search_from(struct search *search, const struct pattern *pattern, size_t from,
                        uint32_t options)
{
    return pcre2_match(pattern->code, search->subject.ptr, search->subject.len, from, options,
                       search->data, search->context) > 0;
}

bool pattern_matches(const struct pattern *pattern, struct span subject)
{
    struct search search;
    search_init(&search, pattern, subject);
    bool found = search_from(&search, pattern, 0, 0);
    search_deinit(&search);
    return found;
}

/* The bytes of a group; empty when it took no part in the match. */
static struct span group(const struct search *search, uint32_t number)
{
    const size_t *ends = pcre2_get_ovector_pointer(search->data);
    if (number >= pcre2_get_ovector_count(search->data) || ends[2 * number] == PCRE2_UNSET ||
        ends[2 * number] > ends[2 * number + 1])
        return SPAN("");
    return span_take(span_drop(search->subject, ends[2 * number]),
                     ends[2 * number + 1] - ends[2 * number]);
}

bool pattern_capture(const struct pattern *pattern, struct span subject, struct captures *captures)
{
    struct search search;
    search_init(&search, pattern, subject);
    bool found = search_from(&search, pattern, 0, 0);
    for (uint32_t i = 0; found && i < CAPTURES_MAX; i++)
        captures->groups[i] = group(&search, i);
    search_deinit(&search);
    return found;
}

static void add_replacement(const struct search *search, struct span with, struct text *out)
{
    for (size_t i = 0; i < with.len; i++) {
        uint8_t next = with.ptr[i] == '$' && i + 1 < with.len ? with.ptr[i + 1] : 0;
        if (next >= '0' && next <= '9') {
            text_add(out, group(search, (uint32_t)(next - '0')));
            i++;
        } else {
            text_add_byte(out, with.ptr[i]);
            i += next == '$';
        }
    }
}

/* Copies what stands between `from` and the match, then what replaces the match; returns where the
 * match ends. */
static size_t replace_one(const struct search *search, size_t from, struct span with,
                          struct text *out)
{
    const size_t *ends = pcre2_get_ovector_pointer(search->data);
    size_t start = ends[0] > from ? ends[0] : from;
    text_add(out, span_take(span_drop(search->subject, from), start - from));
    add_replacement(search, with, out);
    return ends[1] > start ? ends[1] : start;
}

static bool match_is_empty(const struct search *search)
{
    const size_t *ends = pcre2_get_ovector_pointer(search->data);
    return ends[0] >= ends[1];
}

/* After an empty match the next one must not be the same again: it is looked for right here, not
 * empty; when there is none, one byte is copied and the search goes on behind it. */
bool pattern_replace(const struct pattern *pattern, struct span subject, struct span with,
                     struct text *out)
{
    struct search search;
    search_init(&search, pattern, subject);
    bool any = false;
    bool was_empty = false;
    size_t from = 0; /* all before it is in `out`, once anything has matched */
    for (;;) {
        uint32_t options = was_empty ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0;
        if (search_from(&search, pattern, from, options)) {
            from = replace_one(&search, from, with, out);
            was_empty = match_is_empty(&search);
            any = true;
        } else if (was_empty && from < subject.len) {
            text_add_byte(out, subject.ptr[from++]);
            was_empty = false;
        } else {
            break;
        }
    }
    if (any)
        text_add(out, span_drop(subject, from));
    search_deinit(&search);
    return any;
}
