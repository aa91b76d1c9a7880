/* replay_main: a plain program around a fuzz target: tries the files that it is given, and those in
 * the folders that it is given. For compilers without a fuzzer, debuggers, and tests. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/text.h"
#include "harness/entry.h"

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
    unsigned tried;
    unsigned missing;
};

static void replay_file(const char *path, struct tally *tally)
{
    struct text content = { 0 };
    /* A crash shows the last line. */
    fprintf(stderr, "%s\n", path);
    if (read_file(path, &content)) {
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
    for (int i = 0; i < found; i++) {
        struct text path = { 0 };
        text_addf(&path, "%s/%s", folder, entries[i]->d_name);
        replay_file(text_string(&path), tally);
        text_deinit(&path);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    struct tally tally = { 0 };
    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE|FOLDER…\n", argv[0]);
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++) {
        struct stat about;
        bool is_folder = stat(argv[i], &about) == 0 && S_ISDIR(about.st_mode);
        if (is_folder)
            replay_folder(argv[i], &tally);
        else
            replay_file(argv[i], &tally);
    }
    printf("%u inputs, nothing found\n", tally.tried);
    return tally.tried > 0 && tally.missing == 0 ? 0 : EXIT_NO_INPUT;
}
