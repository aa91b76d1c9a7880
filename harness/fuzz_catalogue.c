/* fuzz_catalogue: a word that a person asks about. It is explained, the same each time and in
 * lines that a terminal can take, or it is unknown and nothing is said; a near name is one that is
 * known. */
#include "base/check.h"
#include "harness/entry.h"
#include "session/catalogue.h"

#define INPUT_MAX 128

static void check_page(struct span page)
{
    check(page.len > 0 && page.ptr[page.len - 1] == '\n');
    for (size_t i = 0; i < page.len; i++)
        check(page.ptr[i] == '\n' || page.ptr[i] >= ' ');
    check(span_search(page, SPAN("\n\n\n")) == page.len);
}

static bool explain(struct span name)
{
    struct text pages[2] = { { 0 }, { 0 } };
    bool known = catalogue_explain(name, &pages[0]);
    check(catalogue_explain(name, &pages[1]) == known);
    check(span_equal(text_span(&pages[0]), text_span(&pages[1])));
    check(known == (pages[0].len > 0));
    if (known)
        check_page(text_span(&pages[0]));
    text_deinit(&pages[0]);
    text_deinit(&pages[1]);
    return known;
}

/* A whole part, by its first byte: costly, so only for inputs of that byte alone. */
static void list(uint8_t byte)
{
    struct text page = { 0 };
    enum catalogue_part part = (enum catalogue_part)(byte % (CATALOGUE_EVENTS + 1));
    check(catalogue_part_name(part) != NULL);
    if (byte & 0x80)
        catalogue_markdown(part, &page);
    else if (byte & 0x40)
        catalogue_list_profiles(byte & 1, &page);
    else
        catalogue_list(part, &page);
    check(page.len > 0 && page.ptr[page.len - 1] == '\n');
    text_deinit(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span name = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    bool known = explain(name);
    const char *near = catalogue_nearest(name);
    if (near && !known)
        check(explain(span_of(near)));
    if (size == 1)
        list(data[0]);
    return 0;
}
