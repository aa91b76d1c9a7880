/* mask: overwrites text with one character, length kept, as devices do that must not change the
 * length of a TCP segment. */
#include "mutators/lines.h"
#include "mutators/mutator.h"
#include "mutators/names.h"
#include "smtp/parse.h"

enum { CHAR, KEEP, KEEP_PAIRS, WHAT, LEAD, ALLOW, BY };
enum { USUAL, VERB, TEXT, LINE };
enum { BY_LINE, BY_SEGMENT };

#define REPLY_TEXT_AT 4 /* behind the code and its separator */

static const struct param mask_params[] = {
    [CHAR] = { .name = "char",
               .kind = PARAM_LITERAL,
               .preset_text = "*",
               .what = "the character to put in place of each masked one" },
    [KEEP] = { .name = "keep",
               .kind = PARAM_LITERAL,
               .what = "characters that stay wherever they stand" },
    [KEEP_PAIRS] = { .name = "keep-pairs",
                     .kind = PARAM_LITERAL,
                     .what = "pairs of characters; the second of a pair stays behind the first" },
    [WHAT] = { .name = "what",
               .kind = PARAM_WORD,
               .choices = "usual|verb|text|line",
               .preset = USUAL,
               .what = "usual: the text of a reply, the verb of a command, a line of mail" },
    [LEAD] = { .name = "lead",
               .kind = PARAM_LITERAL,
               .what = "what the masked part begins with, as far as there is room" },
    [ALLOW] = { .name = "allow",
                .kind = PARAM_NAMES,
                .what = "commands with these verbs stay, if they end in CRLF" },
    [BY] = { .name = "by",
             .kind = PARAM_WORD,
             .choices = "line|segment",
             .preset = BY_LINE,
             .what = "of a command: whether each part that TCP cut off is judged by itself" },
};

static bool mask_accepts(const struct argument *arguments, struct text *error)
{
    if (arguments[CHAR].text.len != 1)
        text_addf(error, "char= takes one character");
    else if (arguments[KEEP_PAIRS].text.len % 2 != 0)
        text_addf(error, "keep-pairs= takes pairs of characters, so an even number of them");
    else
        return true;
    return false;
}

/* What of one line, or of one part of a command, is to be masked. Line endings always stay,
 * wherever they are. */
static struct span masked_part(const struct smtp_event *event, struct span line, uint64_t what)
{
    if (what == LINE || event->kind == SMTP_BODY)
        return line;
    if (event->kind != SMTP_COMMAND)
        return what == VERB ? SPAN("") : span_drop(line, REPLY_TEXT_AT);
    struct smtp_command command = smtp_command_parse(line);
    return what == TEXT ? command.argument : command.word;
}

static bool is_allowed(struct mutation *mutation, const struct smtp_event *event, struct span line)
{
    return event->kind == SMTP_COMMAND && mutation_has(mutation, ALLOW) &&
           span_ends(line, SPAN("\r\n")) &&
           names_has(mutation_text(mutation, ALLOW), smtp_command_parse(line).word);
}

static bool has_pair(struct span pairs, uint8_t first, uint8_t second)
{
    for (size_t i = 0; i + 1 < pairs.len; i += 2)
        if (pairs.ptr[i] == first && pairs.ptr[i + 1] == second)
            return true;
    return false;
}

static bool stays(struct mutation *mutation, struct span line, size_t at)
{
    uint8_t byte = line.ptr[at];
    struct span keep = mutation_text(mutation, KEEP);
    if (byte == '\r' || byte == '\n' || span_find(keep, byte) < keep.len)
        return true;
    return at > 0 && has_pair(mutation_text(mutation, KEEP_PAIRS), line.ptr[at - 1], byte);
}

static void mask_line(struct mutation *mutation, struct span line, struct span part,
                      struct text *out)
{
    struct span mask = mutation_text(mutation, CHAR);
    size_t begin = part.len > 0 ? (size_t)(part.ptr - line.ptr) : 0;
    struct span lead = span_take(mutation_text(mutation, LEAD), span_chomp(part).len);
    text_add(out, span_take(line, begin));
    text_add(out, lead);
    for (size_t at = begin + lead.len; at < begin + part.len; at++)
        text_add_byte(out, stays(mutation, line, at) ? line.ptr[at] : mask.ptr[0]);
    text_add(out, span_drop(line, begin + part.len));
}

/* The next thing that is judged by itself: a line, or what of a command one segment brought. */
static struct span next_judged(struct mutation *mutation, const struct smtp_event *event,
                               struct span rest, bool by_segment)
{
    if (by_segment && event->kind == SMTP_COMMAND)
        return mutation_first_part(mutation, rest);
    return line_first(rest);
}

static enum verdict mask_apply(struct mutation *mutation, const struct smtp_event *event)
{
    uint64_t what = mutation_param(mutation, WHAT);
    bool by_segment = mutation_param(mutation, BY) == BY_SEGMENT;
    struct text out = { 0 };
    for (struct span rest = event->raw; rest.len > 0;) {
        struct span line = next_judged(mutation, event, rest, by_segment);
        bool allowed = is_allowed(mutation, event, line);
        mask_line(mutation, line, allowed ? SPAN("") : masked_part(event, line, what), &out);
        rest = span_drop(rest, line.len);
    }
    bool changed = !span_equal(text_span(&out), event->raw);
    if (changed)
        mutation_send(mutation, text_span(&out));
    text_deinit(&out);
    return changed ? TAKEN : UNTOUCHED;
}

const struct mutator mutator_mask = {
    .name = "mask",
    .family = "replies and commands",
    .summary = "Overwrite text with one character; lengths, codes and line endings stay.",
    .detail =
        "Unless what= names another part, the text behind the code in each line of a reply is "
        "masked, the verb of a command, and a whole line of mail. what=verb and what=text name the "
        "parts of a command, what=line is everything but line endings.\n\n"
        "A starred greeting hides the word ESMTP: senders that look for it say HELO. A masked verb "
        "reaches the server, which answers that it does not know it.\n\n"
        "allow= names the verbs that a firewall lets pass. With by=segment it judges what it sees "
        "in one segment: of a command typed letter by letter each letter is a verb that it does "
        "not know. What one read finds is a segment; in a transcript, what one side says in a "
        "row. lead=NOOP what=line char=\" \" turns a line into a NOOP of the same length.",
    .clause = "RFC 5321 sections 3.1 and 4.2: the greeting says who the server is.",
    .example = "to client greeting mask keep=\"20\" keep-pairs=\"0 \"",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    .minds_cuts = true,
    PARAM_TABLE(mask_params),
    .accepts = mask_accepts,
    .apply = mask_apply,
};
