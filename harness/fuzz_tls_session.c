/* fuzz_tls_session: a whole session with real TLS on both sides, made by STARTTLS, on wires that
 * the input cuts, writes on in clear and ends. What is heard within TLS was said within TLS, none
 * of that ever stands on a wire, and the same input has the same result.
 *
 * Input: a byte of flags (1 TLS 1.2, 2 the handshakes are over before the steps), one for each side
 * of how much it says in clear behind its word for TLS, those bytes, and steps; see do_step. */
#include "base/check.h"
#include "harness/entry.h"
#include "harness/fixed_tls.h"
#include "harness/tls_link.h"
#include "play/script.h"

#define INPUT_MAX 400
#define INJECTED_MAX 32
#define OLD 1
#define SETTLED 2

static struct pool pool;

/* What is said within TLS, all with the word that must not be seen in clear. */
static const char *const lines[2][8] = {
    [CLIENT] = { "NOOP inside\r\n", "MAIL FROM:<inside@me.test>\r\n",
                 "RCPT TO:<inside@mx.test>\r\n", "DATA inside\r\n", "inside\r\n.\r\n",
                 "QUIT inside\r\n", "RSET inside", "\ninside" },
    [SERVER] = { "250 inside\r\n", "354 inside\r\n", "221 inside\r\n", "250-inside\r\n",
                 "451 inside\r\n", "inside\r\n", "25", "\r\n220 inside\r\n" },
};

struct trial {
    struct tls_link link;
    bool disturbed; /* ended, written on in clear, or time has passed */
};

static void arrive(struct tls_wire *wire, size_t n)
{
    size_t left = wire->bytes.len - wire->arrived;
    wire->arrived += n < left ? n : left;
}

static void write_on(struct trial *trial, struct tls_wire *wire, struct span *input)
{
    struct span bytes = span_take(*input, script_byte(input) & 15);
    *input = span_drop(*input, bytes.len);
    if (wire->ended || bytes.len == 0)
        return;
    text_add(&wire->bytes, bytes);
    trial->disturbed = true;
}

static void do_step(struct trial *trial, struct span *input)
{
    uint8_t what = script_byte(input);
    enum side side = what >> 7 ? SERVER : CLIENT;
    struct tls_link *link = &trial->link;
    struct tls_peer *peer = &link->peers[side];
    switch (what & 7) {
    case 0: arrive(&peer->to_proxy, script_byte(input) + (size_t)1); break;
    case 1: arrive(&peer->to_peer, script_byte(input) + (size_t)1); break;
    case 2: tls_link_deliver_all(link); break;
    case 3: tls_link_say(link, side, span_of(lines[side][script_byte(input) & 7])); break;
    case 4: write_on(trial, &peer->to_proxy, input); break;
    case 5:
    case 6:
        tls_link_finish(link, side, (what & 7) == 6);
        trial->disturbed = true;
        break;
    default:
        tls_link_pass(link, SECONDS(script_byte(input)));
        trial->disturbed = true;
        break;
    }
    tls_link_settle(link);
}

/* Where nothing was done to the wires, all that was said is heard. */
static void check_whole(const struct tls_link *link)
{
    const struct tls_peer *client = &link->peers[CLIENT];
    const struct tls_peer *server = &link->peers[SERVER];
    check(tls_link_is_secure(link, CLIENT) && tls_link_is_secure(link, SERVER));
    check(span_equal(text_span(&client->said), text_span(&server->heard)));
    check(span_equal(text_span(&server->said), text_span(&client->heard)));
}

/* What clear text comes behind a word for TLS in a read of its own is taken for TLS. */
static void run(struct trial *trial, struct span input)
{
    uint8_t flags = script_byte(&input);
    size_t sizes[2] = { script_byte(&input) % INJECTED_MAX, script_byte(&input) % INJECTED_MAX };
    struct span injected[2];
    injected[CLIENT] = span_take(input, sizes[0]);
    input = span_drop(input, injected[CLIENT].len);
    injected[SERVER] = span_take(input, sizes[1]);
    input = span_drop(input, injected[SERVER].len);
    fixed_tls_begin();
    tls_link_begin(&trial->link, &pool, flags & OLD, injected);
    trial->disturbed = injected[0].len + injected[1].len > 0 && !(flags & SETTLED);
    if (flags & SETTLED)
        tls_link_deliver_all(&trial->link);
    else
        tls_link_settle(&trial->link);
    while (input.len > 0)
        do_step(trial, &input);
    tls_link_deliver_all(&trial->link);
    if (!trial->disturbed)
        check_whole(&trial->link);
    tls_link_end(&trial->link);
}

/* Not what stands on the wires: tickets hold the time of day. */
static void check_same(const struct tls_link *one, const struct tls_link *other)
{
    check(span_equal(text_span(&one->log), text_span(&other->log)));
    for (enum side side = CLIENT; side <= SERVER; side++) {
        const struct tls_peer *a = &one->peers[side];
        const struct tls_peer *b = &other->peers[side];
        check(span_equal(text_span(&a->heard), text_span(&b->heard)));
        check(span_equal(text_span(&a->in_clear), text_span(&b->in_clear)));
    }
}

/* The word that only TLS may hold is not the input's to say in clear: it has no small i. */
static struct span without_the_word(struct span input, uint8_t *place)
{
    for (size_t i = 0; i < input.len; i++)
        place[i] = input.ptr[i] == 'i' ? 'I' : input.ptr[i];
    return span_make(place, input.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trial trials[2] = { 0 };
    uint8_t place[INPUT_MAX];
    struct span input = without_the_word(span_take(span_make(data, size), INPUT_MAX), place);
    fixed_tls();
    run(&trials[0], input);
    run(&trials[1], input);
    check_same(&trials[0].link, &trials[1].link);
    tls_link_deinit(&trials[0].link);
    tls_link_deinit(&trials[1].link);
    return 0;
}
