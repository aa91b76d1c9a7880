/* catalogue_profile: the page of a profile: what its header lines say, and its rules, variant by
 * variant. */
#include "session/catalogue_page.h"
#include "session/profile.h"

static const struct {
    const char *key;
    const char *term;
} headers[] = {
    { "imitates", "imitates" }, { "saw", "victims saw" }, { "observed", "observed" },
    { "expect", "expect" },     { "clause", "clause" },   { "source", "source" },
};

/* A walk over the lines of a built-in profile. */
struct walk {
    struct span rest;
    size_t number;
    struct profile_line line;
};

static struct walk walk_begin(const char *slug)
{
    struct walk walk = { 0 };
    profile_builtin(span_of(slug), &walk.rest);
    return walk;
}

static bool walk_next(struct walk *walk)
{
    if (profile_next(&walk->rest, &walk->number, &walk->line))
        return true;
    walk->line = (struct profile_line){ .kind = PROFILE_BLANK };
    return false;
}

struct span catalogue_profile_header(const char *slug, struct span key)
{
    struct walk walk = walk_begin(slug);
    while (walk_next(&walk))
        if (walk.line.kind == PROFILE_HEADER && span_equal(walk.line.key, key))
            return walk.line.text;
    return SPAN("");
}

static void add_headers(struct page *page, const char *slug)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct walk walk = walk_begin(slug);
        while (walk_next(&walk))
            if (walk.line.kind == PROFILE_HEADER &&
                span_equal(walk.line.key, span_of(headers[i].key)))
                page_item(page, headers[i].term, walk.line.text);
    }
    page_gap(page);
}

static bool has_variant(const char *slug, struct span variant)
{
    struct walk walk = walk_begin(slug);
    while (walk_next(&walk))
        if (walk.line.kind == PROFILE_VARIANT && span_equal(walk.line.key, variant))
            return true;
    return false;
}

/* The rules up to the next variant. */
static void add_rules(struct page *page, struct walk *walk)
{
    bool any = false;
    while (walk_next(walk) && walk->line.kind != PROFILE_VARIANT) {
        if (walk->line.kind != PROFILE_RULE)
            continue;
        page_code(page, walk->line.text);
        any = true;
    }
    if (any)
        page_gap(page);
}

static void add_variant_name(struct page *page, const char *slug, const struct profile_line *line,
                             bool first)
{
    struct text term = { 0 };
    struct text words = { 0 };
    text_addf(&term, "%s:", slug);
    text_add(&term, line->key);
    text_add(&words, line->text);
    if (first)
        text_add(&words, SPAN("; loaded when no variant is named"));
    page_gap(page);
    page_item(page, text_string(&term), text_span(&words));
    page_gap(page);
    text_deinit(&term);
    text_deinit(&words);
}

static void add_variants(struct page *page, const char *slug, struct span wanted)
{
    struct walk walk = walk_begin(slug);
    bool first = true;
    page_heading(page, "Rules");
    add_rules(page, &walk);
    while (walk.line.kind == PROFILE_VARIANT) {
        struct profile_line variant = walk.line;
        struct text unwanted = { 0 };
        struct page aside = { &unwanted, page->markdown };
        bool shown = wanted.len == 0 || span_equal(variant.key, wanted);
        if (shown)
            add_variant_name(page, slug, &variant, first);
        add_rules(shown ? page : &aside, &walk);
        text_deinit(&unwanted);
        first = false;
    }
}

bool catalogue_profile(struct page *page, size_t level, const char *slug, struct span variant)
{
    if (variant.len > 0 && !has_variant(slug, variant))
        return false;
    page_title(page, level, slug, "a profile");
    page_paragraphs(page, catalogue_profile_header(slug, SPAN("title")));
    add_headers(page, slug);
    add_variants(page, slug, variant);
    return true;
}
