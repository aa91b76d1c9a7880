/* sender: the client's side of SMTP (RFC 5321) and of LMTP (RFC 2033) as a pure machine: replies
 * and time in, commands and mail out. Where messages come from is the owner's business.
 *
 * The owner gives it one message at a time, moves bytes, and asks for the outcome. */
#ifndef SMTPCHAOS_PEERS_SENDER_H
#define SMTPCHAOS_PEERS_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "base/instant.h"
#include "base/text.h"
#include "peers/stuff.h"
#include "smtp/event.h"

enum sender_phase {
#define SENDER_PHASE(name, word, patience) SENDER_##name,
#include "peers/sender_phases.def"
#undef SENDER_PHASE
};

/* Where the bytes of a message come from, in any line endings; see peers/stuff.h. */
struct sender_source {
    /* The next piece, valid until the next call; empty at the end. False: it cannot be read, and
     * the connection ends in the middle of the message. */
    bool (*next)(struct sender_source *source, struct span *piece);
};

/* One message. All of it is borrowed until its outcome has been taken. */
struct sender_message {
    struct span from; /* without angle brackets; empty is the null sender */
    const struct span *recipients;
    size_t recipient_count;       /* at least 1 */
    uint64_t size;                /* bytes with CRLF line endings; 0: not announced */
    bool eight_bit;               /* it has bytes above 127 */
    struct sender_source *source; /* stands at the beginning */
};

/* Who wants to see the dialogue: each line said or heard, without its line ending. */
struct sender_listener {
    void (*line)(struct sender_listener *listener, enum side said_by, struct span line);
};

/* What becomes of STARTTLS (RFC 3207). */
enum sender_tls {
    SENDER_TLS_NONE,
    SENDER_TLS_MAY, /* where it is offered and granted */
    SENDER_TLS_MUST /* without it no mail is sent */
};

/* Borrowed for the sender's life. */
struct sender_options {
    struct span helo; /* the name it gives */
    bool lmtp;
    enum sender_tls tls;
    bool no_pipelining; /* one command at a time, whatever is offered */
    bool chunking;      /* BDAT when it is offered (RFC 3030) */
    duration timeout;   /* instead of every patience of sender_phases.def; 0 keeps them */
    struct sender_listener *listener; /* may be NULL */
};

enum sender_end {
    SENDER_NOTHING,   /* no outcome yet */
    SENDER_DELIVERED, /* to all recipients */
    SENDER_PARTLY,    /* to some recipients; the others were refused */
    SENDER_REFUSED,   /* by a reply */
    SENDER_LOST,      /* the connection ended, or what was heard makes no sense */
    SENDER_TIMED_OUT
};

struct sender_outcome {
    enum sender_end end;
    enum sender_phase phase; /* where it ended */
    unsigned code;           /* PARTLY, REFUSED: the first reply that refused; else 0 */
    struct span text;        /* that reply's first line, or what went wrong; valid until the next
                                message is given */
};

struct sender {
    const struct sender_options *options;
    const struct sender_message *message; /* NULL between messages */
    enum sender_phase phase;
    bool pipelining; /* offered and wanted */
    bool chunking;   /* likewise */
    bool offers_size;
    bool offers_starttls;
    bool is_secure;
    bool offers_8bitmime;
    bool offers_utf8;
    bool needs_reset; /* the last transaction ended before its end */
    bool is_hollow;   /* 354, but nobody to deliver to: only the dot is sent */
    bool out_of_mail; /* the source has ended */
    unsigned mail_code;
    unsigned *codes; /* owned: the last word on each recipient; 0 when there was none */
    size_t code_capacity;
    size_t heard;    /* recipients whose reply to RCPT, and then to the end, has come */
    size_t accepted; /* recipients that RCPT accepted */
    unsigned chunks; /* BDAT replies still to come, the last one too */
    struct stuff stuff;
    struct chain out;
    struct chain piece; /* one BDAT chunk being made */
    struct text line;   /* the beginning of a reply line that has not ended */
    size_t reply_bytes; /* of the reply under way */
    struct text reply;  /* its first line */
    enum sender_end end;
    enum sender_phase end_phase;
    unsigned end_code;
    struct text reason;
    instant deadline;
};

/* Waits for the greeting. */
void sender_init(struct sender *sender, const struct sender_options *options, struct pool *pool,
                 instant now);
void sender_deinit(struct sender *sender);

/* Gives it the next message. Allowed before the greeting; not while another is under way, nor when
 * it is over. */
void sender_send(struct sender *sender, const struct sender_message *message, instant now);
/* True when no message is under way, the connection stands, and the last outcome was taken. */
bool sender_is_ready(const struct sender *sender);
/* Says QUIT; there must be no message under way. */
void sender_quit(struct sender *sender, instant now);

/* Bytes from the server. */
void sender_feed(struct sender *sender, struct span bytes, instant now);
/* What is to leave: chain_spans and then sender_consume. Asks the source for more mail. */
struct chain *sender_out(struct sender *sender, instant now);
void sender_consume(struct sender *sender, size_t sent, instant now);
/* The connection has ended; `why` says how, as part of a sentence. */
void sender_closed(struct sender *sender, const char *why);

/* True when TLS is to be begun as soon as what waits has left. */
bool sender_wants_tls(const struct sender *sender);
/* The handshake is done, behind STARTTLS or before any byte. */
void sender_secured(struct sender *sender, instant now);

instant sender_deadline(const struct sender *sender);
/* Time has passed: a server that keeps silent has lost us. */
void sender_tick(struct sender *sender, instant now);

/* True when a message has ended, one way or another; then the next may be given. */
bool sender_take_outcome(struct sender *sender, struct sender_outcome *outcome);
/* What was said last about a recipient of the message whose outcome was taken last; 0: nothing. */
unsigned sender_recipient_code(const struct sender *sender, size_t n);
/* True when the connection is to be closed; the last outcome may still be taken. */
bool sender_is_over(const struct sender *sender);

/* "MAIL", "end of message". */
const char *sender_phase_name(enum sender_phase phase);

#endif
