/* commands: what commands.def lists, as functions and as a table. Each is given its own word as
 * argv[0] and what stands behind it, and answers the program's exit status (exits.h). */
#ifndef SMTPCHAOS_PROXY_COMMANDS_H
#define SMTPCHAOS_PROXY_COMMANDS_H

#include <stddef.h>

#define COMMAND(word, function, what) int function(int argc, char **argv);
#include "proxy/commands.def"
#undef COMMAND

struct command {
    const char *word;
    int (*run)(int argc, char **argv);
    const char *what; /* what it does, in a few words */
};

/* In the order of commands.def. */
extern const struct command commands[];
extern const size_t command_count;

#endif
