/* sorting_parts: what the files of sorting.h share: sorting.c hears servers, sorting_commands.c
 * clients. */
#ifndef SMTPCHAOS_PEERS_SORTING_PARTS_H
#define SMTPCHAOS_PEERS_SORTING_PARTS_H

#include "peers/sorting.h"

void sorting_answer(struct sorting *sorting, struct span reply);
void sorting_forget_mail(struct sorting *sorting);
/* Says a command to the server, and waits for the reply to it. */
void sorting_hand_on(struct sorting *sorting, enum verb verb, struct span line);
/* The server is not needed any more; there may be none. */
void sorting_hang_up(struct sorting *sorting);
/* Says MAIL to the server, as the client has said it. */
void sorting_tell_mail(struct sorting *sorting);

#endif
