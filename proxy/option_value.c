/* option_value: see option_value.h. Numbers are read as the parameters of rules are, so that a time
 * or a size is written the same way everywhere. */
#include "proxy/option_value.h"

#include "base/check.h"
#include "mutators/param.h"

static bool refuse(const struct option_row *row, struct span text, const char *why,
                   struct text *error)
{
    text_addf(error, "%s: \"", row->name);
    text_add_escaped(error, text);
    text_addf(error, "\" %s", why);
    return false;
}

static bool parse_flag(const struct option_row *row, struct span text, uint64_t *number,
                       struct text *error)
{
    *number = span_equal(text, SPAN("yes")) || span_equal(text, SPAN("on"));
    if (*number || span_equal(text, SPAN("no")) || span_equal(text, SPAN("off")))
        return true;
    return refuse(row, text, "is neither yes nor no", error);
}

static bool is_choice(const struct option_row *row, struct span text)
{
    struct cut choice = { .after = span_of(row->choices ? row->choices : "") };
    while (choice.after.len) {
        choice = span_cut(choice.after, '|');
        if (span_equal(choice.before, text))
            return true;
    }
    return false;
}

static bool parse_word(const struct option_row *row, struct span text, uint64_t *number,
                       struct text *error)
{
    struct cut choice = { .after = span_of(row->choices) };
    for (*number = 0; choice.after.len; (*number)++) {
        choice = span_cut(choice.after, '|');
        if (span_equal(choice.before, text))
            return true;
    }
    refuse(row, text, "is none of ", error);
    text_add(error, span_of(row->choices));
    return false;
}

/* 0x and up to 16 hexadecimal digits. */
static bool parse_hex(struct span text, uint64_t *number)
{
    if (!span_starts_nocase(text, SPAN("0x")) || text.len < 3 || text.len > 18)
        return false;
    *number = 0;
    for (size_t i = 2; i < text.len; i++) {
        uint8_t byte = byte_lower(text.ptr[i]);
        bool is_letter = byte >= 'a' && byte <= 'f';
        if (!is_letter && (byte < '0' || byte > '9'))
            return false;
        *number = *number * 16 + (uint64_t)(is_letter ? byte - 'a' + 10 : byte - '0');
    }
    return true;
}

static enum param_kind param_kind_of(enum option_kind kind)
{
    switch (kind) {
    case OPTION_TIME: return PARAM_TIME;
    case OPTION_SIZE: return PARAM_SIZE;
    case OPTION_RATE: return PARAM_RATE;
    case OPTION_COUNT:
    case OPTION_FLAG:
    case OPTION_TEXT:
    case OPTION_WORD:
    case OPTION_ADDRESS:
    case OPTION_CONFIG: break;
    }
    check(kind == OPTION_COUNT);
    return PARAM_COUNT;
}

static struct param param_of(const struct option_row *row)
{
    return (struct param){
        .name = row->name,
        .kind = param_kind_of(row->kind),
        .min = row->min,
        .max = row->max ? row->max : UINT64_MAX,
    };
}

/* The unit that a bare number means. */
static const char *bare_unit(enum option_kind kind)
{
    if (kind == OPTION_TIME)
        return "s";
    return kind == OPTION_SIZE ? "B" : kind == OPTION_RATE ? "B/s" : "";
}

static bool is_bare_number(struct span text)
{
    uint64_t number;
    return span_number(text, &number);
}

static bool parse_param(const struct option_row *row, struct span text, uint64_t *number,
                        struct text *error)
{
    struct param param = param_of(row);
    struct argument argument = { 0 };
    struct text written = { 0 };
    text_add(&written, text);
    if (is_bare_number(text))
        text_add(&written, span_of(bare_unit(row->kind)));
    bool fine = param_parse(&param, text_span(&written), false, &argument, error);
    text_deinit(&written);
    if (fine && argument.low != argument.high)
        fine = refuse(row, text, "is a range; an option takes one value", error);
    *number = argument.low;
    argument_deinit(&argument);
    return fine;
}

static bool parse_number(const struct option_row *row, struct span text, uint64_t *number,
                         struct text *error)
{
    if (row->kind != OPTION_COUNT || !parse_hex(text, number))
        return parse_param(row, text, number, error);
    if (*number >= row->min && (!row->max || *number <= row->max))
        return true;
    return refuse(row, text, "is out of bounds", error);
}

static bool parse_address(const struct option_row *row, struct span text, struct address *address,
                          struct text *error)
{
    struct text clause = { 0 };
    bool fine = address_parse(address, text, &clause);
    if (fine && address->is_tls && !row->may_be_tls) {
        text_addf(&clause, "`smtps:` is for `smtpchaos proxy`; there is no TLS here");
        fine = false;
    }
    if (!fine)
        text_addf(error, "%s: %s", row->name, text_string(&clause));
    text_deinit(&clause);
    if (address->is_tls)
        text = span_drop(text, sizeof "smtps:" - 1);
    if (fine && !address_is_place(address) && !is_choice(row, text))
        return refuse(row, text, "is no place in the network; write HOST:PORT or unix:PATH", error);
    return fine;
}

bool option_value_parse(const struct option_row *row, struct span text, struct option_value *value,
                        struct text *error)
{
    switch (row->kind) {
    case OPTION_FLAG: return parse_flag(row, text, &value->number, error);
    case OPTION_WORD: return parse_word(row, text, &value->number, error);
    case OPTION_ADDRESS: return parse_address(row, text, &value->address, error);
    case OPTION_COUNT:
    case OPTION_TIME:
    case OPTION_SIZE:
    case OPTION_RATE: return parse_number(row, text, &value->number, error);
    case OPTION_TEXT:
    case OPTION_CONFIG: return text.len ? true : refuse(row, text, "is empty", error);
    }
    return false;
}

void option_value_format(const struct option_row *row, uint64_t number, struct text *out)
{
    struct param param = param_of(row);
    param_format(&param, number, out);
}
