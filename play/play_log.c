/* play_log: see play_log.h. */
#include "play/play_log.h"

#include <stdlib.h>

#include "base/check.h"

#define LAST_ENTRIES 6

static void keep(struct journal *journal, const struct journal_entry *entry)
{
    struct play_log *log = (struct play_log *)journal;
    if ((log->count & (log->count - 1)) == 0) {
        size_t capacity = log->count ? log->count * 2 : 1;
        log->entries = realloc(log->entries, capacity * sizeof *log->entries);
        check(log->entries != NULL);
    }
    journal_json_entry(entry, &log->json);
    journal_brief(entry, &log->briefs);
    log->entries[log->count++] = (struct play_log_entry){ entry->event, log->briefs.len };
}

void play_log_init(struct play_log *log)
{
    *log = (struct play_log){ .journal = { .write = keep } };
}

void play_log_deinit(struct play_log *log)
{
    text_deinit(&log->json);
    text_deinit(&log->briefs);
    free(log->entries);
}

void play_log_begin_session(struct play_log *log)
{
    for (size_t i = 0; i <= JOURNAL_ERROR; i++)
        log->next[i] = log->count;
}

struct span play_log_brief(const struct play_log *log, size_t entry)
{
    size_t begin = entry > 0 ? log->entries[entry - 1].brief_end : 0;
    struct span briefs = span_take(text_span(&log->briefs), log->entries[entry].brief_end);
    return span_drop(briefs, begin);
}

bool play_log_claim(struct play_log *log, const struct play_step *step, size_t *entry)
{
    size_t at = log->next[step->journal];
    while (at < log->count && log->entries[at].event != step->journal)
        at++;
    *entry = at;
    if (at == log->count)
        return false;
    log->next[step->journal] = at + 1;
    struct span brief = play_log_brief(log, at);
    struct span expected = text_span(&step->bytes);
    return step->rest ? span_starts(brief, expected) : span_equal(brief, expected);
}

void play_log_add_last(const struct play_log *log, struct text *out)
{
    size_t first = log->count > LAST_ENTRIES ? log->count - LAST_ENTRIES : 0;
    if (log->count > 0)
        text_addf(out, "  the journal's last lines:\n");
    for (size_t i = first; i < log->count; i++) {
        text_addf(out, "    ");
        text_add(out, play_log_brief(log, i));
        text_add_byte(out, '\n');
    }
}
