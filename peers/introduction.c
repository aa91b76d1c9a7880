/* introduction: see introduction.h. */
#include "peers/introduction.h"

#include "base/limits.h"
#include "smtp/parse.h"

void introduction_deinit(struct introduction *introduction)
{
    text_deinit(&introduction->heard);
    text_deinit(&introduction->say);
    text_deinit(&introduction->greeting);
}

static void give_up(struct introduction *introduction, const char *why)
{
    introduction->step = INTRODUCTION_DONE;
    introduction->why = why;
}

static void keep_greeting(struct introduction *introduction, struct span reply)
{
    text_clear(&introduction->greeting);
    text_add(&introduction->greeting, reply);
}

static bool is_offered(struct span words, const char *name)
{
    struct cut word = { .after = words };
    while (word.after.len) {
        word = span_cut(word.after, ' ');
        if (span_equal_nocase(word.before, span_of(name)))
            return true;
    }
    return false;
}

static void add_address(struct text *out, struct span words, const char *name, struct span address)
{
    bool is_v6 = span_find(address, ':') < address.len;
    if (!is_offered(words, name))
        return;
    text_addf(out, " %s=%s", name, is_v6 ? "IPV6:" : "");
    text_add(out, address.len ? address : SPAN("[UNAVAILABLE]"));
}

static void add_port(struct text *out, struct span words, const char *name, unsigned port)
{
    if (is_offered(words, name) && port)
        text_addf(out, " %s=%u", name, port);
}

static void say_xclient(struct introduction *introduction, struct span words)
{
    struct text *say = &introduction->say;
    text_addf(say, "XCLIENT");
    /* Else the server would keep the name that it knows us by. */
    if (is_offered(words, "NAME"))
        text_addf(say, " NAME=[UNAVAILABLE]");
    add_address(say, words, "ADDR", introduction->client);
    add_port(say, words, "PORT", introduction->client_port);
    add_address(say, words, "DESTADDR", introduction->local);
    add_port(say, words, "DESTPORT", introduction->local_port);
    text_addf(say, "\r\n");
    introduction->step = INTRODUCTION_XCLIENT;
}

static void take_greeting(struct introduction *introduction, struct span reply, unsigned code)
{
    keep_greeting(introduction, reply);
    if (code != 220) {
        give_up(introduction, "the server did not greet with 220");
        return;
    }
    text_addf(&introduction->say, "EHLO ");
    text_add(&introduction->say, introduction->host);
    text_addf(&introduction->say, "\r\n");
    introduction->step = INTRODUCTION_EHLO;
}

static void take_offer(struct introduction *introduction, struct span reply, unsigned code)
{
    struct span words;
    if (code == 250 && smtp_offer_find(reply, SPAN("XCLIENT"), &words))
        say_xclient(introduction, words);
    else
        give_up(introduction, "the server does not offer XCLIENT to us");
}

static void take_reply(struct introduction *introduction, struct span reply)
{
    unsigned code = smtp_reply_parse(reply).code;
    switch (introduction->step) {
    case INTRODUCTION_GREETING: take_greeting(introduction, reply, code); break;
    case INTRODUCTION_EHLO: take_offer(introduction, reply, code); break;
    case INTRODUCTION_XCLIENT:
        if (code == 220)
            keep_greeting(introduction, reply);
        give_up(introduction, code == 220 ? NULL : "the server refused XCLIENT");
        break;
    case INTRODUCTION_DONE: break;
    }
}

void introduction_hear(struct introduction *introduction, struct span bytes)
{
    struct text *heard = &introduction->heard;
    text_add(heard, bytes);
    size_t size;
    while (introduction->step != INTRODUCTION_DONE &&
           (size = smtp_reply_size(text_span(heard))) > 0) {
        struct text rest = { 0 };
        take_reply(introduction, span_take(text_span(heard), size));
        text_add(&rest, span_drop(text_span(heard), size));
        text_deinit(heard);
        *heard = rest;
    }
    if (heard->len > REPLY_MAX)
        give_up(introduction, "the server's reply has no end");
}

void introduction_add_rest(const struct introduction *introduction, struct text *out)
{
    text_add(out, text_span(&introduction->greeting));
    text_add(out, text_span(&introduction->heard));
}
