/* play_peer: see play_peer.h. */
#include "proxy/play_peer.h"

#include <unistd.h>

#define READ_SIZE 16384

static void on_ready(struct leg *leg, uint32_t events);

void play_peer_init(struct play_peer *peer, struct poller *poller)
{
    *peer = (struct play_peer){ 0 };
    leg_init(&peer->leg, poller, on_ready, peer);
}

void play_peer_deinit(struct play_peer *peer)
{
    heard_deinit(&peer->heard);
    text_deinit(&peer->said);
}

bool play_peer_is_open(const struct play_peer *peer)
{
    return peer->leg.state == LEG_OPEN;
}

void play_peer_close(struct play_peer *peer)
{
    if (peer->leg.state != LEG_CLOSED)
        leg_close(&peer->leg, false);
}

static void read_all(struct play_peer *peer)
{
    uint8_t block[READ_SIZE];
    while (peer->heard.end == PLAY_NO_END) {
        ssize_t got = leg_read(&peer->leg, block, sizeof block);
        if (got == UV_EAGAIN)
            return;
        if (got > 0)
            heard_add(&peer->heard, span_make(block, (size_t)got));
        else
            heard_add_end(&peer->heard, got == 0 ? PLAY_FIN : PLAY_RST);
    }
}

/* What cannot be written any more is found out by reading. */
static void write_said(struct play_peer *peer)
{
    struct span rest = span_drop(text_span(&peer->said), peer->written);
    if (rest.len == 0)
        return;
    ssize_t sent = leg_write(&peer->leg, &rest, 1);
    peer->written += sent > 0 ? (size_t)sent : 0;
    peer->leg.wants_write = sent == UV_EAGAIN || (sent >= 0 && (size_t)sent < rest.len);
    if (peer->ends && peer->written == peer->said.len)
        leg_finish(&peer->leg, false);
}

static void on_ready(struct leg *leg, uint32_t events)
{
    struct play_peer *peer = leg->owner;
    leg_note(leg, events);
    if (leg->state == LEG_CONNECTING)
        peer->error = leg_connected(leg);
    if (leg->state == LEG_OPEN)
        read_all(peer);
    if (leg->state == LEG_OPEN)
        write_said(peer);
    if (peer->error || peer->heard.end == PLAY_RST)
        play_peer_close(peer);
}

void play_peer_connect(struct play_peer *peer, const struct socket_address *to)
{
    peer->error = leg_connect(&peer->leg, to);
}

void play_peer_accept(struct play_peer *peer, int fd)
{
    peer->error = leg_open(&peer->leg, fd);
    if (peer->error)
        close(fd);
}

void play_peer_say(struct play_peer *peer, struct span bytes)
{
    if (!play_peer_is_open(peer))
        return;
    text_add(&peer->said, bytes);
    write_said(peer);
}

void play_peer_end(struct play_peer *peer, enum play_end end)
{
    if (!play_peer_is_open(peer))
        return;
    if (end == PLAY_RST) {
        leg_close(&peer->leg, true);
        return;
    }
    peer->ends = true;
    if (peer->written == peer->said.len)
        leg_finish(&peer->leg, false);
}
