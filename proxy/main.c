/* main: finds the command that the first word names (commands.def) and runs it. */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/version.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"

static const struct command {
    const char *word;
    int (*run)(int argc, char **argv);
    const char *what;
} commands[] = {
#define COMMAND(word, function, what) { #word, function, what },
#include "proxy/commands.def"
#undef COMMAND
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static int print_help(void)
{
    puts("usage: smtpchaos COMMAND [OPTION]…\n\n"
         "An SMTP proxy that is an invisible wire until told otherwise, and then does to the\n"
         "mail, on purpose and repeatably, what firewalls, scanners, tarpits, greylists and bad\n"
         "networks do to it by accident.\n\nCommands:");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s %s\n", commands[i].word, commands[i].what);
    puts("\n`smtpchaos COMMAND --help` tells more about each. `smtpchaos --version` tells which\n"
         "smtpchaos this is.");
    return 0;
}

static int refuse_unknown(const char *word)
{
    const char *words[COMMAND_COUNT + 1] = { NULL };
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        words[i] = commands[i].word;
    const char *nearest = nearest_word(span_of(word), words);
    const char *kind = word[0] == '-' ? "option" : "command";
    if (nearest)
        complain("unknown %s %s; did you mean %s?", kind, word, nearest);
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
    if (is_any(argv[1], "--help", "-h") || strcmp(argv[1], "help") == 0)
        return print_help();
    if (is_any(argv[1], "--version", "-V")) {
        puts("smtpchaos " SMTPCHAOS_VERSION);
        return 0;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].word) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    return refuse_unknown(argv[1]);
}
