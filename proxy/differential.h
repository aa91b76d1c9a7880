/* differential: the same bytes to several receivers, sequence after sequence, and where they
 * disagree. Each receiver has a thread of its own. What is done with the outcome is
 * cmd_differential.c's. */
#ifndef SMTPCHAOS_PROXY_DIFFERENTIAL_H
#define SMTPCHAOS_PROXY_DIFFERENTIAL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "proxy/differential_talk.h"

#define RECEIVERS_MAX 32

struct receiver_place {
    const char *name; /* as a person wrote it */
    struct socket_address to;
};

struct differential {
    struct receiver_place receivers[RECEIVERS_MAX];
    size_t receiver_count;
    size_t *sequences; /* owned: their numbers, as end_of_data.h counts them */
    size_t sequence_count;
    uint64_t seed;
    const char *sender;
    const char *recipient;
    struct talk_times times;
    struct talk_outcome *outcomes; /* owned: of each sequence, of each receiver */
    atomic_size_t done;            /* conversations */
};

/* Draws `count` sequences by the seed, or takes all in order when there are no more. */
void differential_draw(struct differential *run, size_t count);
/* Talks to all; `progress` is called now and then from the caller's thread, and may be NULL. */
void differential_run(struct differential *run, void (*progress)(const struct differential *run));
void differential_deinit(struct differential *run);

const struct talk_outcome *differential_outcome(const struct differential *run, size_t sequence,
                                                size_t receiver);
/* Whether receivers made different things of the nth of run->sequences: other counts, not other
 * codes. */
bool differential_disagree(const struct differential *run, size_t sequence);
/* The word that stands in the text of the mail (`which` is 1), or of the one behind it (2). */
void differential_add_marker(const struct differential *run, size_t sequence, unsigned which,
                             struct text *out);

#endif
