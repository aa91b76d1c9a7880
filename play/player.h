/* player: plays a transcript in memory and says whether everybody heard what they should have, at
 * the moment they should have. Over sockets it is proxy/play_socket.h. */
#ifndef SMTPCHAOS_PLAY_PLAYER_H
#define SMTPCHAOS_PLAY_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"
#include "play/stage.h"
#include "play/transcript.h"

/* Seeds that player_run_all tries for PLAY_SEEDED. */
#define PLAY_SEEDED_RUNS 16

/* Ways of cutting, as a set for player_run_all. */
#define PLAY_CUT(cuts) (1U << (cuts))
#define PLAY_CUTS_ALL (PLAY_CUT(PLAY_WHOLE) | PLAY_CUT(PLAY_BYTES) | PLAY_CUT(PLAY_SEEDED))

/* Plays it once. Appends the journal, a line of JSON an entry. False at the first step that fails,
 * with lines about it in `report`: place, a small diff, the journal's last lines. */
bool player_run(const struct transcript *transcript, enum play_cuts cuts, uint64_t seed,
                struct text *journal, struct text *report);
/* Plays it with each way of cutting in the set; the journals have to be the same, too. */
bool player_run_all(const struct transcript *transcript, unsigned cuts, struct text *report);

/* Whether two runs left the same journal; else the first line that differs is in `report`. */
bool player_compare(const struct transcript *transcript, struct span first, struct span second,
                    struct text *report);

/* Rewrites what a transcript says was heard and journalled to what was: `<` lines, `=` lines (which
 * become `>` and `<` when they do not hold) and `!` lines. All else stays, comments too. False when
 * the text is no transcript, with `errors` as transcript_parse leaves them. */
bool player_bless(const char *file, struct span text, struct text *blessed, struct text *errors);

#endif
