/* starttls: what STARTTLS means in each mode (RFC 3207): who hears it, who answers, what of it an
 * EHLO reply shows, and how TLS begins once it is agreed on. What follows from a handshake is
 * tls.c's. */
#include "base/check.h"
#include "mutators/keywords.h"
#include "mutators/lines.h"
#include "session/state.h"
#include "smtp/parse.h"

bool tls_is_ours(const struct session *session, enum side side)
{
    switch (session->options->tls) {
    case TLS_PASS: return false;
    case TLS_INTERCEPT: return true;
    case TLS_TO_CLIENT: return side == CLIENT;
    case TLS_TO_SERVER: return side == SERVER;
    }
    check(false);
}

/* -- as the client says it ------------------------------------------------------------------ */

/* What a STARTTLS is answered with that the server is not to hear; 0 where it is. */
static unsigned answer_code(const struct session *session)
{
    bool server = side_is_secure(session, SERVER);
    if (side_is_secure(session, CLIENT))
        return server ? 0 : 503;
    switch (session->options->tls) {
    case TLS_PASS: return 0;
    case TLS_INTERCEPT: return server ? 220 : 0;
    case TLS_TO_CLIENT: return 220;
    case TLS_TO_SERVER: return 502;
    }
    check(false);
}

bool starttls_may_be_ours(const struct session *session)
{
    const struct chain *in = &session->lanes[TO_SERVER].in;
    if (in->len == 0 || answer_code(session) == 0)
        return false;
    uint8_t first = byte_lower(chain_at(in, 0));
    return first == 's' || first == ' ' || first == '\t';
}

void starttls_answer(struct session *session, struct outcome *outcome)
{
    unsigned code = answer_code(session);
    const char *words = code == 220 ? "2.0.0 ready to start TLS" : "5.5.1 TLS is there already";
    /* A command of which a part has left is the server's to answer. */
    if (code == 0 || outcome->has_answer || outcome->taken || session->lanes[TO_SERVER].ahead > 0)
        return;
    text_clear(&outcome->answer);
    text_addf(&outcome->answer, "%u %s\r\n", code, code == 502 ? "5.5.1 not implemented" : words);
    outcome->has_answer = true;
    outcome->answer_told = false;
}

bool starttls_holds_client(const struct session *session)
{
    const struct decoder *decoder = &session->lanes[TO_SERVER].decoder;
    if (decoder->phase != PHASE_FORK)
        return false;
    bool starttls = session->fork == VERB_STARTTLS && session->options->tls != TLS_PASS;
    return starttls || verb_is_hello(session->fork);
}

/* -- as the server offers it ---------------------------------------------------------------- */

enum offer { OFFER_AS_IT_IS, OFFER_HIDDEN, OFFER_ADDED };

/* RFC 3207 section 4.2: under TLS it is not offered any more. Between two sides that began with TLS
 * the proxy is a wire, whatever the server offers. */
static enum offer offer_to_client(const struct session *session)
{
    bool is_wire = session->options->tls == TLS_PASS && side_is_secure(session, SERVER);
    if (side_is_secure(session, CLIENT) && !is_wire)
        return OFFER_HIDDEN;
    switch (session->options->tls) {
    case TLS_PASS:
    case TLS_INTERCEPT: return OFFER_AS_IT_IS;
    case TLS_TO_CLIENT: return OFFER_ADDED;
    case TLS_TO_SERVER: return OFFER_HIDDEN;
    }
    check(false);
}

bool starttls_holds_server(const struct session *session)
{
    const struct pending *next = dialogue_next(&session->dialogue);
    const struct tls_side *tls = &session->tls[SERVER];
    /* What is said in clear before TLS may be answered behind it. */
    if (!next)
        return tls->state == TLS_SECURE && tls->injected > 0;
    if (next->server_verb == VERB_STARTTLS && tls_is_ours(session, SERVER))
        return true;
    return verb_is_hello(next->client_verb) && offer_to_client(session) != OFFER_AS_IT_IS;
}

static bool is_starttls(struct span line)
{
    return span_equal_nocase(keyword_of(line), SPAN("STARTTLS"));
}

static bool is_offered(struct span reply)
{
    struct span rest = span_drop(reply, line_first(reply).len);
    while (rest.len > 0) {
        struct span line = line_first(rest);
        if (is_starttls(line))
            return true;
        rest = span_drop(rest, line.len);
    }
    return false;
}

bool starttls_edit_offer(const struct session *session, const struct smtp_event *event,
                         struct text *shown)
{
    enum offer offer = offer_to_client(session);
    if (offer == OFFER_AS_IT_IS || !keywords_are_in(event) ||
        is_offered(event->raw) == (offer == OFFER_ADDED))
        return false;
    struct text lines = { 0 };
    struct span first = line_first(event->raw);
    struct span rest = span_drop(event->raw, first.len);
    text_add(&lines, first);
    while (rest.len > 0) {
        struct span line = line_first(rest);
        if (!is_starttls(line))
            text_add(&lines, line);
        rest = span_drop(rest, line.len);
    }
    if (offer == OFFER_ADDED)
        keyword_line_add(&lines, first, SPAN("STARTTLS"));
    keyword_lines_join(shown, text_span(&lines));
    text_deinit(&lines);
    return true;
}

/* -- as we say it --------------------------------------------------------------------------- */

/* Nobody else will ask for it: the client is not to see it, or has had TLS from the first byte. */
static bool is_ours_to_ask(const struct session *session)
{
    enum tls_mode mode = session->options->tls;
    return mode == TLS_TO_SERVER || (mode == TLS_INTERCEPT && session->implicit_tls[CLIENT]);
}

bool starttls_is_due(const struct session *session, const struct smtp_event *event,
                     const struct pending *pending)
{
    const struct tls_side *tls = &session->tls[SERVER];
    if (!is_ours_to_ask(session) || !pending || tls->refused || session->detached)
        return false;
    return tls->state == TLS_CLEAR && verb_is_hello(pending->client_verb) &&
           keywords_are_in(event) && is_offered(event->raw);
}

void starttls_say(struct session *session, const struct smtp_event *event, struct pending *pending,
                  instant now)
{
    pending->held = pending_copy(event->raw);
    pending->server_verb = VERB_STARTTLS;
    say_line(session, SPAN("STARTTLS\r\n"), now);
    starttls_leaves(session, now);
}

void starttls_repeat_hello(struct session *session, instant now)
{
    const struct dialogue *dialogue = &session->dialogue;
    struct text line = { 0 };
    const char *verb = dialogue->lmtp ? "LHLO" : dialogue->esmtp ? "EHLO" : "HELO";
    text_addf(&line, "%s ", verb);
    text_add(&line, text_span(&dialogue->helo));
    text_add(&line, SPAN("\r\n"));
    say_line(session, text_span(&line), now);
    text_deinit(&line);
}

/* -- how TLS begins ------------------------------------------------------------------------- */

/* Asks the rules; what they say in clear leaves at once. Answers how many lines that was. */
static size_t plan_handshake(struct session *session, enum side side, instant now)
{
    struct lane *lane = lane_to(session, side);
    struct smtp_event event = { .kind = SMTP_TLS };
    event.going = side == SERVER ? TO_SERVER : TO_CLIENT;
    event.number = ++lane->decoder.number;
    const struct outcome *outcome = judge(session, &event, now);
    struct span content = text_span(&outcome->content);
    lane_send_content(lane, outcome, SIZE_MAX);
    secure_plan(&session->tls[side], judged(session));
    size_t lines = 0;
    for (size_t i = 0; i < content.len; i++)
        lines += content.ptr[i] == '\n';
    return lines;
}

void starttls_leaves(struct session *session, instant now)
{
    if (!tls_is_ours(session, SERVER) || session->tls[SERVER].state != TLS_CLEAR)
        return;
    size_t lines = plan_handshake(session, SERVER, now);
    session->tls[SERVER].injected = lines;
    /* Should TLS not come about, the server answers them. */
    while (lines-- > 0)
        dialogue_expect(&session->dialogue)->source = REPLY_SWALLOWED;
}

void tls_begin(struct session *session, enum side side, instant now)
{
    struct tls_side *tls = &session->tls[side];
    if (!tls->planned)
        plan_handshake(session, side, now);
    tls->planned = false;
    if (tls->fate != FATE_NONE) {
        apply_fate(session, tls->fate, lane_to(session, side));
        return;
    }
    if (side == SERVER && session->dialogue.count > 0)
        dialogue_forget_added(&session->dialogue);
    secure_expect(session, side);
}

/* -- when nobody wants it any more ---------------------------------------------------------- */

/* Who has ended his direction may still be told something, but cannot make TLS. */
static bool client_is_beyond_tls(const struct session *session)
{
    const struct pending *next = dialogue_next(&session->dialogue);
    bool asked = next && next->held.ptr && next->client_verb == VERB_STARTTLS;
    return session->lanes[TO_CLIENT].target_gone ||
           (session->lanes[TO_SERVER].source_ended && asked);
}

void starttls_settle(struct session *session, instant now)
{
    struct lane *lane = &session->lanes[TO_SERVER];
    if (!secure_is_under_way(session, SERVER) || !client_is_beyond_tls(session))
        return;
    log_tls(session, SERVER, NULL, SPAN("the client has ended the connection"), now);
    lane->reset |= session->ending == ENDING_CLIENT_RESET;
    side_is_gone(session, SERVER);
    outbox_step(&session->lanes[TO_CLIENT].out, STEP_FINISH_ALL);
}
