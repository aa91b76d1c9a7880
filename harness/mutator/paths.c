/* paths: addresses and host names as people, tests and attackers write them. */
#include "harness/mutator/work.h"
#include "smtp/parse.h"

static const struct span locals[] = {
    SPAN_INIT("bob"),
    SPAN_INIT("postmaster"),
    SPAN_INIT("\"a b\""),
    SPAN_INIT("\"a\\\"b\""),
    SPAN_INIT("\"\\"),
    SPAN_INIT("a(note)"),
    SPAN_INIT("a%b"),
    SPAN_INIT("a%b%mx.test"),
    SPAN_INIT("h!a"),
    SPAN_INIT("bob+tag"),
    SPAN_INIT(".a"),
    SPAN_INIT("a..b"),
    SPAN_INIT("a."),
    SPAN_INIT(""),
    SPAN_INIT(";id;"),
    SPAN_INIT("|id"),
    SPAN_INIT("${run{id}}"),
    SPAN_INIT("${lookup{a}lsearch{b}}"),
    SPAN_INIT("$(id)`id`"),
    SPAN_INIT("../../a"),
    SPAN_INIT("/a"),
    SPAN_INIT(":include:/a"),
    SPAN_INIT("-oQ/a"),
    SPAN_INIT("\xc3\xa4"),
    SPAN_INIT("\xff\xfe"),
    SPAN_INIT("a\\b"),
    SPAN_INIT("=?utf-8?q?a?="),
    SPAN_INIT("a=40b"),
    SPAN_INIT("a,b"),
    SPAN_INIT("%s%n%x"),
    SPAN_INIT("#@[]"),
};

static const struct span domains[] = {
    SPAN_INIT("@mx.test"),
    SPAN_INIT("@verified.test"),
    SPAN_INIT("@rewritten.test"),
    SPAN_INIT("@later.test"),
    SPAN_INIT(""),
    SPAN_INIT("@"),
    SPAN_INIT("@mx.test."),
    SPAN_INIT("@.mx.test"),
    SPAN_INIT("@mx..test"),
    SPAN_INIT("@-a.test"),
    SPAN_INIT("@[127.0.0.1]"),
    SPAN_INIT("@[IPv6:::1]"),
    SPAN_INIT("@[IPv6:1:2:3:4:5:6:7:8:9]"),
    SPAN_INIT("@[999.1.1.1]"),
    SPAN_INIT("@[x:a\\]b]"),
    SPAN_INIT("@["),
    SPAN_INIT("@xn--4ca.test"),
    SPAN_INIT("@\xc3\xa4.test"),
    SPAN_INIT("@mx.test@mx.test"),
    SPAN_INIT("@localhost"),
    SPAN_INIT("@2130706433"),
    SPAN_INIT("@mx.test:25"),
    SPAN_INIT("@mx\0.test"),
    SPAN_INIT("@(note)mx.test"),
};

static void add_filling(struct work *work, size_t len, const char *unit)
{
    size_t wanted = work->piece.len + len;
    while (work->piece.len < wanted && !work->piece.cut)
        text_add(&work->piece, span_of(unit));
}

static void add_long(struct work *work)
{
    static const size_t locals_at[] = { 63, 64, 65, 255, 256, 1024, 4096 };
    size_t len = locals_at[work_pick(work, sizeof locals_at / sizeof locals_at[0])];
    if (work_chance(work, 2)) {
        add_filling(work, len, "a");
        text_add(&work->piece, SPAN("@mx.test"));
    } else {
        text_add(&work->piece, SPAN("a@"));
        add_filling(work, len, work_chance(work, 2) ? "d." : "d");
    }
}

static void add_route(struct work *work)
{
    size_t hosts = work_chance(work, 6) ? 200 : 1 + work_pick(work, 3);
    for (size_t i = 0; i < hosts; i++)
        text_add(&work->piece, i ? SPAN(",@h.test") : SPAN("@h.test"));
    if (!work_chance(work, 6))
        text_add(&work->piece, SPAN(":"));
}

static void add_address(struct work *work)
{
    if (work_chance(work, 6))
        add_route(work);
    if (work_chance(work, 8)) {
        add_long(work);
        return;
    }
    text_add(&work->piece, WORK_CHOOSE(work, locals));
    text_add(&work->piece, WORK_CHOOSE(work, domains));
}

bool operation_path(struct work *work)
{
    size_t at;
    enum verb verb = work_chance(work, 3) ? VERB_MAIL : VERB_RCPT;
    if (!work_find_verb(work, verb, &at))
        return false;
    struct smtp_command command = smtp_command_parse(work->stream.units[at].raw);
    text_clear(&work->piece);
    /* Within its brackets, most of the time. */
    bool whole = work_chance(work, 8) || !command.address.ptr;
    if (whole)
        text_add(&work->piece, verb == VERB_MAIL ? SPAN("FROM:") : SPAN("TO:"));
    if (whole && work_chance(work, 2))
        text_add(&work->piece, SPAN("<"));
    add_address(work);
    if (whole && work_chance(work, 2))
        text_add(&work->piece, SPAN(">"));
    struct span part = whole ? command.argument : command.address;
    return part.ptr && work_replace_part(work, part, text_span(&work->piece));
}

bool operation_hello(struct work *work)
{
    static const struct span names[] = {
        SPAN_INIT("me.test"),       SPAN_INIT("[127.0.0.1]"),
        SPAN_INIT("[IPv6:::1]"),    SPAN_INIT(""),
        SPAN_INIT("mx.test"),       SPAN_INIT("localhost"),
        SPAN_INIT("a b"),           SPAN_INIT("<a>"),
        SPAN_INIT("a_b"),           SPAN_INIT("${run{id}}"),
        SPAN_INIT("(note)"),        SPAN_INIT("[]"),
        SPAN_INIT("\xc3\xa4.test"), SPAN_INIT("-a"),
        SPAN_INIT("a\rRSET"),
    };
    size_t at;
    enum verb verb = work_chance(work, 2) ? VERB_EHLO : VERB_HELO;
    if (!work_find_verb(work, verb, &at))
        return false;
    struct span argument = smtp_command_parse(work->stream.units[at].raw).argument;
    text_clear(&work->piece);
    if (work_chance(work, 6))
        add_filling(work, work_odd_length(work), "a");
    else
        text_add(&work->piece, WORK_CHOOSE(work, names));
    return argument.ptr && work_replace_part(work, argument, text_span(&work->piece));
}
