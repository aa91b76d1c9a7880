/* identity: see identity.h. */
#include "proxy/tls/identity.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/span.h"

/* RFC 1035 section 2.3.4. */
#define HOST_LENGTH_MAX 253
/* RFC 5280 appendix A.1, ub-common-name. */
#define COMMON_NAME_MAX 64

void identity_deinit(struct identity *identity)
{
    X509_NAME_free(identity->subject);
    GENERAL_NAMES_free(identity->names);
    *identity = (struct identity){ 0 };
}

/* -- hosts ------------------------------------------------------------------------------------ */

/* Answers the address's length in bytes, 0 when it is none. */
static int parse_number(const char *name, unsigned char bytes[16])
{
    if (inet_pton(AF_INET, name, bytes) == 1)
        return 4;
    return inet_pton(AF_INET6, name, bytes) == 1 ? 16 : 0;
}

static bool is_host_byte(uint8_t byte)
{
    byte = byte_lower(byte);
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '.' || byte == '_' || byte == '*';
}

bool identity_is_host(const char *name)
{
    unsigned char bytes[16];
    struct span rest = span_of(name);
    if (parse_number(name, bytes))
        return true;
    if (rest.len == 0 || rest.len > HOST_LENGTH_MAX || name[0] == '.')
        return false;
    while (rest.len > 0 && is_host_byte(rest.ptr[0]))
        rest = span_drop(rest, 1);
    return rest.len == 0;
}

static bool equals(const ASN1_STRING *string, const void *bytes, size_t length)
{
    return (size_t)ASN1_STRING_length(string) == length &&
           memcmp(ASN1_STRING_get0_data(string), bytes, length) == 0;
}

static bool has_name(const GENERAL_NAMES *names, int type, const void *bytes, size_t length)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        int found;
        const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &found);
        if (found == type && equals(value, bytes, length))
            return true;
    }
    return false;
}

static void add_name(struct identity *identity, int type, const void *bytes, size_t length)
{
    if (!identity->names)
        identity->names = GENERAL_NAMES_new();
    check(identity->names != NULL);
    if (has_name(identity->names, type, bytes, length))
        return;
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value =
        ASN1_STRING_type_new(type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    check(name != NULL && value != NULL && ASN1_STRING_set(value, bytes, (int)length));
    GENERAL_NAME_set0_value(name, type, value);
    check(sk_GENERAL_NAME_push(identity->names, name) > 0);
}

static void add_to_subject(struct identity *identity, const char *field, const char *text,
                           size_t length)
{
    check(X509_NAME_add_entry_by_txt(identity->subject, field, MBSTRING_UTF8,
                                     (const unsigned char *)text, (int)length, -1, 0));
}

void identity_set_title(struct identity *identity, const char *title)
{
    size_t length = strlen(title);
    X509_NAME_free(identity->subject);
    identity->subject = X509_NAME_new();
    check(identity->subject != NULL);
    add_to_subject(identity, "CN", title, length < COMMON_NAME_MAX ? length : COMMON_NAME_MAX);
}

/* A name that is too long for a common name stands among the alternative names alone. */
static void set_subject(struct identity *identity, const char *name)
{
    identity->subject = X509_NAME_new();
    check(identity->subject != NULL);
    if (strlen(name) <= COMMON_NAME_MAX)
        add_to_subject(identity, "CN", name, strlen(name));
    else
        add_to_subject(identity, "O", "smtpchaos", strlen("smtpchaos"));
}

void identity_add_host(struct identity *identity, const char *name)
{
    unsigned char number[16];
    int length = parse_number(name, number);
    if (!identity_is_host(name))
        return;
    if (!identity->subject)
        set_subject(identity, name);
    if (length)
        add_name(identity, GEN_IPADD, number, (size_t)length);
    else
        add_name(identity, GEN_DNS, name, strlen(name));
}

/* -- another certificate ---------------------------------------------------------------------- */

static void cut_names(GENERAL_NAMES *names)
{
    while (sk_GENERAL_NAME_num(names) > CERTIFICATE_NAMES_MAX)
        GENERAL_NAME_free(sk_GENERAL_NAME_pop(names));
}

void identity_mirror(struct identity *identity, X509 *certificate)
{
    identity_deinit(identity);
    identity->subject = X509_NAME_dup(X509_get_subject_name(certificate));
    check(identity->subject != NULL);
    identity->names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    if (identity->names)
        cut_names(identity->names);
}
