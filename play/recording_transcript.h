/* recording_transcript: a recording as a transcript: its options, its rules, and what both sides
 * said, in order. What was heard is left out; blessing (player.h) adds it. */
#ifndef SMTPCHAOS_PLAY_RECORDING_TRANSCRIPT_H
#define SMTPCHAOS_PLAY_RECORDING_TRANSCRIPT_H

#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"

/* Appends the transcript. The clock moves where time made something happen, or a second went by;
 * other waits are forgotten, as are the switch of the rules, and what other sessions had left in
 * the memory. False with a line `file:line: …` in `errors` when it is no recording. */
bool recording_to_transcript(const char *file, struct span recording, struct text *transcript,
                             struct text *errors);

#endif
