/* nft_script: the shell commands that give connections to the proxy, and take them from it again:
 * rules of nftables, and routes for TPROXY. Text only; nothing is run here. */
#ifndef SMTPCHAOS_PROXY_NFT_SCRIPT_H
#define SMTPCHAOS_PROXY_NFT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"
#include "proxy/intercept.h"

/* Where the proxy stands. */
enum nft_place {
    NFT_ROUTER,   /* between two networks: what is forwarded */
    NFT_SENDER,   /* on the sender's host: what it sends */
    NFT_RECEIVER, /* on the receiver's host: what is sent to it */
};

struct nft_plan {
    enum nft_place place;
    enum intercept intercept;
    uint16_t port;                 /* where the proxy listens */
    const char *ports;             /* what is intercepted: "25" or "25,587" */
    const struct span *interfaces; /* where clients come from; none: everywhere */
    size_t interface_count;
    bool from_client; /* with --source client */
    const char *user; /* of the proxy; NULL: it is told by its mark */
    uint32_t mark;    /* of the proxy's own connections, --mark; 0: it is told by its user */
};

/* Appends the commands that set it up; where it was set up before, that is replaced. */
void nft_script_up(const struct nft_plan *plan, struct text *out);
/* Appends the commands that take it down; they succeed when there is nothing to take down. */
void nft_script_down(const struct nft_plan *plan, struct text *out);

#endif
