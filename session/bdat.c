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

void chunk_say(struct session *session, bool last, enum reply_source source)
{
    struct chain *chunk = &session->mail.chunk;
    struct outbox *out = &session->lanes[TO_SERVER].out;
    struct text line = { 0 };
    text_addf(&line, "BDAT %zu%s\r\n", chunk->len, last ? " LAST" : "");
    outbox_add(out, text_span(&line));
    text_deinit(&line);
    outbox_move(out, chunk, chunk->len);
    struct pending *pending = dialogue_expect(&session->dialogue);
    check(pending != NULL);
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
    bool over = decoder->phase == PHASE_CHUNK && decoder->chunk_left == 0;
    if (over && !decoder->chunk_last && session->mail.route == BODY_RECHUNK)
        chunk_say(session, false, REPLY_PASSES);
}
