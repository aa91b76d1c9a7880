/* catalogue_page: how a page of the catalogue looks, in plain text for a terminal and in Markdown.
 * What it says is for catalogue_mutator.c, catalogue_profile.c and catalogue_event.c. */
#ifndef SMTPCHAOS_SESSION_CATALOGUE_PAGE_H
#define SMTPCHAOS_SESSION_CATALOGUE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"

struct page {
    struct text *out;
    bool markdown;
};

/* What the page is about: its name and what kind of thing that is, which may be empty. In Markdown
 * a heading of `level` (1..6). */
void page_title(struct page *page, size_t level, const char *name, const char *kind);
/* A heading within. */
void page_heading(struct page *page, const char *heading);
/* Paragraphs, parted by empty lines; lines are broken where they must be. */
void page_paragraphs(struct page *page, struct span words);
/* An item of a list: a term and what it means. A list ends with page_gap. */
void page_item(struct page *page, const char *term, struct span words);
/* A line that is to be copied as it stands; a block of them ends with page_gap. */
void page_code(struct page *page, struct span line);
/* An empty line, unless there is one. */
void page_gap(struct page *page);

/* One line of `list`: the name, padded to `width`, and the words. */
void page_row(struct text *out, struct span name, size_t width, struct span words);

/* The three kinds of page. */
struct mutator;
void catalogue_mutator(struct page *page, size_t level, const struct mutator *mutator);
void catalogue_event(struct page *page, size_t level, size_t event);
/* `variant` empty: all of them. False when the profile has no such variant. */
bool catalogue_profile(struct page *page, size_t level, const char *slug, struct span variant);

/* All profiles by their groups: for each a table and the pages. */
void catalogue_profile_groups(struct page *page);

/* The nth event that rules know, NULL behind the last; its summary in *summary. */
const char *catalogue_event_name(size_t n, const char **summary);
/* The first header line of that key, empty when there is none. */
struct span catalogue_profile_header(const char *slug, struct span key);
/* Adds the names of the events in a set of smtp_event_kind bits, separated by commas. */
void catalogue_add_events(unsigned kinds, struct text *out);

#endif
