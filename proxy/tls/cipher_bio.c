/* cipher_bio: see cipher_bio.h. An empty buffer and a full one both mean "again, later"; the end of
 * the connection is not told to OpenSSL, because what it means is the layer's to say. */
#include "proxy/tls/cipher_bio.h"

#include <pthread.h>
#include <string.h>

#include "base/check.h"

static BIO_METHOD *method;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int on_read(BIO *bio, char *to, size_t room, size_t *got)
{
    struct wire *wire = BIO_get_data(bio);
    struct span there = span_take(wire_buffer_span(&wire->in), room);
    BIO_clear_retry_flags(bio);
    *got = there.len;
    if (!there.len) {
        BIO_set_retry_read(bio);
        return 0;
    }
    memcpy(to, there.ptr, there.len);
    wire_buffer_drop(&wire->in, there.len);
    return 1;
}

static int on_write(BIO *bio, const char *from, size_t len, size_t *taken)
{
    struct wire *wire = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    *taken = splitter_add(&wire->splitter, &wire->out, span_make(from, len));
    if (!*taken)
        BIO_set_retry_write(bio);
    return *taken > 0;
}

static long on_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static void make_method(void)
{
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire buffers");
    check(method != NULL);
    BIO_meth_set_read_ex(method, on_read);
    BIO_meth_set_write_ex(method, on_write);
    BIO_meth_set_ctrl(method, on_control);
}

BIO *cipher_bio_new(struct wire *wire)
{
    pthread_once(&once, make_method);
    BIO *bio = BIO_new(method);
    if (bio) {
        BIO_set_data(bio, wire);
        BIO_set_init(bio, 1);
    }
    return bio;
}
