/* fuzz_rerun: a session as a script (script.h) says, written down; run again from what was written,
 * it goes the same. */
#include <stdio.h>

#include "base/check.h"
#include "harness/duplex.h"
#include "harness/entry.h"
#include "play/recorder.h"
#include "play/rerun.h"
#include "play/rule_choice.h"

/* Longer recordings take their time, and say nothing new. */
#define RECORDING_AT_MOST (4 * 1024 * 1024)

static void record(struct span script, struct recorder *recorder)
{
    static struct pool pool;
    struct duplex duplex;
    struct script_step step;
    struct rule_set *rules = rule_choice_take(&script);
    uint8_t options = script_byte(&script);
    duplex_begin_recorded(&duplex, &pool, rules, options, SIZE_MAX, recorder);
    while (!duplex_is_over(&duplex) && recorder->out.len < RECORDING_AT_MOST &&
           script_next(&script, &step))
        duplex_step(&duplex, &step);
    duplex_end(&duplex);
    duplex_deinit(&duplex);
    rule_choice_give_back(rules);
}

static void check_same(struct span recording)
{
    struct text report = { 0 };
    struct rerun_tally tally;
    enum rerun_outcome outcome = rerun("recording", recording, &tally, &report);
    fputs(text_string(&report), stderr);
    check(outcome == RERUN_SAME);
    check(tally.is_whole);
    text_deinit(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct recorder recorder = { .keeps_secrets = true, .out = { .max = 16 * RECORDING_AT_MOST } };
    record(span_make(data, size), &recorder);
    if (recorder.out.len < RECORDING_AT_MOST)
        check_same(text_span(&recorder.out));
    recorder_deinit(&recorder);
    return 0;
}
