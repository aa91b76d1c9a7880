/* exchange: AUTH: mechanisms, initial responses, answers to challenges, base64 of any length. */
#include "harness/mutator/work.h"

static const struct span mechanisms[] = {
    SPAN_INIT("PLAIN"),
    SPAN_INIT("LOGIN"),
    SPAN_INIT("CRAM-MD5"),
    SPAN_INIT("DIGEST-MD5"),
    SPAN_INIT("NTLM"),
    SPAN_INIT("SCRAM-SHA-1"),
    SPAN_INIT("XOAUTH2"),
    SPAN_INIT("OAUTHBEARER"),
    SPAN_INIT("EXTERNAL"),
    SPAN_INIT("GSSAPI"),
    SPAN_INIT("ANONYMOUS"),
    SPAN_INIT("plain"),
    SPAN_INIT("X"),
    SPAN_INIT(""),
    SPAN_INIT("SCRAM-SHA-256-PLUS"),
};

/* Responses that are right for somebody. */
static const struct span responses[] = {
    SPAN_INIT("AGFubgBzZWNyZXQ="),                                 /* \0ann\0secret */
    SPAN_INIT("YW5u"),                                             /* ann */
    SPAN_INIT("c2VjcmV0"),                                         /* secret */
    SPAN_INIT("YW5uIDAwMTEyMjMzNDQ1NTY2Nzc4ODk5YWFiYmNjZGRlZWZm"), /* ann and a digest */
    SPAN_INIT("TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA="),     /* NTLMSSP, type 1 */
    SPAN_INIT("biwsbj1hbm4scj1hYmNk"),                             /* n,,n=ann,r=abcd */
    SPAN_INIT("dXNlcj1hbm4BYXV0aD1CZWFyZXIgYQEB"),                 /* user=ann^Aauth=Bearer a^A^A */
    SPAN_INIT("AAAA"),                                             /* NULs */
    SPAN_INIT("="),
    SPAN_INIT("*"),
    SPAN_INIT(""),
    SPAN_INIT("===="),
    SPAN_INIT("YW5u=YW5u"),
    SPAN_INIT("!"),
};

/* 4n+1, 4n+2, 4n+3 letters too. */
static void add_base64(struct work *work)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = work_chance(work, 4) ? work_odd_length(work) : work_pick(work, 40);
    for (size_t i = 0; i < len; i++)
        text_add_byte(&work->piece, (uint8_t)letters[work_pick(work, 64)]);
    for (size_t i = work_pick(work, 4); i > 0; i--)
        text_add_byte(&work->piece, '=');
}

static void add_response(struct work *work)
{
    if (work_chance(work, 3))
        add_base64(work);
    else
        text_add(&work->piece, WORK_CHOOSE(work, responses));
}

bool operation_auth(struct work *work)
{
    size_t at = work_pick(work, work->stream.count + 1);
    size_t gone = work_find_verb(work, VERB_AUTH, &at) ? 1 : 0;
    text_clear(&work->piece);
    text_add(&work->piece, SPAN("AUTH "));
    text_add(&work->piece, WORK_CHOOSE(work, mechanisms));
    if (work_chance(work, 2)) {
        text_add(&work->piece, SPAN(" "));
        add_response(work);
    }
    text_add(&work->piece, SPAN("\r\n"));
    for (size_t answers = work_pick(work, 3); answers > 0; answers--) {
        add_response(work);
        text_add(&work->piece, SPAN("\r\n"));
    }
    return work_replace_piece(work, at, gone);
}
