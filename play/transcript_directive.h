/* transcript_directive: the lines of a transcript that are no steps: rules, seed, options, and what
 * the sessions are like. Private to play/. */
#ifndef SMTPCHAOS_PLAY_TRANSCRIPT_DIRECTIVE_H
#define SMTPCHAOS_PLAY_TRANSCRIPT_DIRECTIVE_H

#include "base/span.h"
#include "play/transcript_reader.h"

/* Reads a line that begins with a word. */
void directive_read(struct transcript_reader *reader, struct span line);

#endif
