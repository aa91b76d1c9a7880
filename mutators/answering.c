/* answering: see answering.h. */
#include "mutators/answering.h"

void answering_say(struct mutation *mutation, size_t reply, size_t then, bool told)
{
    static const enum fate fates[] = { FATE_NONE, FATE_FINISH, FATE_RESET, FATE_MUTE };
    mutation_answer(mutation, mutation_text(mutation, reply), told);
    enum fate fate = fates[mutation_param(mutation, then)];
    if (fate != FATE_NONE)
        mutation_end(mutation, fate, told ? UINT64_MAX : 0);
}
