/* header: adds, removes and renames header fields on the way. It sees one line at a time and keeps
 * in mind only where in the header block it stands. */
#include "mutators/field.h"
#include "mutators/lines.h"
#include "mutators/mutator.h"
#include "mutators/names.h"
#include "smtp/about.h"

enum { ADD, REMOVE, RENAME, TO, WHERE, REFOLD };
enum { TOP, AFTER_RECEIVED, END };

static const struct param header_params[] = {
    [ADD] = { .name = "add",
              .kind = PARAM_TEXT,
              .what = "a whole field, \"Name: value\"; \\r\\n within it makes several" },
    [REMOVE] = { .name = "remove",
                 .kind = PARAM_NAMES,
                 .what = "names of fields that go, folded lines included; separated by commas" },
    [RENAME] = { .name = "rename", .kind = PARAM_LITERAL, .what = "name of a field" },
    [TO] = { .name = "to", .kind = PARAM_LITERAL, .what = "the new name of that field" },
    [WHERE] = { .name = "where",
                .kind = PARAM_WORD,
                .choices = "top|after-received|end",
                .preset = END,
                .what = "where add= puts its field; end is before the empty line, or the dot" },
    [REFOLD] = { .name = "refold",
                 .kind = PARAM_NAMES,
                 .what = "names of fields that are folded behind their colon" },
};

struct header_state {
    uint64_t message; /* which message of the session this is about */
    uint64_t next;    /* where in the message the next line is to begin */
    bool added;
    bool removing; /* the field under way */
    bool over;     /* the header block ended, with an empty line or without */
    bool inside;   /* what has left ends within a line */
};

static bool header_accepts(const struct argument *arguments, struct text *error)
{
    bool add = arguments[ADD].given;
    if (arguments[RENAME].given != arguments[TO].given)
        text_addf(error, "rename= and to= go together");
    else if (arguments[WHERE].given && !add)
        text_addf(error, "where= says where add= puts its field; add= is missing");
    else if (!add && !arguments[REMOVE].given && !arguments[RENAME].given &&
             !arguments[REFOLD].given)
        text_addf(error, "add=, remove=, refold= or rename= with to= is needed");
    else
        return true;
    return false;
}

static void follow(struct header_state *state, const struct mutation *mutation,
                   const struct smtp_body *body, size_t len)
{
    uint64_t message = about_message(mutation->dialogue, mutation->event);
    if (body->offset == 0 || message != state->message)
        *state = (struct header_state){ .message = message };
    else if (body->offset != state->next)
        state->removing = false;
    state->next = body->offset + len;
}

static bool is_trace(struct span name)
{
    return names_has(SPAN("Received,Return-Path"), name);
}

/* Whether the new field goes before this line. */
static bool is_place(struct mutation *mutation, enum field_line line, struct span name,
                     uint64_t offset)
{
    bool block_ends = line == FIELD_BLOCK_ENDS || line == FIELD_NONE;
    uint64_t where = mutation_param(mutation, WHERE);
    if (where == TOP)
        return offset == 0;
    return block_ends || (where == AFTER_RECEIVED && line == FIELD_BEGINS && !is_trace(name));
}

/* A field that is to stand behind others finds out at the end that there is nothing else. */
static bool header_sees_end(const struct argument *arguments)
{
    return arguments[ADD].given && arguments[WHERE].low != TOP;
}

static void send_added(struct mutation *mutation, struct span end)
{
    struct span field = mutation_text(mutation, ADD);
    mutation_send(mutation, field);
    if (line_missing_end(field).len > 0)
        mutation_send(mutation, end);
}

/* The field ends as the line behind it does. Text gets the empty line that it lacks. */
static void add_field(struct mutation *mutation, const struct smtp_event *event,
                      enum field_line line)
{
    struct span end = span_line_end(event->raw);
    if (end.len == 0)
        end = SPAN("\r\n");
    send_added(mutation, end);
    if (line == FIELD_NONE)
        mutation_send(mutation, end);
}

/* The mail was nothing but fields: the new one is the last of them, and ends as the one before it
 * does. */
static enum verdict add_behind_all(struct mutation *mutation, const struct smtp_event *event)
{
    const struct header_state *state = mutation->state;
    struct span before = span_drop_last(event->raw, event->body.dot);
    bool all_seen = about_message(mutation->dialogue, event) == state->message &&
                    event->body.offset == state->next && event->body.offset > 0;
    if (!all_seen || state->added || state->over)
        return UNTOUCHED;
    mutation_send(mutation, before);
    if (state->inside)
        mutation_send(mutation, SPAN("\r\n"));
    send_added(mutation, span_equal(before, SPAN("\n")) ? before : SPAN("\r\n"));
    mutation_send(mutation, span_drop(event->raw, before.len));
    return TAKEN;
}

static bool is_renamed(struct mutation *mutation, enum field_line line, struct span name)
{
    return mutation_has(mutation, RENAME) && line == FIELD_BEGINS && name.len > 0 &&
           span_equal_nocase(name, mutation_text(mutation, RENAME));
}

/* How much of the line stands before the fold: name and colon, where a blank follows; else 0. */
static size_t fold_at(struct mutation *mutation, const struct smtp_event *event,
                      enum field_line line, struct span name)
{
    size_t at = span_find(event->raw, ':') + 1;
    bool named =
        line == FIELD_BEGINS && name.len > 0 && names_has(mutation_text(mutation, REFOLD), name);
    bool blank = at < event->raw.len && (event->raw.ptr[at] == ' ' || event->raw.ptr[at] == '\t');
    return named && blank ? at : 0;
}

static void send_field(struct mutation *mutation, struct span raw, size_t skip, size_t fold)
{
    if (fold > skip) {
        mutation_send(mutation, span_drop(span_take(raw, fold), skip));
        mutation_send(mutation, span_line_end(raw));
    }
    mutation_send(mutation, span_drop(raw, fold > skip ? fold : skip));
}

static enum verdict header_apply(struct mutation *mutation, const struct smtp_event *event)
{
    struct header_state *state = mutation->state;
    struct span name;
    if (event->kind == SMTP_BODY_END)
        return add_behind_all(mutation, event);
    follow(state, mutation, &event->body, event->raw.len);
    state->over |= !event->body.header;
    if (state->over || event->raw.len == 0)
        return UNTOUCHED;
    enum field_line line = field_line_of(event, &name);
    if (line != FIELD_CONTINUES)
        state->removing = line == FIELD_BEGINS && names_has(mutation_text(mutation, REMOVE), name);
    state->over = line == FIELD_NONE;
    if (!state->removing)
        state->inside = !event->body.ends_line;

    bool adds = mutation_has(mutation, ADD) && !state->added &&
                is_place(mutation, line, name, event->body.offset);
    bool renames = is_renamed(mutation, line, name);
    size_t fold = fold_at(mutation, event, line, name);
    if (!adds && !renames && !fold && !state->removing)
        return UNTOUCHED;
    if (adds)
        add_field(mutation, event, line);
    state->added |= adds;
    if (state->removing)
        return TAKEN;
    if (renames)
        mutation_send(mutation, mutation_text(mutation, TO));
    send_field(mutation, event->raw, renames ? name.len : 0, fold);
    return TAKEN;
}

const struct mutator mutator_header = {
    .name = "header",
    .family = "content",
    .summary = "Add, remove, rename or refold header fields of the mail that passes.",
    .detail =
        "A field that is removed goes with its folded lines. A field that is added gets the line "
        "ending of its neighbours; where=after-received puts it below the Received and Return-Path "
        "fields at the top. Mail without a header block gets one, with the empty line behind it; "
        "to mail that is nothing but header fields, without the empty line, the field is added "
        "before the dot, unless a rule before this one has changed the end. Empty mail stays "
        "empty. A field that is refolded goes on in a line of its own behind "
        "its colon: the same to people and to relaxed canonicalisation, another to simple.\n\n"
        "DKIM signatures over the changed fields break, and SIZE= no longer tells the truth.",
    .clause = "RFC 5321 section 6.4: a relay does not change the header of what it passes on.",
    .example = "to server body header add=\"X-Antivirus-Status: Clean\"",
    .wants = SMTP_BODY,
    .directions = ONLY_TO_SERVER,
    .whole_message = true,
    PARAM_TABLE(header_params),
    .state_size = sizeof(struct header_state),
    .accepts = header_accepts,
    .sees_end = header_sees_end,
    .apply = header_apply,
};
