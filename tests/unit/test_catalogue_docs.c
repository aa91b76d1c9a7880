/* test_catalogue_docs: the manual pages that are made from the code say what the code says. BLESS=1
 * writes them anew; read the difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "session/catalogue.h"

#define PAGE_SIZE_MAX (1024 * 1024)

static void write_page(const char *path, const struct text *page)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(page->ptr, 1, page->len, file), page->len);
    assert_int_equal(fclose(file), 0);
}

static struct text read_page(const char *path)
{
    struct text page = { 0 };
    char bytes[4096];
    size_t got;
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("there is no %s; BLESS=1 writes it", path);
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0 && page.len < PAGE_SIZE_MAX)
        text_add(&page, span_make(bytes, got));
    fclose(file);
    return page;
}

static size_t first_difference(const struct text *a, const struct text *b, size_t *line)
{
    size_t at = 0;
    *line = 1;
    while (at < a->len && at < b->len && a->ptr[at] == b->ptr[at])
        *line += a->ptr[at++] == '\n';
    return at;
}

static void compare(enum catalogue_part part, const char *path)
{
    struct text made = { 0 };
    catalogue_markdown(part, &made);
    if (getenv("BLESS"))
        write_page(path, &made);
    struct text kept = read_page(path);
    size_t line;
    if (first_difference(&made, &kept, &line) < made.len || made.len != kept.len)
        fail_msg("%s:%zu: not what the code says; BLESS=1 writes it anew", path, line);
    text_deinit(&made);
    text_deinit(&kept);
}

static void test_mutators(void **state)
{
    (void)state;
    compare(CATALOGUE_MUTATORS, "docs/mutators.md");
}

static void test_profiles(void **state)
{
    (void)state;
    compare(CATALOGUE_PROFILES, "docs/profiles.md");
}

static void test_events(void **state)
{
    (void)state;
    compare(CATALOGUE_EVENTS, "docs/events.md");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutators),
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
