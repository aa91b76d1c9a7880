/* test_file: bytes that are written whole, however the file takes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "proxy/file.h"

/* Far more than a pipe holds, so that the writer waits in the midst of it. */
#define SIZE ((size_t)1 << 20)

struct reader {
    int fd;
    pthread_t writer;
    uint8_t *got;
    size_t len;
};

static void on_signal(int number)
{
    (void)number;
}

/* The writer is disturbed each time that some of its bytes have come. */
static void *read_and_disturb(void *of)
{
    struct reader *reader = (struct reader *)of;
    ssize_t got = 1;
    while (got > 0 && reader->len < SIZE) {
        got = read(reader->fd, reader->got + reader->len, SIZE - reader->len);
        reader->len += got > 0 ? (size_t)got : 0;
        if (reader->len < SIZE / 2)
            pthread_kill(reader->writer, SIGUSR1);
    }
    return NULL;
}

static void test_a_writer_that_is_disturbed(void **state)
{
    const struct sigaction disturbs = { .sa_handler = on_signal };
    uint8_t *bytes = malloc(SIZE);
    struct reader reader = { .writer = pthread_self(), .got = malloc(SIZE) };
    pthread_t thread;
    int ends[2];
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 31 / 7);
    assert_int_equal(sigaction(SIGUSR1, &disturbs, NULL), 0);
    assert_int_equal(pipe(ends), 0);
    reader.fd = ends[0];
    assert_int_equal(pthread_create(&thread, NULL, read_and_disturb, &reader), 0);
    assert_true(file_write_whole(ends[1], span_make(bytes, SIZE)));
    close(ends[1]);
    pthread_join(thread, NULL);
    assert_int_equal(reader.len, SIZE);
    assert_memory_equal(reader.got, bytes, SIZE);
    close(ends[0]);
    free(reader.got);
    free(bytes);
}

static void test_a_file_that_takes_no_more(void **state)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    (void)state;
    assert_true(full >= 0);
    assert_true(file_write_whole(full, SPAN("")));
    assert_false(file_write_whole(full, SPAN("too much")));
    assert_int_equal(errno, ENOSPC);
    close(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_writer_that_is_disturbed),
        cmocka_unit_test(test_a_file_that_takes_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
