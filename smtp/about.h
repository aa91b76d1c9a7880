/* about: which message, sender and recipient an event is about. Rules see an event before the
 * dialogue knows of it, so a MAIL at hand already counts as the message that it begins.
 *
 * On the way to the server an event is about what the client has said; on the way to the client it
 * is about what the client was told before, because how far the client has run ahead depends on how
 * TCP cut its bytes. Mail behind 354 is about the recipients that were accepted: its client has
 * waited for all replies. */
#ifndef SMTPCHAOS_SMTP_ABOUT_H
#define SMTPCHAOS_SMTP_ABOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "smtp/dialogue.h"
#include "smtp/event.h"

/* The nth message of the session, from 1; 0 before the first MAIL. */
uint64_t about_message(const struct dialogue *dialogue, const struct smtp_event *event);
/* The envelope that the event belongs to, without what the event itself would add; an empty one
 * when the event begins a message or a session. After its end a message is what events are about
 * until the next begins. */
const struct envelope *about_envelope(const struct dialogue *dialogue,
                                      const struct smtp_event *event);
/* The reverse-path; false when none is known, which is not the same as the empty one. */
bool about_sender(const struct dialogue *dialogue, const struct smtp_event *event,
                  struct span *sender);
/* The address of the RCPT that the event is or answers; false for any other event. */
bool about_rcpt(const struct smtp_event *event, struct span *recipient);
/* The address of the RCPT that the event is or answers, else the first recipient; may be empty. */
struct span about_recipient(const struct dialogue *dialogue, const struct smtp_event *event);
/* The name that the client goes by; the one it gives right now if the event is its hello. */
struct span about_helo(const struct dialogue *dialogue, const struct smtp_event *event);
/* Whether the client said this verb before: to the server any time before the event, to the client
 * among what it has heard the replies to. */
bool about_said(const struct dialogue *dialogue, const struct smtp_event *event, enum verb verb);
/* Bytes of the message: as declared with SIZE= (RFC 1870), or as have come if those are more. */
uint64_t about_size(const struct dialogue *dialogue, const struct smtp_event *event);

#endif
