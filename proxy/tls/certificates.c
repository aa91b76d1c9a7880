/* certificates: see certificates.h. */
#include "proxy/tls/certificates.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "base/check.h"
#include "base/limits.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/tls/authority.h"
#include "proxy/tls/authority_files.h"
#include "proxy/tls/certificate_file.h"
#include "proxy/tls/leaf_cache.h"
#include "proxy/tls/mint.h"

struct certificates {
    const struct certificates_plan *plan;
    char host[HOST_NAME_MAX + 1]; /* this machine's name */
    EVP_PKEY *ecdsa;              /* of all leaves of this run */
    EVP_PKEY *rsa;
    EVP_PKEY *weak;                /* NULL until somebody wants it */
    struct authority stranger;     /* nobody knows it */
    uv_mutex_t mutex;              /* guards all below, and `weak` */
    struct authority authority;    /* signs */
    bool is_lasting;               /* it was read from files */
    struct authority intermediate; /* below the authority */
    struct leaf *given;            /* --certificate; NULL: none */
    struct leaf_cache cache;
};

/* -- what leaves are like --------------------------------------------------------------------- */

enum signer { BY_AUTHORITY, BY_INTERMEDIATE, BY_STRANGER, BY_ITSELF };

struct recipe {
    enum signer signer;
    int first_day;
    int last_day;
    bool has_wrong_name;
    bool is_weak;
    bool shows_signer; /* in the chain, as servers with an authority of their own often do */
};

#define HOLDS_NOW .first_day = -1, .last_day = LEAF_DAYS

static const struct recipe recipes[] = {
    [CERTIFICATE_GOOD] = { HOLDS_NOW },
    [CERTIFICATE_EXPIRED] = { .first_day = -LEAF_DAYS, .last_day = -1 },
    [CERTIFICATE_NOT_YET_VALID] = { .first_day = 1, .last_day = LEAF_DAYS },
    [CERTIFICATE_WRONG_NAME] = { HOLDS_NOW, .has_wrong_name = true },
    [CERTIFICATE_SELF_SIGNED] = { HOLDS_NOW, .signer = BY_ITSELF },
    [CERTIFICATE_UNTRUSTED] = { HOLDS_NOW, .signer = BY_STRANGER, .shows_signer = true },
    [CERTIFICATE_WEAK] = { HOLDS_NOW, .is_weak = true },
    [CERTIFICATE_MISSING_INTERMEDIATE] = { HOLDS_NOW, .signer = BY_INTERMEDIATE },
};

static const struct authority *signer_of(const struct certificates *certificates,
                                         enum signer signer)
{
    switch (signer) {
    case BY_AUTHORITY: return &certificates->authority;
    case BY_INTERMEDIATE: return &certificates->intermediate;
    case BY_STRANGER: return &certificates->stranger;
    case BY_ITSELF: return NULL;
    }
    return NULL;
}

/* -- minting ---------------------------------------------------------------------------------- */

static struct stack_st_X509 *chain_of(const struct authority *signer)
{
    struct stack_st_X509 *chain = sk_X509_new_null();
    check(chain != NULL && X509_up_ref(signer->certificate));
    check(sk_X509_push(chain, signer->certificate) > 0);
    return chain;
}

static struct leaf_parts mint_parts(const struct certificates *certificates,
                                    const struct recipe *recipe, const struct identity *identity,
                                    EVP_PKEY *key)
{
    const struct authority *signer = signer_of(certificates, recipe->signer);
    struct mint mint = { .identity = identity,
                         .key = key,
                         .issuer = signer ? signer->certificate : NULL,
                         .issuer_key = signer ? signer->key : NULL,
                         .first_day = recipe->first_day,
                         .last_day = recipe->last_day,
                         .is_weak = recipe->is_weak };
    check(EVP_PKEY_up_ref(key));
    return (struct leaf_parts){ .certificate = mint_certificate(&mint),
                                .chain = recipe->shows_signer ? chain_of(signer) : NULL,
                                .key = key };
}

static EVP_PKEY *weak_key(struct certificates *certificates)
{
    if (!certificates->weak)
        certificates->weak = key_make(KEY_WEAK);
    return certificates->weak;
}

static bool is_rsa(const X509 *certificate)
{
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    return key && EVP_PKEY_is_a(key, "RSA");
}

static struct leaf *mint_leaf(struct certificates *certificates, const struct recipe *recipe,
                              const struct identity *identity, const X509 *upstream)
{
    EVP_PKEY *key = upstream && is_rsa(upstream) ? certificates->rsa : certificates->ecdsa;
    if (recipe->is_weak)
        key = weak_key(certificates);
    struct leaf_parts main = mint_parts(certificates, recipe, identity, key);
    if (upstream || recipe->is_weak)
        return leaf_new(&main, NULL, recipe->is_weak);
    struct leaf_parts also = mint_parts(certificates, recipe, identity, certificates->rsa);
    return leaf_new(&main, &also, false);
}

/* -- names ------------------------------------------------------------------------------------ */

static void add_usual_hosts(struct identity *identity, const struct certificates *certificates,
                            const char *upstream)
{
    if (upstream)
        identity_add_host(identity, upstream);
    identity_add_host(identity, certificates->host);
    identity_add_host(identity, "localhost");
    identity_add_host(identity, "127.0.0.1");
    identity_add_host(identity, "::1");
}

static void identify(struct identity *identity, const struct certificates *certificates,
                     const struct recipe *recipe, const struct leaf_model *model)
{
    const char *sni = model->sni;
    X509 *upstream = model->upstream;
    if (recipe->has_wrong_name) {
        identity_add_host(identity, "wrong-name.invalid");
        return;
    }
    if (upstream)
        identity_mirror(identity, upstream);
    if (sni && !(upstream && X509_check_host(upstream, sni, 0, 0, NULL) == 1))
        identity_add_host(identity, sni);
    if (!identity->subject)
        add_usual_hosts(identity, certificates, model->host);
}

static void digest_name(EVP_MD_CTX *context, const char *name)
{
    const char *said = name ? name : "";
    check(EVP_DigestUpdate(context, said, strlen(said) + 1));
}

/* The names are of a fixed length or end in a NUL, so that no two questions look alike. */
static struct leaf_name name_of(enum certificate_kind kind, const struct leaf_model *model)
{
    struct leaf_name name;
    unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
    unsigned length = 0;
    uint8_t number = (uint8_t)kind;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    check(context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL));
    if (model->upstream)
        check(X509_digest(model->upstream, EVP_sha256(), digest, NULL));
    check(EVP_DigestUpdate(context, &number, 1) && EVP_DigestUpdate(context, digest, 32));
    digest_name(context, model->sni);
    digest_name(context, model->host);
    check(EVP_DigestFinal_ex(context, digest, &length) && length == sizeof name.digest);
    EVP_MD_CTX_free(context);
    memcpy(name.digest, digest, sizeof name.digest);
    return name;
}

/* -- asking ----------------------------------------------------------------------------------- */

/* With the mutex held. */
static struct leaf *find_or_mint(struct certificates *certificates, enum certificate_kind kind,
                                 const struct leaf_model *model)
{
    struct leaf_name name = name_of(kind, model);
    time_t now = time(NULL);
    struct leaf *leaf = leaf_cache_find(&certificates->cache, &name, now);
    if (leaf)
        return leaf;
    struct identity identity = { 0 };
    identify(&identity, certificates, &recipes[kind], model);
    leaf = mint_leaf(certificates, &recipes[kind], &identity, model->upstream);
    identity_deinit(&identity);
    leaf_cache_add(&certificates->cache, &name, leaf, now);
    return leaf;
}

struct leaf *certificates_for(struct certificates *certificates, enum certificate_kind kind,
                              const struct leaf_model *model)
{
    struct leaf_model like = *model;
    if (like.sni && !identity_is_host(like.sni))
        like.sni = NULL;
    uv_mutex_lock(&certificates->mutex);
    struct leaf *leaf = certificates->given;
    if (leaf)
        like.upstream = leaf->main.certificate;
    /* Only who goes by nothing else goes by the host. */
    if (like.upstream || like.sni)
        like.host = NULL;
    if (!leaf || kind != CERTIFICATE_GOOD)
        leaf = find_or_mint(certificates, kind, &like);
    leaf_hold(leaf);
    uv_mutex_unlock(&certificates->mutex);
    return leaf;
}

X509 *certificates_authority(struct certificates *certificates)
{
    return certificates->authority.certificate;
}

/* -- who signs -------------------------------------------------------------------------------- */

/* What a plan's files hold. */
struct sources {
    struct authority authority; /* empty: one in memory does */
    struct leaf *given;
};

static int read_authority(const struct certificates_plan *plan, struct authority *authority)
{
    struct text folder = { 0 };
    int status = authority_folder(plan->authority, &folder);
    if (status == 0 && (plan->authority || authority_exists(text_string(&folder))))
        status = authority_load(text_string(&folder), authority);
    text_deinit(&folder);
    return status;
}

static void sources_deinit(struct sources *sources)
{
    authority_deinit(&sources->authority);
    leaf_release(sources->given);
}

static int read_sources(const struct certificates_plan *plan, struct sources *sources)
{
    *sources = (struct sources){ 0 };
    int status = read_authority(plan, &sources->authority);
    if (status == 0 && plan->certificate)
        sources->given = certificate_file_read(plan->certificate, plan->key, &status);
    if (status)
        sources_deinit(sources);
    return status;
}

/* An authority in memory stays as long as there is no other: clients may know it by now. */
static void take_sources(struct certificates *certificates, struct sources *sources)
{
    bool has_lasting = sources->authority.certificate != NULL;
    leaf_cache_clear(&certificates->cache);
    leaf_release(certificates->given);
    certificates->given = sources->given;
    if (has_lasting || !certificates->authority.certificate || certificates->is_lasting) {
        authority_deinit(&certificates->authority);
        authority_deinit(&certificates->intermediate);
        certificates->authority = sources->authority;
        if (!has_lasting)
            authority_make(&certificates->authority, KEY_ECDSA, NULL, AUTHORITY_DAYS_DEFAULT);
        authority_make_below(&certificates->intermediate, &certificates->authority,
                             "smtpchaos intermediate authority", AUTHORITY_DAYS_DEFAULT);
        certificates->is_lasting = has_lasting;
    }
}

void certificates_announce(const struct certificates *certificates)
{
    struct text subject = { 0 };
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    X509 *certificate = certificates->authority.certificate;
    certificate_add_subject(certificate, &subject);
    certificate_fingerprint(certificate, fingerprint);
    if (certificates->given)
        complain("clients are shown the certificate in %s", certificates->plan->certificate);
    else if (certificates->is_lasting)
        complain("certificates are signed by %s, SHA-256 %s", text_string(&subject), fingerprint);
    else
        complain("certificates are signed by an authority in memory, for this run only; `smtpchaos "
                 "ca init` makes a lasting one");
    text_deinit(&subject);
}

struct certificates *certificates_new(const struct certificates_plan *plan, int *status)
{
    struct sources sources;
    *status = read_sources(plan, &sources);
    if (*status)
        return NULL;
    struct certificates *certificates = calloc(1, sizeof *certificates);
    check(certificates != NULL);
    certificates->plan = plan;
    if (gethostname(certificates->host, sizeof certificates->host - 1) != 0)
        certificates->host[0] = '\0';
    check(uv_mutex_init(&certificates->mutex) == 0);
    certificates->ecdsa = key_make(KEY_ECDSA);
    certificates->rsa = key_make(KEY_RSA);
    authority_make(&certificates->stranger, KEY_ECDSA, "smtpchaos unknown authority",
                   AUTHORITY_DAYS_DEFAULT);
    take_sources(certificates, &sources);
    return certificates;
}

bool certificates_read_again(struct certificates *certificates)
{
    struct sources sources;
    if (read_sources(certificates->plan, &sources) != 0)
        return false;
    uv_mutex_lock(&certificates->mutex);
    take_sources(certificates, &sources);
    uv_mutex_unlock(&certificates->mutex);
    return true;
}

void certificates_free(struct certificates *certificates)
{
    if (!certificates)
        return;
    leaf_cache_clear(&certificates->cache);
    leaf_release(certificates->given);
    authority_deinit(&certificates->authority);
    authority_deinit(&certificates->intermediate);
    authority_deinit(&certificates->stranger);
    EVP_PKEY_free(certificates->ecdsa);
    EVP_PKEY_free(certificates->rsa);
    EVP_PKEY_free(certificates->weak);
    uv_mutex_destroy(&certificates->mutex);
    free(certificates);
}
