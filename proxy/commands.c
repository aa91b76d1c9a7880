/* commands: see commands.h. */
#include "proxy/commands.h"

const struct command commands[] = {
#define COMMAND(word, function, what) { #word, function, what },
#include "proxy/commands.def"
#undef COMMAND
};

const size_t command_count = sizeof commands / sizeof commands[0];
