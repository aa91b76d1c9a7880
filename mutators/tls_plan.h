/* tls_plan: what rules make of one TLS handshake, and what came of it, as plain data. Rules write
 * the plan, proxy/tls carries it out; no word here is a library's. */
#ifndef SMTPCHAOS_MUTATORS_TLS_PLAN_H
#define SMTPCHAOS_MUTATORS_TLS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"

/* What the certificate is like that a client is shown. */
enum certificate_kind {
    CERTIFICATE_GOOD,
    CERTIFICATE_EXPIRED,
    CERTIFICATE_NOT_YET_VALID,
    CERTIFICATE_WRONG_NAME,
    CERTIFICATE_SELF_SIGNED,
    CERTIFICATE_UNTRUSTED, /* signed by an authority that nobody knows */
    CERTIFICATE_WEAK,      /* a key and a digest that were broken long ago */
    CERTIFICATE_MISSING_INTERMEDIATE
};

/* RFC 2246, 4346, 5246, 8446. */
enum tls_version { TLS_VERSION_ANY, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };

enum tls_fault {
    TLS_FAULT_NONE,
    TLS_FAULT_STALL,
    TLS_FAULT_CUT,   /* FIN */
    TLS_FAULT_RESET, /* RST */
    TLS_FAULT_ALERT,
    TLS_FAULT_GARBAGE,
    TLS_FAULT_PLAIN /* clear text in place of TLS */
};

/* When the fault strikes. */
enum tls_moment {
    TLS_BEFORE,      /* nothing has been sent */
    TLS_AFTER_HELLO, /* the ClientHello has come, or our own has left */
    TLS_WITHIN       /* our first flight has left */
};

#define TLS_CIPHERS_MAX 128
#define TLS_TEXT_MAX 512

struct tls_plan {
    enum certificate_kind certificate;
    enum tls_version lowest;
    enum tls_version highest;
    char ciphers[TLS_CIPHERS_MAX]; /* "" is the library's own list */
    enum tls_fault fault;
    enum tls_moment moment;
    unsigned alert;  /* ALERT: its number, RFC 8446 section 6 */
    size_t fragment; /* bytes of a record; 0: as it comes */
    bool no_tickets;
    duration stall; /* NEVER: until somebody gives up */
    size_t text_len;
    uint8_t text[TLS_TEXT_MAX]; /* GARBAGE, PLAIN */
};

/* A handshake that has been done. */
struct tls_facts {
    char version[16];
    char cipher[64];
    char peer_name[256];
    bool resumed;
    char verified[160]; /* why the peer's certificate is not trusted; "" when it is */
};

#endif
