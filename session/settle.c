/* settle: bytes that arrived are decoded into events and handed to what becomes of them; bytes that
 * no loaded rule could act on leave at once, unfinished lines too. */
#include "base/check.h"
#include "base/limits.h"
#include "session/state.h"

/* The reply that comes is not for the client. */
static bool reply_is_unheard(const struct session *session)
{
    const struct pending *next = dialogue_next(&session->dialogue);
    if (session->detached)
        return true;
    return next && (next->source == REPLY_SWALLOWED || next->source == REPLY_REPLACED);
}

/* The reply that comes waits for the one behind it. */
static bool reply_waits(const struct session *session)
{
    const struct pending *next = dialogue_next(&session->dialogue);
    return next && next->overtook;
}

/* Some events wait for their end although no rule wants them, because of what was decided
 * before. */
static bool must_wait(const struct session *session, enum direction direction, unsigned kinds,
                      instant now)
{
    const struct lane *lane = &session->lanes[direction];
    if (session->detached)
        return true;
    if (direction == TO_CLIENT)
        return starttls_holds_server(session) || reply_is_unheard(session) || reply_waits(session);
    if (starttls_holds_client(session) || (kinds & SMTP_COMMAND && starttls_may_be_ours(session)))
        return true;
    if (kinds & SMTP_COMMAND && forward_may_be_due(session))
        return true;
    if (kinds & (SMTP_BODY | SMTP_BODY_END))
        return session->mail.route != BODY_PASSES || is_held(&session->mail.hold);
    /* Of a BDAT, rules may yet change the size. */
    return kinds & SMTP_COMMAND && chunk_route(session, now) == BODY_RECHUNK && lane->in.len &&
           byte_lower(chain_at(&lane->in, 0)) == 'b';
}

/* Bytes of an event that no rule could act on do not wait for its end. */
static void pass_ahead(struct session *session, enum direction direction, unsigned kinds,
                       instant now)
{
    struct lane *lane = &session->lanes[direction];
    if (kinds & judge_wants(session, direction, now) || lane->in.len == lane->ahead)
        return;
    if (must_wait(session, direction, kinds, now))
        return;
    if (direction == TO_SERVER)
        mail_lets_go(session);
    size_t fresh = lane->in.len - lane->ahead;
    /* Copied, not moved: the decoder has yet to see them. */
    struct chain copy;
    chain_init(&copy, session->pool);
    chain_copy(&copy, &lane->in, lane->ahead, fresh);
    outbox_move(&lane->out, &copy, fresh);
    chain_deinit(&copy);
    lane->ahead = lane->in.len;
}

/* Before anything else: do these bytes look like SMTP at all? */
static bool begins_foreign(const struct session *session, enum direction direction)
{
    const struct lane *lane = &session->lanes[direction];
    if (lane->decoder.phase != (direction == TO_CLIENT ? PHASE_GREETING : PHASE_COMMANDS) ||
        lane->in.len == 0)
        return false;
    uint8_t first = chain_at(&lane->in, 0);
    if (direction == TO_CLIENT)
        return (first < '0' || first > '9') && first != '\r' && first != '\n';
    if (lane->decoder.rest != REST_NONE)
        return false;
    /* A TLS record of type handshake, version 3.x (RFC 8446 section 5.1). */
    if (first == 0x16 && lane->in.len > 1 && chain_at(&lane->in, 1) == 0x03)
        return true;
    return !session->greeted && (first < ' ' || first > '~') && first != '\r' && first != '\n' &&
           first != '\t';
}

static void hand_to_server(struct session *session, struct smtp_event *event, instant now)
{
    switch (event->kind) {
    case SMTP_COMMAND: handle_command(session, event, now); return;
    case SMTP_BODY: handle_body(session, event, now); return;
    case SMTP_BODY_END: handle_body_end(session, event, now); return;
    case SMTP_OTHER: handle_client_other(session, event, now); return;
    case SMTP_GREETING:
    case SMTP_REPLY: /* a client says none */
    case SMTP_CONNECT:
    case SMTP_TLS:
    case SMTP_CLOSE:
    case SMTP_IDLE: check(false); /* these are no bytes */
    }
}

static void hand_to_client(struct session *session, struct smtp_event *event, instant now)
{
    switch (event->kind) {
    case SMTP_REPLY: handle_reply(session, event, now); return;
    case SMTP_GREETING: handle_greeting(session, event, now); return;
    case SMTP_OTHER: handle_server_other(session, event, now); return;
    case SMTP_COMMAND:
    case SMTP_BODY:
    case SMTP_BODY_END: /* a server says none */
    case SMTP_CONNECT:
    case SMTP_TLS:
    case SMTP_CLOSE:
    case SMTP_IDLE: check(false); /* these are no bytes */
    }
}

/* Too many commands wait. With rules the client waits too; a wire stops counting. */
static bool queue_is_full(struct session *session, enum direction direction, instant now)
{
    if (direction != TO_SERVER || session->dialogue.count < PENDING_MAX || session->opaque)
        return false;
    if (judge_wants(session, TO_SERVER, now) | judge_wants(session, TO_CLIENT, now))
        return true;
    turn_opaque(session, "more commands wait for replies than are remembered", now);
    return false;
}

/* Answers of ours that the client does not read wait in its outbox, so none are made above the
 * mark. Without rules only the server makes replies. */
static bool is_unread(const struct session *session, enum direction direction, instant now)
{
    if (direction != TO_SERVER || outbox_len(&session->lanes[TO_CLIENT].out) < LANE_HIGH_WATER)
        return false;
    return session->detached || judge_wants(session, TO_SERVER, now);
}

/* What the bytes at hand wait for will not come: they leave as they are. */
static void let_go(struct session *session, enum direction direction)
{
    struct lane *lane = &session->lanes[direction];
    bool unheard = direction == TO_SERVER ? session->detached : reply_is_unheard(session);
    if (direction == TO_SERVER)
        mail_breaks_off(session);
    if (unheard)
        lane_discard(lane, lane->in.len);
    else
        lane_forward(lane, lane->in.len, NULL);
}

/* A reply that decides what bytes mean can no longer come. */
static bool is_mute(const struct lane *client)
{
    return client->source_ended && client->in.len == 0;
}

/* The source has ended and an event is unfinished. The end travels on once all bytes have left;
 * those that wait for the other side's reply do so as long as it can come. */
static void lane_ends(struct session *session, enum direction direction, enum decoded why,
                      instant now)
{
    struct lane *lane = &session->lanes[direction];
    if (why == DECODED_NEED_MORE)
        let_go(session, direction);
    if (!lane->closing && lane->ahead == lane->in.len)
        handle_close(session, direction, now);
}

/* What an unfinished event waits for: more bytes, the other side's reply, or nothing any more. */
static void lane_waits(struct session *session, enum direction direction, enum decoded why,
                       instant now)
{
    struct lane *lane = &session->lanes[direction];
    pass_ahead(session, direction, decoder_pending_kinds(&lane->decoder, &lane->in), now);
    if (why == DECODED_NEED_PEER && lane->ahead > EARLY_BYTES_MAX)
        turn_opaque(session, "too many bytes ahead of a reply that decides what they mean", now);
    if (why == DECODED_NEED_PEER && is_mute(&session->lanes[TO_CLIENT]))
        let_go(session, direction);
    if (lane->source_ended)
        lane_ends(session, direction, why, now);
}

/* Nothing has come and nothing has ended. A chunk of no bytes is an event all the same. */
static bool is_at_rest(const struct lane *lane)
{
    return lane->in.len == 0 && !lane->source_ended && lane->decoder.phase != PHASE_CHUNK;
}

/* True when an event was dealt with. */
static bool lane_step(struct session *session, enum direction direction, instant now)
{
    struct lane *lane = &session->lanes[direction];
    struct smtp_event event;
    if (is_at_rest(lane))
        return false;
    lane->unfinished = false;
    if (lane->deaf) {
        lane_discard(lane, lane->in.len);
        lane->closing |= lane->source_ended;
        return false;
    }
    if (secure_is_under_way(session, direction_source(direction))) {
        session->tls[direction_source(direction)].thrown_away += lane->in.len;
        lane_discard(lane, lane->in.len);
        return false;
    }
    if (direction == TO_SERVER && session->mail.asks && !session->lanes[TO_CLIENT].source_ended)
        return false;
    if (queue_is_full(session, direction, now) || is_unread(session, direction, now) ||
        outbox_len(&lane->out) >= LANE_HIGH_WATER)
        return false;
    if (!session->opaque && begins_foreign(session, direction))
        turn_opaque(session, "the bytes are not SMTP", now);
    enum decoded decoded = decoder_next(&lane->decoder, &lane->in, &event);
    if (decoded != DECODED_EVENT) {
        lane->unfinished = decoded == DECODED_NEED_MORE;
        lane_waits(session, direction, decoded, now);
        return false;
    }
    if (direction == TO_SERVER)
        hand_to_server(session, &event, now);
    else
        hand_to_client(session, &event, now);
    return true;
}

/* Rules that are switched off let go at once of what waits for them. */
static bool waits_in_vain(const struct session *session, const struct swap *swap,
                          enum direction direction, instant now)
{
    return swap && (now >= swap->due || !judge_changes(session, direction, now));
}

void settle_swaps(struct session *session, instant now)
{
    if (waits_in_vain(session, session->mail.swap, TO_SERVER, now))
        line_goes(session);
    if (waits_in_vain(session, session->lanes[TO_SERVER].swap, TO_SERVER, now))
        command_goes(session, now);
    if (waits_in_vain(session, session->lanes[TO_CLIENT].swap, TO_CLIENT, now))
        reply_goes(session, now);
}

void session_settle(struct session *session, instant now)
{
    settle_swaps(session, now);
    /* All that one reply sets free goes before the next reply: so it does not matter whether both
     * came in one read. */
    do {
        while (lane_step(session, TO_SERVER, now))
            continue;
    } while (lane_step(session, TO_CLIENT, now));
    /* The server's end may have set bytes free that waited for its reply. */
    while (lane_step(session, TO_SERVER, now))
        continue;
    settle_leaving(session);
    if (session->tls[SERVER].state != TLS_CLEAR)
        starttls_settle(session, now);
    settle_fate(session, now);
    for (int direction = 0; direction < 2; direction++)
        lane_note_pressure(&session->lanes[direction]);
}
