/* bless: a transcript rewritten to what was heard; player_bless of player.h. What still holds stays
 * where it stands; what does not is dropped, and what was heard instead is written where it was
 * heard: before the clock moves, before anything more is said, and at the end. */
#include "play/performance.h"
#include "play/player.h"
#include "play/transcript_text.h"

struct blesser {
    struct performance performance;
    struct span source; /* lines that have not been copied */
    size_t line;        /* the number of the last one copied */
    struct text held;   /* lines that are no steps, since the last step */
    struct text *out;
    bool is_wrong; /* an expectation was dropped since the last flush */
};

static const struct play_step *step_at(const struct blesser *blesser, size_t at)
{
    return &blesser->performance.transcript->steps[at];
}

static void release_held(struct blesser *blesser)
{
    text_add(blesser->out, text_span(&blesser->held));
    text_clear(&blesser->held);
}

/* Takes lines up to the numbered one, which it answers; those before it are held. */
static struct span take_line(struct blesser *blesser, size_t number)
{
    struct span line = heard_next_line(&blesser->source);
    for (blesser->line++; blesser->line < number; blesser->line++) {
        text_add(&blesser->held, line);
        line = heard_next_line(&blesser->source);
    }
    return line;
}

static void keep_line(struct blesser *blesser, struct span line)
{
    release_held(blesser);
    text_add(blesser->out, line);
}

/* -- what was heard ------------------------------------------------------------------------- */

static void write_heard(struct blesser *blesser, enum side side)
{
    struct heard *heard = &blesser->performance.stage.sides[side].heard;
    const char *mark = side == CLIENT ? "C<" : "S<";
    struct span rest = heard_rest(heard);
    bool end_open = heard->end != PLAY_NO_END && !heard->end_claimed;
    while (rest.len > 0) {
        text_addf(blesser->out, "%s ", mark);
        step_text_add(blesser->out, heard_next_line(&rest));
        text_add_byte(blesser->out, '\n');
    }
    if (end_open)
        text_addf(blesser->out, "%s %s\n", mark, play_end_name(heard->end));
    heard_claim_rest(heard);
}

static void flush(struct blesser *blesser)
{
    write_heard(blesser, SERVER);
    write_heard(blesser, CLIENT);
    blesser->is_wrong = false;
}

/* -- steps ---------------------------------------------------------------------------------- */

static bool holds(struct blesser *blesser, const struct play_step *step)
{
    enum side hears = step->kind == PLAY_PASS ? side_opposite(step->side) : step->side;
    bool match = heard_claim(&blesser->performance.stage.sides[hears].heard, step) == HEARD_MATCH;
    blesser->is_wrong |= !match;
    return match;
}

/* Where the mark of a step stands: blanks may stand before it. */
static size_t mark_of(struct span line)
{
    size_t at = 0;
    while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t'))
        at++;
    return at;
}

/* `C=` becomes `C>` when the other side did not hear it as it was said. */
static void bless_said(struct blesser *blesser, const struct play_step *step)
{
    struct span line = take_line(blesser, step->line);
    size_t mark = mark_of(line);
    release_held(blesser);
    bool passes = step->kind == PLAY_PASS && holds(blesser, step);
    text_add(blesser->out, span_take(line, mark + 1));
    text_add_byte(blesser->out, passes ? '=' : '>');
    text_add(blesser->out, span_drop(line, mark + 2));
}

static void bless_heard(struct blesser *blesser, const struct play_step *step)
{
    struct span line = take_line(blesser, step->line);
    if (holds(blesser, step))
        keep_line(blesser, line);
}

static void bless_journal(struct blesser *blesser, const struct play_step *step)
{
    struct play_log *log = &blesser->performance.log;
    struct span line = take_line(blesser, step->line);
    size_t entry = 0;
    if (play_log_claim(log, step, &entry)) {
        keep_line(blesser, line);
    } else if (entry < log->count) {
        keep_line(blesser, SPAN("! "));
        text_add(blesser->out, play_log_brief(log, entry));
        text_add_byte(blesser->out, '\n');
    }
}

static void bless_clock(struct blesser *blesser, const struct play_step *step)
{
    flush(blesser);
    keep_line(blesser, take_line(blesser, step->line));
    performance_wait(&blesser->performance, step->wait);
}

static size_t bless_step(struct blesser *blesser, size_t at, size_t end)
{
    const struct play_step *step = step_at(blesser, at);
    size_t next = at + 1;
    switch (step->kind) {
    case PLAY_PASS:
    case PLAY_SAY:
        if (blesser->is_wrong)
            flush(blesser);
        next = performance_say(&blesser->performance, at, end);
        for (size_t i = at; i < next; i++)
            bless_said(blesser, step_at(blesser, i));
        break;
    case PLAY_HEAR: bless_heard(blesser, step); break;
    case PLAY_JOURNAL: bless_journal(blesser, step); break;
    case PLAY_CLOCK: bless_clock(blesser, step); break;
    }
    return next;
}

/* What stands before the first step of a session says what the session is. */
static void keep_head(struct blesser *blesser, size_t first_line)
{
    release_held(blesser);
    for (; blesser->line + 1 < first_line; blesser->line++)
        text_add(blesser->out, heard_next_line(&blesser->source));
}

static void bless_session(struct blesser *blesser, const struct play_session *session)
{
    size_t end = session->first_step + session->step_count;
    keep_head(blesser, step_at(blesser, session->first_step)->line);
    performance_open(&blesser->performance, session);
    for (size_t at = session->first_step; at < end;)
        at = bless_step(blesser, at, end);
    flush(blesser);
    performance_close(&blesser->performance);
}

bool player_bless(const char *file, struct span text, struct text *blessed, struct text *errors)
{
    struct transcript *transcript = transcript_parse(file, text, errors);
    if (!transcript)
        return false;
    /* A last line without its end would run into what is written behind it. */
    struct text ended = { 0 };
    if (!span_ends(text, SPAN("\n"))) {
        text_add(&ended, text);
        text_add_byte(&ended, '\n');
        text = text_span(&ended);
    }
    struct blesser blesser = { .source = text, .out = blessed };
    performance_init(&blesser.performance, transcript, PLAY_WHOLE, 0);
    for (size_t i = 0; i < transcript->session_count; i++)
        bless_session(&blesser, &transcript->sessions[i]);
    release_held(&blesser);
    text_add(blessed, blesser.source);
    text_deinit(&ended);
    text_deinit(&blesser.held);
    performance_deinit(&blesser.performance);
    transcript_free(transcript);
    return true;
}
