/* play_log: a journal that keeps its entries, for `!` steps and for comparing runs. */
#ifndef SMTPCHAOS_PLAY_PLAY_LOG_H
#define SMTPCHAOS_PLAY_PLAY_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"
#include "play/transcript.h"
#include "session/journal.h"

struct play_log_entry {
    enum journal_event event;
    size_t brief_end; /* offset in `briefs` behind its short form */
};

struct play_log {
    struct journal journal;         /* hand &log->journal to a session */
    struct text json;               /* every entry as its line of JSON */
    struct text briefs;             /* every entry's short form, one behind the other */
    struct play_log_entry *entries; /* owned */
    size_t count;
    size_t next[JOURNAL_ERROR + 1]; /* by kind: where the next `!` begins to look */
};

void play_log_init(struct play_log *log);
void play_log_deinit(struct play_log *log);
/* `!` steps from now on are about entries from now on. */
void play_log_begin_session(struct play_log *log);
/* The short form of an entry. */
struct span play_log_brief(const struct play_log *log, size_t entry);
/* Takes the next entry of the step's kind; true when it is the one that the step shows. *entry is
 * its index, or `count` when there is none. */
bool play_log_claim(struct play_log *log, const struct play_step *step, size_t *entry);
/* Appends the last few entries, for a report. */
void play_log_add_last(const struct play_log *log, struct text *out);

#endif
