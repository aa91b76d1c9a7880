/* content: header fields and MIME parts that programs read differently, or not at all. */
#include "harness/mutator/work.h"

static const struct span fields[] = {
    SPAN_INIT("From: ann@me.test\r\n"),
    SPAN_INIT("From: \"a, b\" <ann@me.test>, eve@me.test\r\n"),
    SPAN_INIT("From: ann@me.test\r\nFrom: eve@me.test\r\n"),
    SPAN_INIT("From:ann@me.test (a (nested (note)) \\) b)\r\n"),
    SPAN_INIT("From: <@h.test,@i.test:ann@me.test>\r\n"),
    SPAN_INIT("From : ann@me.test\r\n"),
    SPAN_INIT("From \r\n"),
    SPAN_INIT("From ann@me.test Thu Jan  1 00:00:00 2026\r\n"),
    SPAN_INIT(">From ann@me.test\r\n"),
    SPAN_INIT("Sender: a <b@c> d\r\n"),
    SPAN_INIT("Reply-To: undisclosed:;\r\n"),
    SPAN_INIT("To: group: bob@mx.test, <eve@mx.test>;, c\r\n"),
    SPAN_INIT("To: bob@mx.test,,,,\r\n"),
    SPAN_INIT("Cc: \"unclosed <bob@mx.test>\r\n"),
    SPAN_INIT("Bcc: bob@[IPv6:::1]\r\n"),
    SPAN_INIT("Subject: =?utf-8?q?=C3=A4?= =?iso-8859-1?b?5A==?=\r\n"),
    SPAN_INIT("Subject: =?utf-8*de?x?a?= =?=?=?=\r\n"),
    SPAN_INIT("Subject: a\r\n b\r\n\tc\r\n \r\n d\r\n"),
    SPAN_INIT("Subject: order 7\r\n"),
    SPAN_INIT("Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n"),
    SPAN_INIT("Date: 99 Foo 99999 99:99:99 +9999\r\n"),
    SPAN_INIT("Message-ID: <a@b>\r\n"),
    SPAN_INIT("Message-ID: <\r\n"),
    SPAN_INIT("Return-Path: <>\r\n"),
    SPAN_INIT(
        "Received: from a (b [192.0.2.1]) by c with ESMTP; Thu, 1 Jan 2026 00:00:00 +0000\r\n"),
    SPAN_INIT("Resent-From: a@b\r\nResent-To: c@d\r\n"),
    SPAN_INIT("Delivered-To: bob@mx.test\r\n"),
    SPAN_INIT("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=me.test; s=s; h=from:to;"
              " l=5; i=%n@me.test; bh=AAAA; b=AAAA\r\n"),
    SPAN_INIT("DKIM-Signature: v=1; a=ed25519-sha256; d=; s=; h=:::; b=\r\n"),
    SPAN_INIT("ARC-Seal: i=1; a=rsa-sha256; cv=none; d=me.test; s=s; b=AAAA\r\n"),
    SPAN_INIT("Authentication-Results: mx.test; spf=pass\r\n"),
    SPAN_INIT("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n"),
    SPAN_INIT("Content-Type: multipart/mixed; boundary=a\r\n"),
    SPAN_INIT("Content-Type: multipart/mixed; boundary=\"a b\"; boundary=c\r\n"),
    SPAN_INIT("Content-Type: text/plain; name*0*=utf-8''%41; name*1=\"b\r\n"),
    SPAN_INIT("Content-Type: message/rfc822\r\n"),
    SPAN_INIT("Content-Type: message/partial; number=1; total=2; id=a\r\n"),
    SPAN_INIT("Content-Transfer-Encoding: base64\r\n"),
    SPAN_INIT("Content-Transfer-Encoding: quoted-printable\r\n"),
    SPAN_INIT("Content-Disposition: attachment; filename=\"../../a\\\"b\"\r\n"),
    SPAN_INIT("X-\xff: \x80\r\n"),
    SPAN_INIT(": empty name\r\n"),
    SPAN_INIT("no colon\r\n"),
    SPAN_INIT(" begins folded\r\n"),
    SPAN_INIT("X: ${run{id}}\r\n"),
    SPAN_INIT("\r\n"),
};

/* A field of a thousand lines, as fold bombs are. */
static void add_folds(struct work *work)
{
    text_add(&work->piece, SPAN("X-Folded: a\r\n"));
    for (size_t left = work_odd_length(work) / 4; left > 0; left--)
        text_add(&work->piece, SPAN(" b\r\n"));
}

bool operation_header(struct work *work)
{
    size_t at;
    if (!work_find(work, SMTP_BODY, &at))
        return false;
    text_clear(&work->piece);
    if (work_chance(work, 32))
        add_folds(work);
    for (size_t more = 1 + work_pick(work, 3); more > 0; more--)
        text_add(&work->piece, WORK_CHOOSE(work, fields));
    return work_replace_piece(work, at, work_pick(work, 2));
}

static const struct span parts[] = {
    SPAN_INIT("--a\r\n\r\ntext\r\n"),
    SPAN_INIT("--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"),
    SPAN_INIT("--a\r\nContent-Type: multipart/alternative; boundary=\"a-\"\r\n\r\n--a-\r\n"),
    SPAN_INIT("--a--\r\n"),
    SPAN_INIT("--a-- \r\n"),
    SPAN_INIT("--a\r\nContent-Transfer-Encoding: base64\r\n\r\nYW5u\r\nYW5=u!\r\n"),
    SPAN_INIT("--a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3D=\r\n=0\r\n=\r\n"),
    SPAN_INIT("--a\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\n"),
    SPAN_INIT("--a\r\nContent-Disposition: attachment; filename*=utf-8''a%2Fb\r\n\r\n"),
    SPAN_INIT("begin 644 a\r\n#86)C\r\n`\r\nend\r\n"),
};

bool operation_mime(struct work *work)
{
    size_t at;
    if (!work_find(work, SMTP_BODY, &at))
        return false;
    text_clear(&work->piece);
    if (work->stream.units[at].header && work_chance(work, 2))
        text_add(&work->piece, SPAN("Content-Type: multipart/mixed; boundary=a\r\n\r\n"));
    size_t deep = work_chance(work, 16) ? 100 : 1 + work_pick(work, 3);
    for (size_t i = 0; i < deep; i++)
        text_add(&work->piece, WORK_CHOOSE(work, parts));
    return work_replace_piece(work, at, 0);
}
