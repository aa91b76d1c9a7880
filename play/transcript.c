/* transcript: the lines of a transcript become steps and sessions; see transcript.h. Directives are
 * in transcript_directive.c, the text of a step in transcript_text.c. */
#include "play/transcript.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/limits.h"
#include "play/made_up.h"
#include "play/transcript_directive.h"
#include "play/transcript_reader.h"
#include "play/transcript_text.h"

enum side side_opposite(enum side side)
{
    return side == CLIENT ? SERVER : CLIENT;
}

static struct transcript *transcript_new(const char *file)
{
    struct transcript *transcript = calloc(1, sizeof *transcript);
    check(transcript != NULL);
    text_add(&transcript->file, span_of(file));
    transcript->rules = rule_set_new();
    transcript->options.seed = 1;
    return transcript;
}

void transcript_free(struct transcript *transcript)
{
    if (!transcript)
        return;
    for (size_t i = 0; i < transcript->step_count; i++)
        text_deinit(&transcript->steps[i].bytes);
    for (size_t i = 0; i < transcript->session_count; i++)
        text_deinit(&transcript->sessions[i].client);
    free(transcript->steps);
    free(transcript->sessions);
    rule_set_free(transcript->rules);
    text_deinit(&transcript->only_recipient);
    text_deinit(&transcript->file);
    free(transcript);
}

/* Room for one more row of a table that doubles. */
static void *grow(void *rows, size_t count, size_t size)
{
    if (count & (count - 1))
        return rows;
    rows = realloc(rows, (count ? count * 2 : 1) * size);
    check(rows != NULL);
    return rows;
}

struct play_session *transcript_begin_session(struct transcript_reader *reader, uint64_t number)
{
    struct transcript *made = reader->transcript;
    made->sessions = grow(made->sessions, made->session_count, sizeof *made->sessions);
    struct play_session *session = &made->sessions[made->session_count++];
    *session = (struct play_session){ .number = number, .first_step = made->step_count };
    text_add(&session->client, SPAN(MADE_UP_CLIENT));
    reader->has_ended[CLIENT] = reader->has_ended[SERVER] = false;
    return session;
}

struct play_session *transcript_session(struct transcript_reader *reader)
{
    struct transcript *made = reader->transcript;
    return made->session_count ? &made->sessions[made->session_count - 1]
                               : transcript_begin_session(reader, 1);
}

void transcript_complain(struct transcript_reader *reader, struct span at, const char *format, ...)
{
    struct place place = reader->place;
    place.column = (size_t)(at.ptr - reader->line.ptr) + 1;
    char clause[READER_CLAUSE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(clause, sizeof clause, format, args);
    va_end(args);
    place_add(&place, reader->errors);
    text_addf(reader->errors, "%s\n", clause);
    reader->failed = true;
}

static struct play_step *add_step(struct transcript_reader *reader, enum play_step_kind kind)
{
    struct play_session *session = transcript_session(reader);
    struct transcript *made = reader->transcript;
    made->steps = grow(made->steps, made->step_count, sizeof *made->steps);
    struct play_step *step = &made->steps[made->step_count++];
    *step = (struct play_step){ .kind = kind, .line = reader->place.line };
    session->step_count++;
    return step;
}

/* -- C= C> C< S= S> S< ---------------------------------------------------------------------- */

static bool step_kind(uint8_t mark, enum play_step_kind *kind)
{
    switch (mark) {
    case '=': *kind = PLAY_PASS; return true;
    case '>': *kind = PLAY_SAY; return true;
    case '<': *kind = PLAY_HEAR; return true;
    default: return false;
    }
}

/* Who has ended says nothing more. */
static void note_end(struct transcript_reader *reader, const struct play_step *step,
                     struct span line)
{
    if (step->kind == PLAY_HEAR)
        return;
    if (reader->has_ended[step->side])
        transcript_complain(reader, line, "the %s has ended already; it cannot say anything",
                            step->side == CLIENT ? "client" : "server");
    reader->has_ended[step->side] |= step->end != PLAY_NO_END;
}

static void read_step(struct transcript_reader *reader, struct span line, enum play_step_kind kind)
{
    struct play_step *step = add_step(reader, kind);
    step->side = line.ptr[0] == 'C' ? CLIENT : SERVER;
    if (line.len > 2 && line.ptr[2] != ' ')
        transcript_complain(reader, span_drop(line, 2), "a blank goes behind %.2s",
                            (const char *)line.ptr);
    struct text error = { 0 };
    size_t bad = 0;
    struct span shown = span_drop(step_text_uncomment(line), 3);
    if (!step_text_read(shown, step, &error, &bad))
        transcript_complain(reader, span_drop(shown, bad), "%s", text_string(&error));
    text_deinit(&error);
    note_end(reader, step, line);
}

/* -- ! and @ -------------------------------------------------------------------------------- */

static bool journal_event_read(struct span word, enum journal_event *event)
{
    for (int i = JOURNAL_CONNECT; i <= JOURNAL_ERROR; i++) {
        *event = (enum journal_event)i;
        if (span_equal(word, span_of(journal_event_name(*event))))
            return true;
    }
    return false;
}

static void complain_of_journal(struct transcript_reader *reader, struct span word)
{
    const char *names[JOURNAL_ERROR + 2] = { 0 };
    for (int i = JOURNAL_CONNECT; i <= JOURNAL_ERROR; i++)
        names[i] = journal_event_name((enum journal_event)i);
    transcript_complain_of_word(reader, "event", word, names);
}

static void read_journal(struct transcript_reader *reader, struct span text)
{
    struct play_step *step = add_step(reader, PLAY_JOURNAL);
    step->rest = step_text_cut_rest(&text);
    struct span word = span_cut(text, ' ').before;
    text_add(&step->bytes, text);
    if (!journal_event_read(word, &step->journal))
        complain_of_journal(reader, word);
}

static void read_clock(struct transcript_reader *reader, struct span text)
{
    struct play_step *step = add_step(reader, PLAY_CLOCK);
    bool plus = span_starts(text, SPAN("+"));
    if (!plus || !duration_parse(span_drop(text, 1), &step->wait) || step->wait == NEVER)
        transcript_complain(reader, text, "\"%.*s\" is no time to wait; write @ +400ms or @ +5s",
                            SPAN_SHOWN(text));
}

/* -- lines ---------------------------------------------------------------------------------- */

static bool is_blank_or_end(struct span line, size_t at)
{
    return at >= line.len || line.ptr[at] == ' ' || line.ptr[at] == '\t';
}

static void read_line(struct transcript_reader *reader, struct span line)
{
    while (line.len > 0 && is_blank_or_end(line, 0))
        line = span_drop(line, 1);
    enum play_step_kind kind = PLAY_PASS;
    struct span plain = span_trim(step_text_uncomment(line));
    if (plain.len == 0 || plain.ptr[0] == '#')
        return;
    bool sided = line.len > 1 && (line.ptr[0] == 'C' || line.ptr[0] == 'S');
    if (sided && step_kind(line.ptr[1], &kind))
        read_step(reader, line, kind);
    else if (plain.ptr[0] == '!' && is_blank_or_end(plain, 1))
        read_journal(reader, span_trim(span_drop(plain, 1)));
    else if (plain.ptr[0] == '@' && is_blank_or_end(plain, 1))
        read_clock(reader, span_trim(span_drop(plain, 1)));
    else
        directive_read(reader, line);
}

static void read_lines(struct transcript_reader *reader, struct span text)
{
    while (text.len > 0) {
        struct cut cut = span_cut(text, '\n');
        text = cut.after;
        reader->place.line++;
        reader->line =
            span_ends(cut.before, SPAN("\r")) ? span_drop_last(cut.before, 1) : cut.before;
        read_line(reader, reader->line);
    }
}

/* A session that does nothing is a mistake: a transcript that cannot fail proves nothing. */
static void check_sessions(struct transcript_reader *reader)
{
    transcript_session(reader);
    const struct transcript *made = reader->transcript;
    for (size_t i = 0; i < made->session_count; i++) {
        if (made->sessions[i].step_count > 0)
            continue;
        reader->is_silent = true;
        reader->place.line = made->sessions[i].line ? made->sessions[i].line : 1;
        transcript_complain(reader, reader->line, "nothing is said in session %llu",
                            (unsigned long long)made->sessions[i].number);
    }
}

static struct transcript *parse(const char *file, struct span text, struct text *errors,
                                bool *is_silent)
{
    struct transcript_reader reader = { .transcript = transcript_new(file), .errors = errors };
    reader.place.file = text_string(&reader.transcript->file);
    reader.line = text;
    reader.place.line = text.len > TRANSCRIPT_SIZE_MAX;
    if (text.len > TRANSCRIPT_SIZE_MAX)
        transcript_complain(&reader, text, "a transcript has at most %d bytes",
                            TRANSCRIPT_SIZE_MAX);
    else
        read_lines(&reader, text);
    if (!reader.failed)
        check_sessions(&reader);
    *is_silent = reader.is_silent;
    if (!reader.failed)
        return reader.transcript;
    transcript_free(reader.transcript);
    return NULL;
}

struct transcript *transcript_parse(const char *file, struct span text, struct text *errors)
{
    bool is_silent;
    return parse(file, text, errors, &is_silent);
}

bool transcript_check(const char *file, struct span text, struct text *errors)
{
    struct transcript *transcript = transcript_parse(file, text, errors);
    transcript_free(transcript);
    return transcript != NULL;
}

bool transcript_is_silent(struct span text)
{
    struct text errors = { 0 };
    bool is_silent;
    transcript_free(parse("", text, &errors, &is_silent));
    text_deinit(&errors);
    return is_silent;
}
