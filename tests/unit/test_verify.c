/* verify: what a client's handshake makes of certificates that are wrong in one way each. */
#include "proxy/tls/verify.h"

#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proxy/exits.h"
#include "proxy/tls/authority.h"
#include "proxy/tls/authority_files.h"
#include "proxy/tls/certificates.h"
#include "scratch_folder.h"

#define PIN_SIZE 96

struct stage {
    struct scratch_folder folder;
    struct authority authority;
    struct certificates_plan plan;
    struct certificates *certificates;
    SSL_CTX *server;
    SSL_CTX *client;
    char why[160];      /* of the last handshake */
    char ca[400];       /* "ca:FILE" of the authority */
    char pin[PIN_SIZE]; /* "pin:sha256:HEX" of a leaf's key */
};

static SSL_CTX *open_context(const SSL_METHOD *method)
{
    SSL_CTX *context = SSL_CTX_new(method);
    assert_non_null(context);
    SSL_CTX_set_security_level(context, 0);
    return context;
}

static void write_pin(char pin[PIN_SIZE], const unsigned char *bytes, size_t size)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length;
    int end = snprintf(pin, PIN_SIZE, "pin:sha256:");
    assert_int_equal(1, EVP_Digest(bytes, size, digest, &length, EVP_sha256(), NULL));
    for (unsigned i = 0; i < length; i++)
        end += snprintf(pin + end, PIN_SIZE - (size_t)end, i % 2 ? "%02x" : "%02X",
                        (unsigned)digest[i]);
}

static void pin_key(struct stage *stage)
{
    unsigned char *bytes = NULL;
    struct leaf *leaf = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                         &(struct leaf_model){ "mx.test", NULL, "mx.test" });
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf->main.certificate), &bytes);
    write_pin(stage->pin, bytes, (size_t)size);
    OPENSSL_free(bytes);
    leaf_release(leaf);
}

static int set_up(void **state)
{
    static struct stage stage;
    int status;
    stage = (struct stage){ .plan.authority = stage.folder.path };
    scratch_folder_init(&stage.folder);
    authority_make(&stage.authority, KEY_ECDSA, NULL, 30);
    assert_int_equal(0, authority_save(stage.folder.path, &stage.authority));
    stage.certificates = certificates_new(&stage.plan, &status);
    assert_non_null(stage.certificates);
    stage.server = open_context(TLS_server_method());
    stage.client = open_context(TLS_client_method());
    snprintf(stage.ca, sizeof stage.ca, "ca:%s", scratch_file(&stage.folder, "ca.pem"));
    pin_key(&stage);
    *state = &stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    SSL_CTX_free(stage->server);
    SSL_CTX_free(stage->client);
    certificates_free(stage->certificates);
    authority_deinit(&stage->authority);
    scratch_folder_deinit(&stage->folder);
    return 0;
}

static SSL *server_end(struct stage *stage, enum certificate_kind kind, BIO *wire)
{
    SSL *ssl = SSL_new(stage->server);
    struct leaf *leaf = certificates_for(stage->certificates, kind,
                                         &(struct leaf_model){ "mx.test", NULL, "mx.test" });
    assert_true(leaf_use(leaf, ssl));
    leaf_release(leaf);
    SSL_set_accept_state(ssl);
    SSL_set_bio(ssl, wire, wire);
    return ssl;
}

static SSL *client_end(struct stage *stage, const struct verify *verify, const char *host,
                       bool is_strict, BIO *wire)
{
    verify_prepare_context(verify, stage->client);
    SSL *ssl = SSL_new(stage->client);
    SSL_set_connect_state(ssl);
    SSL_set_bio(ssl, wire, wire);
    assert_true(verify_prepare(verify, ssl, host, is_strict));
    return ssl;
}

/* Answers whether the client's handshake went through. */
static bool shake(SSL *client, SSL *server)
{
    for (int i = 0; i < 10 && !SSL_is_init_finished(client); i++) {
        SSL_do_handshake(client);
        SSL_do_handshake(server);
    }
    return SSL_is_init_finished(client);
}

struct outcome {
    bool shaken;
    bool fine;
};

static struct outcome try(struct stage *stage, const char *wanted, enum certificate_kind kind,
                          const char *host, bool is_strict)
{
    int status;
    BIO *wires[2];
    struct verify *verify = verify_new(wanted, &status);
    assert_non_null(verify);
    assert_int_equal(1, BIO_new_bio_pair(&wires[0], 65536, &wires[1], 65536));
    SSL *client = client_end(stage, verify, host, is_strict, wires[0]);
    SSL *server = server_end(stage, kind, wires[1]);
    bool shaken = shake(client, server);
    bool fine = verify_result(verify, client, stage->why);
    SSL_free(client);
    SSL_free(server);
    verify_free(verify);
    return (struct outcome){ shaken, fine };
}

/* Found wrong, and that is said: the strict handshake fails, the other one does not. */
static void expect_wrong(struct stage *stage, const char *wanted, enum certificate_kind kind,
                         const char *host, const char *why)
{
    for (int strict = 0; strict <= 1; strict++) {
        struct outcome found = try(stage, wanted, kind, host, strict);
        assert_int_equal(!strict, found.shaken);
        assert_false(found.fine);
        assert_string_equal(why, stage->why);
    }
}

static void expect_fine(struct stage *stage, const char *wanted, enum certificate_kind kind,
                        const char *host)
{
    struct outcome found = try(stage, wanted, kind, host, true);
    assert_string_equal("", stage->why);
    assert_true(found.shaken && found.fine);
}

static void test_nobody_looks(void **state)
{
    for (enum certificate_kind kind = CERTIFICATE_GOOD; kind <= CERTIFICATE_MISSING_INTERMEDIATE;
         kind++)
        expect_fine(*state, "none", kind, "other.test");
}

static void test_an_authority_in_a_file(void **state)
{
    static const struct {
        enum certificate_kind kind;
        const char *why;
    } cases[] = {
        { CERTIFICATE_EXPIRED, "certificate has expired" },
        { CERTIFICATE_NOT_YET_VALID, "certificate is not yet valid" },
        { CERTIFICATE_WRONG_NAME, "it is made out to another name" },
        { CERTIFICATE_SELF_SIGNED, "self-signed certificate" },
        { CERTIFICATE_UNTRUSTED, "self-signed certificate in certificate chain" },
        { CERTIFICATE_WEAK, "EE certificate key too weak" },
        { CERTIFICATE_MISSING_INTERMEDIATE, "unable to get local issuer certificate" },
    };
    struct stage *stage = *state;
    expect_fine(stage, stage->ca, CERTIFICATE_GOOD, "mx.test");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_wrong(stage, stage->ca, cases[i].kind, "mx.test", cases[i].why);
}

static void test_the_name_counts_where_there_is_one(void **state)
{
    struct stage *stage = *state;
    expect_wrong(stage, stage->ca, CERTIFICATE_GOOD, "mx2.test", "it is made out to another name");
    expect_wrong(stage, stage->ca, CERTIFICATE_GOOD, "192.0.2.1", "it is made out to another name");
    expect_fine(stage, stage->ca, CERTIFICATE_GOOD, NULL);
}

static void test_the_system_does_not_know_our_authority(void **state)
{
    expect_wrong(*state, "system", CERTIFICATE_GOOD, "mx.test",
                 "unable to get local issuer certificate");
}

/* RFC 7671 section 5.1: all that counts is the key. */
static void test_a_pinned_key(void **state)
{
    struct stage *stage = *state;
    expect_fine(stage, stage->pin, CERTIFICATE_GOOD, "mx.test");
    expect_fine(stage, stage->pin, CERTIFICATE_EXPIRED, "other.test");
    expect_fine(stage, stage->pin, CERTIFICATE_SELF_SIGNED, NULL);
    expect_wrong(stage, stage->pin, CERTIFICATE_WEAK, "mx.test", "it is not the pinned one");
}

static void test_a_pinned_certificate(void **state)
{
    struct stage *stage = *state;
    char pin[PIN_SIZE];
    struct leaf *leaf = certificates_for(stage->certificates, CERTIFICATE_EXPIRED,
                                         &(struct leaf_model){ "mx.test", NULL, "mx.test" });
    unsigned char *bytes = NULL;
    int size = i2d_X509(leaf->main.certificate, &bytes);
    write_pin(pin, bytes, (size_t)size);
    expect_fine(stage, pin, CERTIFICATE_EXPIRED, "other.test");
    expect_wrong(stage, pin, CERTIFICATE_GOOD, "mx.test", "it is not the pinned one");
    OPENSSL_free(bytes);
    leaf_release(leaf);
}

static void test_a_handshake_that_fails_elsewhere_blames_no_certificate(void **state)
{
    struct stage *stage = *state;
    SSL_CTX_set_max_proto_version(stage->client, TLS1_2_VERSION);
    SSL_CTX_set_min_proto_version(stage->server, TLS1_3_VERSION);
    static const char *const wanted[] = { "none", "system", "ca", "pin" };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const char *text = i < 2 ? wanted[i] : i == 2 ? stage->ca : stage->pin;
        struct outcome found = try(stage, text, CERTIFICATE_GOOD, "mx.test", true);
        assert_false(found.shaken);
        assert_true(found.fine);
        assert_string_equal("", stage->why);
    }
    SSL_CTX_set_max_proto_version(stage->client, 0);
    SSL_CTX_set_min_proto_version(stage->server, 0);
}

static void test_what_cannot_be_wanted(void **state)
{
    struct stage *stage = *state;
    char empty[400];
    snprintf(empty, sizeof empty, "ca:%s", scratch_write(&stage->folder, "empty", SPAN("")));
    const struct {
        const char *wanted;
        int status;
    } cases[] = {
        { "", EX_USAGE },
        { "sistem", EX_USAGE },
        { "ca:", EX_USAGE },
        { "ca:missing/file", EX_NOINPUT },
        { empty, EX_DATAERR },
        { "pin:sha256:", EX_USAGE },
        { "pin:sha256:12", EX_USAGE },
        { "pin:sha1:0123456789012345678901234567890123456789", EX_USAGE },
        { "pin:sha256:000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0g", EX_USAGE },
        { "pin:sha256:000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f0",
          EX_USAGE },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int status = 0;
        assert_null(verify_new(cases[i].wanted, &status));
        assert_int_equal(cases[i].status, status);
    }
}

static void test_colons_in_a_pin(void **state)
{
    int status;
    (void)state;
    struct verify *verify = verify_new("pin:sha256:DF:6C:7B:A3:70:E6:28:54:D4:81:29:2C:2D:D2:D1:39:"
                                       "AE:22:06:39:72:29:8F:A7:BC:60:2B:95:B5:04:4B:58",
                                       &status);
    assert_non_null(verify);
    assert_true(verify_is_wanted(verify));
    verify_free(verify);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_looks),
        cmocka_unit_test(test_an_authority_in_a_file),
        cmocka_unit_test(test_the_name_counts_where_there_is_one),
        cmocka_unit_test(test_the_system_does_not_know_our_authority),
        cmocka_unit_test(test_a_pinned_key),
        cmocka_unit_test(test_a_pinned_certificate),
        cmocka_unit_test(test_a_handshake_that_fails_elsewhere_blames_no_certificate),
        cmocka_unit_test(test_what_cannot_be_wanted),
        cmocka_unit_test(test_colons_in_a_pin),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
