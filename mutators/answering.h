/* answering: speaking for the server, and what becomes of the session then. Shared by the mutators
 * that refuse on their own; when a reply that was made up gets its turn is for the session. */
#ifndef SMTPCHAOS_MUTATORS_ANSWERING_H
#define SMTPCHAOS_MUTATORS_ANSWERING_H

#include "mutators/mutation.h"

/* Where a client is owed a reply; at CONNECT the reply stands in for the greeting. */
#define ANSWERING_WANTS (SMTP_CONNECT | SMTP_COMMAND | SMTP_BODY_END)

/* The row `then=` of a parameter table. */
enum { ANSWERING_GO_ON, ANSWERING_FINISH, ANSWERING_RESET, ANSWERING_MUTE };

#define ANSWERING_THEN                                                                             \
    {                                                                                              \
        .name = "then", .kind = PARAM_WORD, .choices = "go-on|finish|reset|mute|tear-client",      \
        .what = "what becomes of the session once the reply has left"                              \
    }

/* Does what parameter `then` says, once `after` bytes of the event have left. */
void answering_end(struct mutation *mutation, size_t then, uint64_t after);
/* Tells the client the text of parameter `reply`, then does what parameter `then` says. An empty
 * text says nothing at all: the event is dropped. */
void answering_say(struct mutation *mutation, size_t reply, size_t then, bool told);

#endif
