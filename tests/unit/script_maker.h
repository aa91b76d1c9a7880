/* script_maker: what a peer might say: valid SMTP, broken SMTP and pure garbage, from a seed. */
#ifndef SMTPCHAOS_TESTS_UNIT_SCRIPT_MAKER_H
#define SMTPCHAOS_TESTS_UNIT_SCRIPT_MAKER_H

#include "base/prng.h"
#include "base/text.h"
#include "smtp/event.h"

/* Appends everything that one side says in a session. */
void script_make(struct text *script, enum side side, struct prng *prng);

#endif
