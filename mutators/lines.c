/* lines: see lines.h. */
#include "mutators/lines.h"

struct span line_first(struct span text)
{
    return span_take(text, span_find(text, '\n') + 1);
}

struct span line_missing_end(struct span said)
{
    bool has_end = span_line_end(said).len > 0 || span_ends(said, SPAN("\r"));
    return has_end ? SPAN("") : SPAN("\r\n");
}

void line_send(struct mutation *mutation, struct span said)
{
    mutation_send(mutation, said);
    mutation_send(mutation, line_missing_end(said));
}

void line_add(struct mutation *mutation, struct span said)
{
    mutation_add(mutation, said);
    mutation_add(mutation, line_missing_end(said));
}

void lines_send_mail(struct mutation *mutation, struct span text, bool stuffs)
{
    while (text.len > 0) {
        struct span line = line_first(text);
        if (stuffs && span_starts(line, SPAN(".")))
            mutation_send(mutation, SPAN("."));
        line_send(mutation, line);
        text = span_drop(text, line.len);
    }
}

enum verdict lines_end(struct mutation *mutation, struct span raw, struct span end)
{
    while (raw.len > 0) {
        struct span line = line_first(raw);
        mutation_send(mutation, span_chomp(line));
        if (span_line_end(line).len > 0)
            mutation_send(mutation, end);
        raw = span_drop(raw, line.len);
    }
    return TAKEN;
}

enum verdict line_strip(struct mutation *mutation, struct span raw, uint8_t byte)
{
    if (span_find(raw, byte) == raw.len)
        return UNTOUCHED;
    while (raw.len > 0) {
        struct cut cut = span_cut(raw, byte);
        if (cut.before.len > 0)
            mutation_send(mutation, cut.before);
        raw = cut.after;
    }
    return TAKEN;
}
