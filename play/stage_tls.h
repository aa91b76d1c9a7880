/* stage_tls: TLS on the stage: nothing is encrypted, but handshakes succeed, fail and hang as a
 * transcript wants them to. Private to play/. */
#ifndef SMTPCHAOS_PLAY_STAGE_TLS_H
#define SMTPCHAOS_PLAY_STAGE_TLS_H

#include <stdbool.h>

#include "play/stage.h"

/* Carries out what the session wishes of a side's TLS. True when something happened. */
bool stage_shake_hands(struct stage *stage, enum side side);
/* How the side hears an end in order: with close_notify or, under TLS, without. */
enum play_end stage_fin(const struct stage *stage, enum side side);

#endif
