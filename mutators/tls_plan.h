/* tls_plan: how one side's TLS is to be begun, and what became of it, in plain words. Rules fill a
 * plan, the session keeps it, the layer that speaks TLS carries it out and answers with facts.
 * Nothing here knows how TLS is made. */
#ifndef SMTPCHAOS_MUTATORS_TLS_PLAN_H
#define SMTPCHAOS_MUTATORS_TLS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/span.h"

/* Which certificate a client is shown. */
enum certificate_kind {
    CERTIFICATE_GOOD,
    CERTIFICATE_EXPIRED,
    CERTIFICATE_NOT_YET_VALID,
    CERTIFICATE_WRONG_NAME,
    CERTIFICATE_SELF_SIGNED,
    CERTIFICATE_UNTRUSTED,
    CERTIFICATE_WEAK,
    CERTIFICATE_MISSING_INTERMEDIATE
};

enum tls_version { TLS_VERSION_ANY, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };

enum tls_fault {
    TLS_FAULT_NONE,
    TLS_FAULT_STALL,   /* nothing more for `stall`, then it goes on */
    TLS_FAULT_CUT,     /* FIN, without close_notify */
    TLS_FAULT_RESET,   /* RST */
    TLS_FAULT_ALERT,   /* the fatal alert `alert`, then FIN */
    TLS_FAULT_GARBAGE, /* `text` in place of our next record, then silence */
    TLS_FAULT_PLAIN    /* `text`, which is clear text, in place of our next record, then FIN */
};

/* When a fault strikes. */
enum tls_moment {
    TLS_BEFORE,      /* nothing has been sent */
    TLS_AFTER_HELLO, /* the ClientHello has come (to a client), or has gone (to a server) */
    TLS_WITHIN       /* our first flight has left (to a client), the ServerHello has come (to a
                      * server) */
};

#define TLS_CIPHERS_MAX 128
#define TLS_TEXT_MAX 512

/* A zeroed plan is TLS as it should be. */
struct tls_plan {
    enum certificate_kind certificate;
    enum tls_version lowest;
    enum tls_version highest;
    char ciphers[TLS_CIPHERS_MAX]; /* as OpenSSL lists them; "" is its default */
    enum tls_fault fault;
    enum tls_moment moment;
    unsigned alert;  /* RFC 8446 section 6: a number below 256 */
    size_t fragment; /* bytes of payload in one record; 0: as TLS likes */
    bool no_tickets;
    duration stall; /* NEVER: for good */
    size_t text_len;
    uint8_t text[TLS_TEXT_MAX];
};

/* What a handshake has led to. */
struct tls_facts {
    char version[16];    /* "TLSv1.3" */
    char cipher[64];     /* "TLS_AES_256_GCM_SHA384" */
    char peer_name[256]; /* SERVER: of its certificate; CLIENT: the name it asked for (SNI) */
    bool resumed;
    char verified[160]; /* SERVER: "" when the certificate is fine or was not looked at, or why it
                         * is not */
};

/* Adds what `more` asks for where `plan` asks for nothing yet. */
void tls_plan_join(struct tls_plan *plan, const struct tls_plan *more);
bool tls_plan_is_plain(const struct tls_plan *plan);

#endif
