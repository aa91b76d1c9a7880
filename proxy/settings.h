/* settings: what `smtpchaos proxy` was told: its table of options, and what they come to. */
#ifndef SMTPCHAOS_PROXY_SETTINGS_H
#define SMTPCHAOS_PROXY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "proxy/address.h"
#include "proxy/dial.h"
#include "proxy/intercept.h"
#include "proxy/introducer.h"
#include "proxy/options.h"
#include "proxy/recording_store.h"
#include "proxy/upstream.h"
#include "session/journal.h"
#include "session/rule_set.h"
#include "session/session.h"

/* What TLS takes; NULL where nothing was given. */
struct tls_settings {
    const char *authority;
    const char *certificate;
    const char *key;
    const char *keylog;
    const char *verify; /* never NULL */
};

struct settings {
    int argc; /* for reading everything again */
    char **argv;
    struct options options;
    struct address listen[LISTEN_MAX];
    size_t listen_count;
    struct upstreams upstreams;
    enum intercept intercept;
    struct dialing dialing;
    struct introducing introducing;
    bool accepts_proxy;
    const char *user;               /* to become; NULL: stay */
    struct session_options session; /* rules_off is each worker's own */
    struct tls_settings tls;
    duration rules_for;  /* NEVER: for good */
    const char *journal; /* NULL: none */
    const char *pcap;    /* NULL: none */
    struct recording_settings recording;
    enum journal_format journal_format;
    uint64_t sessions_max;
    bool sessions_max_given; /* the bound is a person's, not our default */
    uint64_t memory_max;     /* bytes, of all workers together */
    unsigned workers;
    struct rule_set *rules; /* owned until somebody takes it */
};

/* Reads the command line and all files it names. When there is nothing left to do or something is
 * wrong, says so, sets *status and answers false; the settings then need no deinit. */
bool settings_read(struct settings *settings, int argc, char **argv, int *status);
void settings_deinit(struct settings *settings);
/* Reads profiles and configuration again, of which only the rules count. NULL after saying what is
 * wrong with them. */
struct rule_set *settings_read_rules_again(const struct settings *settings);
/* Checks a configuration file's text: appends one line for each bad line to `errors`. When there is
 * none, looks at the rules and profiles it names too, and says on stderr what is wrong with those.
 * False when anything was. */
bool settings_check(const char *file, struct span text, struct text *errors);

#endif
