/* send_run: see send_run.h. */
#include "proxy/send_run.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/check.h"
#include "proxy/clock.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/send_connection.h"

/* -- what is due ------------------------------------------------------------------------------ */

bool send_run_has_fresh(const struct send_run *run)
{
    return !run->is_stopping && run->begun < run->plan->count;
}

/* With --rate each message has its own moment, however late the others were. */
static instant fresh_due(const struct send_run *run)
{
    uint64_t rate = run->plan->rate;
    if (!send_run_has_fresh(run))
        return NEVER;
    if (rate == 0)
        return run->began;
    return run->began + SECONDS(run->begun / rate) + SECONDS(run->begun % rate) / rate;
}

static instant again_due(const struct send_run *run)
{
    return run->again ? run->again->due : NEVER;
}

static struct send_job *take_again(struct send_run *run)
{
    struct send_job *job = run->again;
    run->again = job->next;
    if (!run->again)
        run->again_last = NULL;
    job->next = NULL;
    return job;
}

static void set_recipients(struct send_job *job, const struct span *recipients, size_t count)
{
    struct span *copy = calloc(count, sizeof *copy);
    check(copy != NULL);
    for (size_t i = 0; i < count; i++)
        copy[i] = recipients[i];
    free(job->recipients);
    job->recipients = copy;
    job->recipient_count = count;
}

static struct send_job *make_fresh(struct send_run *run)
{
    struct send_job *job = calloc(1, sizeof *job);
    check(job != NULL);
    job->number = ++run->begun;
    job->attempt = 1;
    set_recipients(job, run->plan->recipients, run->plan->recipient_count);
    return job;
}

struct send_job *send_run_take(struct send_run *run, instant now)
{
    if (again_due(run) <= now)
        return take_again(run);
    return fresh_due(run) <= now ? make_fresh(run) : NULL;
}

/* -- what became of it ------------------------------------------------------------------------ */

static void job_free(struct send_job *job)
{
    free(job->recipients);
    free(job);
}

/* All wait equally long, so the queue is in order by itself. */
static void put_off(struct send_run *run, struct send_job *job, instant now)
{
    job->attempt++;
    job->due = instant_after(now, run->plan->retry_after);
    if (run->again_last)
        run->again_last->next = job;
    else
        run->again = job;
    run->again_last = job;
}

/* Keeps the recipients that another attempt may reach: put off by 4yz, or without a last word.
 * Answers how many there are; the reached ones are counted. */
static size_t keep_unreached(struct send_job *job, const struct sender *sender)
{
    size_t kept = 0;
    for (size_t i = 0; i < job->recipient_count; i++) {
        unsigned code = sender_recipient_code(sender, i);
        job->delivered += code / 100 == 2 ? 1 : 0;
        if (code == 0 || code / 100 == 4)
            job->recipients[kept++] = job->recipients[i];
    }
    return kept;
}

static enum sender_end end_of_all(const struct send_run *run, const struct send_job *job,
                                  enum sender_end last)
{
    if (job->delivered == run->plan->recipient_count)
        return SENDER_DELIVERED;
    if (job->delivered > 0)
        return SENDER_PARTLY;
    return last;
}

void send_run_finish(struct send_run *run, struct send_job *job,
                     const struct sender_outcome *outcome, const char *where,
                     const struct sender *sender, duration took, uint64_t bytes)
{
    size_t unreached = keep_unreached(job, sender);
    bool again = unreached > 0 && job->attempt <= run->plan->retries && !run->is_stopping;
    send_tally_attempt(&run->tally, outcome, where, again, took);
    if (again) {
        job->recipient_count = unreached;
        put_off(run, job, clock_now());
        return;
    }
    send_tally_message(&run->tally, end_of_all(run, job, outcome->end), bytes);
    job_free(job);
    /* Nobody has ever answered: the other messages would fare no better. */
    run->is_stopping = run->is_stopping || !run->has_connected;
}

void send_run_cannot_connect(struct send_run *run, int error)
{
    if (!run->has_connected)
        run->connect_error = error;
}

/* -- who does it ------------------------------------------------------------------------------ */

static void end(struct send_run *run)
{
    run->has_ended = true;
    run->tally.lasted = clock_now() - run->began;
    uv_close((uv_handle_t *)&run->timer, NULL);
    live_line_stop(&run->live);
}

/* Idle connections take what is due, or quit; then others are opened. */
static void dispatch(struct send_run *run, instant now)
{
    struct send_connection *next;
    for (struct send_connection *one = run->first; one && run->idle > 0; one = next) {
        next = send_connection_next(one);
        if (send_connection_is_idle(one))
            send_connection_wake(one, now);
    }
    while (run->open < run->plan->connections) {
        struct send_job *job = send_run_take(run, now);
        if (!job)
            break;
        send_connection_open(run, job, now);
    }
    send_run_arm(run, now);
}

static void on_timer(uv_timer_t *timer)
{
    dispatch(timer->data, clock_now());
}

/* When there is something to do that somebody could do; NEVER otherwise. */
static instant next_due(const struct send_run *run)
{
    if (run->idle > 0 && !send_run_has_fresh(run))
        return 0;
    if (run->idle == 0 && run->open >= run->plan->connections)
        return NEVER;
    return instant_min(fresh_due(run), again_due(run));
}

void send_run_arm(struct send_run *run, instant now)
{
    if (run->has_ended)
        return;
    instant due = next_due(run);
    if (due == NEVER && run->open == 0) {
        end(run);
        return;
    }
    if (due == NEVER) {
        uv_timer_stop(&run->timer);
        return;
    }
    uint64_t wait_ms = due > now ? (due - now + MS(1) - 1) / MS(1) : 0;
    uv_update_time(&run->poller.loop);
    uv_timer_start(&run->timer, on_timer, wait_ms, 0);
}

/* -- signals and the live line ---------------------------------------------------------------- */

static void forget_again(struct send_run *run)
{
    while (run->again) {
        send_tally_message(&run->tally, SENDER_REFUSED, 0);
        job_free(take_again(run));
    }
}

/* The first lets messages under way come to their end, the second does not. */
static void on_signal(uv_signal_t *handle, int number)
{
    struct send_run *run = handle->data;
    struct send_connection *next;
    (void)number;
    for (struct send_connection *one = run->is_stopping ? run->first : NULL; one; one = next) {
        next = send_connection_next(one);
        send_connection_abort(one);
    }
    run->is_stopping = true;
    forget_again(run);
    send_run_arm(run, clock_now());
}

static void live_words(void *owner, duration passed, struct text *out)
{
    struct send_run *run = owner;
    const struct send_tally *tally = &run->tally;
    text_addf(out, "%" PRIu64 " sent, %.0f/s, ", tally->sent,
              rate_of(tally->sent - run->shown_sent, passed));
    text_add_bytes(out, rate_of(tally->bytes - run->shown_bytes, passed));
    text_addf(out, "/s, %" PRIu64 " delivered, %" PRIu64 " not, %" PRIu64 " connections",
              tally->delivered, tally->sent - tally->delivered, run->open);
    run->shown_sent = tally->sent;
    run->shown_bytes = tally->bytes;
}

/* -- the run ---------------------------------------------------------------------------------- */

static void begin(struct send_run *run, const struct send_plan *plan)
{
    *run = (struct send_run){ .plan = plan, .began = clock_now() };
    run->tally.wanted = plan->count;
    poller_init(&run->poller);
    run->place.poller = &run->poller;
    check(uv_timer_init(&run->poller.loop, &run->timer) == 0);
    run->timer.data = run;
    end_signals_watch(&run->signals, &run->poller.loop, on_signal, run);
}

int send_run(struct send_run *run, const struct send_plan *plan)
{
    begin(run, plan);
    if (!plan->verbose)
        live_line_start(&run->live, &run->poller.loop, live_words, run);
    dispatch(run, run->began);
    poller_run(&run->poller);
    end_signals_forget(&run->signals, &run->poller.loop);
    poller_deinit(&run->poller);
    peer_place_deinit(&run->place);
    if (!run->has_connected && run->connect_error) {
        complain("cannot connect to %s: %s", plan->server, uv_strerror(run->connect_error));
        return EX_UNAVAILABLE;
    }
    return run->tally.delivered == plan->count ? 0 : EX_NEGATIVE;
}
