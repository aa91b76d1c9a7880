/* answers: what servers say: codes, continuations, texts, EHLO keywords, challenges; one more, one
 * less, too early. */
#include "harness/mutator/work.h"
#include "smtp/parse.h"

static const struct span codes[] = {
    SPAN_INIT("220"), SPAN_INIT("221"), SPAN_INIT("235"),  SPAN_INIT("250"), SPAN_INIT("251"),
    SPAN_INIT("252"), SPAN_INIT("334"), SPAN_INIT("354"),  SPAN_INIT("421"), SPAN_INIT("450"),
    SPAN_INIT("451"), SPAN_INIT("454"), SPAN_INIT("500"),  SPAN_INIT("502"), SPAN_INIT("535"),
    SPAN_INIT("550"), SPAN_INIT("554"), SPAN_INIT("999"),  SPAN_INIT("000"), SPAN_INIT("25"),
    SPAN_INIT("2"),   SPAN_INIT("600"), SPAN_INIT("2500"), SPAN_INIT(""),    SPAN_INIT("-25"),
    SPAN_INIT("25x"), SPAN_INIT("123"), SPAN_INIT("100"),  SPAN_INIT("4 1"), SPAN_INIT("556"),
};

static const struct span replies[] = {
    SPAN_INIT("220 mx.test ESMTP\r\n"),
    SPAN_INIT("220-mx.test ESMTP\r\n220-wait\r\n220 go\r\n"),
    SPAN_INIT("250 ok\r\n"),
    SPAN_INIT("250 2.1.0 ok\r\n"),
    SPAN_INIT("250-mx.test\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 8BITMIME\r\n"),
    SPAN_INIT("250-mx.test\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN CRAM-MD5\r\n250 SMTPUTF8\r\n"),
    SPAN_INIT("334 \r\n"),
    SPAN_INIT("334 VXNlcm5hbWU6\r\n"),
    SPAN_INIT("334 PDEyMy40NTZAbXgudGVzdD4=\r\n"),
    SPAN_INIT("334 TlRMTVNTUAACAAAAAAAAADgAAAAAggAAASNFZ4mrze8AAAAAAAAAAA==\r\n"),
    SPAN_INIT(
        "334 cmVhbG09Im14LnRlc3QiLG5vbmNlPSJhIixxb3A9ImF1dGgiLGFsZ29yaXRobT1tZDUtc2Vzcw==\r\n"),
    SPAN_INIT("334 cj1hYmNkZWZnaCxzPXNhbHQsaT00MDk2\r\n"),
    SPAN_INIT("334 !!!\r\n"),
    SPAN_INIT("235 2.7.0 welcome\r\n"),
    SPAN_INIT("354 go\r\n"),
    SPAN_INIT("221 bye\r\n"),
    SPAN_INIT("421 4.3.2 closing\r\n"),
    SPAN_INIT("451 4.7.1 later\r\n"),
    SPAN_INIT("454 4.7.0 no TLS now\r\n"),
    SPAN_INIT("535 5.7.8 no\r\n"),
    SPAN_INIT("550 5.1.1 nobody\r\n"),
    SPAN_INIT("554 5.7.1 no\r\n"),
    SPAN_INIT("220 go ahead\r\n250 injected\r\n"),
    SPAN_INIT("250\r\n"),
    SPAN_INIT("250 "),
    SPAN_INIT("\r\n"),
    SPAN_INIT("hello\r\n"),
};

bool operation_reply_insert(struct work *work)
{
    size_t at = work_pick(work, work->stream.count + 1);
    size_t gone = work_pick(work, 2);
    text_clear(&work->piece);
    for (size_t more = work_chance(work, 32) ? 500 : 1 + work_pick(work, 2); more > 0; more--)
        text_add(&work->piece, WORK_CHOOSE(work, replies));
    return work_replace_piece(work, at, gone);
}

/* One line of a reply, at random. */
static bool find_line(struct work *work, struct span *line)
{
    size_t at;
    if (!work_find(work, SMTP_REPLY, &at))
        return false;
    struct span rest = work->stream.units[at].raw;
    for (size_t nth = work_pick(work, 6);; nth--) {
        *line = span_take(rest, span_find(rest, '\n') + 1);
        rest = span_drop(rest, line->len);
        if (nth == 0 || rest.len == 0)
            return true;
    }
}

bool operation_reply_code(struct work *work)
{
    struct span line;
    if (!find_line(work, &line))
        return false;
    return work_replace_part(work, span_take(line, 3), WORK_CHOOSE(work, codes));
}

bool operation_reply_continue(struct work *work)
{
    static const struct span marks[] = { SPAN_INIT("-"),    SPAN_INIT(" "), SPAN_INIT(""),
                                         SPAN_INIT("\t"),   SPAN_INIT("+"), SPAN_INIT("--"),
                                         SPAN_INIT("\r\n"), SPAN_INIT("\0") };
    struct span line;
    if (!find_line(work, &line))
        return false;
    return work_replace_part(work, span_take(span_drop(line, 3), 1), WORK_CHOOSE(work, marks));
}

bool operation_reply_text(struct work *work)
{
    static const struct span texts[] = {
        SPAN_INIT(""),
        SPAN_INIT("5.7.1 no"),
        SPAN_INIT("2.0.0 ok"),
        SPAN_INIT("9.9.9"),
        SPAN_INIT("2.1000.1"),
        SPAN_INIT("%s%n"),
        SPAN_INIT("\0"),
        SPAN_INIT("\xff\xfe"),
        SPAN_INIT("\r250 injected"),
        SPAN_INIT("\n250 injected"),
        SPAN_INIT("\x1b[2J"),
    };
    struct span line;
    if (!find_line(work, &line))
        return false;
    struct span text = span_drop(span_chomp(line), 4);
    if (work_chance(work, 3)) {
        text_clear(&work->piece);
        for (size_t left = work_odd_length(work); left > 0; left--)
            text_add_byte(&work->piece, 'a');
        return work_replace_part(work, text, text_span(&work->piece));
    }
    return work_replace_part(work, text, WORK_CHOOSE(work, texts));
}

bool operation_keyword(struct work *work)
{
    static const struct span keywords[] = {
        SPAN_INIT("250-PIPELINING\r\n"),
        SPAN_INIT("250-SIZE\r\n"),
        SPAN_INIT("250-SIZE 99999999999999999999\r\n"),
        SPAN_INIT("250-STARTTLS\r\n"),
        SPAN_INIT("250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 NTLM XOAUTH2 SCRAM-SHA-256\r\n"),
        SPAN_INIT("250-AUTH=LOGIN\r\n"),
        SPAN_INIT("250-AUTH\r\n"),
        SPAN_INIT("250-AUTH SCRAM-SHA-1 OAUTHBEARER EXTERNAL GSSAPI\r\n"),
        SPAN_INIT("250-8BITMIME\r\n"),
        SPAN_INIT("250-SMTPUTF8\r\n"),
        SPAN_INIT("250-CHUNKING\r\n"),
        SPAN_INIT("250-DSN\r\n"),
        SPAN_INIT("250-ENHANCEDSTATUSCODES\r\n"),
        SPAN_INIT("250-ETRN\r\n"),
        SPAN_INIT("250-\r\n"),
    };
    struct span line;
    if (!find_line(work, &line))
        return false;
    text_clear(&work->piece);
    for (size_t more = work_chance(work, 16) ? 300 : 1 + work_pick(work, 3); more > 0; more--)
        text_add(&work->piece, WORK_CHOOSE(work, keywords));
    return work_replace_part(work, span_take(line, 0), text_span(&work->piece));
}
