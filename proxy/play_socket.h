/* play_socket: a transcript played over real sockets and in real time, as the client, as the
 * server, or as both with something between them. It waits for what should be heard; it cannot
 * know what should not, but for what is left over at the end of a session. A peer that is played
 * alone then says FIN and closes once the other has ended too, or has taken two seconds. */
#ifndef SMTPCHAOS_PROXY_PLAY_SOCKET_H
#define SMTPCHAOS_PROXY_PLAY_SOCKET_H

#include "base/instant.h"
#include "base/text.h"
#include "play/transcript.h"
#include "proxy/address.h"

struct play_socket;

/* Plays the client when `connect` is not NULL, the server when `listen` is not NULL. `timeout`
 * is how long to wait for what should be heard. */
struct play_socket *play_socket_new(const struct address *connect, const struct address *listen,
                                    duration timeout);
void play_socket_free(struct play_socket *play);

/* Finds the address to connect to; listens, and prints a port that the kernel chose. Answers 0
 * or an exit status after one line on stderr. */
int play_socket_open(struct play_socket *play);
/* Plays one transcript, a connection for each of its sessions. Answers 0, EX_NEGATIVE, or
 * EX_UNAVAILABLE when there was nobody to connect to; what went wrong is in `report`. */
int play_socket_run(struct play_socket *play, const struct transcript *transcript,
                    struct text *report);

#endif
