/* send_tally: what became of the messages of one run of `smtpchaos send`, and how it is told to
 * people and to programs. */
#ifndef SMTPCHAOS_PROXY_SEND_TALLY_H
#define SMTPCHAOS_PROXY_SEND_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "peers/sender.h"
#include "proxy/latency.h"

/* Kinds of trouble told apart; what comes on top is counted with the last. */
#define SEND_TROUBLES_MAX 64

/* How an attempt ended that did not deliver to everybody. */
struct send_trouble {
    enum sender_end end;
    const char *where; /* "MAIL", "connection" */
    unsigned code;     /* 0 when there was no reply */
    bool is_put_off;   /* another attempt followed */
    uint64_t count;
    char text[160]; /* of the first, made fit for a terminal */
};

/* A zeroed struct has seen nothing. */
struct send_tally {
    uint64_t wanted; /* messages that were to be sent */
    uint64_t sent;   /* messages whose fate is known: the sum of the next five */
    uint64_t delivered;
    uint64_t partly; /* delivered to some recipients */
    uint64_t refused;
    uint64_t lost;
    uint64_t timed_out;
    uint64_t attempts; /* of all messages, further ones too */
    uint64_t bytes;    /* of delivered messages */
    duration lasted;
    struct latency latency; /* of attempts, from the first byte or the connection on */
    struct send_trouble troubles[SEND_TROUBLES_MAX];
    size_t trouble_count;
};

/* One attempt has ended; `is_put_off` when another follows. */
void send_tally_attempt(struct send_tally *tally, const struct sender_outcome *outcome,
                        const char *where, bool is_put_off, duration took);
/* A message's fate is known. */
void send_tally_message(struct send_tally *tally, enum sender_end end, uint64_t bytes);

/* Writes the summary to stdout, in words or as one JSON object. */
void send_tally_print(const struct send_tally *tally);
void send_tally_print_json(const struct send_tally *tally);

#endif
