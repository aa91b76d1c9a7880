/* fuzz_journal: a whole session, as a script says (script.h), written down as people read it. Each
 * entry is at most so long, has no byte that a terminal would act on but our own colours, and is
 * the same for the same input. */
#include "base/check.h"
#include "base/limits.h"
#include "harness/duplex.h"
#include "harness/entry.h"
#include "play/rule_choice.h"

/* Longer ones say nothing new here. */
#define INPUT_MAX 4096
/* A line, escaped, thrice (before, after, and what led from one to the other), and a frame. */
#define ENTRY_MAX (3 * 4 * JOURNAL_LINE_MAX + 4096)

static struct pool pool;
static struct text written; /* the entry under way, or the head */
static uint64_t hash;       /* of all that was written in a run */

static void check_shown(struct span bytes, bool colours)
{
    check(bytes.len <= ENTRY_MAX);
    check(bytes.len == 0 || bytes.ptr[bytes.len - 1] == '\n');
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = bytes.ptr[i];
        bool is_colour = colours && byte == 0x1b && i + 1 < bytes.len && bytes.ptr[i + 1] == '[';
        check((byte >= ' ' && byte != 0x7f) || byte == '\n' || byte == '\r' || is_colour);
    }
}

static void take_entry(const struct journal_entry *entry)
{
    static const enum journal_format formats[] = { JOURNAL_TEXT, JOURNAL_EXCHANGE, JOURNAL_JSON };
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        bool colours = entry->sequence % 2 == 1;
        text_clear(&written);
        journal_format_entry(formats[i], entry, colours, &written);
        check_shown(text_span(&written), colours);
        hash = span_hash(text_span(&written), hash);
    }
    struct text brief = { 0 };
    journal_brief(entry, &brief);
    check(brief.len > 0);
    text_deinit(&brief);
}

/* Answers the hash of all that was written. */
static uint64_t run(struct span script)
{
    struct duplex duplex;
    struct script_step step;
    struct rule_set *rules = rule_choice_take(&script);
    uint8_t options = script_byte(&script);
    const struct journal_head head = { .seed = options,
                                       .options = "",
                                       .rules = (const struct rule *const *)rules->rules,
                                       .rule_count = rules->count };
    text_clear(&written);
    for (enum journal_format format = JOURNAL_JSON; format <= JOURNAL_EXCHANGE; format++)
        journal_format_head(format, &head, &written);
    hash = span_hash(text_span(&written), SPAN_HASH_BEGIN);
    duplex_begin(&duplex, &pool, rules, options, SIZE_MAX);
    duplex.entry = take_entry;
    while (!duplex_is_over(&duplex) && script_next(&script, &step))
        duplex_step(&duplex, &step);
    duplex_end(&duplex);
    duplex_deinit(&duplex);
    rule_choice_give_back(rules);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span script = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    check(run(script) == run(script));
    return 0;
}
