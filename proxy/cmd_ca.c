/* cmd_ca: `smtpchaos ca`: makes, exports and shows the authority that intercepted sessions are
 * signed with (proxy/tls/). */
#include <errno.h>
#include <fcntl.h>
#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/options.h"
#include "proxy/tls/authority_files.h"
#include "proxy/tls/pem_file.h"

enum { CA, KEY, NAME, DAYS, FORMAT, OUTPUT };

static const struct option_row rows[] = {
    [CA] = OPTION_CA_ROW,
    [KEY] = { "key", OPTION_WORD, "ecdsa|rsa", .preset = "ecdsa", .choices = "ecdsa|rsa",
              .help = "init: the kind of its key, ECDSA with P-256 or RSA with 2048 bits" },
    [NAME] = { "name", OPTION_TEXT, "TEXT",
               .help = "init: what it is called (smtpchaos authority, and a number)" },
    [DAYS] = { "days", OPTION_COUNT, "N", .preset = TEXT_OF(AUTHORITY_DAYS_DEFAULT), .min = 1,
               .max = AUTHORITY_DAYS_MAX, .help = "init: how long it holds" },
    [FORMAT] = { "format", OPTION_WORD, "pem|der", .preset = "pem", .choices = "pem|der",
                 .help = "export: text, or the bytes that some programs want" },
    [OUTPUT] = { "output", OPTION_TEXT, "FILE|-", .preset = "-",
                 .help = "export: where the certificate goes; - is standard output" },
};

static const struct usage usage = {
    .name = "ca",
    .summary = "makes, exports and shows the authority of intercepted sessions",
    .operands = "init|export|show",
    .operands_min = 1,
    .operands_max = 1,
    .detail =
        "A proxy that stands inside of TLS shows clients a certificate of its own, and signs it "
        "with this authority. Clients that are to trust it are given the authority's certificate, "
        "never its key."
        "\n\n"
        "init makes an authority: ca.key, which only its owner may read (mode 0600), and ca.pem, "
        "its certificate. What is there already is never overwritten. export writes the "
        "certificate. show tells whose it is, how long it holds, its SHA-256 fingerprint, and the "
        "digest of its public key as `--verify pin:` wants it."
        "\n\n"
        "`smtpchaos proxy` finds the authority in the same place. Where none was made it signs "
        "with one that ends with the run, which is enough for clients that do not look.",
    .examples = "  # once\n"
                "  smtpchaos ca init\n"
                "  # for a client that is to trust intercepted sessions\n"
                "  smtpchaos ca export --output ./smtpchaos-ca.pem\n"
                "  # one for a test, in a place of its own\n"
                "  smtpchaos ca init --ca ./authority --key rsa --days 7\n"
                "  smtpchaos ca show --ca ./authority\n",
    OPTION_TABLE(rows),
};

/* -- show ------------------------------------------------------------------------------------- */

/* RFC 3339's date of an ASN.1 time. */
static void add_date(const ASN1_TIME *when, struct text *out)
{
    struct tm parts;
    check(ASN1_TIME_to_tm(when, &parts) == 1);
    text_addf(out, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

static void add_pin(const X509 *certificate, struct text *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned char *bytes = NULL;
    unsigned length = 0;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
    check(size > 0);
    check(EVP_Digest(bytes, (size_t)size, digest, &length, EVP_sha256(), NULL) == 1);
    OPENSSL_free(bytes);
    for (unsigned i = 0; i < length; i++)
        text_addf(out, "%02x", (unsigned)digest[i]);
}

static void print_authority(const char *folder, const X509 *certificate)
{
    struct text out = { 0 };
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    certificate_fingerprint(certificate, fingerprint);
    text_add(&out, SPAN("certificate  "));
    authority_certificate_file(folder, &out);
    text_add(&out, SPAN("\nsubject      "));
    certificate_add_subject(certificate, &out);
    text_add(&out, SPAN("\nkey          "));
    key_describe(X509_get0_pubkey(certificate), &out);
    text_add(&out, SPAN("\nvalid        "));
    add_date(X509_get0_notBefore(certificate), &out);
    text_add(&out, SPAN(" to "));
    add_date(X509_get0_notAfter(certificate), &out);
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        text_add(&out, SPAN(" (it has expired)"));
    text_addf(&out, "\nSHA-256      %s\nkey pin      sha256:", fingerprint);
    add_pin(certificate, &out);
    puts(text_string(&out));
    text_deinit(&out);
}

static int show(const char *folder, const struct options *options)
{
    struct authority authority;
    (void)options;
    int status = authority_load_certificate(folder, &authority);
    if (status == 0)
        print_authority(folder, authority.certificate);
    authority_deinit(&authority);
    return status;
}

/* -- init ------------------------------------------------------------------------------------- */

static int init(const char *folder, const struct options *options)
{
    struct authority authority;
    enum key_type type = options_number(options, KEY) == 0 ? KEY_ECDSA : KEY_RSA;
    if (authority_exists(folder))
        return authority_refuse_to_overwrite(folder);
    authority_make(&authority, type, options_text(options, NAME),
                   (int)options_number(options, DAYS));
    int status = authority_save(folder, &authority);
    if (status == 0)
        print_authority(folder, authority.certificate);
    authority_deinit(&authority);
    return status;
}

/* -- export ----------------------------------------------------------------------------------- */

static void add_der(X509 *certificate, struct text *out)
{
    unsigned char *bytes = NULL;
    int size = i2d_X509(certificate, &bytes);
    check(size > 0);
    text_add(out, span_make(bytes, (size_t)size));
    OPENSSL_free(bytes);
}

static int write_output(const char *name, struct span bytes)
{
    bool to_stdout = strcmp(name, "-") == 0;
    FILE *file = to_stdout ? stdout : fopen(name, "we");
    bool fine = file && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len && fflush(file) == 0;
    if (!fine)
        complain("%s: cannot be written: %s", to_stdout ? "standard output" : name,
                 strerrordesc_np(errno));
    if (file && !to_stdout)
        fclose(file);
    return fine ? 0 : EX_IOERR;
}

static int export(const char *folder, const struct options *options)
{
    struct authority authority;
    struct text out = { 0 };
    int status = authority_load_certificate(folder, &authority);
    if (status)
        return status;
    if (options_number(options, FORMAT) == 0)
        pem_add_certificate(authority.certificate, &out);
    else
        add_der(authority.certificate, &out);
    status = write_output(options_text(options, OUTPUT), text_span(&out));
    authority_deinit(&authority);
    text_deinit(&out);
    return status;
}

/* -- the word --------------------------------------------------------------------------------- */

typedef int action(const char *folder, const struct options *options);

static const struct {
    const char *word;
    action *run;
} actions[] = { { "init", init }, { "export", export }, { "show", show } };

static action *find_action(const char *word)
{
    struct nearest nearest = nearest_begin(span_of(word));
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(word, actions[i].word) == 0)
            return actions[i].run;
        nearest_try(&nearest, span_of(actions[i].word));
    }
    struct text error = { 0 };
    text_addf(&error, "ca does not know \"%s\"; it knows init, export and show", word);
    nearest_suggest(&nearest, &error);
    complain("%s", text_string(&error));
    text_deinit(&error);
    return NULL;
}

int cmd_ca(int argc, char **argv)
{
    struct options options;
    int status;
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    struct text folder = { 0 };
    action *run = find_action(options.operands[0]);
    status = run ? authority_folder(options_text(&options, CA), &folder) : EX_USAGE;
    if (status == 0)
        status = run(text_string(&folder), &options);
    text_deinit(&folder);
    options_deinit(&options);
    return status;
}
