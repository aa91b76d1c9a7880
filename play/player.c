/* player: see player.h. */
#include "play/player.h"

#include "play/performance.h"
#include "play/transcript_text.h"

struct player {
    struct performance performance;
    struct text *report;
};

/* -- reports -------------------------------------------------------------------------------- */

static void add_cuts(enum play_cuts cuts, uint64_t seed, struct text *out)
{
    switch (cuts) {
    case PLAY_WHOLE: text_addf(out, "whole"); return;
    case PLAY_BYTES: text_addf(out, "byte by byte"); return;
    case PLAY_SEEDED: text_addf(out, "cuts of seed %llu", (unsigned long long)seed); return;
    }
}

static const char *side_words(enum side side)
{
    return side == CLIENT ? "client" : "server";
}

static void begin_report(struct player *player, size_t line, const char *who, const char *what)
{
    const struct performance *on = &player->performance;
    text_add(player->report, text_span(&on->transcript->file));
    text_addf(player->report, ":%zu: the %s %s (", line, who, what);
    add_cuts(on->cuts, on->seed, player->report);
    text_addf(player->report, ")\n");
}

static void end_report(struct player *player)
{
    play_log_add_last(&player->performance.log, player->report);
}

/* -- expectations --------------------------------------------------------------------------- */

static bool claim(struct player *player, const struct play_step *step)
{
    enum side hears = step->kind == PLAY_PASS ? side_opposite(step->side) : step->side;
    struct heard *heard = &player->performance.stage.sides[hears].heard;
    if (heard_claim(heard, step) == HEARD_MATCH)
        return true;
    begin_report(player, step->line, side_words(hears), "did not hear this");
    heard_add_diff(heard, step, player->report);
    end_report(player);
    return false;
}

static bool expect_quiet(struct player *player, size_t line, const char *when)
{
    for (enum side side = CLIENT; side <= SERVER; side++) {
        const struct heard *heard = &player->performance.stage.sides[side].heard;
        if (!heard_has_rest(heard))
            continue;
        begin_report(player, line, side_words(side), when);
        heard_add_diff(heard, NULL, player->report);
        end_report(player);
        return false;
    }
    return true;
}

static bool claim_journal(struct player *player, const struct play_step *step)
{
    struct play_log *log = &player->performance.log;
    size_t entry = 0;
    if (play_log_claim(log, step, &entry))
        return true;
    struct span shown = entry < log->count ? play_log_brief(log, entry) : SPAN("(nothing)");
    begin_report(player, step->line, "journal", "does not say this");
    text_addf(player->report, "    - ");
    text_add(player->report, text_span(&step->bytes));
    text_addf(player->report, "%s\n    + ", step->rest ? "\\*" : "");
    text_add(player->report, shown);
    text_add_byte(player->report, '\n');
    end_report(player);
    return false;
}

static bool is_fine(struct player *player, const struct play_step *step)
{
    const struct stage *stage = &player->performance.stage;
    bool says = step->kind == PLAY_PASS || step->kind == PLAY_SAY;
    if (stage->is_restless)
        begin_report(player, step->line, "session", "does not come to rest");
    else if (says && step->side == SERVER && !stage->is_connected)
        begin_report(player, step->line, "server",
                     "cannot say anything: the proxy has not connected");
    else
        return true;
    end_report(player);
    return false;
}

/* -- steps ---------------------------------------------------------------------------------- */

/* What one side says in a row, and then what the other heard of it. */
static bool play_said(struct player *player, size_t first, size_t end, size_t *next)
{
    const struct play_step *steps = player->performance.transcript->steps;
    *next = performance_say(&player->performance, first, end);
    for (size_t i = first; i < *next; i++)
        if (steps[i].kind == PLAY_PASS && !claim(player, &steps[i]))
            return false;
    return true;
}

static bool play_step(struct player *player, size_t at, size_t end, size_t *next)
{
    const struct play_step *step = &player->performance.transcript->steps[at];
    *next = at + 1;
    switch (step->kind) {
    case PLAY_PASS:
    case PLAY_SAY: return is_fine(player, step) && play_said(player, at, end, next);
    case PLAY_HEAR: return claim(player, step);
    case PLAY_JOURNAL: return claim_journal(player, step);
    case PLAY_CLOCK: break;
    }
    if (!expect_quiet(player, step->line, "heard more than this, before the clock moves"))
        return false;
    performance_wait(&player->performance, step->wait);
    return is_fine(player, step);
}

static bool play_session(struct player *player, const struct play_session *session)
{
    size_t end = session->first_step + session->step_count;
    size_t next = session->first_step;
    performance_open(&player->performance, session);
    bool fine = true;
    while (fine && next < end)
        fine = play_step(player, next, end, &next);
    if (fine) {
        size_t last = player->performance.transcript->steps[end - 1].line;
        fine = expect_quiet(player, last, "heard more than this, at the end");
    }
    performance_close(&player->performance);
    return fine;
}

bool player_run(const struct transcript *transcript, enum play_cuts cuts, uint64_t seed,
                struct text *journal, struct text *report)
{
    struct player player = { .report = report };
    performance_init(&player.performance, transcript, cuts, seed);
    bool fine = true;
    for (size_t i = 0; fine && i < transcript->session_count; i++)
        fine = play_session(&player, &transcript->sessions[i]);
    text_add(journal, text_span(&player.performance.log.json));
    performance_deinit(&player.performance);
    return fine;
}

/* -- all cuts ------------------------------------------------------------------------------- */

bool player_compare(const struct transcript *transcript, struct span first, struct span second,
                    struct text *report)
{
    struct span ours = heard_next_line(&first);
    struct span theirs = heard_next_line(&second);
    size_t line = 1;
    for (; span_equal(ours, theirs) && ours.len > 0; line++) {
        ours = heard_next_line(&first);
        theirs = heard_next_line(&second);
    }
    if (span_equal(ours, theirs))
        return true;
    text_add(report, text_span(&transcript->file));
    text_addf(report, ": line %zu of the journal depends on how the bytes were cut\n    - ", line);
    text_add(report, span_chomp(ours));
    text_addf(report, "\n    + ");
    text_add(report, span_chomp(theirs));
    text_add_byte(report, '\n');
    return false;
}

/* The first run leaves its journal, the others are compared with it. */
static bool run_and_compare(const struct transcript *transcript, enum play_cuts cuts, uint64_t seed,
                            struct text *first, struct text *report)
{
    struct text journal = { 0 };
    bool is_first = first->len == 0;
    bool fine = player_run(transcript, cuts, seed, is_first ? first : &journal, report);
    if (fine && !is_first)
        fine = player_compare(transcript, text_span(first), text_span(&journal), report);
    text_deinit(&journal);
    return fine;
}

bool player_run_all(const struct transcript *transcript, unsigned cuts, struct text *report)
{
    struct text first = { 0 };
    bool fine = true;
    if (cuts & PLAY_CUT(PLAY_WHOLE))
        fine = run_and_compare(transcript, PLAY_WHOLE, 0, &first, report);
    if (fine && (cuts & PLAY_CUT(PLAY_BYTES)))
        fine = run_and_compare(transcript, PLAY_BYTES, 0, &first, report);
    for (uint64_t seed = 1; (cuts & PLAY_CUT(PLAY_SEEDED)) && seed <= PLAY_SEEDED_RUNS; seed++)
        fine = fine && run_and_compare(transcript, PLAY_SEEDED, seed, &first, report);
    text_deinit(&first);
    return fine;
}
