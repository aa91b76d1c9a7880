/* test_spool: what is handed over stands in the file, all of it and in order, however it came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proxy/spool.h"
#include "scratch_folder.h"

static size_t read_back(const char *name, char *into, size_t size)
{
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    size_t len = fread(into, 1, size - 1, file);
    into[len] = 0;
    fclose(file);
    return len;
}

static void gather(struct text *gathered, struct spool *spool, struct span bytes)
{
    text_add(gathered, bytes);
    spool_take(spool, gathered);
    assert_int_equal(gathered->len, 0);
}

static void test_bytes_stand_in_order(void **state)
{
    struct scratch_folder folder;
    struct text gathered = { 0 };
    char found[64];
    (void)state;
    scratch_folder_init(&folder);
    struct spool *spool = spool_open(scratch_file(&folder, "spool"), "journal", O_APPEND, 0600);
    assert_non_null(spool);
    gather(&gathered, spool, SPAN("one ")); /* given away */
    gather(&gathered, spool, SPAN("two ")); /* copied behind it */
    spool_add(spool, SPAN("three "));
    spool_begin(spool);
    gather(&gathered, spool, SPAN("four "));
    gather(&gathered, spool, SPAN("five"));
    assert_int_equal(spool_close(spool), 0);
    read_back(scratch_file(&folder, "spool"), found, sizeof found);
    assert_string_equal(found, "one two three four five");
    text_deinit(&gathered);
    scratch_folder_deinit(&folder);
}

#define LINES 20000

/* The thread writes meanwhile, so that texts go round. */
static void test_nothing_is_lost_on_the_way(void **state)
{
    static char found[LINES * 8];
    struct scratch_folder folder;
    struct text gathered = { 0 };
    (void)state;
    scratch_folder_init(&folder);
    struct spool *spool = spool_open(scratch_file(&folder, "spool"), "journal", O_APPEND, 0600);
    spool_begin(spool);
    for (int line = 0; line < LINES; line++) {
        text_addf(&gathered, "%06d\n", line);
        if (line % 7 == 0)
            spool_take(spool, &gathered);
    }
    spool_take(spool, &gathered);
    assert_int_equal(spool_close(spool), 0);
    assert_int_equal(read_back(scratch_file(&folder, "spool"), found, sizeof found), LINES * 7);
    for (int line = 0; line < LINES; line++) {
        char wanted[16];
        snprintf(wanted, sizeof wanted, "%06d\n", line);
        assert_memory_equal(found + (size_t)line * 7, wanted, 7);
    }
    text_deinit(&gathered);
    scratch_folder_deinit(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_stand_in_order),
        cmocka_unit_test(test_nothing_is_lost_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
