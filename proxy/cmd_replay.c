/* cmd_replay: `smtpchaos replay FILE|DIR…`: runs recorded sessions again and compares. */
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "play/recording.h"
#include "play/rerun.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"
#include "proxy/file_list.h"
#include "proxy/options.h"

enum { QUIET };

static const struct option_row rows[] = {
    [QUIET] = { "quiet", OPTION_FLAG, .help = "says nothing of recordings that went the same" },
};

static const struct usage usage = {
    .name = "replay",
    .summary = "runs recorded sessions again and compares byte for byte",
    .operands = "FILE|DIR…",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .detail =
        "A recording (`smtpchaos proxy --record DIR`) holds every call that was made on a session "
        "and all that came of it. The same calls are made on a new session, under the recording's "
        "own clock, and every byte that leaves, every wish of the session and every line of the "
        "journal has to come again at the same moment. No network is needed. TLS is not made "
        "again: the session only sees what became of it. Of a folder all files that end in "
        "`.recording` are taken.\n\n"
        "Each recording is `same`, `differs` or `bad` on stdout; the first difference stands on "
        "stderr, with its place: `-` is the recording, `+` this time. The exit status is 1 when "
        "one differs, 65 when one cannot be read and 66 when one is not there.",
    .examples = "  # after a change to the rules' engine: does it still do the same?\n"
                "  smtpchaos replay recordings/\n",
    OPTION_TABLE(rows),
};

static const char *const suffixes[] = { RECORDING_SUFFIX, NULL };

static int status_of(enum rerun_outcome outcome)
{
    switch (outcome) {
    case RERUN_SAME: return 0;
    case RERUN_DIFFERS: return EX_NEGATIVE;
    case RERUN_BAD: return EX_DATAERR;
    }
    return EX_DATAERR;
}

static void tell(const char *file, enum rerun_outcome outcome, const struct rerun_tally *tally)
{
    static const char *const words[] = {
        [RERUN_SAME] = "same", [RERUN_DIFFERS] = "differs", [RERUN_BAD] = "bad"
    };
    printf("%s %s: %zu calls, %zu journal lines, %" PRIu64 " bytes sent on%s\n", words[outcome],
           file, tally->calls, tally->entries, tally->bytes,
           outcome == RERUN_SAME && !tally->is_whole ? "; the recording breaks off there" : "");
}

static int replay(const char *file, bool quiet)
{
    /* The last line may go past the bound. */
    struct text text = { .max = RECORDING_SIZE_MAX + TEXT_MAX };
    struct text report = { 0 };
    struct rerun_tally tally;
    int status = file_read(file, &text);
    if (status == 0) {
        enum rerun_outcome outcome = rerun(file, text_span(&text), &tally, &report);
        status = status_of(outcome);
        if (status != 0 || !quiet)
            tell(file, outcome, &tally);
        fflush(stdout);
        fputs(text_string(&report), stderr);
    }
    text_deinit(&report);
    text_deinit(&text);
    return status;
}

static int max_of(int a, int b)
{
    return a > b ? a : b;
}

int cmd_replay(int argc, char **argv)
{
    struct options options;
    int status;
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    int worst = 0;
    struct file_list files = { 0 };
    for (size_t i = 0; i < options.operand_count; i++)
        worst = max_of(worst, file_list_add(&files, options.operands[i], suffixes));
    for (size_t i = 0; i < files.count; i++)
        worst = max_of(worst, replay(files.names[i], options_flag(&options, QUIET)));
    if (files.count > 1 && !options_flag(&options, QUIET))
        printf("%zu recordings, %s\n", files.count,
               worst == 0 ? "all the same" : "not all the same");
    file_list_deinit(&files);
    options_deinit(&options);
    return worst;
}
