/* upstream: see upstream.h. */
#include "proxy/upstream.h"

static bool refuse(struct text *error, struct span text, const char *why)
{
    text_addf(error, "\"");
    text_add_escaped(error, text);
    text_addf(error, "\" %s", why);
    return false;
}

/* Takes `listen=ADDR ` from the beginning of the text, when it is there. */
static bool take_conditions(struct upstream *upstream, struct span *text, struct text *error)
{
    while (span_starts(*text, SPAN("listen="))) {
        struct cut word = span_cut(*text, ' ');
        struct span value = span_drop(word.before, sizeof "listen=" - 1);
        upstream->has_listen = true;
        if (!address_parse(&upstream->listen, value, error))
            return false;
        *text = span_trim(word.after);
    }
    return true;
}

bool upstreams_add(struct upstreams *upstreams, struct span text, struct text *error)
{
    struct upstream *upstream = &upstreams->all[upstreams->count];
    struct span rest = span_trim(text);
    if (upstreams->count == UPSTREAMS_MAX)
        return refuse(error, text, "is one upstream too many");
    *upstream = (struct upstream){ 0 };
    if (!take_conditions(upstream, &rest, error) || !address_parse(&upstream->address, rest, error))
        return false;
    if (upstream->address.kind == ADDRESS_SYSTEMD)
        return refuse(error, rest, "is a place to listen at, not to send to");
    address_format(&upstream->address, &upstream->name);
    upstreams->count++;
    return true;
}

void upstreams_deinit(struct upstreams *upstreams)
{
    for (size_t i = 0; i < upstreams->count; i++)
        text_deinit(&upstreams->all[i].name);
    upstreams->count = 0;
}

const struct upstream *upstreams_choose(const struct upstreams *upstreams,
                                        const struct address *listen)
{
    const struct upstream *found = NULL;
    for (size_t i = 0; i < upstreams->count; i++) {
        const struct upstream *upstream = &upstreams->all[i];
        if (upstream->has_listen && address_equal(&upstream->listen, listen))
            return upstream;
        if (!upstream->has_listen)
            found = upstream;
    }
    return found;
}

const char *upstreams_host(const struct upstreams *upstreams)
{
    for (size_t i = 0; i < upstreams->count; i++) {
        if (upstreams->all[i].address.kind == ADDRESS_INET)
            return upstreams->all[i].address.host;
    }
    return NULL;
}

bool upstreams_have_tls(const struct upstreams *upstreams)
{
    for (size_t i = 0; i < upstreams->count; i++) {
        if (upstreams->all[i].address.is_tls)
            return true;
    }
    return false;
}

bool upstreams_have(const struct upstreams *upstreams, enum address_kind kind)
{
    for (size_t i = 0; i < upstreams->count; i++) {
        if (upstreams->all[i].address.kind == kind)
            return true;
    }
    return false;
}
