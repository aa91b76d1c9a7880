/* receiver: the server's side of SMTP (RFC 5321) and of LMTP (RFC 2033) as a pure machine: bytes
 * and time in, replies and mail out. Where mail is kept is the owner's business, through a store.
 *
 * It offers STARTTLS when told to, PIPELINING, 8BITMIME, SIZE, SMTPUTF8, CHUNKING and
 * ENHANCEDSTATUSCODES. All replies to the bytes of one call stand together, so that a pipelined
 * group is answered by one write. */
#ifndef SMTPCHAOS_PEERS_RECEIVER_H
#define SMTPCHAOS_PEERS_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "base/instant.h"
#include "base/text.h"
#include "peers/unstuff.h"
#include "smtp/dialogue.h"

/* Where mail goes. A message is begun, added to in pieces as they come, and then finished or
 * abandoned; there is one under way at most. */
struct receiver_store {
    void (*begin)(struct receiver_store *store, const struct envelope *envelope);
    /* Bytes of mail, dots taken away, line endings as they came. False: it cannot be kept; the
     * client hears 452 at the end, and nothing is called but abandon. */
    bool (*add)(struct receiver_store *store, struct span bytes);
    /* The message is whole. False as above; abandon is not called then. */
    bool (*finish)(struct receiver_store *store);
    void (*abandon)(struct receiver_store *store);
};

/* Borrowed for the receiver's life. */
struct receiver_options {
    struct span host;  /* the name it greets with */
    bool lmtp;         /* LHLO, and a reply for each recipient */
    bool starttls;     /* offer STARTTLS (RFC 3207) */
    uint64_t size_max; /* bytes of one message; 0 is no bound */
    duration timeout;  /* silence that ends a session; 0 is RECEIVER_TIMEOUT_S, NEVER is none */
};

struct receiver_counters {
    uint64_t messages;   /* accepted */
    uint64_t recipients; /* of accepted messages */
    uint64_t bytes;      /* of accepted messages */
    uint64_t refused;    /* messages refused at their end */
};

enum receiver_phase {
    RECEIVER_COMMANDS,
    RECEIVER_DATA,  /* 354 was said: lines of mail until the lone dot */
    RECEIVER_CHUNK, /* inside a BDAT chunk */
    RECEIVER_TLS,   /* STARTTLS was granted: what comes in clear text is thrown away */
    RECEIVER_OVER   /* 221 or 421 was said: what comes is thrown away; close when all has left */
};

enum receiver_hello { RECEIVER_NO_HELLO, RECEIVER_HELO, RECEIVER_EHLO };

struct receiver {
    const struct receiver_options *options;
    struct receiver_store *store;
    struct receiver_counters counters;
    enum receiver_phase phase;
    enum receiver_hello hello;
    bool is_secure;
    struct envelope envelope;
    struct chain out;
    struct text line; /* the beginning of a command line that has not ended */
    struct unstuff unstuff;
    uint64_t chunk_left; /* bytes of the BDAT chunk still to come */
    bool chunk_last;
    bool chunk_refused;     /* this chunk goes nowhere */
    bool in_message;        /* the store has begun a message */
    bool store_failed;      /* ... and cannot keep it */
    bool message_failed;    /* a BDAT chunk was refused: so is the rest until RSET */
    uint64_t message_bytes; /* bytes of the message so far, the thrown away ones too */
    instant deadline;
};

/* Says the greeting. `store` may be NULL: mail is only counted. */
void receiver_init(struct receiver *receiver, const struct receiver_options *options,
                   struct receiver_store *store, struct pool *pool, instant now);
/* Abandons a message that is under way. */
void receiver_deinit(struct receiver *receiver);

/* Takes bytes from the client, all of them. */
void receiver_feed(struct receiver *receiver, struct span bytes, instant now);
/* False while so many replies wait to leave that the client should not be read from. */
bool receiver_wants_bytes(const struct receiver *receiver);
/* Replies that wait to leave: chain_spans, chain_drop. */
struct chain *receiver_out(struct receiver *receiver);

/* True when TLS is to be begun as soon as what waits has left. */
bool receiver_wants_tls(const struct receiver *receiver);
/* The handshake is done: the client has to say hello again (RFC 3207 section 4.2). */
void receiver_secured(struct receiver *receiver, instant now);

/* When receiver_tick has something to do. */
instant receiver_deadline(const struct receiver *receiver);
/* Time has passed: a silent client hears 421. */
void receiver_tick(struct receiver *receiver, instant now);
/* The program ends: the client hears 421 (RFC 5321 section 3.8). */
void receiver_shut_down(struct receiver *receiver);
/* True once the connection is to be closed, after what waits has left. */
bool receiver_is_over(const struct receiver *receiver);

#endif
