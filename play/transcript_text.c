/* transcript_text: see transcript_text.h. */
#include "play/transcript_text.h"

#include <stdint.h>

#include "base/limits.h"

/* From so many equal bytes on they are shown as one and its count. */
#define SHOWN_REPEATED_MIN 64

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* Whether a comment begins at `at`, where two blanks stand. */
static bool is_comment(struct span line, size_t at)
{
    while (at < line.len && is_blank(line.ptr[at]))
        at++;
    if (at == line.len || line.ptr[at] != '#')
        return false;
    return at + 1 == line.len || is_blank(line.ptr[at + 1]);
}

struct span step_text_uncomment(struct span line)
{
    for (size_t i = 0; i + 2 < line.len; i++)
        if (is_blank(line.ptr[i]) && is_blank(line.ptr[i + 1]) && is_comment(line, i))
            return span_take(line, i);
    return line;
}

const char *play_end_name(enum play_end end)
{
    switch (end) {
    case PLAY_NO_END: return "";
    case PLAY_FIN: return "\\FIN";
    case PLAY_CUT: return "\\CUT";
    case PLAY_RST: return "\\RST";
    }
    return "";
}

static enum play_end end_read(struct span shown)
{
    for (int end = PLAY_FIN; end <= PLAY_RST; end++)
        if (span_equal(shown, span_of(play_end_name((enum play_end)end))))
            return (enum play_end)end;
    return PLAY_NO_END;
}

/* Backslashes that stand right before offset `at`. */
static size_t backslashes_before(struct span shown, size_t at)
{
    size_t count = 0;
    while (count < at && shown.ptr[at - 1 - count] == '\\')
        count++;
    return count;
}

bool step_text_cut_rest(struct span *shown)
{
    if (!span_ends(*shown, SPAN("\\*")) || backslashes_before(*shown, shown->len - 1) % 2 == 0)
        return false;
    *shown = span_drop_last(*shown, 2);
    return true;
}

/* Cuts off the lone backslash that says "no line ending". */
static bool cut_no_ending(struct span *shown)
{
    if (backslashes_before(*shown, shown->len) % 2 == 0)
        return false;
    *shown = span_drop_last(*shown, 1);
    return true;
}

static bool ends_a_line(struct span bytes)
{
    return span_ends(bytes, SPAN("\r")) || span_ends(bytes, SPAN("\n"));
}

/* Where `\{` stands, with no backslash of its own before it. */
static size_t find_repeat(struct span shown)
{
    size_t at = 0;
    while (at < shown.len && !span_starts(span_drop(shown, at), SPAN("\\{")))
        at += shown.ptr[at] == '\\' ? 2 : 1;
    return at < shown.len ? at : shown.len;
}

/* `\{N}`: the byte before it stands N times in all. Returns what it takes of `shown`, 0 when it is
 * wrong. */
static size_t add_repeated(struct text *out, struct span shown)
{
    size_t end = span_find(shown, '}');
    uint64_t times = 0;
    if (end == shown.len || !span_number(span_drop(span_take(shown, end), 2), &times) ||
        times == 0 || times > TRANSCRIPT_REPEAT_MAX || out->len == 0)
        return 0;
    uint8_t byte = out->ptr[out->len - 1];
    while (--times > 0)
        text_add_byte(out, byte);
    return end + 1;
}

static bool add_shown(struct text *out, struct span shown, size_t *bad)
{
    for (size_t done = 0; done < shown.len;) {
        struct span rest = span_drop(shown, done);
        size_t plain = find_repeat(rest);
        if (!text_add_unescaped(out, span_take(rest, plain), bad)) {
            *bad += done;
            return false;
        }
        *bad = done += plain;
        size_t taken = done < shown.len ? add_repeated(out, span_drop(shown, done)) : 0;
        if (done < shown.len && taken == 0)
            return false;
        done += taken;
    }
    return true;
}

/* The clause about the escape at `bad`. */
static void complain(struct span shown, size_t bad, struct text *error)
{
    struct span escape = span_take(span_drop(shown, bad), 2);
    if (span_equal(escape, SPAN("\\*")))
        text_addf(error, "\\* stands for the rest of a line and only at its end");
    else if (span_starts(escape, SPAN("\\F")) || span_starts(escape, SPAN("\\R")) ||
             span_starts(escape, SPAN("\\C")))
        text_addf(error, "\\FIN, \\CUT and \\RST stand alone");
    else if (span_equal(escape, SPAN("\\x")))
        text_addf(error, "\\x takes two hexadecimal digits");
    else if (span_equal(escape, SPAN("\\{")))
        text_addf(error, "\\{N} repeats the byte before it, at most %d times",
                  TRANSCRIPT_REPEAT_MAX);
    else
        text_addf(error, "\"%.*s\" is no escape; there are \\r \\n \\t \\0 \\\\ \\\" and \\xHH",
                  (int)escape.len, (const char *)escape.ptr);
}

bool step_text_read(struct span shown, struct play_step *step, struct text *error, size_t *bad)
{
    step->end = end_read(shown);
    if (step->end != PLAY_NO_END)
        return true;
    size_t whole = shown.len;
    step->rest = step_text_cut_rest(&shown);
    if (step->rest && step->kind != PLAY_HEAR) {
        text_addf(error, "\\* is for what is heard; what is said is said in full");
        *bad = whole - 2;
        return false;
    }
    bool open = !step->rest && cut_no_ending(&shown);
    if (!add_shown(&step->bytes, shown, bad)) {
        complain(shown, *bad, error);
        return false;
    }
    if (!open && !step->rest && !ends_a_line(text_span(&step->bytes)))
        text_add(&step->bytes, SPAN("\r\n"));
    return true;
}

void step_text_add_escaped(struct text *out, struct span bytes)
{
    while (bytes.len > 0) {
        struct cut at_quote = span_cut(bytes, '"');
        text_add_escaped(out, at_quote.before);
        text_add(out, at_quote.found ? SPAN("\"") : SPAN(""));
        bytes = at_quote.after;
    }
}

/* No longer than can be shown. */
static size_t run_length(struct span bytes, size_t at)
{
    size_t end = at;
    while (end < bytes.len && end - at < TRANSCRIPT_REPEAT_MAX && bytes.ptr[end] == bytes.ptr[at])
        end++;
    return end - at;
}

/* A `#` that might be taken for a comment, and a blank that nobody would see, are in hex. */
static void add_line(struct text *out, struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        bool behind_blank = i > 0 && is_blank(bytes.ptr[i - 1]);
        if (bytes.ptr[i] == '#' && behind_blank)
            text_add(out, SPAN("\\x23"));
        else if (bytes.ptr[i] == ' ' && i + 1 == bytes.len)
            text_add(out, SPAN("\\x20"));
        else
            step_text_add_escaped(out, span_make(bytes.ptr + i, 1));
        size_t run = run_length(bytes, i);
        if (run >= SHOWN_REPEATED_MIN) {
            text_addf(out, "\\{%zu}", run);
            i += run - 1;
        }
    }
}

void step_text_add(struct text *out, struct span bytes)
{
    if (span_ends(bytes, SPAN("\r\n"))) {
        struct span line = span_drop_last(bytes, 2);
        bool shows = ends_a_line(line);
        add_line(out, shows ? bytes : line);
        return;
    }
    add_line(out, bytes);
    if (!ends_a_line(bytes))
        text_add_byte(out, '\\');
}
