/* upstream: see upstream.h. */
#include "proxy/upstream.h"

static bool refuse(struct text *error, struct span text, const char *why)
{
    text_addf(error, "\"");
    text_add_escaped(error, text);
    text_addf(error, "\" %s", why);
    return false;
}

static bool take_listen(struct upstream *upstream, struct span value, struct text *error)
{
    upstream->has_listen = true;
    return address_parse(&upstream->listen, value, error);
}

static bool take_match(struct upstream *upstream, struct span value, struct text *error)
{
    upstream->match = value;
    return value.len > 0 || refuse(error, value, "is no pattern; write match=*.example.net");
}

/* Takes `listen=ADDR ` and `match=GLOB ` from the beginning of the text, where they are there. */
static bool take_conditions(struct upstream *upstream, struct span *text, struct text *error)
{
    for (;;) {
        struct cut word = span_cut(*text, ' ');
        bool is_listen = span_starts(*text, SPAN("listen="));
        struct span value = span_cut(word.before, '=').after;
        if (!is_listen && !span_starts(*text, SPAN("match=")))
            return true;
        if (is_listen ? !take_listen(upstream, value, error) : !take_match(upstream, value, error))
            return false;
        *text = span_trim(word.after);
    }
}

bool upstreams_add(struct upstreams *upstreams, struct span text, struct text *error)
{
    struct upstream *upstream = &upstreams->all[upstreams->count];
    struct span rest = span_trim(text);
    if (upstreams->count == UPSTREAMS_MAX)
        return refuse(error, text, "is one upstream too many");
    *upstream = (struct upstream){ .number = upstreams->count };
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

static bool is_for(const struct upstream *upstream, const struct address *listen)
{
    return !upstream->has_listen || address_equal(&upstream->listen, listen);
}

/* Behind the last `@`, which a quoted local part may hold too; without one there is no domain. */
static struct span domain_of(struct span recipient)
{
    size_t at = recipient.len;
    while (at > 0 && recipient.ptr[at - 1] != '@')
        at--;
    return at > 0 ? span_drop(recipient, at) : SPAN("");
}

static bool matches(struct span globs, struct span recipient)
{
    while (globs.len > 0) {
        struct cut glob = span_cut(globs, ',');
        bool is_whole = span_find(glob.before, '@') < glob.before.len;
        struct span text = is_whole ? recipient : domain_of(recipient);
        if (span_matches_glob(text, glob.before))
            return true;
        globs = glob.after;
    }
    return false;
}

size_t upstreams_choose_for(const struct upstreams *upstreams, const struct address *listen,
                            struct span recipient)
{
    size_t found = UPSTREAM_NONE;
    for (size_t i = 0; i < upstreams->count; i++) {
        const struct upstream *upstream = &upstreams->all[i];
        bool is_bare = !upstream->has_listen && !upstream->match.len;
        if (is_bare)
            found = i;
        else if (is_for(upstream, listen) &&
                 (!upstream->match.len || matches(upstream->match, recipient)))
            return i;
    }
    return found;
}

const struct upstream *upstreams_choose(const struct upstreams *upstreams,
                                        const struct address *listen)
{
    /* No glob is for an address without a domain, but those that are for all. */
    size_t found = upstreams_choose_for(upstreams, listen, SPAN(""));
    return found == UPSTREAM_NONE ? NULL : &upstreams->all[found];
}

bool upstreams_need_recipient(const struct upstreams *upstreams, const struct address *listen)
{
    for (size_t i = 0; i < upstreams->count; i++) {
        const struct upstream *upstream = &upstreams->all[i];
        if (is_for(upstream, listen) && (upstream->match.len || upstream->has_listen))
            return upstream->match.len > 0;
    }
    return false;
}

bool upstreams_match_any(const struct upstreams *upstreams)
{
    for (size_t i = 0; i < upstreams->count; i++)
        if (upstreams->all[i].match.len)
            return true;
    return false;
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
