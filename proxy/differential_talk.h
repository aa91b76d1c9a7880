/* differential_talk: what `smtpchaos differential` says to one receiver: a mail whose text may end
 * early, and what the receiver made of it, counted from its replies. */
#ifndef SMTPCHAOS_PROXY_DIFFERENTIAL_TALK_H
#define SMTPCHAOS_PROXY_DIFFERENTIAL_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/instant.h"
#include "base/span.h"
#include "proxy/address.h"

#define TALK_CODES_MAX 32
#define TALK_PIECES 6

/* What is said. Borrowed. */
struct talk_lines {
    struct span sender;    /* without angle brackets */
    struct span recipient; /* likewise */
    /* Everything behind the 354, one piece behind the other in memory: mail and sequence, MAIL,
     * RCPT, DATA, the second mail with its end, QUIT. */
    struct span pieces[TALK_PIECES];
};

struct talk_times {
    duration answer; /* how long to wait for what has to be answered */
    duration doubt;  /* for an answer behind the sequence, which none may follow */
};

struct talk_outcome {
    bool is_reached;                /* it greeted, and took MAIL, RCPT and DATA */
    unsigned refusal;               /* else its code, or 0: it was silent or ended */
    unsigned codes[TALK_CODES_MAX]; /* of the replies behind the 354 */
    size_t code_count;
    unsigned messages; /* accepted */
    unsigned commands; /* answered, behind the first end of mail */
    bool is_silent;    /* it neither answered QUIT nor ended in time */
    bool is_stepwise;  /* it answered behind the sequence, and was waited for from then on */
};

/* Connects, talks and closes. All bytes are said in one go. A receiver that then does not seem to
 * have read one mail and QUIT hears them once more in a second session, step by step: commands
 * that come too early are refused by many (RFC 2920 section 3.1), which would hide what the
 * receiver takes for the end of mail. Blocks. */
void differential_talk(const struct socket_address *to, const struct talk_lines *lines,
                       const struct talk_times *times, struct talk_outcome *outcome);

#endif
