/* answering: see answering.h. */
#include "mutators/answering.h"

void answering_end(struct mutation *mutation, size_t then, uint64_t after)
{
    static const enum fate fates[] = { FATE_NONE, FATE_FINISH, FATE_RESET, FATE_MUTE,
                                       FATE_TEAR_CLIENT };
    enum fate fate = fates[mutation_param(mutation, then)];
    if (fate != FATE_NONE)
        mutation_end(mutation, fate, after);
}

void answering_say(struct mutation *mutation, size_t reply, size_t then, bool told)
{
    struct span text = mutation_text(mutation, reply);
    if (text.len > 0)
        mutation_answer(mutation, text, told);
    answering_end(mutation, then, told ? UINT64_MAX : 0);
}
