/* securing: see securing.h. */
#include "proxy/securing.h"

#include "base/check.h"
#include "proxy/leg_tls.h"

void tls_place_deinit(struct tls_place *place)
{
    for (size_t i = 0; i < UPSTREAMS_MAX; i++)
        resumption_deinit(&place->resumptions[i]);
    buffer_store_deinit(&place->buffers);
}

/* The upstream's certificate, if there is one by now: what the client is shown is like it. */
static X509 *upstream_certificate(const struct securing *securing)
{
    const struct leg *server = &securing->legs[SERVER];
    return server->layer ? SSL_get0_peer_certificate(layer_ssl(server->layer)) : NULL;
}

/* Where clients go on to different servers, each of them is somebody else. */
static struct tls_upstream upstream_of(const struct securing *securing)
{
    const struct upstream *upstream = securing->upstream;
    bool has_host = upstream && upstream->address.kind == ADDRESS_INET;
    bool is_one = upstream && upstream->address.kind != ADDRESS_ORIGINAL;
    return (struct tls_upstream){
        .host = has_host ? upstream->address.host : NULL,
        .resumption = is_one ? &securing->place->resumptions[upstream->number] : NULL,
    };
}

static SSL *begin_ssl(const struct securing *securing, enum side side)
{
    struct tls_place *place = securing->place;
    const struct tls_plan *plan = session_tls_plan(securing->session, side);
    const struct tls_upstream upstream = upstream_of(securing);
    if (side == CLIENT)
        return tls_context_accept(place->context, plan, &upstream, upstream_certificate(securing));
    return tls_context_connect(place->context, plan, &upstream);
}

static bool fail(const struct securing *securing, enum side side, struct span why, instant now)
{
    session_tls_failed(securing->session, side, why, now);
    return true;
}

/* A leg that has left TLS may begin it again; one that has it may not have it twice. */
static bool is_under_way(const struct leg *leg)
{
    return leg->layer && !layer_is_bare(leg->layer);
}

static bool begin(const struct securing *securing, enum side side)
{
    SSL *ssl = begin_ssl(securing, side);
    if (!ssl)
        return false;
    const struct tls_plan *plan = session_tls_plan(securing->session, side);
    leg_tls_begin(&securing->legs[side], layer_new(ssl, &securing->place->buffers, plan));
    return true;
}

static bool is_verified(const struct securing *securing, enum side side, struct tls_facts *facts)
{
    const struct layer *layer = securing->legs[side].layer;
    return side == CLIENT ||
           tls_context_verified(securing->place->context, layer_ssl(layer), facts->verified);
}

static void is_secure(const struct securing *securing, enum side side, instant now)
{
    struct tls_facts facts;
    layer_facts(securing->legs[side].layer, &facts);
    is_verified(securing, side, &facts);
    session_secured(securing->session, side, &facts, now);
}

/* What is wrong with a certificate says more than that something is. */
static bool has_failed(const struct securing *securing, enum side side, instant now)
{
    struct tls_facts facts = { 0 };
    bool verified = is_verified(securing, side, &facts);
    struct span why = layer_trouble(securing->legs[side].layer);
    return fail(securing, side, verified ? why : span_of(facts.verified), now);
}

bool securing_shake(const struct securing *securing, enum side side, instant now)
{
    struct leg *leg = &securing->legs[side];
    if (!is_under_way(leg) && !begin(securing, side))
        return fail(securing, side, SPAN("none of the wanted ciphers is known"), now);
    if (layer_is_stalled(leg->layer))
        layer_resume(leg->layer);
    else if (layer_is_secure(leg->layer))
        return fail(securing, side, SPAN("TLS within TLS"), now);
    switch (leg_tls_shake(leg)) {
    case LAYER_SHAKING: return false;
    case LAYER_STALLED: session_tls_stalled(securing->session, side, now); return true;
    case LAYER_SECURE: is_secure(securing, side, now); return true;
    case LAYER_FAILED: return has_failed(securing, side, now);
    }
    check(false);
}

void securing_bare(const struct securing *securing, enum side side, instant now)
{
    leg_tls_bare(&securing->legs[side]);
    session_bared(securing->session, side, now);
}

void securing_broke(const struct securing *securing, enum side side, instant now)
{
    fail(securing, side, layer_trouble(securing->legs[side].layer), now);
}

void securing_was_cut(const struct securing *securing, enum side side, instant now)
{
    const struct layer *layer = securing->legs[side].layer;
    if (layer && layer_was_cut(layer))
        session_was_cut(securing->session, side, now);
}
