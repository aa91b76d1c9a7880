/* cmd_nft: `smtpchaos nft`: writes the commands that put the proxy into the way of connections that
 * go elsewhere (nft_script.h). */
#include <stdio.h>

#include "base/nearest.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/nft_script.h"
#include "proxy/options.h"

enum { INTERCEPT, SOURCE, PORT, PORTS, INTERFACE, USER, MARK, REMOVE };

#define INTERFACES_MAX 16

static const struct option_row rows[] = {
    [INTERCEPT] = { "intercept", OPTION_WORD, "redirect|tproxy", .preset = "redirect",
                    .choices = "redirect|tproxy", .help = "as for `smtpchaos proxy`" },
    [SOURCE] = { "source", OPTION_WORD, "client", .choices = "client",
                 .help = "as for `smtpchaos proxy`; for router" },
    [PORT] = { "port", OPTION_COUNT, "N", .preset = "2525", .min = 1, .max = 65535,
               .help = "where the proxy listens, on all addresses" },
    [PORTS] = { "ports", OPTION_TEXT, "N,…", .preset = "25",
                .help = "connections to these ports are intercepted" },
    [INTERFACE] = { "interface", OPTION_TEXT, "NAME", .repeatable = true,
                    .help = "only what comes in here (all but lo)" },
    [USER] = { "user", OPTION_TEXT, "NAME",
               .help = "the proxy's --user, whose own connections are left alone; for sender" },
    [MARK] = { "mark", OPTION_COUNT, "N", .min = 1, .max = UINT32_MAX,
               .help = "the proxy's --mark, likewise; for sender" },
    [REMOVE] = { "remove", OPTION_FLAG,
                 .help = "write the commands that take everything down again" },
};

static const struct usage usage = {
    .name = "nft",
    .summary = "writes the firewall rules that give connections to the proxy",
    .operands = "router|sender|receiver",
    .operands_min = 1,
    .operands_max = 1,
    .detail =
        "Writes shell commands (nft and ip) to standard output, to be looked at and then run as "
        "root: `smtpchaos nft router | sudo sh`. They use a table `inet smtpchaos` of their own, "
        "and for tproxy a routing table of their own; running them again replaces both."
        "\n\n"
        "router: the proxy runs on a router between clients and servers. sender: on the host whose "
        "mail it intercepts (redirect only). receiver: on the host of the mail server, which keeps "
        "its port."
        "\n\n"
        "When the proxy does not run, redirected clients find a refused connection. TPROXY lets "
        "them through to the server instead.",
    .examples =
        "  # on a router, mail from the network behind eth1; the server sees the clients' own "
        "addresses\n"
        "  smtpchaos nft router --intercept tproxy --source client --interface eth1 | sudo sh\n"
        "  sudo smtpchaos proxy --listen [::]:2525 --intercept tproxy --upstream original \\\n"
        "    --source client --user nobody\n"
        "  # and down again\n"
        "  smtpchaos nft router --intercept tproxy --remove | sudo sh\n",
    OPTION_TABLE(rows),
};

static bool find_place(const char *word, enum nft_place *place)
{
    static const char *const words[] = { "router", "sender", "receiver" };
    struct nearest nearest = nearest_begin(span_of(word));
    for (*place = NFT_ROUTER; *place <= NFT_RECEIVER; (*place)++) {
        if (span_equal(span_of(word), span_of(words[*place])))
            return true;
        nearest_try(&nearest, span_of(words[*place]));
    }
    struct text error = { 0 };
    text_addf(&error, "nft: there is no place \"%s\"", word);
    nearest_suggest(&nearest, &error);
    complain("%s", text_string(&error));
    text_deinit(&error);
    return false;
}

/* The texts become part of a script that root runs: nothing but names and numbers. */
static bool is_plain(struct span text, const char *also)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = byte_lower(text.ptr[i]);
        bool is_fine = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                       span_find(span_of(also), byte) < span_of(also).len;
        if (!is_fine)
            return false;
    }
    return text.len > 0;
}

/* Numbers from 1 to 65535, parted by commas. */
static bool are_ports(struct span text)
{
    struct cut one = { .after = text };
    uint64_t number;
    do {
        one = span_cut(one.after, ',');
        if (!span_number(one.before, &number) || number < 1 || number > UINT16_MAX)
            return false;
    } while (one.found);
    return true;
}

static bool refuse(const char *option, const char *text, const char *why)
{
    complain("--%s: \"%s\" %s", option, text, why);
    return false;
}

static bool take_interfaces(const struct options *options, struct nft_plan *plan,
                            struct span *interfaces)
{
    const struct option_value *value = NULL;
    while ((value = options_next(options, INTERFACE, value)) != NULL) {
        if (plan->interface_count == INTERFACES_MAX)
            return refuse("interface", value->text, "is one interface too many");
        if (!is_plain(span_of(value->text), "-_.@"))
            return refuse("interface", value->text, "is no name of an interface");
        interfaces[plan->interface_count++] = span_of(value->text);
    }
    plan->interfaces = interfaces;
    return true;
}

static bool is_possible(const struct nft_plan *plan)
{
    if (!are_ports(span_of(plan->ports)))
        return refuse("ports", plan->ports, "is no list of ports such as 25,587");
    if (plan->user && !is_plain(span_of(plan->user), "-_."))
        return refuse("user", plan->user, "is no name of a user");
    if (plan->place == NFT_RECEIVER && plan->from_client)
        complain("nft receiver: the server's replies to a borrowed address leave the host; tell it "
                 "the client's address with --send-proxy or --send-xclient");
    if (plan->place != NFT_SENDER)
        return plan->place == NFT_ROUTER || !plan->from_client;
    if (plan->intercept == INTERCEPT_TPROXY)
        complain(
            "nft sender: the kernel has no TPROXY for what the host itself sends; use redirect");
    else if (plan->interface_count)
        complain("nft sender: what the host itself sends comes in at no interface");
    else if (!plan->user && !plan->mark)
        complain("nft sender: without --user or --mark the proxy would intercept itself");
    else
        return true;
    return false;
}

static bool make_plan(const struct options *options, struct nft_plan *plan, struct span *interfaces)
{
    *plan = (struct nft_plan){
        .intercept = options_number(options, INTERCEPT) ? INTERCEPT_TPROXY : INTERCEPT_REDIRECT,
        .port = (uint16_t)options_number(options, PORT),
        .ports = options_text(options, PORTS),
        .from_client = options_given(options, SOURCE),
        .user = options_text(options, USER),
        .mark = (uint32_t)options_number(options, MARK),
    };
    if (!find_place(options->operands[0], &plan->place) ||
        !take_interfaces(options, plan, interfaces))
        return false;
    return options_flag(options, REMOVE) || is_possible(plan);
}

int cmd_nft(int argc, char **argv)
{
    struct options options;
    struct nft_plan plan;
    struct span interfaces[INTERFACES_MAX];
    struct text script = { 0 };
    int status;
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    if (!make_plan(&options, &plan, interfaces))
        status = EX_USAGE;
    else if (options_flag(&options, REMOVE))
        nft_script_down(&plan, &script);
    else
        nft_script_up(&plan, &script);
    fwrite(script.ptr, 1, script.len, stdout);
    text_deinit(&script);
    options_deinit(&options);
    return status;
}
