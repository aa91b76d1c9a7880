/* catalogue_page: see catalogue_page.h. */
#include "session/catalogue_page.h"

#include <string.h>

/* Columns of a line for a terminal, and of one in a Markdown file. */
#define TEXT_WIDTH 80
#define MARKDOWN_WIDTH 120
/* Where the words of an item begin. */
#define ITEM_COLUMN 16

static void add_blanks(struct text *out, size_t count)
{
    while (count-- > 0)
        text_add_byte(out, ' ');
}

static size_t column_of(const struct text *out)
{
    size_t column = 0;
    while (column < out->len && out->ptr[out->len - 1 - column] != '\n')
        column++;
    return column;
}

/* Adds words, breaking the line before one that does not fit; later lines begin at `indent`. Spells
 * of blanks stay as they are, for texts quote rules. */
static void add_wrapped(struct page *page, struct span words, size_t indent)
{
    size_t width = page->markdown ? MARKDOWN_WIDTH : TEXT_WIDTH;
    struct cut cut = { .after = words, .found = true };
    for (bool first = true; cut.found; first = false) {
        cut = span_cut(cut.after, ' ');
        bool fits = column_of(page->out) + 1 + cut.before.len <= width;
        if (!first && fits) {
            text_add_byte(page->out, ' ');
        } else if (!first) {
            text_add_byte(page->out, '\n');
            add_blanks(page->out, indent);
        }
        text_add(page->out, cut.before);
    }
    text_add_byte(page->out, '\n');
}

void page_gap(struct page *page)
{
    struct span said = text_span(page->out);
    if (said.len > 0 && !span_ends(said, SPAN("\n\n")))
        text_add_byte(page->out, '\n');
}

void page_title(struct page *page, size_t level, const char *name, const char *kind)
{
    page_gap(page);
    if (page->markdown)
        text_addf(page->out, "%.*s %s\n\n", (int)level, "######", name);
    else
        text_addf(page->out, "%s%s%s\n\n", name, *kind ? ", " : "", kind);
}

void page_heading(struct page *page, const char *heading)
{
    page_gap(page);
    text_addf(page->out, page->markdown ? "%s:\n\n" : "%s:\n", heading);
}

void page_paragraphs(struct page *page, struct span words)
{
    while (words.len > 0) {
        size_t end = span_search(words, SPAN("\n\n"));
        page_gap(page);
        add_wrapped(page, span_take(words, end), 0);
        words = span_drop(words, end + 2);
    }
    page_gap(page);
}

void page_item(struct page *page, const char *term, struct span words)
{
    if (page->markdown) {
        text_addf(page->out, "- `%s` ", term);
        add_wrapped(page, words, 2);
        return;
    }
    text_addf(page->out, "  %s ", term);
    size_t column = column_of(page->out);
    add_blanks(page->out, column < ITEM_COLUMN ? ITEM_COLUMN - column : 0);
    add_wrapped(page, words, ITEM_COLUMN);
}

/* Four blanks make code in Markdown, but not behind a list: a fence always does. */
void page_code(struct page *page, struct span line)
{
    static const char fence[] = "```\n";
    if (page->markdown && span_ends(text_span(page->out), SPAN("\n```\n")))
        page->out->len -= strlen(fence);
    else if (page->markdown)
        text_addf(page->out, "%s", fence);
    text_add(page->out, page->markdown ? SPAN("") : SPAN("  "));
    text_add(page->out, line);
    text_add(page->out, page->markdown ? SPAN("\n```\n") : SPAN("\n"));
}

void page_row(struct text *out, struct span name, size_t width, struct span words)
{
    text_add(out, name);
    add_blanks(out, name.len < width ? width - name.len : 0);
    text_add(out, SPAN("  "));
    text_add(out, words);
    text_add_byte(out, '\n');
}
