/* The custom mutator for fuzzers: every operation bites, nothing is read or written out of bounds
 * (inputs stand in memory of exactly their size), the same seed gives the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "harness/mutator/hooks.h"
#include "harness/mutator/mutator.h"

#define LEN_MAX 4096

static const struct span sessions[] = {
    SPAN_INIT("EHLO me.test\r\nMAIL FROM:<ann@me.test> SIZE=100 BODY=8BITMIME\r\n"
              "RCPT TO:<bob@mx.test> NOTIFY=NEVER\r\nDATA\r\nSubject: a\r\n\r\ntext\r\n"
              "..dot\r\n.\r\nAUTH PLAIN AGEAYg==\r\nQUIT\r\n"),
    SPAN_INIT(
        "HELO me.test\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nBDAT 4\r\na: bBDAT 4 LAST\r\n\r\nc\n"
        "\r\nRSET\r\n"),
    SPAN_INIT("220 mx.test\r\n250-mx.test\r\n250-SIZE 9\r\n250 AUTH PLAIN\r\n250 ok\r\n354 go\r\n"),
    SPAN_INIT("\x16\x03\x01\0\0garbage\0without a line"),
    SPAN_INIT("\n\n\n.\n"),
    SPAN_INIT(""),
};
#define SESSIONS (sizeof sessions / sizeof sessions[0])

/* A copy without a byte to spare, so that AddressSanitizer sees who reads behind it. */
static struct span exact_copy(struct span bytes)
{
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
    assert_non_null(copy);
    if (bytes.len)
        memcpy(copy, bytes.ptr, bytes.len);
    return span_make(copy, bytes.len);
}

static void free_copy(struct span copy)
{
    free((void *)(uintptr_t)copy.ptr);
}

static size_t operation_named(const char *name)
{
    for (size_t i = 0; i < mutator_operations(); i++)
        if (strcmp(mutator_operation_name(i), name) == 0)
            return i;
    fail_msg("no operation %s", name);
    return 0;
}

/* What the operation makes of the bytes with some seed that makes it apply. */
static struct span made_by(const char *name, struct span bytes, uint64_t seed)
{
    struct span output = { 0 };
    struct mutator_input input = {
        .bytes = bytes, .speaker = SPEAKER_BOTH, .seed = seed, .len_max = LEN_MAX
    };
    while (!mutator_try(operation_named(name), &input, &output) && input.seed < seed + 1000)
        input.seed++;
    return output;
}

static void test_units_joined_are_the_input(void **state)
{
    (void)state;
    static struct stream stream;
    for (size_t i = 0; i < SESSIONS; i++) {
        for (unsigned speaker = SPEAKER_CLIENT; speaker <= SPEAKER_SERVER; speaker++) {
            size_t len = 0;
            stream_read(&stream, sessions[i], (enum speaker)speaker);
            for (size_t n = 0; n < stream.count; n++) {
                assert_ptr_equal(stream.units[n].raw.ptr, sessions[i].ptr + len);
                len += stream.units[n].raw.len;
            }
            assert_int_equal(len, sessions[i].len);
        }
    }
}

static void test_units_know_the_stage(void **state)
{
    (void)state;
    static struct stream stream;
    stream_read(&stream, sessions[0], SPEAKER_CLIENT);
    assert_int_equal(stream.units[0].stage, STAGE_BEGIN);
    assert_int_equal(stream.units[1].stage, STAGE_GREETED);
    assert_int_equal(stream.units[2].stage, STAGE_MAIL);
    assert_int_equal(stream.units[3].stage, STAGE_RCPT);
    assert_int_equal(stream.units[4].stage, STAGE_BODY);
    assert_int_equal(stream.units[stream.count - 1].verb, VERB_QUIT);
    assert_int_equal(stream.units[stream.count - 1].stage, STAGE_GREETED);
}

static void test_each_operation_changes_something(void **state)
{
    (void)state;
    for (size_t operation = 0; operation < mutator_operations(); operation++) {
        bool changed = false;
        for (uint64_t seed = 0; seed < 600 && !changed; seed++) {
            struct span bytes = sessions[seed % 3];
            struct mutator_input input = { .bytes = bytes,
                                           .other = sessions[0],
                                           .seed = seed,
                                           .speaker = SPEAKER_BOTH,
                                           .len_max = LEN_MAX };
            struct span output;
            changed = mutator_try(operation, &input, &output) && !span_equal(output, bytes);
        }
        if (!changed)
            fail_msg("%s never changes anything", mutator_operation_name(operation));
    }
}

static void test_output_stays_in_bounds(void **state)
{
    (void)state;
    static const size_t bounds[] = { 1, 2, 7, 64, 300, LEN_MAX };
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct span bytes = exact_copy(sessions[seed % SESSIONS]);
        struct span other = exact_copy(sessions[seed / 7 % SESSIONS]);
        const struct mutator_input input = { .bytes = bytes,
                                             .other = other,
                                             .seed = seed,
                                             .speaker = (enum speaker)(1 + seed % 3),
                                             .len_max = bounds[seed % 6] };
        assert_true(mutator_apply(&input).len <= input.len_max);
        free_copy(bytes);
        free_copy(other);
    }
}

/* What mutation has made is mutated again, as fuzzers do all day. */
static void test_generations(void **state)
{
    (void)state;
    for (size_t i = 0; i < SESSIONS; i++) {
        struct span bytes = exact_copy(sessions[i]);
        for (uint64_t seed = 0; seed < 500; seed++) {
            const struct mutator_input input = { .bytes = bytes,
                                                 .other = sessions[seed % SESSIONS],
                                                 .speaker = SPEAKER_BOTH,
                                                 .seed = seed,
                                                 .len_max = LEN_MAX };
            struct span next = exact_copy(mutator_apply(&input));
            free_copy(bytes);
            bytes = next;
        }
        free_copy(bytes);
    }
}

static void test_same_seed_same_bytes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        const struct mutator_input input = { .bytes = sessions[seed % SESSIONS],
                                             .other = sessions[1],
                                             .speaker = SPEAKER_BOTH,
                                             .seed = seed,
                                             .len_max = LEN_MAX };
        struct span first = exact_copy(mutator_apply(&input));
        assert_true(span_equal(first, mutator_apply(&input)));
        free_copy(first);
    }
}

static void test_announced_length_is_repaired(void **state)
{
    (void)state;
    struct span bytes = SPAN("MAIL FROM:<a>\r\nBDAT 999 LAST\r\nA: b\r\n\r\nc\r\nQUIT\r\n");
    struct span wanted = SPAN("MAIL FROM:<a>\r\nBDAT 11 LAST\r\nA: b\r\n\r\nc\r\nQUIT\r\n");
    assert_true(span_equal(made_by("length_repair", bytes, 0), wanted));
}

static void test_data_becomes_chunks_of_true_length(void **state)
{
    (void)state;
    static struct stream stream;
    stream_read(&stream, made_by("chunks", sessions[0], 5), SPEAKER_CLIENT);
    bool chunked = false;
    for (size_t i = 0; i < stream.count; i++)
        chunked = chunked || stream.units[i].verb == VERB_BDAT;
    assert_true(chunked);
    assert_int_equal(stream.units[stream.count - 1].verb, VERB_QUIT);
}

static void test_ends_of_data_are_odd(void **state)
{
    (void)state;
    bool lone_lf = false;
    for (uint64_t seed = 0; seed < 2000 && !lone_lf; seed++) {
        struct span made = made_by("end_of_data", sessions[0], seed);
        lone_lf = span_search(made, SPAN("\n.\n")) < made.len;
    }
    assert_true(lone_lf);
}

static void test_a_server_speaks_replies(void **state)
{
    (void)state;
    assert_int_equal(stream_guess_speaker(SPAN("220 hi\r\n")), SPEAKER_SERVER);
    assert_int_equal(stream_guess_speaker(SPAN("220-hi\n")), SPEAKER_SERVER);
    assert_int_equal(stream_guess_speaker(SPAN("EHLO a\r\n")), SPEAKER_CLIENT);
    struct span made = made_by("reply_insert", sessions[2], 1);
    assert_true(made.len > 0);
    struct span output;
    const struct mutator_input input = { .bytes = sessions[2],
                                         .speaker = SPEAKER_SERVER,
                                         .len_max = LEN_MAX };
    assert_false(mutator_try(operation_named("path"), &input, &output));
}

/* -- the engines' hooks --------------------------------------------------------------------- */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static unsigned left_to_engine;

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
    (void)data;
    (void)max_size;
    left_to_engine++;
    return size;
}

static void test_libfuzzer_has_half(void **state)
{
    (void)state;
    left_to_engine = 0;
    for (unsigned seed = 0; seed < 1000; seed++) {
        uint8_t *data = calloc(1, 64);
        assert_non_null(data);
        memcpy(data, "NOOP\r\n", 6);
        assert_true(LLVMFuzzerCustomMutator(data, 6, 64, seed) <= 64);
        free(data);
    }
    assert_in_range(left_to_engine, 400, 600);
}

static void test_libfuzzer_crosses(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 200; seed++) {
        uint8_t *out = malloc(100);
        assert_non_null(out);
        assert_true(LLVMFuzzerCustomCrossOver(sessions[0].ptr, sessions[0].len, sessions[1].ptr,
                                              sessions[1].len, out, 100, seed) <= 100);
        free(out);
    }
}

static void test_afl_hooks(void **state)
{
    (void)state;
    void *mutator = afl_custom_init(NULL, 1);
    for (unsigned i = 0; i < 500; i++) {
        struct span bytes = exact_copy(sessions[i % SESSIONS]);
        uint8_t *buf = (uint8_t *)(uintptr_t)bytes.ptr;
        uint8_t *out = NULL;
        assert_true(afl_custom_fuzz(mutator, buf, bytes.len, &out, NULL, 0, 200) <= 200);
        assert_non_null(out);
        assert_true(afl_custom_havoc_mutation(mutator, buf, bytes.len, &out, 50) <= 50);
        assert_non_null(out);
        free_copy(bytes);
    }
    assert_in_range(afl_custom_havoc_mutation_probability(mutator), 1, 50);
    assert_non_null(afl_custom_describe(mutator, 100));
    afl_custom_deinit(mutator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units_joined_are_the_input),
        cmocka_unit_test(test_units_know_the_stage),
        cmocka_unit_test(test_each_operation_changes_something),
        cmocka_unit_test(test_output_stays_in_bounds),
        cmocka_unit_test(test_generations),
        cmocka_unit_test(test_same_seed_same_bytes),
        cmocka_unit_test(test_announced_length_is_repaired),
        cmocka_unit_test(test_data_becomes_chunks_of_true_length),
        cmocka_unit_test(test_ends_of_data_are_odd),
        cmocka_unit_test(test_a_server_speaks_replies),
        cmocka_unit_test(test_libfuzzer_has_half),
        cmocka_unit_test(test_libfuzzer_crosses),
        cmocka_unit_test(test_afl_hooks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
