/* made_up: the facts of a session that is played in memory: addresses that are nobody's (RFC 5737),
 * and when it all begins. */
#ifndef SMTPCHAOS_PLAY_MADE_UP_H
#define SMTPCHAOS_PLAY_MADE_UP_H

#include "base/instant.h"
#include "base/span.h"
#include "mutators/template.h"

#define MADE_UP_CLIENT_IP "192.0.2.1"
#define MADE_UP_CLIENT MADE_UP_CLIENT_IP ":40000"
#define MADE_UP_SERVER "198.51.100.1:25"
#define MADE_UP_HOST "proxy.test"

/* Of session 1; initialises a struct facts. */
#define MADE_UP_FACTS                                                                              \
    {                                                                                              \
        .client = SPAN_INIT(MADE_UP_CLIENT), .client_ip = SPAN_INIT(MADE_UP_CLIENT_IP),            \
        .server = SPAN_INIT(MADE_UP_SERVER), .host = SPAN_INIT(MADE_UP_HOST),                      \
        .guid = SPAN_INIT("0123456789abcdef"), .number = 1                                         \
    }

/* 2026-01-01T00:00:00Z */
#define MADE_UP_BEGINNING SECONDS(1767225600)

#endif
