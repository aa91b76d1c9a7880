/* registry: the table of mutators, made from list.h. */
#include "mutators/mutator.h"

const struct mutator *const mutators[] = {
#define MUTATOR(name) &mutator_##name,
#include "mutators/list.h"
#undef MUTATOR
};

const size_t mutator_count = sizeof mutators / sizeof mutators[0];

const struct mutator *mutator_find(struct span name)
{
    for (size_t i = 0; i < mutator_count; i++)
        if (span_equal(name, span_of(mutators[i]->name)))
            return mutators[i];
    return NULL;
}
