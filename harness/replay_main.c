/* replay_main: a plain program around a fuzz target: tries the files that it is given, and those in
 * the folders that it is given. For compilers without a fuzzer, debuggers, and tests. With --rate
 * it tries them again and again, and tells how many it gets through in a second. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/check.h"
#include "base/text.h"
#include "harness/entry.h"

/* What --rate takes of an input, and for how long: most that a fuzzer tries are short. */
#define RATE_INPUT_MAX 256
#define RATE_SECONDS 2.0

/* sysexits.h */
enum { EXIT_USAGE = 64, EXIT_NO_INPUT = 66 };

static bool read_file(const char *path, struct text *content)
{
    uint8_t block[16384];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        text_add(content, span_make(block, got));
    bool fine = !ferror(file);
    fclose(file);
    return fine;
}

/* The copy has no byte to spare, so that sanitizers see who reads behind its end. */
static void try_input(struct span content)
{
    uint8_t *exact = malloc(content.len ? content.len : 1);
    check(exact != NULL);
    if (content.len)
        memcpy(exact, content.ptr, content.len);
    LLVMFuzzerTestOneInput(exact, content.len);
    free(exact);
}

struct tally {
    bool rates; /* keeps inputs in place of trying them */
    struct text *kept;
    unsigned tried;
    unsigned missing;
};

static void keep_input(struct span content, struct tally *tally)
{
    tally->kept = realloc(tally->kept, (tally->tried + 1) * sizeof *tally->kept);
    check(tally->kept != NULL);
    tally->kept[tally->tried] = (struct text){ 0 };
    text_add(&tally->kept[tally->tried], span_take(content, RATE_INPUT_MAX));
}

static void replay_file(const char *path, struct tally *tally)
{
    struct text content = { 0 };
    /* A crash shows the last line. */
    if (!tally->rates)
        fprintf(stderr, "%s\n", path);
    if (read_file(path, &content)) {
        if (tally->rates)
            keep_input(text_span(&content), tally);
        else
            try_input(text_span(&content));
        tally->tried++;
    } else {
        perror(path);
        tally->missing++;
    }
    text_deinit(&content);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void replay_folder(const char *folder, struct tally *tally)
{
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, is_visible, alphasort);
    if (found < 0) {
        perror(folder);
        tally->missing++;
    }
    for (int i = 0; i < found; i++) {
        struct text path = { 0 };
        text_addf(&path, "%s/%s", folder, entries[i]->d_name);
        replay_file(text_string(&path), tally);
        text_deinit(&path);
        free(entries[i]);
    }
    free(entries);
}

/* Processor time, so that what else the machine does counts little. */
static double seconds_used(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void tell_rate(const struct tally *tally)
{
    double begun = seconds_used();
    unsigned long done = 0;
    while (tally->tried > 0 && seconds_used() - begun < RATE_SECONDS)
        for (unsigned i = 0; i < tally->tried; i++, done++)
            try_input(text_span(&tally->kept[i]));
    printf("%u inputs, %.0f a second of processor time\n", tally->tried,
           (double)done / (seconds_used() - begun));
}

static void forget_inputs(struct tally *tally)
{
    for (unsigned i = 0; tally->rates && i < tally->tried; i++)
        text_deinit(&tally->kept[i]);
    free(tally->kept);
}

int main(int argc, char **argv)
{
    struct tally tally = { .rates = argc > 2 && strcmp(argv[1], "--rate") == 0 };
    if (argc < 2) {
        fprintf(stderr, "usage: %s [--rate] FILE|FOLDER…\n", argv[0]);
        return EXIT_USAGE;
    }
    for (int i = tally.rates ? 2 : 1; i < argc; i++) {
        struct stat about;
        bool is_folder = stat(argv[i], &about) == 0 && S_ISDIR(about.st_mode);
        if (is_folder)
            replay_folder(argv[i], &tally);
        else
            replay_file(argv[i], &tally);
    }
    if (tally.rates)
        tell_rate(&tally);
    else
        printf("%u inputs, nothing found\n", tally.tried);
    forget_inputs(&tally);
    return tally.tried > 0 && tally.missing == 0 ? 0 : EXIT_NO_INPUT;
}
