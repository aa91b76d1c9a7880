/* sorting: see sorting.h. What the client's commands mean is in sorting_commands.c. */
#include "peers/sorting.h"

#include "base/limits.h"
#include "peers/sorting_parts.h"
#include "smtp/parse.h"

void sorting_begin(struct sorting *sorting, struct pool *pool)
{
    sorting->number = SORTING_NOBODY;
    sorting->line.max = RECEIVER_LINE_MAX;
    chain_init(&sorting->to_client, pool);
    chain_init(&sorting->to_server, pool);
    sorting_answer(sorting, SPAN("220 "));
    sorting_answer(sorting, sorting->host);
    sorting_answer(sorting, SPAN(" ESMTP smtpchaos\r\n"));
}

void sorting_deinit(struct sorting *sorting)
{
    chain_deinit(&sorting->to_client);
    chain_deinit(&sorting->to_server);
    text_deinit(&sorting->hello);
    text_deinit(&sorting->sender);
    text_deinit(&sorting->recipient);
    text_deinit(&sorting->line);
    text_deinit(&sorting->heard);
}

void sorting_answer(struct sorting *sorting, struct span reply)
{
    chain_append(&sorting->to_client, reply);
}

void sorting_forget_mail(struct sorting *sorting)
{
    text_clear(&sorting->sender);
    sorting->taken = 0;
    sorting->knows_mail = false;
}

void sorting_hand_on(struct sorting *sorting, enum verb verb, struct span line)
{
    chain_append(&sorting->to_server, line);
    sorting->waiting = verb;
    sorting->step = SORTING_REPLY;
}

void sorting_hang_up(struct sorting *sorting)
{
    if (sorting->number == SORTING_NOBODY)
        return;
    /* Nothing is said to a server that has not greeted. */
    if (sorting->step != SORTING_REACHES && sorting->step != SORTING_GREETING)
        chain_append(&sorting->to_server, SPAN("QUIT\r\n"));
    sorting->hangs_up = true;
    sorting->number = SORTING_NOBODY;
    sorting->knows_mail = false;
    sorting->leaves = false;
    text_clear(&sorting->heard);
}

/* Whoever has said all, and is owed no reply any more, is let go. */
static void settle_end(struct sorting *sorting)
{
    bool is_idle = sorting->step == SORTING_COMMANDS || sorting->step == SORTING_SKIPS;
    if (!sorting->client_ended || !is_idle)
        return;
    sorting_hang_up(sorting);
    sorting->step = SORTING_OVER;
}

void sorting_client_ended(struct sorting *sorting)
{
    sorting->client_ended = true;
    settle_end(sorting);
}

bool sorting_wants_finish(const struct sorting *sorting)
{
    bool passes = sorting->step == SORTING_BODY || sorting->step == SORTING_CHUNK ||
                  sorting->step == SORTING_WIRE || sorting->step == SORTING_REPLY;
    return sorting->client_ended && passes && sorting->to_server.len == 0;
}

/* -- a server is found ------------------------------------------------------------------------ */

void sorting_reached(struct sorting *sorting)
{
    text_clear(&sorting->heard);
    sorting->is_plain = false;
    sorting->step = SORTING_GREETING;
}

/* The recipient waits for a reply, and its server has none for it. */
static void put_off(struct sorting *sorting, const char *code, struct span why)
{
    sorting_hang_up(sorting);
    sorting_answer(sorting, span_of(code));
    sorting_answer(sorting, why);
    sorting_answer(sorting, SPAN("\r\n"));
    sorting->step = SORTING_COMMANDS;
    settle_end(sorting);
}

void sorting_failed(struct sorting *sorting, const char *why)
{
    put_off(sorting, "451 4.4.1 ", span_of(why));
}

static void take_greeting(struct sorting *sorting, unsigned code)
{
    if (code != 220) {
        put_off(sorting, "451 4.3.2 ", SPAN("the server for this recipient takes no mail now"));
        return;
    }
    chain_append(&sorting->to_server, text_span(&sorting->hello));
    sorting->step = SORTING_HELLO;
}

/* RFC 5321 section 3.2: whoever refuses EHLO is asked by HELO. */
static void say_helo(struct sorting *sorting)
{
    sorting->is_plain = true;
    chain_append(&sorting->to_server, SPAN("HELO"));
    chain_append(&sorting->to_server, span_drop(text_span(&sorting->hello), 4));
}

static void take_hello(struct sorting *sorting, struct span reply, unsigned code)
{
    struct span words;
    bool may_be_plain = code / 100 == 5 && !sorting->is_plain &&
                        span_starts_nocase(text_span(&sorting->hello), SPAN("EHLO"));
    if (may_be_plain) {
        say_helo(sorting);
    } else if (code == 250) {
        sorting->takes_size = smtp_offer_find(reply, SPAN("SIZE"), &words);
        sorting_tell_mail(sorting);
    } else {
        put_off(sorting, "451 4.3.0 ", SPAN("the server for this recipient refuses your hello"));
    }
}

/* What the server has against the sender is told of the recipient: the client has been told that
 * the sender is fine. */
static void take_mail(struct sorting *sorting, struct span reply, unsigned code)
{
    sorting->knows_mail = code == 250;
    if (sorting->knows_mail) {
        sorting_hand_on(sorting, VERB_RCPT, text_span(&sorting->recipient));
    } else if (code == 421 || code / 100 < 4) {
        put_off(sorting, "451 4.3.0 ", SPAN("the server for this recipient takes no mail now"));
    } else {
        sorting_answer(sorting, reply);
        sorting->step = SORTING_COMMANDS;
    }
}

/* -- a server answers ------------------------------------------------------------------------- */

static void settle_reply(struct sorting *sorting, unsigned code)
{
    sorting->step = SORTING_COMMANDS;
    sorting->leaves |= code == 421 || sorting->waiting == VERB_QUIT;
    if (sorting->waiting == VERB_RCPT)
        sorting->taken += code / 100 == 2;
    else if (sorting->waiting == VERB_DATA && code == 354)
        sorting->step = SORTING_BODY;
    else if (sorting->waiting == VERB_NONE ||
             (sorting->waiting == VERB_BDAT && sorting->chunk_last))
        sorting_forget_mail(sorting);
    settle_end(sorting);
}

/* A server that has nothing to do says that it will go: it is not needed. */
static void take_unasked(struct sorting *sorting, struct span reply)
{
    if (sorting->step == SORTING_COMMANDS && sorting->taken == 0) {
        sorting_hang_up(sorting);
        return;
    }
    sorting_answer(sorting, reply);
    sorting->step = SORTING_WIRE;
}

static void take_reply(struct sorting *sorting, struct span reply)
{
    unsigned code = smtp_reply_parse(reply).code;
    switch (sorting->step) {
    case SORTING_GREETING: take_greeting(sorting, code); break;
    case SORTING_HELLO: take_hello(sorting, reply, code); break;
    case SORTING_MAIL: take_mail(sorting, reply, code); break;
    case SORTING_REPLY:
        sorting_answer(sorting, reply);
        settle_reply(sorting, code);
        break;
    case SORTING_COMMANDS:
    case SORTING_SKIPS:
    case SORTING_BODY:
    case SORTING_CHUNK: take_unasked(sorting, reply); break;
    case SORTING_WIRE: sorting_answer(sorting, reply); break;
    case SORTING_REACHES:
    case SORTING_OVER: break;
    }
}

static void take_whole_replies(struct sorting *sorting)
{
    struct text heard = sorting->heard;
    struct span rest = text_span(&heard);
    size_t size;
    sorting->heard = (struct text){ 0 };
    while (sorting->number != SORTING_NOBODY && sorting->step != SORTING_WIRE &&
           (size = smtp_reply_size(rest)) > 0) {
        struct span reply = span_take(rest, size);
        rest = span_drop(rest, size);
        take_reply(sorting, reply);
    }
    if (sorting->number != SORTING_NOBODY)
        text_add(&sorting->heard, rest);
    text_deinit(&heard);
}

/* What the server has said and what is no whole reply goes to the client as it stands. */
static void let_go(struct sorting *sorting)
{
    sorting_answer(sorting, text_span(&sorting->heard));
    text_clear(&sorting->heard);
}

void sorting_hear_server(struct sorting *sorting, struct span bytes)
{
    text_add(&sorting->heard, bytes);
    if (sorting->step != SORTING_WIRE)
        take_whole_replies(sorting);
    if (sorting->heard.len > REPLY_MAX)
        sorting->step = SORTING_WIRE;
    if (sorting->step == SORTING_WIRE)
        let_go(sorting);
}

bool sorting_takes_server(const struct sorting *sorting)
{
    return sorting->to_client.len < SORTING_HIGH_WATER;
}

bool sorting_is_reaching(const struct sorting *sorting)
{
    return sorting->step == SORTING_REACHES || sorting->step == SORTING_GREETING ||
           sorting->step == SORTING_HELLO || sorting->step == SORTING_MAIL;
}

static bool awaits_first_recipient(const struct sorting *sorting)
{
    return sorting->step == SORTING_REPLY && sorting->waiting == VERB_RCPT && sorting->taken == 0;
}

void sorting_server_ended(struct sorting *sorting, bool torn)
{
    bool is_idle = sorting->step == SORTING_COMMANDS || sorting->step == SORTING_SKIPS;
    if (sorting_is_reaching(sorting) || awaits_first_recipient(sorting)) {
        put_off(sorting, "451 4.4.2 ", SPAN("the server for this recipient ended the connection"));
    } else if (is_idle && sorting->taken == 0 && !sorting->leaves) {
        sorting_hang_up(sorting);
    } else {
        let_go(sorting);
        sorting->is_torn = torn;
        sorting->step = SORTING_OVER;
    }
}
