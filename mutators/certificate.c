/* certificate: the client is shown a certificate that it should not trust. */
#include "mutators/mutator.h"

enum { KIND };

static const struct param certificate_params[] = {
    [KIND] = { .name = "kind",
               .kind = PARAM_WORD,
               .required = true,
               .choices = "expired|not-yet-valid|wrong-name|self-signed|untrusted|weak|"
                          "missing-intermediate",
               .what = "what is wrong with it" },
};

static enum verdict certificate_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    /* The choices stand in the order of the kinds, which begin with the good one. */
    uint64_t kind = mutation_param(mutation, KIND) + 1;
    mutation_tls(mutation)->certificate = (enum certificate_kind)kind;
    return UNTOUCHED;
}

const struct mutator mutator_certificate = {
    .name = "certificate",
    .family = "TLS",
    .summary = "Show the client a certificate that it should not trust.",
    .detail =
        "In all but the one thing the certificate is what the client would have been shown: names, "
        "key and chain mirror the server's. expired ended yesterday, not-yet-valid begins "
        "tomorrow, wrong-name is for another host, self-signed has no authority, untrusted is "
        "signed by one that nobody knows, weak has a key and a digest that were given up long ago, "
        "missing-intermediate is right but comes without the certificate that links it to its "
        "authority.\n\n"
        "It needs TLS that the proxy itself makes: --tls intercept or client.",
    .clause = "RFC 7817 section 3: a client checks the server's identity; RFC 5280 section 6.",
    .example = "to client tls certificate kind=expired",
    .wants = SMTP_TLS,
    .directions = ONLY_TO_CLIENT,
    .timing_only = true,
    PARAM_TABLE(certificate_params),
    .apply = certificate_apply,
};
