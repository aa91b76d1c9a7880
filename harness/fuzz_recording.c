/* fuzz_recording: a file that is taken for a recording. It goes the same again, goes otherwise, or
 * is refused with a place; the same file always comes to the same. */
#include "base/check.h"
#include "harness/entry.h"
#include "play/recording_transcript.h"
#include "play/rerun.h"

/* Longer ones say nothing new. */
#define SIZE_AT_MOST 65536

/* As a transcript it need not read: what stands in the head may be anything. */
static void convert(struct span text)
{
    struct text transcript = { 0 };
    struct text errors = { 0 };
    bool fine = recording_to_transcript("x", text, &transcript, &errors);
    check(fine == (errors.len == 0));
    text_deinit(&transcript);
    text_deinit(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_make(data, size < SIZE_AT_MOST ? size : SIZE_AT_MOST);
    struct text reports[2] = { { 0 }, { 0 } };
    enum rerun_outcome outcomes[2];
    struct rerun_tally tallies[2];
    for (int i = 0; i < 2; i++) {
        outcomes[i] = rerun("x", text, &tallies[i], &reports[i]);
        check((outcomes[i] == RERUN_SAME) == (reports[i].len == 0));
        check(reports[i].len == 0 || span_starts(text_span(&reports[i]), SPAN("x:")));
    }
    convert(text);
    check(outcomes[0] == outcomes[1] && tallies[0].calls == tallies[1].calls);
    check(span_equal(text_span(&reports[0]), text_span(&reports[1])));
    text_deinit(&reports[0]);
    text_deinit(&reports[1]);
    return 0;
}
