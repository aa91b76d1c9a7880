/* parting: what follows when the two sides come to believe different things, and how a session
 * stops being read. The table in docs/design.md is this file. */
#include "base/check.h"
#include "session/state.h"

static bool begins_tls(enum verb verb)
{
    return verb == VERB_STARTTLS || verb == VERB_X_ANONYMOUSTLS;
}

static void log_passed_tls(struct session *session, instant now)
{
    const struct smtp_event event = { .kind = SMTP_TLS, .going = TO_SERVER };
    session->dialogue.tls = true;
    log_event(session, &event, false, now);
}

/* RFC 3207 section 4.2: behind the 220 both sides speak TLS: with us, or with each other. */
static void settle_tls(struct session *session, const struct pending *pending, unsigned received,
                       unsigned heard, instant now)
{
    bool server = begins_tls(pending->server_verb) && received == 220;
    bool client = begins_tls(pending->client_verb) && heard == 220;
    bool with_us = client && pending->client_verb == VERB_STARTTLS &&
                   tls_is_ours(session, CLIENT) && !side_is_secure(session, CLIENT);
    bool server_with_us =
        server && pending->server_verb == VERB_STARTTLS && side_is_secure(session, SERVER);
    if (with_us && !session->lanes[TO_SERVER].deaf) {
        tls_begin(session, CLIENT, now);
        server = server && !server_with_us;
        client = false;
    }
    if (server && client)
        log_passed_tls(session, now);
    if (client && !with_us)
        turn_opaque(session, "TLS follows", now);
    else if (server && !server_with_us)
        part_company(session, now);
}

/* What the dot of a mail to nowhere will be answered with. */
static void remember_refusal(struct session *session, unsigned received, struct span text)
{
    text_clear(&session->mail.refusal);
    if (received >= 400)
        text_add(&session->mail.refusal, text);
}

/* The client has heard what its next bytes mean. */
static void settle_fork(struct session *session, enum verb verb, unsigned received, unsigned heard,
                        struct span text, instant now)
{
    struct decoder *decoder = &session->lanes[TO_SERVER].decoder;
    if (decoder->phase != PHASE_FORK || (heard == REPLY_UNHEARD && !verb_is_hello(verb)))
        return;
    if (verb == VERB_DATA && heard == 354) {
        session->dialogue.client_in_body = true;
        remember_refusal(session, received, text);
        mail_begin(session, now);
    } else {
        decoder_enter(decoder, verb == VERB_AUTH && heard == 334 ? PHASE_AUTH : PHASE_COMMANDS);
    }
}

void reply_passed(struct session *session, const struct pending *pending, unsigned received,
                  unsigned heard, struct span text, instant now)
{
    struct dialogue *dialogue = &session->dialogue;
    bool asks_for_mail = pending->server_verb == VERB_DATA && !pending->after_message;
    enum verb verb = pending->after_message ? VERB_NONE : pending->client_verb;
    dialogue_granted(dialogue, pending, heard);
    if (heard != REPLY_UNHEARD && pending->client_verb != VERB_NONE)
        dialogue->verbs_answered |= UINT32_C(1) << pending->client_verb;
    if (asks_for_mail && received == 354) {
        dialogue->server_in_body = true;
        dialogue_forget_added(dialogue);
    }
    if (received == 220 || heard == 220)
        settle_tls(session, pending, received, heard, now);
    if (verb == session->fork)
        settle_fork(session, verb, received, heard, text, now);
    bool waits = verb == VERB_DATA && heard == REPLY_UNHEARD;
    if (asks_for_mail && dialogue->server_in_body && !dialogue->client_in_body && !waits)
        part_company(session, now);
}

void part_company(struct session *session, instant now)
{
    if (session->detached)
        return;
    session->detached = true;
    session->dialogue.server_in_body = false;
    session->mail.tail_len = 0;
    outbox_step(&session->lanes[TO_SERVER].out, STEP_FINISH);
    log_error(session, "parted", "the server's leg ends without the end of the mail", now);
}

/* The server's leg stays open, without the end of the mail. */
static void leave_server(struct session *session, instant now)
{
    session->detached = true;
    session->dialogue.server_in_body = false;
    session->mail.tail_len = 0;
    outbox_step(&session->lanes[TO_SERVER].out, STEP_MUTE);
    log_error(session, "parted", "the server's leg stays open and silent", now);
}

void give_up_server(struct session *session, enum fate fate, instant now)
{
    if (fate == FATE_TEAR_CLIENT || fate == FATE_RESET)
        leave_server(session, now);
    else
        part_company(session, now);
}

struct span stand_in_reply(struct session *session, enum verb verb, struct text *out,
                           enum fate *fate)
{
    int host_len = (int)session->facts.host.len;
    const char *host = (const char *)session->facts.host.ptr;
    bool leaves = verb == VERB_QUIT;
    if (verb == VERB_NOOP || verb == VERB_RSET) {
        text_addf(out, "250 2.0.0 OK\r\n");
    } else if (verb_is_hello(verb)) {
        text_addf(out, "250 %.*s\r\n", host_len, host);
    } else if (leaves) {
        text_addf(out, "221 2.0.0 %.*s closing connection\r\n", host_len, host);
    } else {
        text_addf(out, "421 4.3.2 %.*s the server is not available any more\r\n", host_len, host);
        leaves = true;
    }
    if (leaves)
        *fate = FATE_FINISH;
    return text_span(out);
}

void turn_opaque(struct session *session, const char *why, instant now)
{
    if (session->opaque)
        return;
    log_error(session, "opaque", why, now);
    mail_breaks_off(session);
    session->opaque = true;
    for (int direction = 0; direction < 2; direction++)
        decoder_enter(&session->lanes[direction].decoder, PHASE_OPAQUE);
}
