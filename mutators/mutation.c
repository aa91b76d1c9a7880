/* mutation: see mutation.h. */
#include "mutators/mutation.h"

#include <stdlib.h>

#include "base/check.h"

void mutation_begin(struct mutation *mutation)
{
    text_clear(&mutation->content);
    text_clear(&mutation->answer);
    text_clear(&mutation->drawn);
    mutation->piece_count = 0;
    mutation->has_answer = mutation->answer_told = mutation->noted = false;
    mutation->delay = 0;
    mutation->pace_bytes = 0;
    mutation->pace_gap = 0;
    mutation->fate = FATE_NONE;
    mutation->fate_after = UINT64_MAX;
    mutation->scratch_next = 0;
    free(mutation->tls);
    mutation->tls = NULL;
}

void mutation_deinit(struct mutation *mutation)
{
    free(mutation->tls);
    text_deinit(&mutation->content);
    text_deinit(&mutation->answer);
    text_deinit(&mutation->drawn);
    text_deinit(&mutation->scratch[0]);
    text_deinit(&mutation->scratch[1]);
}

static const struct argument *argument_at(const struct mutation *mutation, size_t param)
{
    check(param < mutation->param_count);
    return &mutation->arguments[param];
}

uint64_t mutation_param(struct mutation *mutation, size_t param)
{
    const struct argument *argument = argument_at(mutation, param);
    uint64_t drawn = argument->low == argument->high
                         ? argument->low
                         : prng_between(&mutation->prng, argument->low, argument->high);
    if (mutation->drawn.len > 0)
        text_add_byte(&mutation->drawn, ' ');
    text_addf(&mutation->drawn, "%s=", mutation->params[param].name);
    param_format(&mutation->params[param], drawn, &mutation->drawn);
    return drawn;
}

bool mutation_has(const struct mutation *mutation, size_t param)
{
    return argument_at(mutation, param)->given;
}

struct span mutation_text(struct mutation *mutation, size_t param)
{
    const struct argument *argument = argument_at(mutation, param);
    if (mutation->params[param].kind != PARAM_TEXT)
        return argument->text;
    struct text *out = &mutation->scratch[mutation->scratch_next++ % 2];
    const struct template_source from = { mutation->facts, mutation->dialogue, mutation->event,
                                          mutation->now, &mutation->prng };
    text_clear(out);
    template_expand(argument->text, &from, out);
    return text_span(out);
}

const struct pattern *mutation_pattern(const struct mutation *mutation, size_t param)
{
    return argument_at(mutation, param)->pattern;
}

struct recollection mutation_recall(struct mutation *mutation, uint64_t key)
{
    return recall_touch(mutation->recall, key ^ mutation->rule_key, mutation->now);
}

void mutation_forget(struct mutation *mutation, uint64_t key)
{
    recall_forget(mutation->recall, key ^ mutation->rule_key);
}

struct span mutation_first_part(const struct mutation *mutation, struct span rest)
{
    uint64_t gone = mutation->event->raw.len - rest.len;
    return cuts_first_part(mutation->cuts, mutation->begins + gone, rest);
}

/* Neighbouring bytes of one role are one piece, so that a mutator may send in parts. */
static void add_piece(struct mutation *mutation, enum piece_role role, struct span bytes)
{
    text_add(&mutation->content, bytes);
    struct piece *last = &mutation->pieces[mutation->piece_count ? mutation->piece_count - 1 : 0];
    if (mutation->piece_count == 0 || last->role != role) {
        check(mutation->piece_count < PIECES_MAX);
        last = &mutation->pieces[mutation->piece_count++];
        last->role = role;
    }
    last->end = mutation->content.len;
}

void mutation_send(struct mutation *mutation, struct span bytes)
{
    add_piece(mutation, PIECE_SENT, bytes);
}

void mutation_add(struct mutation *mutation, struct span bytes)
{
    add_piece(mutation, PIECE_ADDED, bytes);
}

void mutation_answer(struct mutation *mutation, struct span reply, bool told)
{
    mutation->has_answer = true;
    mutation->answer_told = told;
    text_clear(&mutation->answer);
    text_add(&mutation->answer, reply);
    if (span_line_end(reply).len == 0 && !span_ends(reply, SPAN("\r")))
        text_add(&mutation->answer, SPAN("\r\n"));
}

void mutation_note(struct mutation *mutation)
{
    mutation->noted = true;
}

void mutation_delay(struct mutation *mutation, duration wait)
{
    mutation->delay = instant_after(mutation->delay, wait);
}

void mutation_pace(struct mutation *mutation, uint64_t bytes, duration gap)
{
    mutation->pace_bytes = bytes;
    mutation->pace_gap = gap;
}

void mutation_end(struct mutation *mutation, enum fate fate, uint64_t after)
{
    mutation->fate = fate;
    mutation->fate_after = after;
}

struct tls_plan *mutation_tls(struct mutation *mutation)
{
    check(mutation->tls == NULL);
    mutation->tls = calloc(1, sizeof *mutation->tls);
    check(mutation->tls != NULL);
    return mutation->tls;
}
