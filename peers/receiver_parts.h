/* receiver_parts: what the receiver's own files share: commands call mail, mail calls replies.
 * Nobody else includes this. */
#ifndef SMTPCHAOS_PEERS_RECEIVER_PARTS_H
#define SMTPCHAOS_PEERS_RECEIVER_PARTS_H

#include "peers/receiver.h"

/* receiver.c: one whole reply, its line endings included. */
void receiver_say(struct receiver *receiver, struct span reply);
/* Ends the transaction: a message under way is abandoned, the envelope forgotten. */
void receiver_reset(struct receiver *receiver);

/* receiver_commands.c: one command line without its line ending. */
void receiver_command(struct receiver *receiver, struct span line);

/* receiver_mail.c: DATA with recipients, and BDAT of `size` bytes. */
void receiver_begin_data(struct receiver *receiver);
void receiver_begin_chunk(struct receiver *receiver, uint64_t size, bool last);
/* Takes mail off the head of *bytes until it ends, and replies at its end. */
void receiver_take_data(struct receiver *receiver, struct span *bytes);
void receiver_take_chunk(struct receiver *receiver, struct span *bytes);

#endif
