/* order: whole commands and replies are left out, said again, exchanged, put in and taken over from
 * other inputs. What is put in mostly suits how far the session has come. */
#include "harness/mutator/work.h"

bool operation_delete(struct work *work)
{
    size_t count = work->stream.count;
    if (count < 2)
        return false;
    size_t run = work_chance(work, 4) ? 1 + work_pick(work, 4) : 1;
    return work_replace(work, work_pick(work, count), run, SPAN(""));
}

bool operation_repeat(struct work *work)
{
    if (work->stream.count == 0)
        return false;
    size_t at = work_pick(work, work->stream.count);
    size_t run = 1 + work_pick(work, 3);
    size_t times = work_chance(work, 8) ? 2 + work_pick(work, 60) : 2;
    text_clear(&work->piece);
    for (size_t i = 0; i < times; i++)
        text_add(&work->piece, stream_units(&work->stream, at, run));
    return work_replace_piece(work, at, run);
}

bool operation_swap(struct work *work)
{
    size_t count = work->stream.count;
    if (count < 2)
        return false;
    size_t first = work_pick(work, count - 1);
    size_t second = first + 1 + work_pick(work, count - 1 - first);
    text_clear(&work->piece);
    text_add(&work->piece, stream_units(&work->stream, second, 1));
    text_add(&work->piece, stream_units(&work->stream, first + 1, second - first - 1));
    text_add(&work->piece, stream_units(&work->stream, first, 1));
    return work_replace_piece(work, first, second - first + 1);
}

struct phrase {
    unsigned stages; /* where it makes sense */
    struct span text;
};

#define BEFORE_MAIL (STAGE_BEGIN | STAGE_GREETED)
#define ENVELOPE (STAGE_MAIL | STAGE_RCPT)

static const struct phrase phrases[] = {
    { STAGE_BEGIN, SPAN_INIT("EHLO me.test\r\n") },
    { STAGE_BEGIN, SPAN_INIT("HELO me.test\r\n") },
    { STAGE_BEGIN, SPAN_INIT("LHLO me.test\r\n") },
    { STAGE_ANY, SPAN_INIT("EHLO [127.0.0.1]\r\n") },
    { STAGE_GREETED, SPAN_INIT("MAIL FROM:<ann@me.test>\r\n") },
    { STAGE_GREETED, SPAN_INIT("MAIL FROM:<>\r\n") },
    { STAGE_GREETED, SPAN_INIT("MAIL FROM:<ann@me.test> SIZE=100 BODY=8BITMIME\r\n") },
    { STAGE_GREETED, SPAN_INIT("MAIL FROM:<ann@me.test> SMTPUTF8 RET=HDRS ENVID=q+2B1\r\n") },
    { ENVELOPE, SPAN_INIT("RCPT TO:<bob@mx.test>\r\n") },
    { ENVELOPE, SPAN_INIT("RCPT TO:<postmaster>\r\n") },
    { ENVELOPE, SPAN_INIT("RCPT TO:<eve@mx.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;e+40x\r\n") },
    { STAGE_RCPT, SPAN_INIT("DATA\r\nSubject: hello\r\n\r\ntext\r\n.\r\n") },
    { STAGE_RCPT, SPAN_INIT("BDAT 12\r\nSubject: a\r\nBDAT 6 LAST\r\n\r\nhi\r\n") },
    { STAGE_RCPT, SPAN_INIT("BDAT 0 LAST\r\n") },
    { STAGE_RCPT, SPAN_INIT("DATA\r\n") },
    { STAGE_BODY, SPAN_INIT(".\r\n") },
    { STAGE_BODY, SPAN_INIT("..dots\r\n") },
    { STAGE_BODY, SPAN_INIT("\r\n") },
    { BEFORE_MAIL, SPAN_INIT("STARTTLS\r\n") },
    { BEFORE_MAIL, SPAN_INIT("AUTH PLAIN AGFubgBzZWNyZXQ=\r\n") },
    { BEFORE_MAIL, SPAN_INIT("XCLIENT NAME=a.test ADDR=192.0.2.1 PROTO=ESMTP\r\n") },
    { STAGE_ANY, SPAN_INIT("XFORWARD NAME=a.test ADDR=192.0.2.1 SOURCE=REMOTE\r\n") },
    { STAGE_ANY, SPAN_INIT("RSET\r\n") },
    { STAGE_ANY, SPAN_INIT("NOOP\r\n") },
    { STAGE_ANY, SPAN_INIT("QUIT\r\n") },
    { STAGE_ANY, SPAN_INIT("VRFY bob\r\n") },
    { STAGE_ANY, SPAN_INIT("EXPN staff\r\n") },
    { STAGE_ANY, SPAN_INIT("ETRN #mx.test\r\n") },
    { STAGE_ANY, SPAN_INIT("HELP\r\n") },
    { STAGE_ANY, SPAN_INIT("HELP MAIL\r\n") },
    { STAGE_ANY, SPAN_INIT("BURL imap://mx.test/a LAST\r\n") },
    { STAGE_ANY, SPAN_INIT("\r\n") },
};

static struct span phrase_for(struct work *work, enum stage stage)
{
    size_t found = 0;
    size_t chosen = 0;
    bool anything = work_chance(work, 4);
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if ((anything || phrases[i].stages & stage) && work_pick(work, ++found) == 0)
            chosen = i;
    return phrases[chosen].text;
}

bool operation_insert(struct work *work)
{
    size_t at = work_pick(work, work->stream.count + 1);
    enum stage stage = at < work->stream.count ? work->stream.units[at].stage : STAGE_GREETED;
    text_clear(&work->piece);
    text_add(&work->piece, phrase_for(work, stage));
    if (work_chance(work, 4))
        text_add(&work->piece, phrase_for(work, stage));
    return work_replace_piece(work, at, 0);
}

bool operation_splice(struct work *work)
{
    /* Large, and only of use in here. */
    static struct stream other;
    if (work->other.len == 0)
        return false;
    stream_read(&other, work->other, work->stream.speaker);
    size_t from = work_pick(work, other.count);
    size_t run = work_chance(work, 3) ? other.count : 1 + work_pick(work, 6);
    size_t at = work_pick(work, work->stream.count + 1);
    size_t gone = work_chance(work, 2) ? work_pick(work, 4) : 0;
    if (work_chance(work, 4))
        gone = work->stream.count;
    return work_replace(work, at, gone, stream_units(&other, from, run));
}

bool operation_cut_short(struct work *work)
{
    if (work->stream.count < 2)
        return false;
    size_t at = 1 + work_pick(work, work->stream.count - 1);
    struct span last = work->stream.units[at].raw;
    /* Often within a line, as a connection that is torn does it. */
    struct span part =
        work_chance(work, 2) ? span_take(last, work_pick(work, last.len + 1)) : span_take(last, 0);
    return work_replace(work, at, work->stream.count, part);
}

/* What stands at a place gets a session before it: engines break sessions off all the time. */
bool operation_whole_mail(struct work *work)
{
    size_t at = work_pick(work, work->stream.count + 1);
    text_clear(&work->piece);
    if (work_chance(work, 2))
        text_add(&work->piece, SPAN("RSET\r\n"));
    text_add(&work->piece, SPAN("EHLO me.test\r\nMAIL FROM:<ann@me.test>\r\n"));
    text_add(&work->piece, SPAN("RCPT TO:<bob@mx.test>\r\n"));
    if (work_chance(work, 2))
        text_add(&work->piece, SPAN("DATA\r\n"));
    return work_replace_piece(work, at, 0);
}
