/* layer: see layer.h. */
#include "proxy/tls/layer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "base/check.h"
#include "base/limits.h"
#include "proxy/tls/cipher_bio.h"
#include "proxy/tls/faults.h"

/* RFC 8446 section 5.1: bytes of payload in one record, and its types' numbers. */
#define RECORD_MAX 16384
enum { RECORD_TYPE_FIRST = 20, RECORD_TYPE_LAST = 24 };
/* Bytes that a record has on top of its payload, in any version with any cipher, and a bit. */
#define RECORD_OVERHEAD_MAX 256
/* Spans below this size are gathered, so that each does not become a record of its own. */
#define SPAN_SMALL 4096
/* The smallest size that OpenSSL will limit encrypted handshake messages to. */
#define OPENSSL_FRAGMENT_MIN 512

struct layer {
    SSL *ssl; /* owned, with its BIO */
    struct wire wire;
    const struct tls_plan *plan; /* NULL once the handshake is over */
    enum layer_state state;
    struct handshake_progress progress;
    size_t record_size; /* bytes of plain text in one record */
    bool is_deaf;       /* nothing of what comes is looked at */
    bool is_starved;    /* nothing can be read until more has come */
    bool input_ended;
    bool has_notified; /* the peer has said close_notify */
    bool is_finished;  /* we have */
    bool is_bare;      /* we write clear text */
    bool is_bare_in;   /* so does the peer */
    char trouble[160];
};

/* What SSL_get_error says depends on it; mostly there is nothing to forget. */
static void forget_errors(void)
{
    if (ERR_peek_error())
        ERR_clear_error();
}

/* -- beginning and end ------------------------------------------------------------------------ */

/* Lets a fault have its turn between the ClientHello and all that follows from it.
 * NOLINTNEXTLINE(readability-non-const-parameter): OpenSSL's type */
static int on_client_hello(SSL *ssl, int *alert, void *argument)
{
    struct layer *layer = SSL_get_app_data(ssl);
    (void)alert;
    (void)argument;
    layer->progress.has_hello = true;
    bool waits = layer->plan && fault_is_due(layer->plan, &layer->progress);
    return waits ? SSL_CLIENT_HELLO_RETRY : SSL_CLIENT_HELLO_SUCCESS;
}

void layer_prepare_context(SSL_CTX *context)
{
    SSL_CTX_set_client_hello_cb(context, on_client_hello, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
}

static void obey_fragment(struct layer *layer)
{
    size_t size = layer->plan->fragment;
    layer->record_size = size && size < RECORD_MAX ? size : RECORD_MAX;
    if (layer->record_size == RECORD_MAX)
        return;
    layer->wire.splitter.size = size;
    size_t encrypted = size > OPENSSL_FRAGMENT_MIN ? size : OPENSSL_FRAGMENT_MIN;
    SSL_set_max_send_fragment(layer->ssl, (long)encrypted);
}

struct layer *layer_new(SSL *ssl, struct buffer_store *store, const struct tls_plan *plan)
{
    struct layer *layer = calloc(1, sizeof *layer);
    check(layer != NULL);
    layer->ssl = ssl;
    layer->plan = plan;
    layer->progress.is_server = SSL_is_server(ssl);
    wire_buffer_init(&layer->wire.in, store);
    wire_buffer_init(&layer->wire.out, store);
    obey_fragment(layer);
    BIO *bio = cipher_bio_new(&layer->wire);
    check(bio != NULL);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, layer);
    return layer;
}

void layer_free(struct layer *layer)
{
    /* A session that did not end with close_notify can be resumed all the same. */
    SSL_set_shutdown(layer->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(layer->ssl);
    wire_buffer_deinit(&layer->wire.in);
    wire_buffer_deinit(&layer->wire.out);
    free(layer);
}

SSL *layer_ssl(const struct layer *layer)
{
    return layer->ssl;
}

/* -- records ---------------------------------------------------------------------------------- */

uint8_t *layer_reserve(struct layer *layer, size_t *room)
{
    return wire_buffer_reserve(&layer->wire.in, room);
}

void layer_commit(struct layer *layer, size_t got)
{
    wire_buffer_commit(&layer->wire.in, got);
    if (got)
        layer->is_starved = false;
}

void layer_input_ended(struct layer *layer)
{
    layer->input_ended = true;
    layer->is_starved = false;
}

struct span layer_peek(const struct layer *layer)
{
    return wire_buffer_span(&layer->wire.out);
}

void layer_consume(struct layer *layer, size_t sent)
{
    wire_buffer_drop(&layer->wire.out, sent);
}

/* -- trouble ---------------------------------------------------------------------------------- */

static void fail(struct layer *layer, const char *why)
{
    layer->state = LAYER_FAILED;
    snprintf(layer->trouble, sizeof layer->trouble, "%s", why);
}

/* Reasons from SSL_AD_REASON_OFFSET on are alerts that the peer has sent. */
static void fail_as_told(struct layer *layer)
{
    unsigned long error = ERR_peek_error();
    int reason = ERR_GET_REASON(error);
    const char *words = ERR_reason_error_string(error);
    layer->state = LAYER_FAILED;
    if (reason >= SSL_AD_REASON_OFFSET)
        snprintf(layer->trouble, sizeof layer->trouble, "the peer sent the alert \"%s\"",
                 SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET));
    else
        snprintf(layer->trouble, sizeof layer->trouble, "%s", words ? words : "no reason given");
    ERR_clear_error();
}

bool layer_is_stalled(const struct layer *layer)
{
    return layer->state == LAYER_STALLED;
}

bool layer_is_secure(const struct layer *layer)
{
    return layer->state == LAYER_SECURE;
}

bool layer_is_bare(const struct layer *layer)
{
    return layer->is_bare;
}

bool layer_is_broken(const struct layer *layer)
{
    return layer->state == LAYER_FAILED;
}

struct span layer_trouble(const struct layer *layer)
{
    return span_of(layer->trouble);
}

/* -- the handshake ---------------------------------------------------------------------------- */

/* What the moments of a plan go by; a client's hello is noted where it comes (on_client_hello). */
static void note_progress(struct layer *layer)
{
    struct handshake_progress *progress = &layer->progress;
    bool has_left = !layer_peek(layer).len;
    OSSL_HANDSHAKE_STATE state = SSL_get_state(layer->ssl);
    if (progress->is_server) {
        progress->is_within = progress->has_hello && has_left && state != TLS_ST_BEFORE &&
                              state != TLS_ST_SR_CLNT_HELLO;
        return;
    }
    progress->has_hello = has_left && state != TLS_ST_BEFORE;
    progress->is_within = progress->has_hello && wire_buffer_len(&layer->wire.in);
}

static void strike(struct layer *layer)
{
    switch (fault_strike(layer->plan, &layer->wire.out)) {
    case FAULT_HARMLESS: break;
    case FAULT_STALLS: layer->state = LAYER_STALLED; break;
    case FAULT_ENDS: fail(layer, fault_words(layer->plan->fault)); break;
    case FAULT_DEAFENS: layer->is_deaf = true; break;
    }
}

/* What comes is drained, so that the peer's end behind it is seen. */
static void shake_deaf(struct layer *layer)
{
    wire_buffer_deinit(&layer->wire.in);
    layer->is_starved = true;
    if (layer->input_ended)
        fail(layer, fault_words(layer->plan->fault));
}

static void end_shaking(struct layer *layer)
{
    layer->state = LAYER_SECURE;
    layer->wire.splitter.size = 0;
    layer->plan = NULL;
}

static void shake_on(struct layer *layer)
{
    forget_errors();
    int result = SSL_do_handshake(layer->ssl);
    int error = result == 1 ? SSL_ERROR_NONE : SSL_get_error(layer->ssl, result);
    layer->is_starved = error == SSL_ERROR_WANT_READ;
    if (error == SSL_ERROR_NONE)
        end_shaking(layer);
    else if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL)
        fail_as_told(layer);
    else if (layer->is_starved && layer->input_ended)
        fail(layer, "the peer ended the connection in the handshake");
}

enum layer_state layer_shake(struct layer *layer)
{
    bool struck = false;
    for (int turn = 0; turn < 2 && layer->state == LAYER_SHAKING && !struck; turn++) {
        note_progress(layer);
        struck = !layer->is_deaf && fault_is_due(layer->plan, &layer->progress);
        if (struck)
            strike(layer);
        else if (layer->is_deaf)
            shake_deaf(layer);
        else if (turn == 0)
            shake_on(layer);
    }
    return layer->state;
}

void layer_resume(struct layer *layer)
{
    check(layer->state == LAYER_STALLED);
    layer->progress.is_resumed = true;
    layer->state = LAYER_SHAKING;
}

/* -- facts ------------------------------------------------------------------------------------ */

static void name_peer(const struct layer *layer, char *name, size_t size)
{
    if (layer->progress.is_server) {
        const char *asked = SSL_get_servername(layer->ssl, TLSEXT_NAMETYPE_host_name);
        snprintf(name, size, "%s", asked ? asked : "");
        return;
    }
    X509 *certificate = SSL_get0_peer_certificate(layer->ssl);
    if (certificate)
        X509_NAME_oneline(X509_get_subject_name(certificate), name, (int)size);
}

void layer_facts(const struct layer *layer, struct tls_facts *facts)
{
    *facts = (struct tls_facts){ .resumed = SSL_session_reused(layer->ssl) };
    snprintf(facts->version, sizeof facts->version, "%s", SSL_get_version(layer->ssl));
    snprintf(facts->cipher, sizeof facts->cipher, "%s", SSL_get_cipher_name(layer->ssl));
    name_peer(layer, facts->peer_name, sizeof facts->peer_name);
}

/* -- reading ---------------------------------------------------------------------------------- */

static ssize_t read_end(struct layer *layer)
{
    if (layer->input_ended)
        return 0;
    layer->is_starved = true;
    return LAYER_NOTHING;
}

static ssize_t read_clear(struct layer *layer, uint8_t *to, size_t room)
{
    struct span there = span_take(wire_buffer_span(&layer->wire.in), room);
    if (!there.len)
        return read_end(layer);
    memcpy(to, there.ptr, there.len);
    wire_buffer_drop(&layer->wire.in, there.len);
    return (ssize_t)there.len;
}

/* Between two records, where something begins that is none. */
static bool has_become_bare(const struct layer *layer)
{
    struct span there = wire_buffer_span(&layer->wire.in);
    return !SSL_has_pending(layer->ssl) && there.len &&
           (there.ptr[0] < RECORD_TYPE_FIRST || there.ptr[0] > RECORD_TYPE_LAST);
}

static ssize_t read_failed(struct layer *layer, int error)
{
    switch (error) {
    case SSL_ERROR_WANT_READ: return read_end(layer);
    case SSL_ERROR_ZERO_RETURN: layer->has_notified = true; return 0;
    case SSL_ERROR_WANT_WRITE: fail(layer, "too much asks for an answer that is not read"); break;
    default: fail_as_told(layer); break;
    }
    return LAYER_BROKEN;
}

static ssize_t read_records(struct layer *layer, uint8_t *to, size_t room)
{
    size_t got = 0;
    forget_errors();
    int result = SSL_read_ex(layer->ssl, to, room, &got);
    return result == 1 ? (ssize_t)got : read_failed(layer, SSL_get_error(layer->ssl, result));
}

ssize_t layer_read(struct layer *layer, uint8_t *to, size_t room)
{
    check(layer->state != LAYER_SHAKING && layer->state != LAYER_STALLED);
    if (layer->state == LAYER_FAILED)
        return LAYER_BROKEN;
    if (layer->is_bare && !layer->is_bare_in)
        layer->is_bare_in = has_become_bare(layer);
    if (layer->is_bare_in)
        return read_clear(layer, to, room);
    ssize_t got = read_records(layer, to, room);
    if (got != 0 || !layer->is_bare)
        return got;
    /* Behind the peer's close_notify its clear text may follow. */
    layer->is_bare_in = true;
    return read_clear(layer, to, room);
}

bool layer_has_unread(const struct layer *layer)
{
    return !layer->is_starved;
}

bool layer_was_cut(const struct layer *layer)
{
    return layer->input_ended && !layer->has_notified && !layer->is_bare_in;
}

/* -- writing ---------------------------------------------------------------------------------- */

static bool may_write(const struct layer *layer)
{
    size_t len = layer_peek(layer).len;
    return layer->state == LAYER_SECURE && !layer->is_finished && len < TLS_SEND_MAX &&
           wire_buffer_room(&layer->wire.out) > RECORD_MAX + RECORD_OVERHEAD_MAX;
}

/* The buffer has room for the record, so that it is taken whole or TLS is broken. */
static size_t write_record(struct layer *layer, struct span bytes)
{
    size_t taken = 0;
    forget_errors();
    if (layer->is_bare)
        return wire_buffer_add(&layer->wire.out, bytes);
    if (SSL_write_ex(layer->ssl, bytes.ptr, bytes.len, &taken) != 1)
        fail_as_told(layer);
    return taken;
}

static size_t write_span(struct layer *layer, struct span bytes)
{
    size_t done = 0;
    while (done < bytes.len && may_write(layer)) {
        struct span record = span_take(span_drop(bytes, done), layer->record_size);
        done += write_record(layer, record);
    }
    return done;
}

/* Copies whole spans as long as one record holds them; answers how many. */
static size_t gather(uint8_t *record, size_t *len, const struct span *spans, size_t count)
{
    size_t taken = 0;
    *len = 0;
    while (taken < count && spans[taken].len <= RECORD_MAX - *len) {
        if (spans[taken].len)
            memcpy(record + *len, spans[taken].ptr, spans[taken].len);
        *len += spans[taken++].len;
    }
    return taken;
}

/* Writes the first of the spans, and with a small one what fits behind it. Answers how many spans
 * have been written whole, 0 when they have to wait; *done counts bytes. */
static size_t write_some(struct layer *layer, const struct span *spans, size_t count, size_t *done)
{
    uint8_t record[RECORD_MAX];
    struct span bytes = spans[0];
    size_t taken = 1;
    if (count > 1 && bytes.len < SPAN_SMALL) {
        taken = gather(record, &bytes.len, spans, count);
        bytes.ptr = record;
    }
    size_t written = write_span(layer, bytes);
    *done += written;
    return written == bytes.len ? taken : 0;
}

size_t layer_write(struct layer *layer, const struct span *spans, size_t count)
{
    size_t done = 0;
    size_t taken = 1;
    for (size_t i = 0; i < count && taken; i += taken)
        taken = write_some(layer, spans + i, count - i, &done);
    return done;
}

void layer_finish(struct layer *layer)
{
    if (layer->state != LAYER_SECURE || layer->is_finished)
        return;
    ERR_clear_error();
    if (!layer->is_bare)
        SSL_shutdown(layer->ssl);
    layer->is_finished = true;
}

void layer_bare(struct layer *layer)
{
    layer_finish(layer);
    layer->is_bare = true;
    layer->is_finished = false;
}
