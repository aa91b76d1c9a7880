/* rerun: a recording's calls made once more, on a new session under the recording's own clock, and
 * what comes of them compared with what is written there: bytes, wishes, the questions to the run's
 * memory, and the journal. */
#ifndef SMTPCHAOS_PLAY_RERUN_H
#define SMTPCHAOS_PLAY_RERUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"

enum rerun_outcome {
    RERUN_SAME,
    RERUN_DIFFERS, /* where, is in the report */
    RERUN_BAD      /* it is no recording, or a damaged one: where and why, is in the report */
};

struct rerun_tally {
    size_t calls;
    size_t entries; /* of the journal */
    uint64_t bytes; /* that left */
    bool is_whole;  /* it ends with the session's end */
};

/* `file` is the recording's name for the report, which is empty when the outcome is SAME; else it
 * begins `file:line: ` and ends with a newline. */
enum rerun_outcome rerun(const char *file, struct span text, struct rerun_tally *tally,
                         struct text *report);

#endif
