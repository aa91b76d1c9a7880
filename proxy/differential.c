/* differential: see differential.h. */
#include "proxy/differential.h"

#include <inttypes.h>
#include <stdlib.h>
#include <uv.h>

#include "base/check.h"
#include "base/prng.h"
#include "mutators/end_of_data.h"

struct task {
    struct differential *run;
    size_t receiver;
    uv_thread_t thread;
};

/* -- what is said --------------------------------------------------------------------------- */

void differential_draw(struct differential *run, size_t count)
{
    struct prng prng = prng_at(run->seed, 0, 0, 0, 0);
    run->sequences = calloc(END_OF_DATA_COUNT, sizeof *run->sequences);
    check(run->sequences != NULL);
    run->sequence_count = count < END_OF_DATA_COUNT ? count : END_OF_DATA_COUNT;
    for (size_t i = 0; i < END_OF_DATA_COUNT; i++)
        run->sequences[i] = i + 1;
    for (size_t i = 0; i < run->sequence_count && count < END_OF_DATA_COUNT; i++) {
        size_t other = (size_t)prng_between(&prng, i, END_OF_DATA_COUNT - 1);
        size_t drawn = run->sequences[other];
        run->sequences[other] = run->sequences[i];
        run->sequences[i] = drawn;
    }
}

void differential_add_marker(const struct differential *run, size_t sequence, unsigned which,
                             struct text *out)
{
    text_addf(out, "differential-%" PRIx64 "-%zu-%u", run->seed, run->sequences[sequence], which);
}

static void add_mail(const struct differential *run, size_t sequence, unsigned which,
                     struct text *out)
{
    text_addf(out, "From: <%s>\r\nTo: <%s>\r\nSubject: ", run->sender, run->recipient);
    differential_add_marker(run, sequence, which, out);
    text_addf(out, "\r\n\r\ntext");
}

/* If the sequence ends mail, commands follow and a second mail; else all of it is text. */
static void add_stream(const struct differential *run, size_t sequence, struct text *out,
                       size_t ends[TALK_PIECES])
{
    add_mail(run, sequence, 1, out);
    end_of_data_add(out, run->sequences[sequence]);
    ends[0] = out->len;
    text_addf(out, "MAIL FROM:<%s>\r\n", run->sender);
    ends[1] = out->len;
    text_addf(out, "RCPT TO:<%s>\r\n", run->recipient);
    ends[2] = out->len;
    text_addf(out, "DATA\r\n");
    ends[3] = out->len;
    add_mail(run, sequence, 2, out);
    text_addf(out, "\r\n.\r\n");
    ends[4] = out->len;
    text_addf(out, "QUIT\r\n");
    ends[5] = out->len;
}

/* -- who says it ---------------------------------------------------------------------------- */

static void talk_about(struct differential *run, size_t sequence, size_t receiver)
{
    struct text stream = { 0 };
    size_t ends[TALK_PIECES];
    struct talk_lines lines = { span_of(run->sender), span_of(run->recipient), { { 0 } } };
    add_stream(run, sequence, &stream, ends);
    for (size_t i = 0; i < TALK_PIECES; i++) {
        size_t begin = i > 0 ? ends[i - 1] : 0;
        lines.pieces[i] = span_make(stream.ptr + begin, ends[i] - begin);
    }
    differential_talk(&run->receivers[receiver].to, &lines, &run->times,
                      &run->outcomes[sequence * run->receiver_count + receiver]);
    text_deinit(&stream);
}

static void talk_to_one(void *argument)
{
    struct task *task = argument;
    for (size_t i = 0; i < task->run->sequence_count; i++) {
        talk_about(task->run, i, task->receiver);
        atomic_fetch_add(&task->run->done, 1);
    }
}

void differential_run(struct differential *run, void (*progress)(const struct differential *run))
{
    struct task tasks[RECEIVERS_MAX];
    size_t all = run->sequence_count * run->receiver_count;
    run->outcomes = calloc(all ? all : 1, sizeof *run->outcomes);
    check(run->outcomes != NULL);
    for (size_t i = 0; i < run->receiver_count; i++) {
        tasks[i] = (struct task){ .run = run, .receiver = i };
        check(uv_thread_create(&tasks[i].thread, talk_to_one, &tasks[i]) == 0);
    }
    while (progress && atomic_load(&run->done) < all) {
        progress(run);
        uv_sleep(100);
    }
    for (size_t i = 0; i < run->receiver_count; i++)
        uv_thread_join(&tasks[i].thread);
}

void differential_deinit(struct differential *run)
{
    free(run->sequences);
    free(run->outcomes);
}

/* -- what came of it ------------------------------------------------------------------------ */

const struct talk_outcome *differential_outcome(const struct differential *run, size_t sequence,
                                                size_t receiver)
{
    return &run->outcomes[sequence * run->receiver_count + receiver];
}

bool differential_disagree(const struct differential *run, size_t sequence)
{
    const struct talk_outcome *first = differential_outcome(run, sequence, 0);
    for (size_t i = 1; i < run->receiver_count; i++) {
        const struct talk_outcome *other = differential_outcome(run, sequence, i);
        if (other->is_reached != first->is_reached || other->messages != first->messages ||
            other->commands != first->commands)
            return true;
    }
    return false;
}
