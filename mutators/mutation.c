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
    mutation->pause = 0;
    mutation->bare = mutation->has_bare = mutation->ends_rudely = false;
    mutation->has_answer = mutation->answer_told = mutation->takes_over = false;
    mutation->noted = false;
    mutation->hold = (struct hold){ 0 };
    mutation->delay = 0;
    mutation->pace_bytes = 0;
    mutation->pace_gap = 0;
    mutation->pace_until = 0;
    mutation->slice_after = 0;
    mutation->gather = 0;
    mutation->swap = 0;
    mutation->lists = false;
    mutation->left = mutation->put_off = 0;
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
    free(mutation->pieces);
}

static const struct argument *argument_at(const struct mutation *mutation, size_t param)
{
    check(param < mutation->param_count);
    return &mutation->arguments[param];
}

static void expand(struct mutation *mutation, struct span text, struct text *out)
{
    const struct template_source from = { .facts = mutation->facts,
                                          .dialogue = mutation->dialogue,
                                          .event = mutation->event,
                                          .captures = mutation->captures,
                                          .left = mutation->left,
                                          .put_off = mutation->put_off,
                                          .now = mutation->now,
                                          .prng = &mutation->prng };
    text_clear(out);
    template_expand(text, &from, out);
}

static uint64_t said_now(struct mutation *mutation, size_t param)
{
    struct text text = { 0 };
    expand(mutation, argument_at(mutation, param)->text, &text);
    uint64_t value = param_value(&mutation->params[param], text_span(&text));
    text_deinit(&text);
    return value;
}

static uint64_t draw(struct mutation *mutation, size_t param)
{
    const struct argument *argument = argument_at(mutation, param);
    if (argument->text.len > 0)
        return said_now(mutation, param);
    if (argument->low == argument->high)
        return argument->low;
    return prng_between(&mutation->prng, argument->low, argument->high);
}

uint64_t mutation_param(struct mutation *mutation, size_t param)
{
    uint64_t drawn = draw(mutation, param);
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
    expand(mutation, argument->text, out);
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

struct recollection mutation_recall_within(struct mutation *mutation, uint64_t key, duration window)
{
    return recall_touch_within(mutation->recall, key ^ mutation->rule_key, mutation->now, window);
}

static struct key_source known_by(const struct mutation *mutation)
{
    return (struct key_source){ mutation->facts, mutation->dialogue, mutation->event };
}

uint64_t mutation_key(const struct mutation *mutation, enum key key)
{
    const struct key_source from = known_by(mutation);
    return key_hash(key, &from);
}

bool mutation_is_loaded(struct mutation *mutation, uint64_t key, const struct load *load)
{
    return recall_is_loaded(mutation->recall, key ^ mutation->rule_key, mutation->now, load);
}

void mutation_list(struct mutation *mutation, struct span name, enum key key, duration time)
{
    const struct key_source from = known_by(mutation);
    mutation->lists = true;
    list_put(mutation->recall, name, key, &from, mutation->now, instant_after(mutation->now, time));
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
/* Rooms are kept from event to event; most events have one piece. */
static struct piece *begin_piece(struct mutation *mutation, enum piece_role role)
{
    check(mutation->piece_count < PIECES_MAX);
    if (mutation->piece_count == mutation->piece_room) {
        mutation->piece_room += mutation->piece_room + 1;
        mutation->pieces =
            realloc(mutation->pieces, mutation->piece_room * sizeof *mutation->pieces);
        check(mutation->pieces != NULL);
    }
    struct piece *piece = &mutation->pieces[mutation->piece_count++];
    *piece = (struct piece){ .role = role, .wait = mutation->pause, .bare = mutation->bare };
    mutation->pause = 0;
    mutation->bare = false;
    return piece;
}

static void add_piece(struct mutation *mutation, enum piece_role role, struct span bytes)
{
    text_add(&mutation->content, bytes);
    struct piece *last =
        mutation->piece_count ? &mutation->pieces[mutation->piece_count - 1] : NULL;
    if (mutation->piece_count == 0 || last->role != role || mutation->pause > 0 || mutation->bare)
        last = begin_piece(mutation, role);
    last->end = mutation->content.len;
}

void mutation_pause(struct mutation *mutation, duration wait)
{
    mutation->pause = instant_after(mutation->pause, wait);
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

void mutation_hold(struct mutation *mutation, struct hold hold)
{
    mutation->hold = hold;
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

void mutation_slice(struct mutation *mutation, uint64_t after, duration gap)
{
    mutation->slice_after = after;
    mutation->slice_gap = gap;
}

void mutation_gather(struct mutation *mutation, duration wait)
{
    mutation->gather = wait;
}

void mutation_swap(struct mutation *mutation, duration wait)
{
    mutation_send(mutation, mutation->event->raw);
    mutation->swap = wait;
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

void mutation_bare(struct mutation *mutation)
{
    mutation->bare = mutation->has_bare = true;
}

void mutation_end_rudely(struct mutation *mutation)
{
    mutation->ends_rudely = true;
}
