/* sender_parts: what the sender's own files share. Nobody else includes this. */
#ifndef SMTPCHAOS_PEERS_SENDER_PARTS_H
#define SMTPCHAOS_PEERS_SENDER_PARTS_H

#include "peers/sender.h"

/* sender.c: one line of command, CRLF added. */
void sender_say(struct sender *sender, struct span line);

/* sender_dialogue.c: the text of one line of a positive reply, and a whole reply. */
void sender_reply_line(struct sender *sender, struct span line);
void sender_reply(struct sender *sender, unsigned code);
/* Says hello again, over TLS: RFC 3207 section 4.2. */
void sender_hello_again(struct sender *sender);
/* The message that was given begins: the first commands of its envelope. */
void sender_begin_envelope(struct sender *sender);

/* sender_mail.c: the body begins, and goes on as far as there is room; BODY becomes END. */
void sender_begin_body(struct sender *sender);
void sender_fill(struct sender *sender);
/* A reply to a BDAT chunk that is not the last one, or an early reply to DATA. */
void sender_body_reply(struct sender *sender, unsigned code);
/* A reply to the end of the message. */
void sender_end_reply(struct sender *sender, unsigned code);

/* sender_outcome.c: how messages end. */
static inline bool is_positive(unsigned code)
{
    return code / 100 == 2;
}
/* Remembers the reply as the one that refused, unless another was first. */
void sender_note_refusal(struct sender *sender, unsigned code);
/* The transaction is decided by what was said about each recipient. */
void sender_conclude(struct sender *sender);
/* The reply refuses all that is still open, and the transaction ends. */
void sender_refuse(struct sender *sender, unsigned code);
/* Likewise, and the connection is of no use any more. */
void sender_refuse_for_good(struct sender *sender, unsigned code);
/* The connection is lost, or what was heard makes no sense. */
void sender_lose(struct sender *sender, enum sender_end end, const char *why);

#endif
