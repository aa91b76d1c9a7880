/* catalogue: lists, explanations, suggestions and the manual pages; see catalogue.h. */
#include "session/catalogue.h"

#include <string.h>

#include "base/nearest.h"
#include "mutators/mutator.h"
#include "mutators/template.h"
#include "session/catalogue_page.h"
#include "session/profile.h"

const char *catalogue_part_name(enum catalogue_part part)
{
    switch (part) {
    case CATALOGUE_MUTATORS: return "mutators";
    case CATALOGUE_PROFILES: return "profiles";
    case CATALOGUE_EVENTS: return "events";
    }
    return "";
}

/* -- entries --------------------------------------------------------------------------------- */

/* The nth entry's name, NULL behind the last; one sentence about it in *summary. */
static const char *entry_at(enum catalogue_part part, size_t n, struct span *summary)
{
    const char *name = NULL;
    const char *words = "";
    switch (part) {
    case CATALOGUE_MUTATORS:
        if (n >= mutator_count)
            return NULL;
        *summary = span_of(mutators[n]->summary);
        return mutators[n]->name;
    case CATALOGUE_PROFILES:
        name = profile_builtin_name(n);
        *summary = name ? catalogue_profile_header(name, SPAN("title")) : SPAN("");
        return name;
    case CATALOGUE_EVENTS:
        name = catalogue_event_name(n, &words);
        *summary = span_of(words);
        return name;
    }
    return NULL;
}

static bool entry_find(enum catalogue_part part, struct span wanted, size_t *n)
{
    struct span summary;
    const char *name;
    for (*n = 0; (name = entry_at(part, *n, &summary)); ++*n)
        if (span_equal(wanted, span_of(name)))
            return true;
    return false;
}

void catalogue_list(enum catalogue_part part, struct text *out)
{
    struct span summary;
    const char *name;
    size_t width = 0;
    if (part == CATALOGUE_PROFILES) {
        catalogue_list_profiles(false, out);
        return;
    }
    for (size_t i = 0; (name = entry_at(part, i, &summary)); i++)
        width = strlen(name) > width ? strlen(name) : width;
    for (size_t i = 0; (name = entry_at(part, i, &summary)); i++)
        page_row(out, span_of(name), width, summary);
}

bool catalogue_explain(struct span name, struct text *out)
{
    struct page page = { .out = out };
    struct cut slug = span_cut(name, ':');
    bool known = false;
    size_t n;
    if (entry_find(CATALOGUE_MUTATORS, name, &n)) {
        catalogue_mutator(&page, 1, mutators[n]);
        known = true;
    }
    if (entry_find(CATALOGUE_EVENTS, name, &n)) {
        catalogue_event(&page, 1, n);
        known = true;
    }
    if (entry_find(CATALOGUE_PROFILES, slug.before, &n) && (!slug.found || slug.after.len > 0))
        known |= catalogue_profile(&page, 1, profile_builtin_name(n), slug.after);
    return known;
}

const char *catalogue_nearest(struct span name)
{
    static const enum catalogue_part parts[] = { CATALOGUE_MUTATORS, CATALOGUE_PROFILES,
                                                 CATALOGUE_EVENTS };
    struct nearest nearest = nearest_begin(span_cut(name, ':').before);
    struct span summary;
    const char *known;
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++)
        for (size_t i = 0; (known = entry_at(parts[p], i, &summary)); i++)
            nearest_try(&nearest, span_of(known));
    /* Every known name is a C string, so the span is one too. */
    return nearest.best.len > 0 ? (const char *)nearest.best.ptr : NULL;
}

/* -- manual pages ---------------------------------------------------------------------------- */

#define GENERATED                                                                                  \
    "Made from the program itself: `smtpchaos explain NAME` says the same. Do not edit; a test "   \
    "compares, and `BLESS=1` before it writes this file anew."

static void add_mutators(struct page *page)
{
    const char *family = "";
    page_title(page, 1, "Mutators", "");
    page_paragraphs(page,
                    SPAN("A mutator does one kind of harm; a rule says when, to what, and with "
                         "which parameters. " GENERATED));
    for (size_t i = 0; i < mutator_count; i++) {
        if (strcmp(family, mutators[i]->family) != 0)
            page_title(page, 2, mutators[i]->family, "");
        family = mutators[i]->family;
        catalogue_mutator(page, 3, mutators[i]);
    }
}

static void add_texts(struct page *page)
{
    page_title(page, 2, "What braces stand for", "");
    page_paragraphs(page, SPAN("In texts that are expanded; `{{` and `}}` are braces."));
    const char *what;
    const char *name;
    for (size_t i = 0; (name = template_name(i, &what)); i++) {
        struct text term = { 0 };
        text_addf(&term, "{%s}", name);
        page_item(page, text_string(&term), span_of(what));
        text_deinit(&term);
    }
}

static void add_profiles(struct page *page)
{
    page_title(page, 1, "Profiles", "");
    page_paragraphs(page, SPAN("A profile is a file of rules that together imitate one real thing. "
                               "`--profile NAME` loads its first variant, the commonest; "
                               "`--profile NAME:VARIANT` another. Rules before the first variant "
                               "belong to all of them. `observed` says what became of mail when "
                               "the tests ran the profile between two real programs. " GENERATED));
    catalogue_profile_groups(page);
}

static void add_events(struct page *page)
{
    const char *summary;
    page_title(page, 1, "Events", "");
    page_paragraphs(page, SPAN("What a rule can act on. " GENERATED));
    for (size_t i = 0; catalogue_event_name(i, &summary); i++)
        catalogue_event(page, 2, i);
}

void catalogue_markdown(enum catalogue_part part, struct text *out)
{
    struct page page = { .out = out, .markdown = true };
    switch (part) {
    case CATALOGUE_MUTATORS:
        add_mutators(&page);
        add_texts(&page);
        return;
    case CATALOGUE_PROFILES: add_profiles(&page); return;
    case CATALOGUE_EVENTS: add_events(&page); return;
    }
}
