/* commands: what commands.def lists, as functions. Each is given its own word as argv[0] and what
 * stands behind it, and answers the program's exit status (exits.h). */
#ifndef SMTPCHAOS_PROXY_COMMANDS_H
#define SMTPCHAOS_PROXY_COMMANDS_H

#define COMMAND(word, function, what) int function(int argc, char **argv);
#include "proxy/commands.def"
#undef COMMAND

#endif
