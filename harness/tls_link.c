/* tls_link: see tls_link.h. */
#include "harness/tls_link.h"

#include <string.h>

#include "base/check.h"
#include "harness/fixed_tls.h"
#include "play/made_up.h"
#include "session/journal.h"

#define MOMENTS_MAX 1000

static enum direction towards(enum side side)
{
    return side == SERVER ? TO_SERVER : TO_CLIENT;
}

static enum direction from(enum side side)
{
    return direction_opposite(towards(side));
}

/* -- wires ---------------------------------------------------------------------------------- */

static struct span there(const struct tls_wire *wire)
{
    struct span all = span_take(text_span(&wire->bytes), wire->arrived);
    return span_drop(all, wire->taken);
}

static bool is_at_end(const struct tls_wire *wire)
{
    return wire->ended && wire->taken == wire->bytes.len;
}

static bool is_over(const struct tls_link *link)
{
    return session_is_over(link->session);
}

/* What a layer has made leaves at once. */
static bool flush(struct layer *layer, struct tls_wire *wire)
{
    struct span records = layer_peek(layer);
    bool any = records.len > 0;
    if (!wire->ended)
        text_add(&wire->bytes, records);
    layer_consume(layer, records.len);
    return any;
}

/* What has arrived goes into a layer. */
static bool feed(struct layer *layer, struct tls_wire *wire)
{
    size_t room;
    uint8_t *place = layer_reserve(layer, &room);
    struct span bytes = span_take(there(wire), room);
    if (bytes.len > 0)
        memcpy(place, bytes.ptr, bytes.len);
    layer_commit(layer, bytes.len);
    wire->taken += bytes.len;
    if (is_at_end(wire))
        layer_input_ended(layer);
    return bytes.len > 0;
}

static struct layer *layer_of(struct tls_link *link, bool is_server, const struct tls_plan *plan)
{
    SSL *ssl = SSL_new(is_server ? fixed_tls()->server : fixed_tls()->client);
    check(ssl != NULL);
    if (is_server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    SSL_set_max_proto_version(ssl, link->is_old ? TLS1_2_VERSION : TLS1_3_VERSION);
    return layer_new(ssl, &link->store, plan);
}

/* -- the proxy ------------------------------------------------------------------------------ */

static void told_secure(struct tls_link *link, enum side side)
{
    struct tls_facts facts;
    layer_facts(link->peers[side].proxy, &facts);
    session_secured(link->session, side, &facts, link->now);
}

static bool shake(struct tls_link *link, enum side side)
{
    struct tls_peer *peer = &link->peers[side];
    if (!peer->proxy)
        peer->proxy = layer_of(link, side == CLIENT, session_tls_plan(link->session, side));
    bool fed = feed(peer->proxy, &peer->to_proxy);
    enum layer_state state = layer_shake(peer->proxy);
    bool said = flush(peer->proxy, &peer->to_peer);
    switch (state) {
    case LAYER_SHAKING: return fed || said;
    case LAYER_STALLED: check(false);
    case LAYER_SECURE: told_secure(link, side); return true;
    case LAYER_FAILED:
        session_tls_failed(link->session, side, layer_trouble(peer->proxy), link->now);
        return true;
    }
    check(false);
}

static void end(struct tls_link *link, enum side side)
{
    struct tls_peer *peer = &link->peers[side];
    if (peer->told)
        return;
    peer->told = true;
    if (peer->proxy && layer_was_cut(peer->proxy))
        session_was_cut(link->session, side, link->now);
    session_ended(link->session, side, side == CLIENT ? ENDING_CLIENT_CLOSED : ENDING_SERVER_CLOSED,
                  link->now);
}

static bool read_secure(struct tls_link *link, enum side side)
{
    struct tls_peer *peer = &link->peers[side];
    size_t room;
    uint8_t *to = session_reserve(link->session, from(side), &room);
    ssize_t got = layer_read(peer->proxy, to, room);
    if (got == LAYER_NOTHING && feed(peer->proxy, &peer->to_proxy))
        got = layer_read(peer->proxy, to, room);
    flush(peer->proxy, &peer->to_peer);
    session_commit(link->session, from(side), got > 0 ? (size_t)got : 0, link->now);
    if (got == LAYER_BROKEN)
        session_tls_failed(link->session, side, layer_trouble(peer->proxy), link->now);
    else if (got == 0 && !peer->told)
        end(link, side);
    else
        return got > 0;
    return true;
}

static bool read_clear(struct tls_link *link, enum side side)
{
    struct tls_wire *wire = &link->peers[side].to_proxy;
    size_t taken = session_receive(link->session, from(side), there(wire), link->now);
    wire->taken += taken;
    if (taken > 0 || !is_at_end(wire) || link->peers[side].told)
        return taken > 0;
    end(link, side);
    return true;
}

static bool read_some(struct tls_link *link, enum side side)
{
    return link->peers[side].proxy ? read_secure(link, side) : read_clear(link, side);
}

static bool write_some(struct tls_link *link, enum side side)
{
    struct tls_peer *peer = &link->peers[side];
    struct span bytes = session_peek(link->session, towards(side));
    size_t taken = bytes.len;
    if (peer->proxy)
        taken = layer_write(peer->proxy, &bytes, 1);
    else if (!peer->to_peer.ended)
        text_add(&peer->to_peer.bytes, bytes);
    if (peer->proxy)
        flush(peer->proxy, &peer->to_peer);
    session_consume(link->session, towards(side), taken, link->now);
    return taken > 0;
}

static void close_towards(struct tls_link *link, enum side side)
{
    struct tls_peer *peer = &link->peers[side];
    if (peer->proxy) {
        layer_finish(peer->proxy);
        flush(peer->proxy, &peer->to_peer);
    }
    peer->to_peer.ended = true;
}

/* Grants one wish; false when there is none that can be granted. */
static bool grant(struct tls_link *link, enum side side)
{
    unsigned wishes = session_wishes(link->session, side);
    if (wishes & WISH_CONNECT) {
        session_connected(link->session, link->now);
        return true;
    }
    if (wishes & WISH_SECURE)
        return shake(link, side);
    if (wishes & (WISH_RESET | WISH_CLOSE)) {
        close_towards(link, side);
        return false;
    }
    if (wishes & WISH_WRITE && write_some(link, side))
        return true;
    if (wishes & WISH_FINISH) {
        close_towards(link, side);
        session_finished(link->session, side, link->now);
        return true;
    }
    return wishes & WISH_READ && read_some(link, side);
}

/* -- the peers ------------------------------------------------------------------------------ */

static void say_clear(struct tls_peer *peer, struct span bytes)
{
    text_add(&peer->to_proxy.bytes, bytes);
}

static void begin_tls(struct tls_link *link, enum side side)
{
    link->peers[side].own = layer_of(link, side == SERVER, &link->plan);
}

/* The last line of a reply, or a command, has come. */
static void client_heard(struct tls_link *link, struct span line)
{
    struct tls_peer *client = &link->peers[CLIENT];
    if (line.len > 3 && line.ptr[3] == '-')
        return;
    switch (++client->replies) {
    case 1: say_clear(client, SPAN("EHLO me.test\r\n")); break;
    case 2:
        say_clear(client, SPAN("STARTTLS\r\n"));
        say_clear(client, client->injected);
        break;
    case 3:
        if (span_starts(line, SPAN("220")))
            begin_tls(link, CLIENT);
        break;
    default: break;
    }
}

static void server_heard(struct tls_link *link, struct span line)
{
    struct tls_peer *server = &link->peers[SERVER];
    if (span_starts(line, SPAN("EHLO"))) {
        say_clear(server, SPAN("250-mx.test\r\n250 STARTTLS\r\n"));
    } else if (span_starts(line, SPAN("STARTTLS"))) {
        say_clear(server, SPAN("220 go\r\n"));
        say_clear(server, server->injected);
        begin_tls(link, SERVER);
    }
}

/* Byte by byte, since TLS may begin behind any line. */
static bool hear_clear(struct tls_link *link, enum side side)
{
    struct tls_peer *peer = &link->peers[side];
    struct span bytes = there(&peer->to_peer);
    bool any = bytes.len > 0;
    size_t line = peer->in_clear.len;
    while (line > 0 && peer->in_clear.ptr[line - 1] != '\n')
        line--;
    for (size_t i = 0; i < bytes.len && !peer->own; i++) {
        text_add_byte(&peer->in_clear, bytes.ptr[i]);
        peer->to_peer.taken++;
        if (bytes.ptr[i] != '\n')
            continue;
        struct span heard = span_drop(text_span(&peer->in_clear), line);
        line = peer->in_clear.len;
        if (side == CLIENT)
            client_heard(link, heard);
        else
            server_heard(link, heard);
    }
    return any;
}

static bool hear_secure(struct tls_peer *peer)
{
    uint8_t place[1000];
    bool any = feed(peer->own, &peer->to_peer);
    if (!layer_is_secure(peer->own) && !layer_is_broken(peer->own))
        layer_shake(peer->own);
    ssize_t got = layer_is_secure(peer->own) ? layer_read(peer->own, place, sizeof place) : 0;
    if (got > 0)
        text_add(&peer->heard, span_make(place, (size_t)got));
    return flush(peer->own, &peer->to_proxy) || any || got > 0;
}

static bool peer_turn(struct tls_link *link, enum side side)
{
    struct tls_peer *peer = &link->peers[side];
    return peer->own ? hear_secure(peer) : hear_clear(link, side);
}

/* -- what must hold ------------------------------------------------------------------------- */

/* Nothing that is said within TLS ever stands on a wire. */
static void check_wire(const struct tls_wire *wire)
{
    check(!wire->bytes.len || !memmem(wire->bytes.ptr, wire->bytes.len, "inside", 6));
}

static void check_all(const struct tls_link *link)
{
    for (enum side side = CLIENT; side <= SERVER; side++) {
        check_wire(&link->peers[side].to_proxy);
        check_wire(&link->peers[side].to_peer);
    }
    /* What is heard within TLS was said within TLS, in order, and nothing else. */
    check(span_starts(text_span(&link->peers[CLIENT].said), text_span(&link->peers[SERVER].heard)));
    check(span_starts(text_span(&link->peers[SERVER].said), text_span(&link->peers[CLIENT].heard)));
}

/* -- from outside --------------------------------------------------------------------------- */

static bool turn(struct tls_link *link)
{
    bool moves = peer_turn(link, CLIENT);
    moves = peer_turn(link, SERVER) || moves;
    for (enum side side = CLIENT; side <= SERVER && !is_over(link); side++)
        moves = grant(link, side) || moves;
    return moves;
}

void tls_link_settle(struct tls_link *link)
{
    while (turn(link))
        continue;
    check_all(link);
}

static bool arrive(struct tls_wire *wire)
{
    bool any = wire->arrived < wire->bytes.len;
    wire->arrived = wire->bytes.len;
    return any;
}

void tls_link_deliver_all(struct tls_link *link)
{
    bool moves = true;
    while (moves) {
        moves = false;
        for (enum side side = CLIENT; side <= SERVER; side++) {
            moves = arrive(&link->peers[side].to_proxy) || moves;
            moves = arrive(&link->peers[side].to_peer) || moves;
        }
        tls_link_settle(link);
    }
}

void tls_link_pass(struct tls_link *link, duration wait)
{
    instant until = instant_after(link->now, wait);
    instant due = session_deadline(link->session);
    for (size_t i = 0; i < MOMENTS_MAX && due <= until && !is_over(link); i++) {
        link->now = due > link->now ? due : link->now;
        session_tick(link->session, link->now);
        tls_link_settle(link);
        due = session_deadline(link->session);
    }
    link->now = until;
}

void tls_link_say(struct tls_link *link, enum side side, struct span bytes)
{
    struct tls_peer *peer = &link->peers[side];
    if (!tls_link_is_secure(link, side) || peer->to_proxy.ended)
        return;
    size_t taken = layer_write(peer->own, &bytes, 1);
    text_add(&peer->said, span_take(bytes, taken));
    flush(peer->own, &peer->to_proxy);
}

void tls_link_finish(struct tls_link *link, enum side side, bool rude)
{
    struct tls_peer *peer = &link->peers[side];
    if (peer->own && !rude && !peer->to_proxy.ended) {
        layer_finish(peer->own);
        flush(peer->own, &peer->to_proxy);
    }
    peer->to_proxy.ended = true;
}

bool tls_link_is_secure(const struct tls_link *link, enum side side)
{
    const struct layer *own = link->peers[side].own;
    return own && layer_is_secure(own);
}

static void keep_entry(struct journal *journal, const struct journal_entry *entry)
{
    struct tls_link *link =
        (struct tls_link *)(void *)((uint8_t *)journal - offsetof(struct tls_link, journal));
    journal_json_entry(entry, &link->log);
}

void tls_link_begin(struct tls_link *link, struct pool *pool, bool is_old,
                    const struct span injected[2])
{
    *link = (struct tls_link){ .now = MADE_UP_BEGINNING,
                               .pool = pool,
                               .is_old = is_old,
                               .options.tls = TLS_INTERCEPT,
                               .journal.write = keep_entry };
    link->recall = recall_new(100);
    link->rules = rule_set_new();
    link->peers[CLIENT].injected = injected[CLIENT];
    link->peers[SERVER].injected = injected[SERVER];
    const struct session_setup setup = {
        .options = &link->options,
        .rules = link->rules,
        .recall = link->recall,
        .pool = pool,
        .journal = &link->journal,
        .facts = MADE_UP_FACTS,
    };
    link->session = session_new(&setup, link->now);
    say_clear(&link->peers[SERVER], SPAN("220 mx.test\r\n"));
}

void tls_link_end(struct tls_link *link)
{
    tls_link_deliver_all(link);
    tls_link_finish(link, CLIENT, false);
    tls_link_finish(link, SERVER, false);
    tls_link_deliver_all(link);
    tls_link_pass(link, HOURS(1));
    check(is_over(link));
    session_free(link->session, link->now);
    check(link->pool->in_use == 0);
}

static void wire_deinit(struct tls_wire *wire)
{
    text_deinit(&wire->bytes);
}

void tls_link_deinit(struct tls_link *link)
{
    for (enum side side = CLIENT; side <= SERVER; side++) {
        struct tls_peer *peer = &link->peers[side];
        if (peer->proxy)
            layer_free(peer->proxy);
        if (peer->own)
            layer_free(peer->own);
        wire_deinit(&peer->to_proxy);
        wire_deinit(&peer->to_peer);
        text_deinit(&peer->in_clear);
        text_deinit(&peer->said);
        text_deinit(&peer->heard);
    }
    buffer_store_deinit(&link->store);
    recall_free(link->recall);
    rule_set_free(link->rules);
    text_deinit(&link->log);
}
