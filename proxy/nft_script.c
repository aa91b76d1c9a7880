/* nft_script: see nft_script.h. */
#include "proxy/nft_script.h"

/* The mark of packets that are delivered to the proxy's sockets though their address is another's,
 * and the routing table that does so: numbers that hardly anybody else uses. */
#define ROUTE_MARK "0x736d"
#define ROUTE_TABLE "25253"

static bool needs_routes(const struct nft_plan *plan)
{
    return plan->intercept == INTERCEPT_TPROXY || plan->from_client;
}

/* What a connection has to be like to be intercepted. */
static void add_matches(const struct nft_plan *plan, struct text *out)
{
    for (size_t i = 0; i < plan->interface_count; i++)
        text_addf(out, "%s\"%.*s\"%s", i ? ", " : "iifname { ", (int)plan->interfaces[i].len,
                  (const char *)plan->interfaces[i].ptr,
                  i + 1 == plan->interface_count ? " } " : "");
    if (!plan->interface_count && plan->place != NFT_SENDER)
        text_add(out, SPAN("iifname != \"lo\" "));
    text_addf(out, "fib daddr type %s tcp dport { %s } ",
              plan->place == NFT_RECEIVER ? "local" : "!= { local, broadcast, multicast }",
              plan->ports);
}

static void add_redirect(const struct nft_plan *plan, struct text *out)
{
    text_addf(out, "  chain intercept {\n    type nat hook prerouting priority dstnat;\n    ");
    add_matches(plan, out);
    text_addf(out, "redirect to :%u\n  }\n", (unsigned)plan->port);
}

/* What servers send to the address that --source client has borrowed is ours. */
static void add_replies(struct text *out)
{
    text_addf(out, "  chain replies {\n    type filter hook prerouting priority mangle;\n"
                   "    meta l4proto tcp socket transparent 1 meta mark set " ROUTE_MARK
                   " accept\n  }\n");
}

/* Of what this host sends, all but what the proxy sends. */
static void add_output(const struct nft_plan *plan, struct text *out)
{
    text_addf(out, "  chain intercept {\n    type nat hook output priority -100;\n");
    if (plan->user)
        text_addf(out, "    meta skuid %s return\n", plan->user);
    if (plan->mark)
        text_addf(out, "    meta mark %u return\n", (unsigned)plan->mark);
    text_addf(out, "    ");
    add_matches(plan, out);
    text_addf(out, "redirect to :%u\n  }\n", (unsigned)plan->port);
}

/* Packets of connections that the proxy has, from the client or, with --source client, from the
 * server, come to it; so do new connections. */
static void add_tproxy(const struct nft_plan *plan, struct text *out)
{
    text_addf(out, "  chain intercept {\n    type filter hook prerouting priority mangle;\n"
                   "    meta l4proto tcp socket transparent 1 meta mark set " ROUTE_MARK
                   " accept\n    ");
    add_matches(plan, out);
    text_addf(out, "tproxy to :%u meta mark set " ROUTE_MARK " accept\n  }\n",
              (unsigned)plan->port);
}

static void add_table(const struct nft_plan *plan, struct text *out)
{
    /* A table that is named, deleted and written in one go is replaced, whether it was there or
     * not. */
    text_addf(out, "nft -f - <<'END'\ntable inet smtpchaos\ndelete table inet smtpchaos\n"
                   "table inet smtpchaos {\n");
    if (plan->place == NFT_SENDER)
        add_output(plan, out);
    else if (plan->intercept == INTERCEPT_TPROXY)
        add_tproxy(plan, out);
    else
        add_redirect(plan, out);
    if (plan->from_client && plan->intercept != INTERCEPT_TPROXY)
        add_replies(out);
    text_addf(out, "}\nEND\n");
}

static void add_routes_down(struct text *out)
{
    static const char *const versions[] = { "-4", "-6" };
    for (size_t i = 0; i < 2; i++) {
        text_addf(out,
                  "ip %s rule del fwmark " ROUTE_MARK " lookup " ROUTE_TABLE " 2>/dev/null"
                  " || true\n",
                  versions[i]);
        text_addf(out, "ip %s route flush table " ROUTE_TABLE " 2>/dev/null || true\n",
                  versions[i]);
    }
}

/* Marked packets are delivered here, whatever their address. */
static void add_routes(struct text *out)
{
    static const char *const rows[][2] = { { "-4", "0.0.0.0/0" }, { "-6", "::/0" } };
    add_routes_down(out);
    for (size_t i = 0; i < 2; i++)
        text_addf(out,
                  "ip %s rule add fwmark " ROUTE_MARK " lookup " ROUTE_TABLE "\n"
                  "ip %s route add local %s dev lo table " ROUTE_TABLE "\n",
                  rows[i][0], rows[i][0], rows[i][1]);
}

void nft_script_up(const struct nft_plan *plan, struct text *out)
{
    text_addf(out, "set -e\n");
    add_table(plan, out);
    if (needs_routes(plan))
        add_routes(out);
}

void nft_script_down(const struct nft_plan *plan, struct text *out)
{
    text_addf(out, "nft delete table inet smtpchaos 2>/dev/null || true\n");
    if (needs_routes(plan))
        add_routes_down(out);
}
