/* recording: a session as text: under what it ran, every call on its doors, and all that came of
 * them. docs/recording.md is the format; here are its lines. A recorder (recorder.h) writes one,
 * recording_reader.h takes one apart, rerun.h makes the calls again. */
#ifndef SMTPCHAOS_PLAY_RECORDING_H
#define SMTPCHAOS_PLAY_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/text.h"
#include "session/witness.h"

#define RECORDING_FIRST_LINE "smtpchaos-recording 1"
/* What the files' names end in. */
#define RECORDING_SUFFIX ".recording"

/* What a recording begins with. Times are nanoseconds, flags 0 or 1. */
struct recording_head {
    struct text version; /* of the program that recorded; says nothing about the format */
    uint64_t began;      /* since 1970 */
    uint64_t seed;
    uint64_t number; /* of the session in its run */
    struct text session;
    struct text client;
    struct text client_ip;
    struct text server;
    struct text host;
    uint64_t max_line;
    uint64_t idle_timeout;
    uint64_t connect_timeout;
    uint64_t tls_timeout;
    uint64_t tls; /* enum tls_mode */
    struct text only_recipient;
    uint64_t rules_until;
    uint64_t dry_run;
    uint64_t transparent;
    uint64_t unverified_goes_on;
    uint64_t forwards;
    uint64_t client_tls;
    uint64_t server_tls;
    uint64_t secrets; /* they are in it */
};

void recording_head_deinit(struct recording_head *head);
/* Takes one line of a head; false when it is none, or what it says cannot be. */
bool recording_head_take(struct recording_head *head, struct span line);
/* All lines of the head but those of the rules. */
void recording_head_add(struct recording_head *head, struct text *out);

/* One call, as a line with its newline; `since` is its time since the session began, `bytes` are
 * those that come or leave. */
void recording_call_add(const struct session_call *call, duration since, struct span bytes,
                        struct text *out);
/* "in", "out", …: the door of a line's third word; false when there is none of that name. */
bool recording_door(struct span word, enum session_door *door);
/* What the session wishes of its owner: "wish read read,write 300000000000" and a newline. The last
 * is when it wants session_tick, in nanoseconds since it began. */
void recording_wish_add(const struct session *session, instant began, struct text *out);

#endif
