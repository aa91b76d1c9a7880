/* script: fuzz input as a conversation: bytes that say who does what. Every input is a script; one
 * that breaks off is cut short, never refused. seed.h writes them.
 *
 * A script is a head and steps. Head: a byte for the rules (rule_choice.h), one for the options.
 * A step is a byte, whose highest bit is the side (0 client, 1 server) and whose lowest four are
 * what it does, and what belongs to that:
 *
 *   0 SAY     length, bytes                     says them
 *   1 LINE    bytes up to and including LF      says them
 *   2 FILL    two bytes of length, a byte       says it so often; LF at most SCRIPT_LINES_MAX times
 *   3 WAIT    a byte                            time passes
 *   4 FINISH                                    ends its direction
 *   5 TEAR                                      tears its connection
 *   6 STOP                                      reads no more
 *   7 RESUME                                    reads again
 *   8 SWITCH                                    all rules go off, or on again
 *   9 ACCEPT                                    the server takes the connection
 *  10 REFUSE                                    the server does not
 *  11 DRAIN                                     the proxy is told to end
 *  others: LINE */
#ifndef SMTPCHAOS_PLAY_SCRIPT_H
#define SMTPCHAOS_PLAY_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/span.h"
#include "smtp/event.h"

#define SCRIPT_LINES_MAX 1024
/* The head's byte for rules where it names no set of rule_choice.h: there are none; they stand
 * behind it, a line each, up to an empty one. */
enum { SCRIPT_WITHOUT_RULES = 0x00, SCRIPT_HOLDS_RULES = 0xff };

enum script_operation {
    SCRIPT_SAY,
    SCRIPT_LINE,
    SCRIPT_FILL,
    SCRIPT_WAIT,
    SCRIPT_FINISH,
    SCRIPT_TEAR,
    SCRIPT_STOP,
    SCRIPT_RESUME,
    SCRIPT_SWITCH,
    SCRIPT_ACCEPT,
    SCRIPT_REFUSE,
    SCRIPT_DRAIN
};

/* Bits of the options' byte. */
enum script_option {
    SCRIPT_SHORT_LINES = 1, /* --max-line at its least */
    SCRIPT_DRY_RUN = 2,
    SCRIPT_ASKED = 4,      /* the server answers when the script says so; else it accepts at once */
    SCRIPT_RULES_OFF = 8,  /* the rules begin switched off */
    SCRIPT_IMPATIENT = 16, /* short timeouts */
    SCRIPT_ONLY_BOB = 32,  /* rules touch only mail for bob@* */
    SCRIPT_FOR_A_TIME = 64, /* the rules are switched off after five minutes */
    SCRIPT_INTERCEPTS = 128 /* TLS is made with both sides */
};

struct script_step {
    enum script_operation operation;
    enum side side;
    struct span bytes; /* SAY, LINE; FILL: the byte */
    size_t times;      /* FILL: how often */
    duration wait;     /* WAIT */
};

/* Takes a byte off the rest; 0 at its end. */
uint8_t script_byte(struct span *rest);
/* Takes a line off the rest, LF included. */
struct span script_line(struct span *rest);
/* Takes the next step off the rest; false at its end. */
bool script_next(struct span *rest, struct script_step *step);

#endif
