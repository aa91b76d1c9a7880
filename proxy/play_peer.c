/* play_peer: see play_peer.h. */
#include "proxy/play_peer.h"

#include <unistd.h>

#define READ_SIZE 16384

void play_peer_init(struct play_peer *peer, uv_loop_t *loop)
{
    *peer = (struct play_peer){ .loop = loop };
    leg_init(&peer->leg);
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

static void on_closed(uv_handle_t *handle)
{
    struct play_peer *peer = handle->data;
    peer->is_closing = false;
}

static void close_leg(struct play_peer *peer, bool torn)
{
    if (peer->leg.state == LEG_CLOSED)
        return;
    peer->is_closing = peer->leg.fd >= 0;
    leg_close(&peer->leg, torn, on_closed);
}

void play_peer_close(struct play_peer *peer)
{
    close_leg(peer, false);
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
        leg_finish(&peer->leg);
}

static void on_ready(uv_poll_t *poll, int status, int events);

static void watch(struct play_peer *peer)
{
    if (peer->heard.end == PLAY_RST)
        close_leg(peer, false);
    else
        leg_watch(&peer->leg, peer->heard.end == PLAY_NO_END, on_ready);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct play_peer *peer = poll->data;
    leg_note(&peer->leg, status, events);
    if (peer->leg.state == LEG_CONNECTING) {
        peer->error = leg_connected(&peer->leg);
        if (peer->error) {
            close_leg(peer, false);
            return;
        }
    }
    read_all(peer);
    write_said(peer);
    watch(peer);
}

void play_peer_connect(struct play_peer *peer, const struct socket_address *to)
{
    peer->error = leg_connect(&peer->leg, peer->loop, to, on_ready, peer);
}

void play_peer_accept(struct play_peer *peer, int fd)
{
    peer->error = leg_open(&peer->leg, peer->loop, fd, on_ready, peer);
    if (peer->error)
        close(fd);
    else
        watch(peer);
}

void play_peer_say(struct play_peer *peer, struct span bytes)
{
    if (!play_peer_is_open(peer))
        return;
    text_add(&peer->said, bytes);
    write_said(peer);
    watch(peer);
}

void play_peer_end(struct play_peer *peer, enum play_end end)
{
    if (!play_peer_is_open(peer))
        return;
    if (end == PLAY_RST) {
        close_leg(peer, true);
        return;
    }
    peer->ends = true;
    if (peer->written == peer->said.len)
        leg_finish(&peer->leg);
}
