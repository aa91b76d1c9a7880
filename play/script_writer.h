/* script_writer: steps as the bytes of a script (script.h), and scripts as transcripts that people
 * read and `smtpchaos play` plays. */
#ifndef SMTPCHAOS_PLAY_SCRIPT_WRITER_H
#define SMTPCHAOS_PLAY_SCRIPT_WRITER_H

#include "base/text.h"
#include "play/script.h"

/* Appends a step; a SAY of more than 255 bytes becomes several. */
void script_write(const struct script_step *step, struct text *script);
/* Appends the script as a transcript. What transcripts cannot say stands there as a comment. */
void script_show(struct span script, struct text *transcript);

#endif
