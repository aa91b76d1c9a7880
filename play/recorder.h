/* recorder: writes a session down as it happens, as a recording (recording.h). Where the text goes
 * is its owner's business. Another session run by the same calls writes the same text. */
#ifndef SMTPCHAOS_PLAY_RECORDER_H
#define SMTPCHAOS_PLAY_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/recall.h"
#include "base/text.h"
#include "session/journal.h"
#include "session/session.h"
#include "smtp/credentials.h"

/* Zeroed, with what the owner may set, it is ready for recorder_begin. */
struct recorder {
    /* Set by the owner, before. */
    bool keeps_secrets;                       /* what AUTH says is written down as it is */
    void (*wrote)(struct recorder *recorder); /* behind each line; may take `out` and clear it */
    void (*answers)(struct recorder *recorder, struct recollection *answer); /* puts another answer
                                            of the run's memory in place of this one */
    struct text out;
    /* The recorder's own. */
    struct witness witness;
    struct journal journal;
    struct recall_tape tape;
    struct journal *onward; /* gets the same entries; may be NULL */
    struct recall *memory;  /* owned: a view of the run's */
    const struct session_options *options;
    const struct pool *pool;
    instant began;
    instant now;
    bool rules_are_off; /* as last written */
    bool pool_is_out;   /* likewise */
    struct text wish;   /* likewise */
    struct text scratch;
    struct credentials said[2]; /* by enum side: what each connection has seen of AUTH */
    uint64_t written;           /* bytes */
    bool has_stopped;           /* the bound was reached: nothing more is written */
};

/* Writes the head of a session that is about to begin, and makes `setup` one that is recorded; what
 * it points to has to live as long as the session. The version is the program's own when NULL. */
void recorder_begin(struct recorder *recorder, struct session_setup *setup, const char *version,
                    instant now);
/* Behind session_free. */
void recorder_deinit(struct recorder *recorder);

#endif
