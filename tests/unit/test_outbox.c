/* test_outbox: what leaves, and when: order, waits one after the other, pace, silence, ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "session/outbox.h"

#define BEGINS SECONDS(1000)

struct box {
    struct pool pool;
    struct outbox out;
    instant now;
};

static void box_begin(struct box *box)
{
    *box = (struct box){ .now = BEGINS };
    outbox_init(&box->out, &box->pool);
}

static void box_end(struct box *box)
{
    outbox_deinit(&box->out);
    assert_int_equal(box->pool.in_use, 0);
    pool_deinit(&box->pool);
}

/* Time passes; nothing else happens. */
static void box_pass(struct box *box, duration wait)
{
    box->now += wait;
    outbox_advance(&box->out, box->now);
}

/* What may leave now; it does. */
static void expect_leaves(struct box *box, const char *wanted)
{
    struct text left = { 0 };
    struct span part;
    outbox_advance(&box->out, box->now);
    while (outbox_peek(&box->out, &part, 1)) {
        text_add(&left, part);
        outbox_consume(&box->out, part.len, box->now);
    }
    assert_string_equal(text_string(&left), wanted);
    text_deinit(&left);
}

static void expect_due(const struct box *box, duration wait)
{
    assert_int_equal(outbox_deadline(&box->out), box->now + wait);
}

/* -- bytes ---------------------------------------------------------------------------------- */

static void test_bytes_leave_in_order(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    assert_true(outbox_is_empty(&box.out));
    outbox_add(&box.out, SPAN(""));
    assert_true(outbox_is_empty(&box.out));
    outbox_add(&box.out, SPAN("ab"));
    outbox_add(&box.out, SPAN(""));
    outbox_add(&box.out, SPAN("cd"));
    assert_int_equal(outbox_len(&box.out), 4);
    assert_false(outbox_is_empty(&box.out));
    expect_leaves(&box, "abcd");
    assert_true(outbox_is_empty(&box.out));
    assert_int_equal(outbox_len(&box.out), 0);
    assert_true(outbox_deadline(&box.out) == NEVER);
    box_end(&box);
}

/* Plain bytes may leave at once; any other step has its turn when the clock has been looked at. */
static void test_steps_wait_for_their_turn(void **state)
{
    struct box box;
    struct span part;
    (void)state;
    box_begin(&box);
    outbox_add_paced(&box.out, SPAN("a"), (struct pace){ 1, MS(1), 0 });
    assert_int_equal(outbox_peek(&box.out, &part, 1), 0);
    assert_int_equal(outbox_head(&box.out), STEP_NONE);
    expect_leaves(&box, "a");
    outbox_add(&box.out, SPAN("b"));
    assert_int_equal(outbox_peek(&box.out, &part, 1), 1);
    expect_leaves(&box, "b");
    outbox_step(&box.out, STEP_FINISH);
    assert_false(outbox_wants(&box.out, STEP_FINISH));
    box_pass(&box, 0);
    assert_true(outbox_wants(&box.out, STEP_FINISH));
    box_end(&box);
}

/* Idle sessions are to cost little: what has left leaves no memory behind. */
static void test_an_empty_outbox_keeps_nothing(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_step(&box.out, STEP_OPEN);
    outbox_advance(&box.out, box.now);
    assert_non_null(box.out.schedule);
    outbox_done(&box.out, box.now);
    assert_null(box.out.schedule);
    outbox_add(&box.out, SPAN("a"));
    assert_null(box.out.schedule);
    expect_leaves(&box, "a");
    outbox_add_paced(&box.out, SPAN("b"), (struct pace){ 1, MS(1), 0 });
    expect_leaves(&box, "b");
    assert_non_null(box.out.schedule);
    box_pass(&box, MS(1));
    assert_null(box.out.schedule);
    box_end(&box);
}

static void test_bytes_leave_in_parts(void **state)
{
    struct box box;
    struct span part;
    (void)state;
    box_begin(&box);
    outbox_add(&box.out, SPAN("abcdef"));
    outbox_advance(&box.out, box.now);
    outbox_consume(&box.out, 0, box.now);
    outbox_consume(&box.out, 4, box.now);
    assert_int_equal(outbox_peek(&box.out, &part, 1), 1);
    assert_true(span_equal(part, SPAN("ef")));
    box_end(&box);
}

static void test_all_may_be_forgotten(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_wait(&box.out, SECONDS(2));
    outbox_add(&box.out, SPAN("ef"));
    outbox_advance(&box.out, box.now);
    outbox_clear(&box.out);
    assert_true(outbox_is_empty(&box.out));
    assert_int_equal(outbox_len(&box.out), 0);
    outbox_wait(&box.out, SECONDS(1));
    outbox_add(&box.out, SPAN("gh"));
    box_pass(&box, MS(500));
    expect_due(&box, SECONDS(1));
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "gh");
    box_end(&box);
}

static void test_bytes_are_moved_in(void **state)
{
    struct box box;
    struct chain from;
    (void)state;
    box_begin(&box);
    chain_init(&from, &box.pool);
    chain_append(&from, SPAN("abcdef"));
    outbox_add(&box.out, SPAN("1"));
    outbox_move(&box.out, &from, 4);
    outbox_add(&box.out, SPAN("2"));
    assert_int_equal(from.len, 2);
    expect_leaves(&box, "1abcd2");
    chain_deinit(&from);
    box_end(&box);
}

static void test_several_spans_at_once(void **state)
{
    struct box box;
    struct span parts[4];
    static uint8_t block[2 * CHUNK_SIZE];
    (void)state;
    box_begin(&box);
    outbox_add(&box.out, span_make(block, sizeof block));
    outbox_add_paced(&box.out, SPAN("later"), (struct pace){ 1, 1, 0 });
    outbox_advance(&box.out, box.now);
    assert_int_equal(outbox_peek(&box.out, parts, 4), 2);
    assert_int_equal(parts[0].len + parts[1].len, sizeof block);
    assert_int_equal(outbox_peek(&box.out, parts, 1), 1);
    box_end(&box);
}

/* -- waits ---------------------------------------------------------------------------------- */

static void test_waits_come_one_after_the_other(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_wait(&box.out, SECONDS(1));
    outbox_add(&box.out, SPAN("a"));
    outbox_wait(&box.out, SECONDS(2));
    outbox_add(&box.out, SPAN("b"));
    expect_leaves(&box, "");
    expect_due(&box, SECONDS(1));
    box_pass(&box, MS(999));
    expect_leaves(&box, "");
    box_pass(&box, MS(1));
    assert_true(outbox_deadline(&box.out) == NEVER);
    box_pass(&box, SECONDS(5)); /* nobody takes it; the second wait has not begun */
    expect_leaves(&box, "a");
    expect_due(&box, SECONDS(2));
    box_pass(&box, SECONDS(2));
    expect_leaves(&box, "b");
    box_end(&box);
}

static void test_waits_add_up(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_wait(&box.out, 0);
    assert_true(outbox_is_empty(&box.out));
    outbox_wait(&box.out, SECONDS(1));
    outbox_wait(&box.out, SECONDS(1));
    outbox_add(&box.out, SPAN("a"));
    outbox_advance(&box.out, box.now);
    assert_false(outbox_is_stalled(&box.out));
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "");
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "a");
    box_end(&box);
}

static void test_a_wait_may_last_for_ever(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_add(&box.out, SPAN("a"));
    outbox_wait(&box.out, NEVER);
    outbox_add(&box.out, SPAN("b"));
    assert_false(outbox_is_stalled(&box.out));
    expect_leaves(&box, "a");
    assert_true(outbox_is_stalled(&box.out));
    assert_true(outbox_deadline(&box.out) == NEVER);
    box_pass(&box, HOURS(1000));
    box.now = NEVER;
    expect_leaves(&box, "");
    assert_int_equal(outbox_len(&box.out), 1);
    box_end(&box);
}

/* -- pace ----------------------------------------------------------------------------------- */

static void test_a_pace_may_end(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_add_paced(&box.out, SPAN("abcdefgh"),
                     (struct pace){ 1, SECONDS(1), box.now + MS(2500) });
    expect_leaves(&box, "a");
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "b");
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "c");
    expect_due(&box, MS(500));
    box_pass(&box, MS(500));
    expect_leaves(&box, "defgh");
    box_end(&box);
}

static void test_bytes_gather(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_gather(&box.out, 2, SECONDS(1));
    outbox_add(&box.out, SPAN("ab"));
    expect_leaves(&box, "");
    expect_due(&box, SECONDS(1));
    box_pass(&box, MS(999));
    outbox_gather(&box.out, 2, SECONDS(1));
    outbox_add(&box.out, SPAN("cd"));
    expect_leaves(&box, "");
    outbox_add(&box.out, SPAN("ef"));
    expect_leaves(&box, "abcdef");
    outbox_gather(&box.out, 1, SECONDS(1));
    outbox_add(&box.out, SPAN("g"));
    expect_leaves(&box, "");
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "g");
    outbox_gather(&box.out, 1, SECONDS(1));
    outbox_add(&box.out, SPAN("h"));
    outbox_step(&box.out, STEP_FINISH);
    expect_leaves(&box, "h");
    box_end(&box);
}

static void test_bytes_leave_at_a_pace(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_add_paced(&box.out, SPAN("abcdefgh"), (struct pace){ 3, SECONDS(1), 0 });
    expect_leaves(&box, "abc");
    expect_due(&box, SECONDS(1));
    box_pass(&box, MS(999));
    expect_leaves(&box, "");
    box_pass(&box, MS(1));
    expect_leaves(&box, "def");
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "gh");
    assert_true(outbox_is_empty(&box.out));
    box_end(&box);
}

/* To a slow reader the chunk that waits and the next one leave together, but no more than those. */
static void test_a_pace_saves_a_chunk_at_most(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_add_paced(&box.out, SPAN("abcdefgh"), (struct pace){ 2, SECONDS(1), 0 });
    outbox_advance(&box.out, box.now);
    box_pass(&box, SECONDS(10));
    expect_leaves(&box, "abcd");
    expect_due(&box, SECONDS(1));
    box_pass(&box, SECONDS(1));
    outbox_consume(&box.out, 1, box.now);
    box_pass(&box, MS(500));
    expect_leaves(&box, "f");
    expect_due(&box, MS(500));
    box_end(&box);
}

static void test_a_pace_holds_across_additions_and_waits(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_add_paced(&box.out, SPAN("a"), (struct pace){ 1, SECONDS(1), 0 });
    expect_leaves(&box, "a");
    outbox_add_paced(&box.out, SPAN("b"), (struct pace){ 1, SECONDS(1), 0 });
    expect_leaves(&box, "");
    expect_due(&box, SECONDS(1));
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "b");
    outbox_wait(&box.out, MS(400));
    outbox_add_paced(&box.out, SPAN("c"), (struct pace){ 1, SECONDS(1), 0 });
    outbox_advance(&box.out, box.now);
    box_pass(&box, MS(400));
    expect_leaves(&box, "");
    expect_due(&box, MS(600));
    box_pass(&box, MS(600));
    expect_leaves(&box, "c");
    box_end(&box);
}

static void test_another_pace_begins_anew(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_add_paced(&box.out, SPAN("ab"), (struct pace){ 1, SECONDS(1), 0 });
    outbox_add_paced(&box.out, SPAN("cd"), (struct pace){ 2, SECONDS(1), 0 });
    outbox_add(&box.out, SPAN("ef"));
    expect_leaves(&box, "a");
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "bcdef");
    outbox_add_paced(&box.out, SPAN("gh"), (struct pace){ 1, SECONDS(1), 0 });
    outbox_add_paced(&box.out, SPAN("ij"), (struct pace){ 1, SECONDS(2), 0 });
    expect_leaves(&box, "g");
    box_pass(&box, SECONDS(1));
    expect_leaves(&box, "hi");
    expect_due(&box, SECONDS(2));
    box_end(&box);
}

static void test_moved_bytes_leave_at_a_pace(void **state)
{
    struct box box;
    struct chain from;
    (void)state;
    box_begin(&box);
    chain_init(&from, &box.pool);
    chain_append(&from, SPAN("abcd"));
    outbox_move_paced(&box.out, &from, 2, (struct pace){ 1, MS(1), 0 });
    outbox_move_paced(&box.out, &from, 2, (struct pace){ 1, MS(1), 0 });
    expect_leaves(&box, "a");
    for (const char *rest = "bcd"; *rest; rest++) {
        const char one[] = { *rest, 0 };
        box_pass(&box, MS(1));
        expect_leaves(&box, one);
    }
    box_end(&box);
}

/* -- steps for the owner -------------------------------------------------------------------- */

static void test_an_end_waits_for_its_turn(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_add(&box.out, SPAN("a"));
    outbox_wait(&box.out, SECONDS(1));
    outbox_step(&box.out, STEP_FINISH);
    outbox_add(&box.out, SPAN("b"));
    outbox_advance(&box.out, box.now);
    assert_false(outbox_wants(&box.out, STEP_FINISH));
    expect_leaves(&box, "a");
    assert_false(outbox_wants(&box.out, STEP_FINISH));
    box_pass(&box, SECONDS(1));
    assert_true(outbox_wants(&box.out, STEP_FINISH));
    assert_false(outbox_wants(&box.out, STEP_RESET));
    assert_true(outbox_deadline(&box.out) == NEVER);
    expect_leaves(&box, "");
    outbox_done(&box.out, box.now);
    expect_leaves(&box, "b");
    box_end(&box);
}

/* The owner may then let the last bytes wait for the end. */
static void test_an_end_right_behind_bytes_is_told(void **state)
{
    struct box box;
    (void)state;
    box_begin(&box);
    outbox_add(&box.out, SPAN("221 bye\r\n"));
    assert_false(outbox_finish_follows(&box.out));
    outbox_step(&box.out, STEP_FINISH);
    assert_true(outbox_finish_follows(&box.out));
    expect_leaves(&box, "221 bye\r\n");
    assert_false(outbox_finish_follows(&box.out));
    outbox_done(&box.out, box.now);
    outbox_add(&box.out, SPAN("more"));
    outbox_wait(&box.out, MS(1));
    outbox_step(&box.out, STEP_FINISH);
    assert_false(outbox_finish_follows(&box.out));
    outbox_clear(&box.out);
    box_end(&box);
}

static void test_steps_are_kept_apart(void **state)
{
    static const enum step_kind kinds[] = { STEP_OPEN, STEP_FINISH, STEP_RESET, STEP_FINISH_ALL,
                                            STEP_RESET_ALL };
    struct box box;
    (void)state;
    box_begin(&box);
    for (unsigned round = 0; round < 3; round++) {
        outbox_step(&box.out, STEP_OPEN);
        outbox_done(&box.out, box.now);
    }
    for (unsigned round = 0; round < 10; round++)
        for (size_t i = 0; i < 5; i++)
            outbox_step(&box.out, kinds[i]);
    outbox_advance(&box.out, box.now);
    for (size_t n = 0; n < 50; n++) {
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(outbox_wants(&box.out, kinds[i]), i == n % 5);
        outbox_done(&box.out, box.now);
    }
    assert_true(outbox_is_empty(&box.out));
    box_end(&box);
}

/* -- silence -------------------------------------------------------------------------------- */

static void test_behind_silence_nothing_leaves(void **state)
{
    struct box box;
    struct chain from;
    (void)state;
    box_begin(&box);
    chain_init(&from, &box.pool);
    chain_append(&from, SPAN("moved"));
    outbox_add(&box.out, SPAN("a"));
    outbox_step(&box.out, STEP_MUTE);
    outbox_add(&box.out, SPAN("b"));
    outbox_step(&box.out, STEP_FINISH);
    assert_false(box.out.muted);
    expect_leaves(&box, "a");
    assert_true(box.out.muted);
    assert_int_equal(outbox_len(&box.out), 0);
    outbox_add(&box.out, SPAN("c"));
    assert_int_equal(outbox_len(&box.out), 0);
    outbox_wait(&box.out, SECONDS(1));
    outbox_step(&box.out, STEP_RESET);
    assert_true(outbox_is_empty(&box.out));
    outbox_move(&box.out, &from, 5);
    assert_int_equal(from.len, 0);
    box_pass(&box, HOURS(1));
    expect_leaves(&box, "");
    assert_true(outbox_is_empty(&box.out));
    assert_int_equal(box.pool.in_use, 0);
    assert_true(outbox_deadline(&box.out) == NEVER);
    box_end(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_leave_in_order),
        cmocka_unit_test(test_steps_wait_for_their_turn),
        cmocka_unit_test(test_an_empty_outbox_keeps_nothing),
        cmocka_unit_test(test_bytes_leave_in_parts),
        cmocka_unit_test(test_all_may_be_forgotten),
        cmocka_unit_test(test_bytes_are_moved_in),
        cmocka_unit_test(test_several_spans_at_once),
        cmocka_unit_test(test_waits_come_one_after_the_other),
        cmocka_unit_test(test_waits_add_up),
        cmocka_unit_test(test_a_wait_may_last_for_ever),
        cmocka_unit_test(test_a_pace_may_end),
        cmocka_unit_test(test_bytes_gather),
        cmocka_unit_test(test_bytes_leave_at_a_pace),
        cmocka_unit_test(test_a_pace_saves_a_chunk_at_most),
        cmocka_unit_test(test_a_pace_holds_across_additions_and_waits),
        cmocka_unit_test(test_another_pace_begins_anew),
        cmocka_unit_test(test_moved_bytes_leave_at_a_pace),
        cmocka_unit_test(test_an_end_waits_for_its_turn),
        cmocka_unit_test(test_an_end_right_behind_bytes_is_told),
        cmocka_unit_test(test_steps_are_kept_apart),
        cmocka_unit_test(test_behind_silence_nothing_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
