/* tls_pair: two ends of TLS back to back, with a made-up certificate, and a wire between them that
 * cuts where it is told to. Shared by the tests of proxy/tls/. */
#ifndef SMTPCHAOS_TESTS_UNIT_TLS_PAIR_H
#define SMTPCHAOS_TESTS_UNIT_TLS_PAIR_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

#include "mutators/tls_plan.h"
#include "proxy/tls/layer.h"

/* Contexts that live for a whole test program. */
struct tls_ground {
    SSL_CTX *server;
    SSL_CTX *client;
};

/* cmocka's group setup and teardown; *state becomes a struct tls_ground. */
int tls_ground_setup(void **state);
int tls_ground_teardown(void **state);

enum tls_end { END_SERVER, END_CLIENT };

struct tls_pair {
    struct buffer_store store;
    struct tls_plan plans[2]; /* by enum tls_end */
    struct layer *ends[2];
    size_t cut;        /* bytes that travel at once; 0: all there are */
    size_t carried[2]; /* bytes that have come to each end */
    size_t held_max;   /* bytes on the wire that one end held at most */
};

/* Two ends that have not begun; plans[] may be filled before. `highest` 0 is what OpenSSL likes. */
void tls_pair_begin(struct tls_pair *pair, const struct tls_ground *ground, int highest);
void tls_pair_end(struct tls_pair *pair);
/* Carries at most `cut` bytes to that end; true when there were any. */
bool tls_pair_carry(struct tls_pair *pair, enum tls_end to);
/* Shakes and carries until nothing moves any more; true when both ends are secure. */
bool tls_pair_shake(struct tls_pair *pair);
/* Writes the bytes at one end and reads them at the other, checking that they arrive unchanged. */
void tls_pair_send(struct tls_pair *pair, enum tls_end from, const uint8_t *bytes, size_t len);

#endif
