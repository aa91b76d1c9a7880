/* performance: one run of a transcript in memory: its sessions one after the other, the memory and
 * the clock that they share, and the journal that they write. What has to be heard is player.c's,
 * what was heard instead is bless.c's. */
#ifndef SMTPCHAOS_PLAY_PERFORMANCE_H
#define SMTPCHAOS_PLAY_PERFORMANCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "base/instant.h"
#include "base/recall.h"
#include "play/play_log.h"
#include "play/stage.h"
#include "play/transcript.h"

struct performance {
    const struct transcript *transcript; /* borrowed */
    enum play_cuts cuts;
    uint64_t seed; /* of the cuts */
    struct session_options options;
    struct recall *recall;
    struct pool pool;
    struct play_log log;
    struct stage stage; /* of the session that is on */
    instant now;
};

void performance_init(struct performance *performance, const struct transcript *transcript,
                      enum play_cuts cuts, uint64_t seed);
void performance_deinit(struct performance *performance);

/* Begins a session on an empty stage. */
void performance_open(struct performance *performance, const struct play_session *session);
/* Ends the session that is on. */
void performance_close(struct performance *performance);
/* Says the step at `first` and those right behind it that the same side says, up to `end`: they
 * arrive together. Answers the index behind them. */
size_t performance_say(struct performance *performance, size_t first, size_t end);
void performance_wait(struct performance *performance, duration wait);

#endif
