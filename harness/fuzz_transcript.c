/* fuzz_transcript: text that is taken for a transcript. It is read or refused with a reason; one
 * that is read plays the same twice; what blessing makes of it is a transcript that holds. */
#include "base/check.h"
#include "harness/entry.h"
#include "play/player.h"
#include "play/transcript.h"

/* Longer ones say nothing new, and playing takes its time. */
#define SIZE_AT_MOST 8192

static void play_twice(const struct transcript *transcript)
{
    struct text journals[2] = { { 0 }, { 0 } };
    struct text reports[2] = { { 0 }, { 0 } };
    bool first = player_run(transcript, PLAY_WHOLE, 0, &journals[0], &reports[0]);
    bool second = player_run(transcript, PLAY_WHOLE, 0, &journals[1], &reports[1]);
    check(first == second && first == (reports[0].len == 0));
    check(span_equal(text_span(&journals[0]), text_span(&journals[1])));
    check(span_equal(text_span(&reports[0]), text_span(&reports[1])));
    for (int i = 0; i < 2; i++) {
        text_deinit(&journals[i]);
        text_deinit(&reports[i]);
    }
}

static bool says(const struct text *report, const char *words)
{
    return span_search(text_span(report), span_of(words)) < report->len;
}

/* Who is not there, or has ended, cannot be made to speak. */
static void check_holds(const struct transcript *transcript)
{
    struct text journal = { 0 };
    struct text report = { 0 };
    bool holds = player_run(transcript, PLAY_WHOLE, 0, &journal, &report);
    check(holds || says(&report, "cannot say anything"));
    text_deinit(&journal);
    text_deinit(&report);
}

/* Where nothing of what was expected holds, nothing may be left to say. */
static void check_blessed(struct span blessed)
{
    struct text errors = { 0 };
    struct transcript *transcript = transcript_parse("x", blessed, &errors);
    if (transcript)
        check_holds(transcript);
    else
        check(transcript_is_silent(blessed));
    transcript_free(transcript);
    text_deinit(&errors);
}

static void bless(struct span text)
{
    struct text blessed = { 0 };
    struct text errors = { 0 };
    check(player_bless("x", text, &blessed, &errors));
    check_blessed(text_span(&blessed));
    text_deinit(&blessed);
    text_deinit(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_make(data, size < SIZE_AT_MOST ? size : SIZE_AT_MOST);
    struct text errors = { 0 };
    struct transcript *transcript = transcript_parse("x", text, &errors);
    check((transcript == NULL) == (errors.len > 0));
    if (transcript) {
        play_twice(transcript);
        transcript_free(transcript);
        bless(text);
    }
    text_deinit(&errors);
    return 0;
}
