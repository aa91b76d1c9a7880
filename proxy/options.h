/* options: GNU long options out of a table. A command describes its options as rows; parsing them,
 * `--help`, the manual page and the lines of a configuration file (config.h) come from the rows.
 *
 *     enum { LISTEN, COUNT };
 *     static const struct option_row rows[] = {
 *         [LISTEN] = {"listen", OPTION_ADDRESS, "ADDR", .preset = "127.0.0.1:2525", .help = "…"},
 *         [COUNT] = {"count", OPTION_COUNT, "N", .preset = "1", .min = 1, .help = "…"},
 *     };
 *     static const struct usage usage = {.name = "send", …, OPTION_TABLE(rows)};
 *
 *     int status;
 *     struct options options;
 *     if (!options_parse(&options, &usage, argc, argv, &status))
 *         return status;
 *     uint64_t count = options_number(&options, COUNT);
 *     options_deinit(&options);
 */
#ifndef SMTPCHAOS_PROXY_OPTIONS_H
#define SMTPCHAOS_PROXY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"
#include "proxy/address.h"
#include "session/rule.h"

enum option_kind {
    OPTION_FLAG, /* no value; `--name=no` takes it back */
    OPTION_TEXT,
    OPTION_WORD,    /* one of `choices` */
    OPTION_COUNT,   /* a number; 0x… is one too */
    OPTION_TIME,    /* 400ms, 5s, 2m, forever; a bare number is seconds. Held in nanoseconds */
    OPTION_SIZE,    /* 64KB, 1MiB; a bare number is bytes */
    OPTION_RATE,    /* a size a second, 2KB/s; held in bytes a second */
    OPTION_ADDRESS, /* address.h */
    OPTION_CONFIG   /* a file of options, read where it stands */
};

/* The members stand in the order in which a table is written.
 * NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
struct option_row {
    const char *name; /* without the dashes */
    enum option_kind kind;
    const char *value;   /* what --help calls the value: "ADDR"; NULL for a flag */
    const char *preset;  /* the default as a person would write it; NULL: there is none */
    const char *help;    /* what it does, from a small letter on, without full stop */
    const char *choices; /* WORD: "json|text|exchange"; ADDRESS: words that it takes: "sink" */
    uint64_t min;        /* COUNT; TIME in nanoseconds; SIZE in bytes; RATE in bytes a second */
    uint64_t max;        /* likewise; 0 is no upper bound */
    bool repeatable;     /* every value counts, in the order given; else the last one does */
    bool required;
    bool is_rule;    /* the value is a rule: `#` in it is for the rule language */
    bool secret;     /* never written down */
    bool may_be_tls; /* ADDRESS: `smtps:` may stand before it */
};

/* A bound of base/limits.h as the text of a preset. */
#define TEXT_OF(number) TEXT_OF_EXPANDED(number)
#define TEXT_OF_EXPANDED(number) #number

/* The row of --listen, the same for every command that listens for clients but for whether it
 * speaks TLS with them, and the words about that. */
#define OPTION_LISTEN_ROW(tls, words)                                                              \
    {                                                                                              \
        "listen", OPTION_ADDRESS, "ADDR",                                                          \
            .preset = "127.0.0.1:2525", .repeatable = true, .choices = "systemd",                  \
            .may_be_tls = (tls),                                                                   \
            .help = "where clients connect: HOST:PORT, [V6]:PORT, :PORT for all addresses of "     \
                    "the machine, unix:PATH, or systemd, the sockets that a service manager "      \
                    "hands over" words "; port 0 picks a free one and prints it"                   \
    }

/* A command as --help and the manual show it. */
struct usage {
    const char *name;     /* "proxy" */
    const char *summary;  /* one line without full stop */
    const char *operands; /* "FILE…"; NULL when it takes none */
    size_t operands_min;
    size_t operands_max;  /* SIZE_MAX: any number */
    const char *detail;   /* paragraphs, parted by empty lines */
    const char *examples; /* command lines, each below a line `# what it does` */
    const struct option_row *rows;
    size_t row_count;
};

#define OPTION_TABLE(table) .rows = (table), .row_count = sizeof(table) / sizeof((table)[0])

/* One value that was given. */
struct option_value {
    size_t row;             /* its index in the table */
    char *text;             /* owned; as it was written */
    uint64_t number;        /* FLAG: 0 or 1; WORD: the index of the choice; numbers */
    struct address address; /* ADDRESS */
    struct place place;     /* in a configuration file; file is NULL for the command line */
    bool is_preset;
};

struct options {
    const struct usage *usage;
    struct option_value *values; /* owned; in the order given, presets last */
    size_t count;
    char **operands; /* owned array of borrowed strings */
    size_t operand_count;
    char **files; /* owned: names of configuration files, which places borrow */
    size_t file_count;
};

/* Reads argv (argv[0] is the command's word). When there is nothing left to do (--help), or
 * something is wrong and has been said, sets *status to the exit status and answers false; the
 * options then need no deinit. */
bool options_parse(struct options *options, const struct usage *usage, int argc, char **argv,
                   int *status);
void options_deinit(struct options *options);

/* For config.h: takes one option by its name; `value` is NULL when none was written. On failure
 * false, with one clause in `error`. */
bool options_take(struct options *options, struct span name, const struct span *value,
                  struct place place, struct text *error);
/* Keeps a copy of a file's name for as long as the options live. */
const char *options_keep_file(struct options *options, const char *file);
/* The row that has this name, or NULL. */
const struct option_row *options_find_row(const struct usage *usage, struct span name);

/* The value that counts for a row: of the command line before that of a configuration file before
 * the preset, and the last of several. NULL when there is none. */
const struct option_value *options_value(const struct options *options, size_t row);
/* Its parts; 0, false and NULL when there is no value. */
uint64_t options_number(const struct options *options, size_t row);
bool options_flag(const struct options *options, size_t row);
const char *options_text(const struct options *options, size_t row);
const struct address *options_address(const struct options *options, size_t row);
/* True when a person gave it. */
bool options_given(const struct options *options, size_t row);
/* The values of a repeatable row in the order given: begin with `before` NULL; NULL at the end. The
 * preset is only seen when nobody gave another. */
const struct option_value *options_next(const struct options *options, size_t row,
                                        const struct option_value *before);

/* Writes what a person gave as one command line, quoted for a shell, secrets as ***. */
void options_describe(const struct options *options, struct text *out);

#endif
