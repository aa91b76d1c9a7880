/* certificates: what clients are shown, with OpenSSL's own verification as the judge: each kind is
 * wrong in its one way and in no other. */
#include "proxy/tls/certificates.h"

#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

#include "base/limits.h"
#include "proxy/exits.h"
#include "proxy/tls/authority.h"
#include "proxy/tls/authority_files.h"
#include "proxy/tls/mint.h"
#include "proxy/tls/pem_file.h"
#include "scratch_folder.h"

struct stage {
    struct scratch_folder folder;
    struct authority authority; /* lives in the folder */
    struct certificates_plan plan;
    struct certificates *certificates;
};

static int set_up(void **state)
{
    static struct stage stage;
    int status = -1;
    stage = (struct stage){ .plan = { .authority = stage.folder.path } };
    scratch_folder_init(&stage.folder);
    authority_make(&stage.authority, KEY_ECDSA, "the test's authority", 30);
    assert_int_equal(0, authority_save(stage.folder.path, &stage.authority));
    stage.certificates = certificates_new(&stage.plan, &status);
    assert_non_null(stage.certificates);
    assert_int_equal(0, status);
    *state = &stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    certificates_free(stage->certificates);
    authority_deinit(&stage->authority);
    scratch_folder_deinit(&stage->folder);
    return 0;
}

/* What a client finds wrong that trusts `root` and wants to talk to `host`, at OpenSSL's level of
 * security 2. */
static int judge(X509 *root, const struct leaf_parts *shown, const char *host)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    assert_int_equal(1, X509_STORE_add_cert(store, root));
    assert_int_equal(1, X509_STORE_CTX_init(context, store, shown->certificate, shown->chain));
    X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM *wanted = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set1_host(wanted, host, 0);
    X509_VERIFY_PARAM_set_auth_level(wanted, 2);
    int verified = X509_verify_cert(context);
    int error = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return verified == 1 ? X509_V_OK : error;
}

static int judge_kind(struct stage *stage, enum certificate_kind kind, const char *host)
{
    struct leaf *leaf =
        certificates_for(stage->certificates, kind, &(struct leaf_model){ host, NULL, "mx.test" });
    int found = judge(stage->authority.certificate, &leaf->main, host);
    if (leaf->also.certificate)
        assert_int_equal(found, judge(stage->authority.certificate, &leaf->also, host));
    leaf_release(leaf);
    return found;
}

static void test_each_kind_is_wrong_in_its_own_way(void **state)
{
    static const struct {
        enum certificate_kind kind;
        int found;
    } cases[] = {
        { CERTIFICATE_GOOD, X509_V_OK },
        { CERTIFICATE_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED },
        { CERTIFICATE_NOT_YET_VALID, X509_V_ERR_CERT_NOT_YET_VALID },
        { CERTIFICATE_WRONG_NAME, X509_V_ERR_HOSTNAME_MISMATCH },
        { CERTIFICATE_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
        { CERTIFICATE_UNTRUSTED, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN },
        { CERTIFICATE_WEAK, X509_V_ERR_EE_KEY_TOO_SMALL },
        { CERTIFICATE_MISSING_INTERMEDIATE, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(cases[i].found, judge_kind(*state, cases[i].kind, "shop.example"));
}

static void test_a_leaf_is_for_the_name_that_was_asked_for(void **state)
{
    struct stage *stage = *state;
    X509 *root = stage->authority.certificate;
    struct leaf *leaf = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                         &(struct leaf_model){ "a.example", NULL, "mx.test" });
    assert_int_equal(X509_V_OK, judge(root, &leaf->main, "a.example"));
    assert_int_equal(X509_V_ERR_HOSTNAME_MISMATCH, judge(root, &leaf->main, "b.example"));
    leaf_release(leaf);
}

static void test_without_a_name_it_is_for_the_upstream_and_this_machine(void **state)
{
    struct stage *stage = *state;
    X509 *root = stage->authority.certificate;
    static const char *const hostile[] = { NULL, "", "a b", "\n", "a/b", ".", "x\xff" };
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct leaf *leaf = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                             &(struct leaf_model){ hostile[i], NULL, "mx.test" });
        assert_int_equal(X509_V_OK, judge(root, &leaf->main, "mx.test"));
        assert_int_equal(X509_V_OK, judge(root, &leaf->also, "localhost"));
        assert_int_equal(1, X509_check_ip_asc(leaf->main.certificate, "127.0.0.1", 0));
        assert_int_equal(1, X509_check_ip_asc(leaf->main.certificate, "::1", 0));
        leaf_release(leaf);
    }
}

static void test_there_is_a_key_for_every_client(void **state)
{
    struct stage *stage = *state;
    struct leaf *leaf = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                         &(struct leaf_model){ "a.example", NULL, "mx.test" });
    assert_true(EVP_PKEY_is_a(leaf->main.key, "EC"));
    assert_true(EVP_PKEY_is_a(leaf->also.key, "RSA"));
    leaf_release(leaf);
}

static void test_a_long_name_stands_among_the_alternatives(void **state)
{
    struct stage *stage = *state;
    char name[200];
    memset(name, 'a', sizeof name);
    for (size_t i = 50; i < sizeof name; i += 50)
        name[i] = '.';
    name[sizeof name - 1] = '\0';
    assert_int_equal(X509_V_OK, judge_kind(stage, CERTIFICATE_GOOD, name));
}

/* -- the upstream's --------------------------------------------------------------------------- */

static X509 *upstream_with(enum key_type type, size_t names)
{
    struct identity identity = { 0 };
    EVP_PKEY *key = key_make(type);
    char name[32];
    identity_add_host(&identity, "mail.upstream.test");
    for (size_t i = 1; i < names; i++) {
        snprintf(name, sizeof name, "mail%zu.upstream.test", i);
        identity_add_host(&identity, name);
    }
    X509 *made = mint_certificate(
        &(struct mint){ .identity = &identity, .key = key, .first_day = -1, .last_day = 10 });
    identity_deinit(&identity);
    EVP_PKEY_free(key);
    return made;
}

static void test_the_upstreams_names_and_kind_of_key_are_mirrored(void **state)
{
    struct stage *stage = *state;
    X509 *root = stage->authority.certificate;
    X509 *upstream = upstream_with(KEY_RSA, 3);
    struct leaf *leaf = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                         &(struct leaf_model){ NULL, upstream, "mx.test" });
    assert_true(EVP_PKEY_is_a(leaf->main.key, "RSA"));
    assert_null(leaf->also.certificate);
    assert_int_equal(0, X509_NAME_cmp(X509_get_subject_name(upstream),
                                      X509_get_subject_name(leaf->main.certificate)));
    assert_int_equal(X509_V_OK, judge(root, &leaf->main, "mail2.upstream.test"));
    assert_int_equal(X509_V_ERR_HOSTNAME_MISMATCH, judge(root, &leaf->main, "mx.test"));
    leaf_release(leaf);
    X509_free(upstream);
}

static void test_the_name_asked_for_is_added_to_the_upstreams(void **state)
{
    struct stage *stage = *state;
    X509 *root = stage->authority.certificate;
    X509 *upstream = upstream_with(KEY_ECDSA, 1);
    struct leaf *leaf = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                         &(struct leaf_model){ "me.test", upstream, "mx.test" });
    assert_true(EVP_PKEY_is_a(leaf->main.key, "EC"));
    assert_int_equal(X509_V_OK, judge(root, &leaf->main, "me.test"));
    assert_int_equal(X509_V_OK, judge(root, &leaf->main, "mail.upstream.test"));
    leaf_release(leaf);
    X509_free(upstream);
}

static void test_an_upstream_of_many_names_is_bounded(void **state)
{
    struct stage *stage = *state;
    X509 *upstream = upstream_with(KEY_ECDSA, CERTIFICATE_NAMES_MAX * 2);
    struct leaf *leaf = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                         &(struct leaf_model){ NULL, upstream, "mx.test" });
    GENERAL_NAMES *names =
        X509_get_ext_d2i(leaf->main.certificate, NID_subject_alt_name, NULL, NULL);
    assert_int_equal(CERTIFICATE_NAMES_MAX, sk_GENERAL_NAME_num(names));
    GENERAL_NAMES_free(names);
    leaf_release(leaf);
    X509_free(upstream);
}

/* -- the cache -------------------------------------------------------------------------------- */

static void test_the_same_question_has_the_same_answer(void **state)
{
    struct stage *stage = *state;
    struct leaf *one = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                        &(struct leaf_model){ "a.example", NULL, "mx.test" });
    struct leaf *same = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                         &(struct leaf_model){ "a.example", NULL, "mx.test" });
    struct leaf *other = certificates_for(stage->certificates, CERTIFICATE_WEAK,
                                          &(struct leaf_model){ "a.example", NULL, "mx.test" });
    assert_ptr_equal(one, same);
    assert_ptr_not_equal(one, other);
    leaf_release(one);
    leaf_release(same);
    leaf_release(other);
}

static void ask_for(struct stage *stage, unsigned n)
{
    char name[32];
    snprintf(name, sizeof name, "n%u.example", n);
    leaf_release(certificates_for(stage->certificates, CERTIFICATE_EXPIRED,
                                  &(struct leaf_model){ name, NULL, "mx.test" }));
}

static void test_what_was_asked_for_longest_ago_makes_room(void **state)
{
    struct stage *stage = *state;
    struct leaf *first = certificates_for(stage->certificates, CERTIFICATE_WEAK,
                                          &(struct leaf_model){ "a.example", NULL, "mx.test" });
    X509 *upstream = upstream_with(KEY_ECDSA, 1);
    struct leaf *old = certificates_for(stage->certificates, CERTIFICATE_WEAK,
                                        &(struct leaf_model){ "a.example", upstream, "mx.test" });
    for (unsigned i = 0; i < LEAVES_MAX - 1; i++)
        ask_for(stage, i);
    struct leaf *again = certificates_for(stage->certificates, CERTIFICATE_WEAK,
                                          &(struct leaf_model){ "a.example", upstream, "mx.test" });
    assert_ptr_equal(old, again);
    leaf_release(again);
    again = certificates_for(stage->certificates, CERTIFICATE_WEAK,
                             &(struct leaf_model){ "a.example", NULL, "mx.test" });
    assert_ptr_not_equal(first, again);
    leaf_release(again);
    leaf_release(old);
    leaf_release(first);
    X509_free(upstream);
}

static void ask_much(void *stage)
{
    for (unsigned i = 0; i < 100; i++)
        ask_for(stage, i % 7);
}

static void test_threads_share_it(void **state)
{
    uv_thread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(0, uv_thread_create(&threads[i], ask_much, *state));
    for (size_t i = 0; i < 4; i++)
        uv_thread_join(&threads[i]);
}

/* -- files ------------------------------------------------------------------------------------ */

static void test_an_authority_is_never_overwritten(void **state)
{
    struct stage *stage = *state;
    struct authority other;
    struct authority kept;
    authority_make(&other, KEY_ECDSA, NULL, 1);
    assert_int_equal(EX_CANTCREAT, authority_save(stage->folder.path, &other));
    assert_int_equal(0, authority_load(stage->folder.path, &kept));
    assert_int_equal(0, X509_cmp(stage->authority.certificate, kept.certificate));
    authority_deinit(&other);
    authority_deinit(&kept);
}

/* What is left when the program dies between the two files. */
static void test_a_certificate_without_its_key_is_no_authority(void **state)
{
    struct stage *stage = *state;
    struct authority other;
    struct authority kept;
    unlink(scratch_file(&stage->folder, "ca.key"));
    assert_int_equal(EX_NOINPUT, authority_load(stage->folder.path, &kept));
    authority_make(&other, KEY_ECDSA, NULL, 1);
    assert_int_equal(0, authority_save(stage->folder.path, &other));
    assert_int_equal(0, authority_load(stage->folder.path, &kept));
    assert_int_equal(0, X509_cmp(other.certificate, kept.certificate));
    authority_deinit(&other);
    authority_deinit(&kept);
}

static void test_an_authority_whose_files_do_not_belong_together(void **state)
{
    struct stage *stage = *state;
    struct text pem = { 0 };
    struct authority other;
    struct authority kept;
    authority_make(&other, KEY_RSA, NULL, 1);
    pem_add_certificate(other.certificate, &pem);
    scratch_write(&stage->folder, "ca.pem", text_span(&pem));
    assert_int_equal(EX_DATAERR, authority_load(stage->folder.path, &kept));
    assert_null(kept.certificate);
    assert_false(certificates_read_again(stage->certificates));
    assert_int_equal(X509_V_OK, judge_kind(stage, CERTIFICATE_GOOD, "still.works.example"));
    text_deinit(&pem);
    authority_deinit(&other);
}

/* The pair of another authority serves as the certificate that a person gives. */
static void give_certificate(struct stage *stage, enum key_type type, char file[320])
{
    struct text pem = { 0 };
    struct identity identity = { 0 };
    EVP_PKEY *key = key_make(type);
    identity_add_host(&identity, "given.test");
    X509 *made = mint_certificate(
        &(struct mint){ .identity = &identity, .key = key, .first_day = -1, .last_day = 10 });
    pem_add_certificate(made, &pem);
    pem_add_certificate(stage->authority.certificate, &pem);
    pem_add_key(key, &pem);
    memcpy(file, scratch_write(&stage->folder, "given.pem", text_span(&pem)), 320);
    text_deinit(&pem);
    X509_free(made);
    EVP_PKEY_free(key);
    identity_deinit(&identity);
}

static void test_a_given_certificate_is_shown_with_its_chain(void **state)
{
    struct stage *stage = *state;
    char file[320];
    give_certificate(stage, KEY_RSA, file);
    stage->plan.certificate = file;
    assert_true(certificates_read_again(stage->certificates));
    struct leaf *leaf = certificates_for(stage->certificates, CERTIFICATE_GOOD,
                                         &(struct leaf_model){ "a.example", NULL, "mx.test" });
    assert_int_equal(1, X509_check_host(leaf->main.certificate, "given.test", 0, 0, NULL));
    assert_int_equal(0, X509_check_host(leaf->main.certificate, "a.example", 0, 0, NULL));
    assert_int_equal(1, sk_X509_num(leaf->main.chain));
    leaf_release(leaf);
}

static void test_faults_are_made_after_a_given_certificate(void **state)
{
    struct stage *stage = *state;
    char file[320];
    give_certificate(stage, KEY_RSA, file);
    stage->plan.certificate = file;
    assert_true(certificates_read_again(stage->certificates));
    assert_int_equal(X509_V_ERR_CERT_HAS_EXPIRED,
                     judge_kind(stage, CERTIFICATE_EXPIRED, "given.test"));
}

static void test_a_key_of_another_certificate_is_refused(void **state)
{
    struct stage *stage = *state;
    char file[320];
    int status;
    give_certificate(stage, KEY_RSA, file);
    stage->plan.certificate = file;
    stage->plan.key = scratch_file(&stage->folder, "ca.key");
    assert_null(certificates_new(&stage->plan, &status));
    assert_int_equal(EX_DATAERR, status);
    stage->plan.key = scratch_file(&stage->folder, "missing.key");
    assert_null(certificates_new(&stage->plan, &status));
    assert_int_equal(EX_NOINPUT, status);
}

static void test_damaged_files_are_refused(void **state)
{
    struct stage *stage = *state;
    static const char *const damaged[] = {
        "",
        "no certificate\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    };
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        int status = 0;
        stage->plan.certificate = scratch_write(&stage->folder, "damaged.pem", span_of(damaged[i]));
        assert_null(certificates_new(&stage->plan, &status));
        assert_int_equal(EX_DATAERR, status);
    }
}

/* What changes the files has a stage of its own; others share one, since making keys takes time. */
#define TEST_FILES(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest asking[] = {
        cmocka_unit_test(test_each_kind_is_wrong_in_its_own_way),
        cmocka_unit_test(test_a_leaf_is_for_the_name_that_was_asked_for),
        cmocka_unit_test(test_without_a_name_it_is_for_the_upstream_and_this_machine),
        cmocka_unit_test(test_there_is_a_key_for_every_client),
        cmocka_unit_test(test_a_long_name_stands_among_the_alternatives),
        cmocka_unit_test(test_the_upstreams_names_and_kind_of_key_are_mirrored),
        cmocka_unit_test(test_the_name_asked_for_is_added_to_the_upstreams),
        cmocka_unit_test(test_an_upstream_of_many_names_is_bounded),
        cmocka_unit_test(test_the_same_question_has_the_same_answer),
        cmocka_unit_test(test_what_was_asked_for_longest_ago_makes_room),
        cmocka_unit_test(test_threads_share_it),
    };
    const struct CMUnitTest files[] = {
        TEST_FILES(test_an_authority_is_never_overwritten),
        TEST_FILES(test_a_certificate_without_its_key_is_no_authority),
        TEST_FILES(test_an_authority_whose_files_do_not_belong_together),
        TEST_FILES(test_a_given_certificate_is_shown_with_its_chain),
        TEST_FILES(test_faults_are_made_after_a_given_certificate),
        TEST_FILES(test_a_key_of_another_certificate_is_refused),
        TEST_FILES(test_damaged_files_are_refused),
    };
    int failed = cmocka_run_group_tests(asking, set_up, tear_down);
    return cmocka_run_group_tests(files, NULL, NULL) + failed;
}
