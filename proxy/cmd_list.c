/* cmd_list: `smtpchaos list`: one line for each mutator, profile or event there is. */
#include <stdio.h>
#include <unistd.h>

#include "base/nearest.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/options.h"
#include "session/catalogue.h"

static const struct usage usage = {
    .name = "list",
    .summary = "lists the mutators, profiles or events there are",
    .operands = "mutators|profiles|events",
    .operands_min = 1,
    .operands_max = 1,
    .detail =
        "One line each: the name, and a sentence about it. `smtpchaos explain NAME` tells all "
        "about one of them. Profiles stand in groups, each with its variants in brackets; on a "
        "terminal the groups have headings.",
    .examples = "  # the kinds of harm there are\n"
                "  smtpchaos list mutators\n"
                "  # the names of all profiles, for a script\n"
                "  smtpchaos list profiles | awk '{ print $1 }'\n",
};

static bool find_part(const char *word, enum catalogue_part *part)
{
    struct nearest nearest = nearest_begin(span_of(word));
    for (*part = CATALOGUE_MUTATORS; *part <= CATALOGUE_EVENTS; (*part)++) {
        if (span_equal(span_of(word), span_of(catalogue_part_name(*part))))
            return true;
        nearest_try(&nearest, span_of(catalogue_part_name(*part)));
    }
    struct text error = { 0 };
    text_addf(&error, "there is no list of \"%s\"", word);
    nearest_suggest(&nearest, &error);
    complain("%s", text_string(&error));
    text_deinit(&error);
    return false;
}

int cmd_list(int argc, char **argv)
{
    struct options options;
    int status;
    enum catalogue_part part;
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    if (find_part(options.operands[0], &part)) {
        struct text lines = { 0 };
        if (part == CATALOGUE_PROFILES)
            catalogue_list_profiles(isatty(STDOUT_FILENO), &lines);
        else
            catalogue_list(part, &lines);
        fwrite(lines.ptr, 1, lines.len, stdout);
        text_deinit(&lines);
    } else {
        status = EX_USAGE;
    }
    options_deinit(&options);
    return status;
}
