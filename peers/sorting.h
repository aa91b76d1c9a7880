/* sorting: the server that clients meet where several servers stand behind it, each for the mail of
 * some recipients: a pure machine between one client and one server at a time.
 *
 * It greets and answers by itself until a recipient is named, asks its owner whose that is, and
 * says to that server what the client has said: hello, MAIL, RCPT. The client hears the reply to
 * the last of them, or why there is none. From then on commands are handed on one by one, each
 * when the one before it has been answered, so that no reply can be taken for another's. Once a
 * recipient was accepted, one of another server's hears 452 4.5.3: clients send it in a mail of
 * its own (RFC 5321 section 4.5.3.1.10). The next mail is sorted anew.
 *
 * It offers PIPELINING, which it does itself, SIZE without a bound, which is taken away again where
 * the server does not know it, and 8BITMIME, which all servers in use know. One that knows no EHLO
 * is said HELO, and MAIL without parameters. */
#ifndef SMTPCHAOS_PEERS_SORTING_H
#define SMTPCHAOS_PEERS_SORTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "base/span.h"
#include "base/text.h"
#include "peers/unstuff.h"
#include "smtp/event.h"

/* No server takes mail for a recipient, or none is connected to. */
#define SORTING_NOBODY SIZE_MAX

enum sorting_step {
    SORTING_COMMANDS, /* the client's next command is taken */
    SORTING_SKIPS,    /* a BDAT chunk that goes nowhere */
    SORTING_REACHES,  /* the server `number` is to be connected to */
    SORTING_GREETING, /* each waits for its reply: to nothing, */
    SORTING_HELLO,    /* to EHLO or HELO, */
    SORTING_MAIL,     /* to MAIL, */
    SORTING_REPLY,    /* to what was handed on: `waiting` */
    SORTING_BODY,     /* mail behind DATA passes */
    SORTING_CHUNK,    /* a BDAT chunk passes */
    SORTING_WIRE,     /* the server spoke out of turn: both sides pass from now on */
    SORTING_OVER      /* the client's connection is to be ended, when all has been said */
};

/* Zeroed to begin with, but for what sorting_begin is given. */
struct sorting {
    struct span host; /* the name that clients are greeted with; borrowed */
    size_t (*choose)(const void *owner, struct span recipient); /* a number, or SORTING_NOBODY */
    const void *owner;
    enum sorting_step step;
    enum verb waiting; /* REPLY: for the one to this command; NONE: to the end of mail */
    size_t number;     /* of the server that is connected to, or to be */
    bool hangs_up;     /* the connection there was is to be closed; its owner takes this back */
    bool knows_mail;   /* the server has taken MAIL */
    bool takes_size;   /* ... and knows of SIZE= */
    bool is_plain;     /* ... knows of no EHLO, and was said HELO */
    bool leaves;       /* ... or said that it will end the connection */
    bool is_torn;      /* OVER: as the server did */
    bool client_ended;
    size_t taken;      /* recipients of the mail that were accepted */
    struct text hello; /* EHLO, MAIL, RCPT as the client said them; empty: not, or not any more */
    struct text sender;
    struct text recipient;
    struct text line;  /* the beginning of a command that has not ended */
    struct text heard; /* the beginning of a reply likewise */
    struct unstuff unstuff;
    uint64_t chunk_left;
    bool chunk_last;
    struct chain to_client; /* to be said; their owner takes it away */
    struct chain to_server;
};

/* Says the greeting. */
void sorting_begin(struct sorting *sorting, struct pool *pool);
void sorting_deinit(struct sorting *sorting);

/* True when bytes of the client, or of the server, would be taken now. */
bool sorting_takes_client(const struct sorting *sorting);
bool sorting_takes_server(const struct sorting *sorting);
/* Bytes that the client has said; answers how many were taken, the others come again. */
size_t sorting_hear_client(struct sorting *sorting, struct span bytes);
void sorting_hear_server(struct sorting *sorting, struct span bytes);
/* The client has ended its direction, and all it said was taken. */
void sorting_client_ended(struct sorting *sorting);
/* A server is on its way to hear of the recipient. */
bool sorting_is_reaching(const struct sorting *sorting);
/* The server is to be told, too, that the client says no more: it gets nothing but this. */
bool sorting_wants_finish(const struct sorting *sorting);
/* The server is connected to; it speaks next. */
void sorting_reached(struct sorting *sorting);
/* It could not be, or took too long; `why` is a clause. */
void sorting_failed(struct sorting *sorting, const char *why);
/* The server has ended or torn its connection. */
void sorting_server_ended(struct sorting *sorting, bool torn);

#endif
