/* recording_reader: see recording_reader.h. */
#include "play/recording_reader.h"

#include <string.h>

bool recording_complain(struct recording_reader *reader, const char *what)
{
    text_addf(reader->errors, "%s:%zu: %s\n", reader->file, reader->line, what);
    return false;
}

struct span recording_peek_line(const struct recording_reader *reader)
{
    size_t end = span_find(reader->rest, '\n');
    return end < reader->rest.len ? span_take(reader->rest, end) : SPAN("");
}

bool recording_is_at_end(const struct recording_reader *reader)
{
    return span_find(reader->rest, '\n') >= reader->rest.len;
}

bool recording_next_line(struct recording_reader *reader, struct span *line)
{
    if (recording_is_at_end(reader))
        return false;
    *line = recording_peek_line(reader);
    reader->rest = span_drop(reader->rest, line->len + 1);
    reader->line++;
    return true;
}

enum recorded_line recording_line_kind(struct span line)
{
    static const char *const words[] = {
        [RECORDED_CALL] = "call",       [RECORDED_WISH] = "wish",
        [RECORDED_SWITCH] = "switch",   [RECORDED_POOL] = "pool",
        [RECORDED_RECALL] = "recall",   [RECORDED_JOURNAL] = "journal",
        [RECORDED_STOPPED] = "stopped",
    };
    struct span word = span_cut(line, ' ').before;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (span_equal(word, span_of(words[i])))
            return (enum recorded_line)i;
    return RECORDED_UNKNOWN;
}

/* -- head ----------------------------------------------------------------------------------- */

static bool add_profile(struct span shown, struct rule_set *rules, const char **profile)
{
    struct text name = { 0 };
    size_t bad;
    bool fine = text_add_unescaped(&name, shown, &bad);
    bool is_none = span_equal(text_span(&name), SPAN("-"));
    *profile = is_none ? NULL : rule_set_keep_name(rules, text_string(&name));
    text_deinit(&name);
    return fine;
}

static bool add_rule(struct recording_reader *reader, struct span shown, const char *profile,
                     struct rule_set *rules)
{
    struct text line = { 0 };
    size_t bad;
    if (!text_add_unescaped(&line, shown, &bad)) {
        text_deinit(&line);
        return recording_complain(reader, "this rule's escapes cannot be read");
    }
    const struct place place = { reader->file, reader->line, 1 };
    size_t before = reader->errors->len;
    bool fine = rule_set_add_line_of(rules, profile, text_span(&line), place, reader->errors);
    if (reader->errors->len > before)
        text_add_byte(reader->errors, '\n');
    text_deinit(&line);
    return fine;
}

static bool take_head_line(struct recording_reader *reader, struct span line, const char **profile,
                           struct recording_head *head, struct rule_set *rules)
{
    if (span_starts(line, SPAN("rule ")))
        return add_rule(reader, span_drop(line, 5), *profile, rules);
    if (span_starts(line, SPAN("profile ")) && add_profile(span_drop(line, 8), rules, profile))
        return true;
    if (recording_head_take(head, line))
        return true;
    return recording_complain(reader, "the head has no such line");
}

bool recording_read_head(struct recording_reader *reader, struct recording_head *head,
                         struct rule_set *rules)
{
    struct span line;
    const char *profile = NULL;
    if (!recording_next_line(reader, &line) || !span_equal(line, span_of(RECORDING_FIRST_LINE))) {
        reader->line = 1;
        return recording_complain(reader, "this is no recording: the first line is not "
                                          "`" RECORDING_FIRST_LINE "`");
    }
    while (!recording_is_at_end(reader) &&
           recording_line_kind(recording_peek_line(reader)) == RECORDED_UNKNOWN) {
        recording_next_line(reader, &line);
        if (!take_head_line(reader, line, &profile, head, rules))
            return false;
    }
    if (head->tls > TLS_TO_SERVER)
        return recording_complain(reader, "the head names no way of TLS");
    if (head->max_line > MAX_LINE_MAX)
        return recording_complain(reader, "the head has a line longer than any may be");
    return true;
}

struct session_options recording_options(const struct recording_head *head)
{
    return (struct session_options){
        .seed = head->seed,
        .max_line = head->max_line,
        .idle_timeout = head->idle_timeout,
        .connect_timeout = head->connect_timeout,
        .only_recipient = text_span(&head->only_recipient),
        .dry_run = head->dry_run,
        .rules_until = head->rules_until,
        .tls = (enum tls_mode)head->tls,
        .tls_timeout = head->tls_timeout,
        .unverified_goes_on = head->unverified_goes_on,
        .forwards = head->forwards,
        .transparent = head->transparent,
    };
}

struct session_setup recording_setup(const struct recording_head *head)
{
    return (struct session_setup){
        .client_tls = head->client_tls,
        .server_tls = head->server_tls,
        .facts = { .client = text_span(&head->client),
                   .client_ip = text_span(&head->client_ip),
                   .server = text_span(&head->server),
                   .host = text_span(&head->host),
                   .guid = text_span(&head->session),
                   .number = head->number },
    };
}

/* -- calls ---------------------------------------------------------------------------------- */

static bool read_side(struct span word, struct session_call *call)
{
    call->side = span_equal(word, SPAN("server")) ? SERVER : CLIENT;
    return call->side == SERVER || span_equal(word, SPAN("client"));
}

static bool read_direction(struct span word, struct session_call *call)
{
    call->direction = span_equal(word, SPAN("to-client")) ? TO_CLIENT : TO_SERVER;
    return call->direction == TO_CLIENT || span_equal(word, SPAN("to-server"));
}

static bool read_bytes(struct span shown, struct recorded_call *call)
{
    size_t bad;
    if (!text_add_unescaped(&call->text, shown, &bad))
        return false;
    call->call.bytes = text_span(&call->text);
    call->call.sent = call->text.len;
    return true;
}

static bool read_ending(struct span word, struct session_call *call)
{
    for (int ending = ENDING_OPEN; ending <= ENDING_TROUBLE; ending++) {
        call->ending = ending;
        if (span_equal(word, span_of(ending_name((enum ending)ending))))
            return ending != ENDING_OPEN;
    }
    return false;
}

static bool read_fact(struct span *rest, char *out, size_t size)
{
    struct cut cut = span_cut(*rest, '\t');
    struct text text = { 0 };
    size_t bad;
    *rest = cut.after;
    bool fine = text_add_unescaped(&text, cut.before, &bad) && text.len < size;
    if (fine && text.len > 0)
        memcpy(out, text.ptr, text.len);
    text_deinit(&text);
    return fine;
}

/* "client<TAB>TLSv1.3<TAB>…" */
static bool read_secured(struct span rest, struct recorded_call *call)
{
    struct tls_facts *facts = &call->facts;
    char resumed[16] = "";
    struct cut cut = span_cut(rest, '\t');
    rest = cut.after;
    *facts = (struct tls_facts){ 0 };
    bool fine = read_side(cut.before, &call->call) &&
                read_fact(&rest, facts->version, sizeof facts->version) &&
                read_fact(&rest, facts->cipher, sizeof facts->cipher) &&
                read_fact(&rest, facts->peer_name, sizeof facts->peer_name) &&
                read_fact(&rest, resumed, sizeof resumed) &&
                read_fact(&rest, facts->verified, sizeof facts->verified);
    facts->resumed = resumed[0] != '\0';
    call->call.facts = facts;
    return fine;
}

static bool read_rest(struct span rest, struct recorded_call *call)
{
    struct cut cut = span_cut(rest, ' ');
    switch (call->call.door) {
    case DOOR_COMMIT:
    case DOOR_CONSUME:
        return read_direction(cut.before, &call->call) && read_bytes(cut.after, call);
    case DOOR_CUT: return read_direction(rest, &call->call);
    case DOOR_ENDED:
        return read_side(cut.before, &call->call) && read_ending(cut.after, &call->call);
    case DOOR_MEETS: return read_bytes(rest, call);
    case DOOR_MISSES: return read_ending(cut.before, &call->call) && read_bytes(cut.after, call);
    case DOOR_SECURED: return read_secured(rest, call);
    case DOOR_TLS_FAILED: return read_side(cut.before, &call->call) && read_bytes(cut.after, call);
    case DOOR_FINISHED:
    case DOOR_TLS_STALLED:
    case DOOR_WAS_CUT:
    case DOOR_BARED: return read_side(rest, &call->call);
    case DOOR_CONNECTED:
    case DOOR_DRAIN:
    case DOOR_TICK:
    case DOOR_FREE: return rest.len == 0;
    }
    return false;
}

bool recording_read_call(struct recording_reader *reader, struct span line,
                         struct recorded_call *call)
{
    struct cut time = span_cut(span_drop(line, 5), ' ');
    struct cut door = span_cut(time.after, ' ');
    call->call = (struct session_call){ 0 };
    text_clear(&call->text);
    if (!span_starts(line, SPAN("call ")) || !span_number(time.before, &call->call.now))
        return recording_complain(reader, "this is no call");
    if (!recording_door(door.before, &call->call.door) || !read_rest(door.after, call))
        return recording_complain(reader, "this call cannot be read");
    return true;
}
