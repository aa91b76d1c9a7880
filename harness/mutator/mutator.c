/* mutator: see mutator.h. */
#include "harness/mutator/mutator.h"

#include "base/limits.h"
#include "harness/mutator/work.h"

/* Operations that are laid over one another, at most. */
#define LAYERS_MAX 4
/* Operations that are tried for one layer before it is left out. */
#define TRIES_MAX 16

static const struct operation operations[] = {
#define OPERATION(name, speakers, weight) { #name, speakers, weight, operation_##name },
#include "harness/mutator/operations.def"
#undef OPERATION
};
#define OPERATIONS_COUNT (sizeof operations / sizeof operations[0])

/* Large; fuzzers mutate in one thread. */
static struct work work;
static struct text before; /* what the layer at hand begins with */
static struct text told;

size_t mutator_operations(void)
{
    return OPERATIONS_COUNT;
}

const char *mutator_operation_name(size_t operation)
{
    return operations[operation].name;
}

const char *mutator_told(void)
{
    return text_string(&told);
}

static const struct operation *pick_operation(void)
{
    size_t sum = 0;
    for (size_t i = 0; i < OPERATIONS_COUNT; i++)
        if (operations[i].speakers & work.stream.speaker)
            sum += operations[i].weight;
    size_t drawn = work_pick(&work, sum);
    for (size_t i = 0; i < OPERATIONS_COUNT; i++) {
        if (!(operations[i].speakers & work.stream.speaker))
            continue;
        if (drawn < operations[i].weight)
            return &operations[i];
        drawn -= operations[i].weight;
    }
    return &operations[0];
}

static void begin(const struct mutator_input *input)
{
    work.prng = prng_at(input->seed, 0, 0, 0, 0);
    work.other = input->other;
    work.out.max = input->len_max < TEXT_MAX ? (uint32_t)input->len_max : TEXT_MAX;
    work.piece.max = work.out.max;
    text_clear(&work.out);
    text_clear(&before);
    text_add(&before, span_take(input->bytes, input->len_max));
    text_clear(&told);
}

static enum speaker speaker_of(const struct mutator_input *input)
{
    return input->speaker == SPEAKER_BOTH ? stream_guess_speaker(input->bytes) : input->speaker;
}

/* `before` becomes what an operation makes of it. */
static void add_layer(enum speaker speaker)
{
    stream_read(&work.stream, text_span(&before), speaker);
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        const struct operation *operation = pick_operation();
        if (!operation->apply(&work))
            continue;
        text_addf(&told, told.len ? " %s" : "%s", operation->name);
        text_clear(&before);
        text_add(&before, text_span(&work.out));
        return;
    }
}

struct span mutator_apply(const struct mutator_input *input)
{
    enum speaker speaker = speaker_of(input);
    begin(input);
    size_t layers = work_chance(&work, 2) ? 1 : 1 + work_pick(&work, LAYERS_MAX);
    for (size_t i = 0; i < layers; i++)
        add_layer(speaker);
    return text_span(&before);
}

bool mutator_try(size_t operation, const struct mutator_input *input, struct span *output)
{
    begin(input);
    stream_read(&work.stream, text_span(&before), speaker_of(input));
    if (!(operations[operation].speakers & work.stream.speaker))
        return false;
    bool applies = operations[operation].apply(&work);
    *output = text_span(&work.out);
    return applies;
}
