/* seed: what both sides of a transcript's session say, as an input of a fuzz target. */
#ifndef SMTPCHAOS_PLAY_SEED_H
#define SMTPCHAOS_PLAY_SEED_H

#include "base/text.h"
#include "play/transcript.h"

/* All bytes that the side says, one behind the other: plain SMTP. */
void seed_add_stream(const struct transcript *transcript, const struct play_session *session,
                     enum side side, struct text *out);
/* Rules, options and steps as a script (script.h), as far as scripts have words for them. */
void seed_add_script(const struct transcript *transcript, const struct play_session *session,
                     struct text *out);

#endif
