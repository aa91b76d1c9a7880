/* main: finds the command that the first word names (commands.def) and runs it. */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/version.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/help.h"
#include "proxy/manual.h"

static int refuse_unknown(const char *word)
{
    struct nearest nearest = nearest_begin(span_of(word));
    const char *kind = word[0] == '-' ? "option" : "command";
    for (size_t i = 0; i < command_count; i++)
        nearest_try(&nearest, span_of(commands[i].word));
    nearest_try(&nearest, SPAN("--version"));
    nearest_try(&nearest, SPAN("--help"));
    if (nearest.best.len)
        complain("unknown %s %s; did you mean %.*s?", kind, word, (int)nearest.best.len,
                 (const char *)nearest.best.ptr);
    else
        complain("unknown %s %s; `smtpchaos --help` lists all commands", kind, word);
    return EX_USAGE;
}

static bool is_any(const char *word, const char *one, const char *other)
{
    return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        complain("no command; `smtpchaos --help` lists all");
        return EX_USAGE;
    }
    if (is_any(argv[1], "--help", "-h") || strcmp(argv[1], "help") == 0) {
        help_print_program();
        return 0;
    }
    if (is_any(argv[1], "--version", "-V")) {
        puts("smtpchaos " SMTPCHAOS_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--manual") == 0) {
        manual_print_program();
        return 0;
    }
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(argv[1], commands[i].word) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    return refuse_unknown(argv[1]);
}
