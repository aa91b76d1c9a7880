/* bdat: chunks of our own (RFC 3030). Rules may change the size of what a client announced, so
 * the lane says BDAT itself, in pieces of what has come out of the rules; the server's replies to
 * all but the last piece are swallowed, and no more than a piece is held. */
#include "base/check.h"
#include "session/state.h"

/* A chunk of our own is said once so many bytes have come out of the rules. */
#define CHUNK_SAID_BYTES 32768

enum body_route chunk_route(const struct session *session, instant now)
{
    unsigned changes = judge_changes(session, TO_SERVER, now) & (SMTP_BODY | SMTP_BODY_END);
    return changes ? BODY_RECHUNK : BODY_PASSES;
}

/* Announces `size` bytes, in the client's own words where they still hold, and sends those that
 * have gathered. */
static void announce(struct session *session, uint64_t size, bool last)
{
    struct mail *mail = &session->mail;
    struct outbox *out = &session->lanes[TO_SERVER].out;
    struct text line = { 0 };
    bool holds = mail->announced.len > 0 && size == mail->announced_size;
    if (!holds)
        text_addf(&line, "BDAT %llu%s\r\n", (unsigned long long)size, last ? " LAST" : "");
    outbox_add(out, text_span(holds ? &mail->announced : &line));
    text_deinit(&line);
    text_clear(&mail->announced);
    if (mail->bare_at > 0) {
        outbox_move(out, &mail->chunk, mail->bare_at - 1);
        outbox_step(out, STEP_BARE);
        mail->bare_at = 0;
    }
    outbox_move(out, &mail->chunk, mail->chunk.len);
}

void chunk_say(struct session *session, bool last, enum reply_source source)
{
    announce(session, session->mail.chunk.len, last);
    struct pending *pending = dialogue_expect(&session->dialogue);
    pending->source = source;
    pending->server_verb = VERB_BDAT;
    pending->client_verb = source == REPLY_SWALLOWED ? VERB_NONE : VERB_BDAT;
}

void chunk_gathers(struct session *session, struct span bytes)
{
    chain_append(&session->mail.chunk, bytes);
    if (session->mail.chunk.len >= CHUNK_SAID_BYTES)
        chunk_say(session, false, REPLY_SWALLOWED);
}

void chunk_ends(struct session *session)
{
    const struct decoder *decoder = &session->lanes[TO_SERVER].decoder;
    if (!decoder->chunk_last && session->mail.route == BODY_RECHUNK)
        chunk_say(session, false, REPLY_PASSES);
}

void chunk_breaks_off(struct session *session)
{
    const struct decoder *decoder = &session->lanes[TO_SERVER].decoder;
    bool broken = decoder->phase == PHASE_CHUNK && session->mail.route == BODY_RECHUNK;
    if (broken && (decoder->chunk_left > 0 || session->mail.chunk.len > 0))
        announce(session, session->mail.chunk.len + decoder->chunk_left, decoder->chunk_last);
    session->mail.route = broken ? BODY_PASSES : session->mail.route;
}
