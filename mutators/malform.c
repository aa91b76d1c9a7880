/* malform: replies and commands that are no lines, or not the lines that they should be. The
 * grammar is RFC 5321 section 4.2: a code, a hyphen or a blank, text, CRLF. */
#include "mutators/lines.h"
#include "mutators/mutator.h"
#include "smtp/parse.h"

enum { KIND, LENGTH, GAP };

/* One row a kind: its name, and what makes it. KIND(NAME, function) */
#define KINDS                                                                                      \
    "bare-lf|bare-cr|no-line-end|no-code|code-only|two-digits|four-digits|odd-code|tab|"           \
    "mixed-codes|wrong-continuation|unfinished|wrong-enhanced|over-long|many-lines|nul|blank|"     \
    "glued|broken|split"

enum kind {
    BARE_LF,
    BARE_CR,
    NO_LINE_END,
    NO_CODE,
    CODE_ONLY,
    TWO_DIGITS,
    FOUR_DIGITS,
    ODD_CODE,
    TAB,
    MIXED_CODES,
    WRONG_CONTINUATION,
    UNFINISHED,
    WRONG_ENHANCED,
    OVER_LONG,
    MANY_LINES,
    NUL,
    BLANK,
    GLUED,
    BROKEN,
    SPLIT
};

static const struct param malform_params[] = {
    [KIND] = { .name = "kind",
               .kind = PARAM_WORD,
               .required = true,
               .choices = KINDS,
               .what = "what is wrong with it" },
    [LENGTH] = { .name = "length",
                 .kind = PARAM_SIZE,
                 .preset = 2048,
                 .min = 1,
                 .max = 1024 * 1024,
                 .what = "over-long, many-lines: bytes that come on top" },
    [GAP] = { .name = "gap",
              .kind = PARAM_TIME,
              .preset = SECONDS(1),
              .max = MINUTES(10),
              .what = "split: the pause between the two halves; blank: behind the line, if given" },
};

/* -- parts of a reply ----------------------------------------------------------------------- */

/* Each line of a reply: code, hyphen or blank (empty behind a lone code), text, line ending. */
struct reply_line {
    struct span code;
    struct span mark;
    struct span text;
    struct span end;
    bool last;
};

static struct reply_line line_take(struct span *rest)
{
    struct span line = line_first(*rest);
    struct span shown = span_chomp(line);
    *rest = span_drop(*rest, line.len);
    return (struct reply_line){
        .code = span_take(shown, 3),
        .mark = span_take(span_drop(shown, 3), 1),
        .text = span_drop(shown, 4),
        .end = span_line_end(line),
        .last = rest->len == 0,
    };
}

static void send_line(struct mutation *mutation, const struct reply_line *line)
{
    mutation_send(mutation, line->code);
    mutation_send(mutation, line->mark);
    mutation_send(mutation, line->text);
    mutation_send(mutation, line->end);
}

/* RFC 2034: class, subject and detail, parted by dots, before the text. */
static bool has_enhanced_code(struct span text)
{
    return text.len > 4 && text.ptr[0] >= '2' && text.ptr[0] <= '5' && text.ptr[1] == '.';
}

static struct span other_class(struct span code)
{
    return span_starts(code, SPAN("5")) ? SPAN("2") : SPAN("5");
}

/* -- kinds that change lines of a reply ----------------------------------------------------- */

static void malform_code(struct mutation *mutation, enum kind kind, struct reply_line *line)
{
    if (kind == NO_CODE)
        line->code = line->mark = SPAN("");
    else if (kind == CODE_ONLY) {
        line->text = SPAN("");
        line->mark = line->last ? SPAN("") : line->mark;
    } else if (kind == TWO_DIGITS)
        line->code = span_take(line->code, 2);
    else if (kind == FOUR_DIGITS)
        mutation_send(mutation, span_take(line->code, 1));
    else if (kind == ODD_CODE) {
        mutation_send(mutation, SPAN("6"));
        line->code = span_drop(line->code, 1);
    }
}

static void malform_mark(enum kind kind, struct reply_line *line)
{
    if (kind == TAB)
        line->mark = SPAN("\t");
    else if (kind == UNFINISHED && line->last)
        line->mark = SPAN("-");
    else if (kind == WRONG_CONTINUATION)
        line->mark = line->last ? SPAN("-") : SPAN(" ");
}

/* All lines but the last get a code of another class; a reply of one line gets a line more. */
static void mix_codes(struct mutation *mutation, struct reply_line *line, bool alone)
{
    if (line->last && !alone)
        return;
    mutation_send(mutation, other_class(line->code));
    mutation_send(mutation, span_drop(line->code, 1));
    if (!alone) {
        line->code = SPAN("");
        return;
    }
    mutation_send(mutation, SPAN("-"));
    mutation_send(mutation, line->text);
    mutation_send(mutation, SPAN("\r\n"));
}

static void contradict(struct mutation *mutation, struct reply_line *line)
{
    bool has_one = has_enhanced_code(line->text);
    mutation_send(mutation, line->code);
    mutation_send(mutation, line->mark.len > 0 ? line->mark : SPAN(" "));
    mutation_send(mutation, other_class(line->code));
    mutation_send(mutation, has_one ? SPAN("") : SPAN(".0.0 "));
    line->code = line->mark = SPAN("");
    line->text = span_drop(line->text, has_one ? 1 : 0);
}

static enum verdict malform_lines(struct mutation *mutation, enum kind kind, struct span raw)
{
    bool alone = line_first(raw).len == raw.len;
    while (raw.len > 0) {
        struct reply_line line = line_take(&raw);
        malform_code(mutation, kind, &line);
        malform_mark(kind, &line);
        if (kind == MIXED_CODES)
            mix_codes(mutation, &line, alone);
        if (kind == WRONG_ENHANCED)
            contradict(mutation, &line);
        send_line(mutation, &line);
    }
    return TAKEN;
}

/* Lines of 80 bytes before the reply, as many as it takes. */
static enum verdict add_lines(struct mutation *mutation, struct span raw)
{
    static const char filler[] =
        "- one more line of a reply that has a great many of them, and all "
        "say nothing\r\n";
    uint64_t length = mutation_param(mutation, LENGTH);
    struct span code = span_take(raw, 3);
    for (uint64_t sent = 0; sent < length; sent += sizeof filler + 2) {
        mutation_send(mutation, code);
        mutation_send(mutation, span_of(filler));
    }
    mutation_send(mutation, raw);
    return TAKEN;
}

/* -- kinds that change any line ------------------------------------------------------------- */

static enum verdict lengthen(struct mutation *mutation, struct span raw)
{
    static const char filler[] = "xxxxxxxxxxxxxxxx";
    uint64_t left = mutation_param(mutation, LENGTH);
    mutation_send(mutation, span_chomp(raw));
    while (left > 0) {
        struct span more = span_take(span_of(filler), left < 16 ? (size_t)left : 16);
        mutation_send(mutation, more);
        left -= more.len;
    }
    mutation_send(mutation, span_line_end(raw));
    return TAKEN;
}

/* Cuts the last line in its middle and puts bytes between, or a pause. */
static enum verdict cut_in(struct mutation *mutation, struct span raw, struct span between,
                           duration pause)
{
    size_t len = span_chomp(raw).len;
    size_t middle = pause > 0 ? 2 : len - len / 4;
    middle = middle < len ? middle : len;
    mutation_send(mutation, span_take(raw, middle));
    mutation_send(mutation, between);
    mutation_pause(mutation, pause);
    mutation_send(mutation, span_drop(raw, middle));
    return TAKEN;
}

static enum verdict blank_before(struct mutation *mutation, struct span raw, duration pause)
{
    mutation_add(mutation, SPAN("\r\n"));
    mutation_pause(mutation, pause);
    mutation_send(mutation, raw);
    return TAKEN;
}

static enum verdict glue(struct mutation *mutation, struct span raw)
{
    mutation_send(mutation, span_chomp(raw));
    mutation_send(mutation, raw);
    return TAKEN;
}

/* -- the whole ------------------------------------------------------------------------------ */

static enum verdict malform_apply(struct mutation *mutation, const struct smtp_event *event)
{
    struct span raw = event->raw;
    enum kind kind = (enum kind)mutation_param(mutation, KIND);
    bool has_gap = mutation_has(mutation, GAP);
    bool has_code = event->kind != SMTP_COMMAND && smtp_is_reply_line(raw);
    switch (kind) {
    case BARE_LF: return lines_end(mutation, raw, SPAN("\n"));
    case BARE_CR: return lines_end(mutation, raw, SPAN("\r"));
    case NO_LINE_END: mutation_send(mutation, span_chomp(raw)); return TAKEN;
    case NO_CODE:
    case CODE_ONLY:
    case TWO_DIGITS:
    case FOUR_DIGITS:
    case ODD_CODE:
    case TAB:
    case MIXED_CODES:
    case WRONG_CONTINUATION:
    case UNFINISHED:
    case WRONG_ENHANCED: return has_code ? malform_lines(mutation, kind, raw) : UNTOUCHED;
    case MANY_LINES: return has_code ? add_lines(mutation, raw) : UNTOUCHED;
    case OVER_LONG: return lengthen(mutation, raw);
    case NUL: return cut_in(mutation, raw, SPAN("\0"), 0);
    case BLANK: return blank_before(mutation, raw, has_gap ? mutation_param(mutation, GAP) : 0);
    case GLUED: return glue(mutation, raw);
    case BROKEN: return cut_in(mutation, raw, SPAN("\r\n"), 0);
    case SPLIT: return cut_in(mutation, raw, SPAN(""), mutation_param(mutation, GAP));
    }
    return UNTOUCHED;
}

const struct mutator mutator_malform = {
    .name = "malform",
    .family = "replies and commands",
    .summary = "Break the form of a reply or a command, and leave what it says.",
    .detail =
        "Kinds bare-lf and bare-cr end lines otherwise, no-line-end ends the last one not at all. "
        "no-code takes the code away, code-only all behind it; two-digits, four-digits and "
        "odd-code (6yz) change it, tab parts it from the text. mixed-codes gives the lines of one "
        "reply codes of two classes, wrong-continuation exchanges hyphens and blanks, unfinished "
        "promises another line, wrong-enhanced contradicts the code by an enhanced one. over-long "
        "and many-lines add length= bytes, nul puts a NUL into the line, blank an empty line "
        "before "
        "it; glued says it twice in one line, broken ends the line in its midst, split pauses "
        "within the code.\n\n"
        "Kinds that are about codes leave commands alone. Too few or too many lines for the client "
        "to pair are the point here: what its next reply means is its own guess.",
    .clause =
        "RFC 5321 section 4.2: three digits, a hyphen or a blank, text, CRLF; section 4.5.3.1.5: "
        "512 bytes.",
    .example = "to client reply 250 after MAIL once malform kind=mixed-codes",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY,
    .directions = BOTH_WAYS,
    PARAM_TABLE(malform_params),
    .apply = malform_apply,
};
