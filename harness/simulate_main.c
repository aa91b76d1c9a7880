/* simulate_main: session after session of a swarm (swarm.h), each out of a seed of its own, for so
 * many seconds; every sixteenth is played again cut into pieces. A seed that fails is made small
 * and printed as a transcript.
 *
 * usage: simulate SECONDS [SEED [FOLDER]]     (1, .)
 *
 * The same SEED simulates the same sessions. FOLDER is where the script of a failure is kept. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "harness/script_run.h"
#include "harness/swarm.h"
#include "play/script.h"
#include "play/script_writer.h"

/* sysexits.h */
enum { EXIT_USAGE = 64 };

#define CUT_EVERY 16
#define SCRIPT_MAX (1024 * 1024)
/* One session that takes longer hangs (seconds). */
#define PATIENCE 20

/* What a simulating child tells its parent, who outlives it. */
struct report {
    uint64_t seed;
    uint64_t sessions;
    bool cut;      /* the check in pieces is under way */
    size_t length; /* of the script */
    uint8_t script[SCRIPT_MAX];
};

static struct report *report;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void simulate_one(uint64_t seed, struct text *script)
{
    text_clear(script);
    alarm(PATIENCE);
    report->seed = seed;
    report->cut = false;
    swarm_play(seed, script);
    report->cut = seed % CUT_EVERY == 0;
    if (report->cut)
        script_try(text_span(script));
    report->sessions++;
}

static void simulate(uint64_t seed, double seconds)
{
    struct text script = { 0 };
    double end = now() + seconds;
    do {
        for (unsigned i = 0; i < 64; i++)
            simulate_one(seed++, &script);
    } while (now() < end);
    text_deinit(&script);
}

/* -- children that may die ------------------------------------------------------------------ */

static bool dies(pid_t child)
{
    int status;
    check(child >= 0 && waitpid(child, &status, 0) == child);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static void be_quiet(void)
{
    if (!freopen("/dev/null", "w", stderr))
        _exit(2);
}

static bool simulation_dies(uint64_t seed, double seconds)
{
    pid_t child = fork();
    if (child == 0) {
        simulate(seed, seconds);
        _exit(0);
    }
    return dies(child);
}

/* Plays the seed again; its script, as far as it came, is in the report. */
static void record(uint64_t seed)
{
    pid_t child = fork();
    if (child == 0) {
        /* The text grows within the report. */
        struct text script = { .ptr = report->script, .capacity = SCRIPT_MAX, .max = SCRIPT_MAX };
        be_quiet();
        memset(report->script, 0, SCRIPT_MAX);
        alarm(PATIENCE);
        swarm_play(seed, &script);
        report->length = script.len;
        _exit(0);
    }
    /* A child that died has not said how much it wrote: behind it there is nothing but NULs. */
    if (dies(child))
        for (report->length = SCRIPT_MAX; report->length > 0; report->length--)
            if (report->script[report->length - 1])
                break;
}

static bool script_dies(struct span script, bool cut)
{
    pid_t child = fork();
    if (child == 0) {
        be_quiet();
        alarm(PATIENCE);
        if (cut)
            script_try(script);
        else
            swarm_check(script);
        _exit(0);
    }
    return dies(child);
}

/* -- a seed that fails ---------------------------------------------------------------------- */

/* The script without one step, if that still fails; true when it does. */
static bool leave_out(struct text *script, size_t begin, size_t end, bool cut)
{
    struct text shorter = { 0 };
    text_add(&shorter, span_take(text_span(script), begin));
    text_add(&shorter, span_drop(text_span(script), end));
    bool fails = script_dies(text_span(&shorter), cut);
    if (fails) {
        text_clear(script);
        text_add(script, text_span(&shorter));
    }
    text_deinit(&shorter);
    return fails;
}

/* Step after step from the first, until none can be left out. */
static bool minimise_once(struct text *script, bool cut)
{
    struct script_step step;
    size_t begin = 2;
    bool shrank = false;
    while (begin < script->len) {
        struct span rest = span_drop(text_span(script), begin);
        script_next(&rest, &step);
        size_t end = script->len - rest.len;
        if (leave_out(script, begin, end, cut))
            shrank = true;
        else
            begin = end;
    }
    return shrank;
}

static void show(uint64_t seed, const struct text *script)
{
    struct text shown = { 0 };
    text_addf(&shown, "# simulated, seed %" PRIu64 "\n", seed);
    script_show(text_span(script), &shown);
    fwrite(shown.ptr, 1, shown.len, stdout);
    text_deinit(&shown);
}

static void keep(const char *folder, uint64_t seed, const struct text *script)
{
    char name[256];
    snprintf(name, sizeof name, "%s/simulated-%" PRIu64, folder, seed);
    FILE *file = fopen(name, "wb");
    bool fine = file && fwrite(script->ptr, 1, script->len, file) == script->len;
    if (file && fclose(file) == 0 && fine)
        fprintf(stderr, "kept as %s, which replay_session plays\n", name);
    else
        perror(name);
}

static int explain_failure(const char *folder)
{
    struct text script = { 0 };
    uint64_t seed = report->seed;
    bool cut = report->cut;
    record(seed);
    text_add(&script, span_make(report->script, report->length));
    fprintf(stderr, "simulate: seed %" PRIu64 " fails; making it small\n", seed);
    if (script_dies(text_span(&script), cut))
        while (minimise_once(&script, cut))
            continue;
    show(seed, &script);
    keep(folder, seed, &script);
    text_deinit(&script);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    if (argc < 2 || argc > 4 || seconds <= 0) {
        fprintf(stderr, "usage: %s SECONDS [SEED [FOLDER]]\n", argv[0]);
        return EXIT_USAGE;
    }
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(report != MAP_FAILED);
    double began = now();
    if (simulation_dies(seed, seconds))
        return explain_failure(argc > 3 ? argv[3] : ".");
    double took = now() - began;
    printf("%" PRIu64 " sessions from seed %" PRIu64 " on, %.0f an hour, nothing found\n",
           report->sessions, seed, (double)report->sessions / took * 3600);
    return 0;
}
