/* fuzz_profile: text that is taken for a profile. Its lines are all there is and stand in order;
 * the set that a variant makes has the rules that a count of its lines promises, or none; what is
 * wrong is said in lines; looking for what can do nothing changes nothing. */
#include "base/check.h"
#include "harness/entry.h"
#include "session/profile.h"
#include "session/rule_set.h"

#define INPUT_MAX 16384
#define VARIANTS_MAX 8

struct variant {
    struct span name;
    size_t rules;
};

struct outline {
    size_t shared; /* rules before the first variant */
    struct variant variants[VARIANTS_MAX];
    size_t count;
};

static void take_line(struct outline *outline, const struct profile_line *line)
{
    bool has_room = outline->count < VARIANTS_MAX;
    if (line->kind == PROFILE_VARIANT && has_room)
        outline->variants[outline->count++] = (struct variant){ .name = line->key };
    else if (line->kind == PROFILE_RULE && outline->count > 0)
        outline->variants[outline->count - 1].rules++;
    else if (line->kind == PROFILE_RULE)
        outline->shared++;
}

static void check_line(const struct profile_line *line, struct span taken, size_t number)
{
    check(line->number == number);
    check(line->text.len == 0 || (line->text.ptr >= taken.ptr &&
                                  line->text.ptr + line->text.len <= taken.ptr + taken.len));
    check(line->kind != PROFILE_RULE || (line->text.len > 0 && line->text.ptr[0] != '#'));
    check(span_find(line->text, '\n') == line->text.len);
    if (line->kind == PROFILE_RULE)
        check(line->column == (size_t)(line->text.ptr - taken.ptr) + 1);
}

static bool read_outline(struct span text, struct outline *outline)
{
    struct span rest = text;
    struct profile_line line;
    size_t number = 0;
    size_t lines = 0;
    size_t variants = 0;
    while (rest.len > 0) {
        struct span before = rest;
        check(profile_next(&rest, &number, &line));
        check(rest.len < before.len && rest.ptr + rest.len == text.ptr + text.len);
        check_line(&line, span_take(before, before.len - rest.len), ++lines);
        variants += line.kind == PROFILE_VARIANT;
        take_line(outline, &line);
    }
    check(!profile_next(&rest, &number, &line) && number == lines);
    return variants <= VARIANTS_MAX;
}

static bool is_only_variant(const struct outline *outline, const struct variant *variant)
{
    size_t same = 0;
    for (size_t i = 0; i < outline->count; i++)
        same += span_equal(outline->variants[i].name, variant->name);
    return same == 1 && variant->name.len > 0;
}

/* `counts`: the lines promise a count. */
static void try_variant(struct span text, struct span name, bool counts, size_t rules)
{
    struct text error = { 0 };
    struct rule_set *set = rule_set_new();
    bool added = rule_set_add_profile(set, "x", text, name, "x", &error);
    check(added == (error.len == 0));
    check(span_find(text_span(&error), '\n') == error.len);
    check(added || set->count == 0);
    check(!added || !counts || set->count == rules);
    rule_set_free(set);
    text_deinit(&error);
}

static void try_variants(struct span text, const struct outline *outline)
{
    for (size_t i = 0; i < outline->count; i++) {
        const struct variant *variant = &outline->variants[i];
        bool counts = is_only_variant(outline, variant);
        try_variant(text, variant->name, counts, outline->shared + variant->rules);
    }
    if (outline->count == 0)
        try_variant(text, SPAN(""), true, outline->shared);
    try_variant(text, SPAN("no-such-variant"), false, 0);
}

static void check_messages(struct span text)
{
    struct text errors = { 0 };
    struct text warnings = { 0 };
    bool fine = profile_check("x", text, &errors);
    check(fine == (errors.len == 0));
    if (fine)
        profile_warn("x", text, &warnings);
    for (size_t i = 0; i < warnings.len; i++)
        check(warnings.ptr[i] == '\n' || (warnings.ptr[i] >= ' ' && warnings.ptr[i] <= '~'));
    text_deinit(&errors);
    text_deinit(&warnings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    struct outline outline = { 0 };
    if (read_outline(text, &outline))
        try_variants(text, &outline);
    check_messages(text);
    return 0;
}
