/* param: the parameters of mutators: what may be said (struct param), what a rule said (struct
 * argument), and the way between text and value. Every number is a range; one value is a range of
 * one. */
#ifndef SMTPCHAOS_MUTATORS_PARAM_H
#define SMTPCHAOS_MUTATORS_PARAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"

struct pattern; /* a compiled regular expression; mutators/pattern.h */

enum param_kind {
    PARAM_COUNT,   /* a plain number, or a range */
    PARAM_DECIMAL, /* a number with up to three decimals, or a range; held in thousandths */
    PARAM_TIME,    /* a duration with its unit, or a range; held in nanoseconds */
    PARAM_SIZE,    /* bytes; B KB MB GB are powers of 1,000, KiB MiB GiB of 1,024 */
    PARAM_RATE,    /* bytes a second, written SIZE/s */
    PARAM_TEXT,    /* a text; {…} in it is expanded when it is read (mutators/template.h) */
    PARAM_LITERAL, /* a text that is taken as it stands */
    PARAM_NAMES,   /* words separated by commas */
    PARAM_WORD,    /* one word of `choices` */
    PARAM_PATTERN  /* a PCRE2 pattern, written /…/ */
};

/* What one parameter may be. */
struct param {
    const char *name;
    const char *what; /* a few words for `explain`, with the unit */
    enum param_kind kind;
    bool required;
    bool optional;           /* numbers, WORD: that it is not given means something of its own */
    uint64_t preset;         /* numbers: the default; WORD: the index of the default choice */
    const char *preset_text; /* texts: the default; NULL is "not given" */
    uint64_t min;
    uint64_t max;        /* 0 is "no bound" */
    const char *choices; /* WORD: "spared|told" */
};

/* What a rule said for one parameter. */
struct argument {
    bool given;
    uint64_t low; /* numbers; WORD: the index of the choice in low and high */
    uint64_t high;
    struct span text;        /* texts, NAMES, the source of PATTERN: owned, unescaped; of a number,
                              * the text with {...} that says it when the rule hits */
    struct pattern *pattern; /* PARAM_PATTERN: owned */
};

/* Reads a value. On failure false, with one clause without a full stop in `error`, such as
 * `time: "5" has no unit; write 5s or 5ms`; the argument then needs no deinit. A value in
 * quotes arrives unquoted, unescaped, with `quoted` set; a pattern that is not in quotes arrives
 * with its slashes. */
bool param_parse(const struct param *param, struct span value, bool quoted,
                 struct argument *argument, struct text *error);
/* The argument that stands for "not given": the presets. */
void param_preset(const struct param *param, struct argument *argument);
void argument_deinit(struct argument *argument);
/* The number that a text says, moved into the parameter's bounds; its preset when it says none. */
uint64_t param_value(const struct param *param, struct span value);
/* Writes one drawn number in the parameter's own unit (400ms, 2KB/s, told). */
void param_format(const struct param *param, uint64_t drawn, struct text *out);

#endif
