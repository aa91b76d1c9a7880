/* test_confine: what a process can still do to files once it is confined. Each test does it in a
 * child, since there is no way back. */
#include "proxy/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch_folder.h"

#define UNAVAILABLE 77

static struct scratch_folder folder;
static int kept; /* a file that was opened for writing before */

/* Confines a child, but for this folder; answers what the child made of `can`. */
static int confined_but_for(const struct confine_folder *allowed, bool (*can)(void))
{
    const struct confine_folder folders[] = { allowed ? *allowed : (struct confine_folder){ 0 },
                                              { .path = "/nowhere/at/all" } };
    pid_t child = fork();
    if (child == 0) {
        if (!confine_writing(folders, allowed ? 2 : 0))
            _exit(UNAVAILABLE);
        _exit(can());
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == UNAVAILABLE)
        skip();
    return WEXITSTATUS(status);
}

static int confined(bool removable, bool (*can)(void))
{
    const struct confine_folder cleared = { .path = folder.path };
    return confined_but_for(removable ? &cleared : NULL, can);
}

static bool open_for(int flags, const char *name)
{
    int fd = open(scratch_file(&folder, name), flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool make_file(void)
{
    return open_for(O_WRONLY | O_CREAT, "new");
}

static bool write_file(void)
{
    return open_for(O_WRONLY, "old");
}

static bool empty_file(void)
{
    return truncate(scratch_file(&folder, "old"), 0) == 0;
}

static bool make_folder(void)
{
    return mkdir(scratch_file(&folder, "within"), 0700) == 0;
}

static bool remove_file(void)
{
    return unlink(scratch_file(&folder, "old")) == 0;
}

static bool read_file(void)
{
    return open_for(O_RDONLY, "old");
}

static bool write_what_is_open(void)
{
    return write(kept, "x", 1) == 1;
}

static int begin(void **state)
{
    (void)state;
    scratch_folder_init(&folder);
    kept = open(scratch_write(&folder, "old", SPAN("old")), O_WRONLY | O_APPEND | O_CLOEXEC);
    return kept < 0;
}

static int end(void **state)
{
    (void)state;
    close(kept);
    scratch_folder_deinit(&folder);
    return 0;
}

static void nothing_is_written_or_made(void **state)
{
    (void)state;
    assert_false(confined(false, write_file));
    assert_false(confined(false, make_file));
    assert_false(confined(false, make_folder));
    assert_false(confined(false, remove_file));
    assert_true(write_file());
    assert_true(make_file());
}

static void nothing_is_emptied(void **state)
{
    (void)state;
    struct stat about;
    /* Linux 6.2 was the first to see to this. */
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 3)
        skip();
    confined(false, empty_file);
    assert_int_equal(stat(scratch_file(&folder, "old"), &about), 0);
    assert_int_equal(about.st_size, 3);
}

static void what_is_open_and_reading_stay(void **state)
{
    (void)state;
    assert_true(confined(false, read_file));
    assert_true(confined(false, write_what_is_open));
}

static void a_named_folder_may_be_cleared(void **state)
{
    (void)state;
    assert_false(confined(true, make_file));
    assert_true(confined(true, remove_file));
}

static void a_named_folder_may_take_files(void **state)
{
    (void)state;
    const struct confine_folder taking = { .path = folder.path, .takes_files = true };
    assert_true(confined_but_for(&taking, make_file));
    assert_true(confined_but_for(&taking, write_file));
    assert_false(confined_but_for(&taking, remove_file));
    assert_false(confined_but_for(&taking, make_folder));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_written_or_made, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_emptied, begin, end),
        cmocka_unit_test_setup_teardown(what_is_open_and_reading_stay, begin, end),
        cmocka_unit_test_setup_teardown(a_named_folder_may_be_cleared, begin, end),
        cmocka_unit_test_setup_teardown(a_named_folder_may_take_files, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
