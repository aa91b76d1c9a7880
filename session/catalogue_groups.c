/* catalogue_groups: the profiles by the groups of the catalogue: the list, and the tables that open
 * docs/profiles.md. The page of each is catalogue_profile.c's. */
#include <string.h>

#include "session/catalogue.h"
#include "session/catalogue_page.h"
#include "session/profile.h"

/* A group and its nth profile in alphabetical order; NULL behind the last. The group without a word
 * has those that name none. */
static const char *profile_in(const struct profile_group *group, size_t n)
{
    struct span text;
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++) {
        profile_builtin(span_of(slug), &text);
        const struct profile_group *own = profile_group_of(text);
        bool fits = own ? own == group : !group->word;
        if (fits && n-- == 0)
            return slug;
    }
    return NULL;
}

static void add_variants(const char *slug, const char *mark, struct text *out)
{
    struct span rest;
    struct profile_line line;
    size_t number = 0;
    size_t count = 0;
    profile_builtin(span_of(slug), &rest);
    while (profile_next(&rest, &number, &line)) {
        if (line.kind != PROFILE_VARIANT)
            continue;
        text_addf(out, "%s%s", count++ ? ", " : "", mark);
        text_add(out, line.key);
        text_addf(out, "%s", mark);
    }
}

/* -- the list ------------------------------------------------------------------------------- */

static size_t longest_slug(void)
{
    size_t width = 0;
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++)
        width = strlen(slug) > width ? strlen(slug) : width;
    return width;
}

static void add_row(const char *slug, size_t width, struct text *out)
{
    struct text words = { 0 };
    text_add(&words, catalogue_profile_header(slug, SPAN("title")));
    text_add(&words, SPAN(" ["));
    add_variants(slug, "", &words);
    text_add(&words, SPAN("]"));
    page_row(out, span_of(slug), width, text_span(&words));
    text_deinit(&words);
}

static const char *heading_of(const struct profile_group *group)
{
    return group->word ? group->heading : "Others";
}

void catalogue_list_profiles(bool headings, struct text *out)
{
    const struct profile_group *group = profile_groups;
    size_t width = longest_slug();
    bool last = false;
    for (; !last; group++) {
        const char *slug = profile_in(group, 0);
        last = !group->word;
        if (slug && headings)
            text_addf(out, "%s%s:\n", out->len ? "\n" : "", heading_of(group));
        for (size_t n = 0; (slug = profile_in(group, n)); n++)
            add_row(slug, width, out);
    }
}

/* -- the tables ----------------------------------------------------------------------------- */

static void add_table_row(const char *slug, struct text *out)
{
    text_addf(out, "| [%s](#%s) | ", slug, slug);
    text_add(out, catalogue_profile_header(slug, SPAN("title")));
    text_add(out, SPAN(" | "));
    add_variants(slug, "`", out);
    text_add(out, SPAN(" |\n"));
}

static void add_group(struct page *page, const struct profile_group *group)
{
    const char *slug = profile_in(group, 0);
    if (!slug)
        return;
    page_title(page, 2, heading_of(group), "");
    text_add(page->out,
             SPAN("| profile | is | variants, the commonest first |\n| --- | --- | --- |\n"));
    for (size_t n = 0; (slug = profile_in(group, n)); n++)
        add_table_row(slug, page->out);
    for (size_t n = 0; (slug = profile_in(group, n)); n++)
        catalogue_profile(page, 3, slug, SPAN(""));
}

void catalogue_profile_groups(struct page *page)
{
    const struct profile_group *group = profile_groups;
    for (; group->word; group++)
        add_group(page, group);
    add_group(page, group);
}
