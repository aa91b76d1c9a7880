/* play_peer: one peer of a transcript at a real socket: it says what it is told and keeps what it
 * hears. What it should hear is play_socket.h's. */
#ifndef SMTPCHAOS_PROXY_PLAY_PEER_H
#define SMTPCHAOS_PROXY_PLAY_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"
#include "play/heard.h"
#include "proxy/address.h"
#include "proxy/leg.h"

struct play_peer {
    struct leg leg;
    struct heard heard;
    struct text said; /* of which `written` bytes have left */
    size_t written;
    bool ends; /* a FIN follows once all has left */
    int error; /* why it could not connect: a negative libuv error */
};

/* The peer has to stay where it is for the rest of each of the poller's rounds. */
void play_peer_init(struct play_peer *peer, struct poller *poller);
void play_peer_deinit(struct play_peer *peer);

/* Begins to connect; play_peer_is_open or `error` tells the outcome. */
void play_peer_connect(struct play_peer *peer, const struct socket_address *to);
/* Takes an accepted connection over. */
void play_peer_accept(struct play_peer *peer, int fd);
bool play_peer_is_open(const struct play_peer *peer);

/* Bytes leave as soon as they can; those for a connection that is gone go nowhere. */
void play_peer_say(struct play_peer *peer, struct span bytes);
/* PLAY_FIN once all has left, PLAY_RST at once. */
void play_peer_end(struct play_peer *peer, enum play_end end);
/* Closes what is open. */
void play_peer_close(struct play_peer *peer);

#endif
