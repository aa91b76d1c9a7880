/* layer: one end of TLS between two streams of bytes: what stands on the wire and what was meant.
 * It owns no socket: records are put in and taken out, and so is plain text.
 *
 * Two pairs of verbs carry records, as the session's doors do: reserve and commit take them in,
 * peek and consume give them out. layer_shake makes the handshake, and what a plan wants done to it
 * (faults.h); then layer_read and layer_write carry plain text. After each of them records may wait
 * to leave. Both directions end by themselves: a close_notify is read as an end, and layer_finish
 * says one, but neither ends the other direction (RFC 8446 section 6.1). */
#ifndef SMTPCHAOS_PROXY_TLS_LAYER_H
#define SMTPCHAOS_PROXY_TLS_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <openssl/ssl.h>

#include "base/span.h"
#include "mutators/tls_plan.h"
#include "proxy/tls/wire_buffer.h"

struct layer;

enum layer_state {
    LAYER_SHAKING, /* the handshake goes on when records have come, or have left */
    LAYER_STALLED, /* the plan wants it to rest; layer_resume goes on */
    LAYER_SECURE,  /* plain text can pass */
    LAYER_FAILED   /* layer_trouble says why; what waits to leave, an alert perhaps, still should */
};

/* What layer_read answers besides a number of bytes. */
enum {
    LAYER_NOTHING = -1, /* not until more records have come */
    LAYER_BROKEN = -2   /* what came is not TLS, or was changed on the way; layer_trouble */
};

/* What every SSL that a layer takes over needs of its context. */
void layer_prepare_context(SSL_CTX *context);
/* One end, not begun. Takes the SSL over, which knows its side, names and certificate (context.h).
 * The plan is borrowed until the handshake is over. */
struct layer *layer_new(SSL *ssl, struct buffer_store *store, const struct tls_plan *plan);
void layer_free(struct layer *layer);
SSL *layer_ssl(const struct layer *layer);

/* -- records -- */

/* A place for records that have come; *room is 0 when what came before has to be read first. */
uint8_t *layer_reserve(struct layer *layer, size_t *room);
void layer_commit(struct layer *layer, size_t got);
/* No more will come: the peer has ended its direction, with or without close_notify. */
void layer_input_ended(struct layer *layer);
/* Records that should leave; valid until the next call on the layer. */
struct span layer_peek(const struct layer *layer);
void layer_consume(struct layer *layer, size_t sent);

/* -- the handshake -- */

/* Goes on with it as far as it goes. */
enum layer_state layer_shake(struct layer *layer);
/* The plan's stall is over. */
void layer_resume(struct layer *layer);
/* Where it stands; it may fail, which is to be broken, in the handshake or later. */
bool layer_is_stalled(const struct layer *layer);
bool layer_is_secure(const struct layer *layer);
bool layer_is_bare(const struct layer *layer);
bool layer_is_broken(const struct layer *layer);
/* Why: a clause. */
struct span layer_trouble(const struct layer *layer);
/* What the handshake has led to; facts->verified is left to others. */
void layer_facts(const struct layer *layer, struct tls_facts *facts);

/* -- plain text -- */

/* Bytes read, 0 at the peer's end, or LAYER_NOTHING, LAYER_BROKEN. */
ssize_t layer_read(struct layer *layer, uint8_t *to, size_t room);
/* True when layer_read may have something without more records. */
bool layer_has_unread(const struct layer *layer);
/* The end that layer_read has answered came without close_notify. */
bool layer_was_cut(const struct layer *layer);
/* Makes records of the bytes, in order, until enough of them wait to leave; answers how many bytes
 * were taken. */
size_t layer_write(struct layer *layer, const struct span *spans, size_t count);
/* Ends our direction: close_notify waits to leave. */
void layer_finish(struct layer *layer);
/* Leaves TLS: close_notify waits to leave, and what is written from now on leaves in clear text.
 * Records of the peer are understood until its clear text begins. */
void layer_bare(struct layer *layer);

#endif
