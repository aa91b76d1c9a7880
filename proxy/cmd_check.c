/* cmd_check: `smtpchaos check FILE…`: reads files as the program would and says what is wrong. */
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "play/transcript.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"
#include "proxy/options.h"
#include "proxy/settings.h"
#include "session/profile.h"

static const struct usage usage = {
    .name = "check",
    .summary = "checks profiles, configuration files and transcripts",
    .operands = "FILE…",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .detail =
        "Files are told apart by their names: *.profile is a profile, *.transcript is a "
        "transcript, everything else is a configuration file for `smtpchaos proxy`. Each mistake "
        "is one line on stderr that begins with file, line and column. What reads well but can "
        "never do anything (a rule that an earlier one leaves nothing to, a filter that never "
        "holds) is a warning there, and the exit status stays 0. On a terminal each file without "
        "a mistake is named too.",
    .examples = "  # before a profile is used\n"
                "  smtpchaos check ./reluctant.profile\n"
                "  # before a running proxy is told to read its files again\n"
                "  smtpchaos check proxy.conf && kill -HUP \"$(pidof smtpchaos)\"\n",
};

/* Names tell what a file is; what has another name is a configuration file. */
static const struct kind {
    const char *extension;
    void (*warn)(const char *file, struct span text, struct text *warnings);
    bool (*check)(const char *file, struct span text, struct text *errors);
    uint32_t size_max;
} kinds[] = {
    { ".profile", profile_warn, profile_check, PROFILE_SIZE_MAX },
    { ".transcript", NULL, transcript_check, TRANSCRIPT_SIZE_MAX },
    { "", NULL, settings_check, CONFIG_SIZE_MAX },
};

static const struct kind *kind_of(const char *file)
{
    const struct kind *kind = kinds;
    while (!span_ends(span_of(file), span_of(kind->extension)))
        kind++;
    return kind;
}

static int check_file(const char *file)
{
    const struct kind *kind = kind_of(file);
    struct text text = { .max = kind->size_max };
    struct text errors = { 0 };
    int status = file_read(file, &text);
    if (status == 0 && !kind->check(file, text_span(&text), &errors))
        status = EX_DATAERR;
    else if (status == 0 && kind->warn)
        kind->warn(file, text_span(&text), &errors);
    if (status == 0 && isatty(STDOUT_FILENO))
        printf("%s: fine\n", file);
    complain_lines(text_span(&errors));
    text_deinit(&errors);
    text_deinit(&text);
    return status;
}

int cmd_check(int argc, char **argv)
{
    struct options options;
    int status;
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    for (size_t i = 0; i < options.operand_count; i++) {
        int found = check_file(options.operands[i]);
        status = found ? found : status;
    }
    options_deinit(&options);
    return status;
}
