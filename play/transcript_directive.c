/* transcript_directive: see transcript_directive.h. One function a word; the table at the end. */
#include "play/transcript_directive.h"

#include "base/limits.h"
#include "base/nearest.h"
#include "play/transcript_text.h"
#include "session/profile.h"

/* -- what holds for the whole transcript ---------------------------------------------------- */

static struct place place_of(const struct transcript_reader *reader, struct span at)
{
    struct place place = reader->place;
    place.column = (size_t)(at.ptr - reader->line.ptr) + 1;
    return place;
}

static void end_foreign_error(struct transcript_reader *reader)
{
    text_add_byte(reader->errors, '\n');
    reader->failed = true;
}

static void read_rule(struct transcript_reader *reader, struct span text)
{
    struct place place = place_of(reader, text);
    if (!rule_set_add_line(reader->transcript->rules, text, place, reader->errors))
        end_foreign_error(reader);
}

static void complain_of_profile(struct transcript_reader *reader, struct span slug)
{
    const char *nearest = profile_nearest(slug);
    if (nearest)
        transcript_complain(reader, slug, "unknown profile \"%.*s\"; did you mean \"%s\"?",
                            SPAN_SHOWN(slug), nearest);
    else
        transcript_complain(reader, slug, "unknown profile \"%.*s\"", SPAN_SHOWN(slug));
}

/* A built-in profile, NAME or NAME:VARIANT. */
static void read_profile_name(struct transcript_reader *reader, struct span text)
{
    struct span rules;
    struct cut name = span_cut(span_trim(step_text_uncomment(text)), ':');
    if (!profile_builtin(name.before, &rules)) {
        complain_of_profile(reader, name.before);
        return;
    }
    struct text slug = { 0 };
    text_add(&slug, name.before);
    struct text error = { 0 };
    const char *shown = text_string(&slug);
    if (!rule_set_add_profile(reader->transcript->rules, shown, rules, name.after, shown, &error))
        transcript_complain(reader, text, "%s", text_string(&error));
    text_deinit(&error);
    text_deinit(&slug);
}

static void read_profile(struct transcript_reader *reader, struct span text)
{
    if (span_starts(text, SPAN("to ")) || span_starts(text, SPAN("both ")))
        read_rule(reader, text);
    else
        read_profile_name(reader, text);
}

static bool number_read(struct span text, uint64_t *number)
{
    if (!span_starts(text, SPAN("0x")) || text.len < 3 || text.len > 18)
        return span_number(text, number);
    *number = 0;
    for (size_t i = 2; i < text.len; i++) {
        uint8_t digit = byte_lower(text.ptr[i]);
        bool letter = digit >= 'a' && digit <= 'f';
        if (!letter && (digit < '0' || digit > '9'))
            return false;
        *number = *number * 16 + (uint64_t)(letter ? digit - 'a' + 10 : digit - '0');
    }
    return true;
}

static void read_seed(struct transcript_reader *reader, struct span text)
{
    if (!number_read(text, &reader->transcript->options.seed))
        transcript_complain(reader, text, "seed \"%.*s\" is no number", SPAN_SHOWN(text));
}

/* The next of the words, by its index; `count` with a complaint when it is none of them. */
static size_t read_word(struct transcript_reader *reader, const char *what, struct span word,
                        const char *const *words)
{
    size_t i = 0;
    while (words[i] && !span_equal(word, span_of(words[i])))
        i++;
    if (!words[i])
        transcript_complain_of_word(reader, what, word, words);
    return i;
}

/* -- option NAME [VALUE] -------------------------------------------------------------------- */

static void option_max_line(struct transcript_reader *reader, struct span value)
{
    uint64_t bytes = 0;
    if (!span_number(value, &bytes) || bytes < MAX_LINE_MIN || bytes > MAX_LINE_MAX)
        transcript_complain(reader, value, "max-line is a number of bytes, %d to %d", MAX_LINE_MIN,
                            MAX_LINE_MAX);
    reader->transcript->options.max_line = (size_t)bytes;
}

static void option_dry_run(struct transcript_reader *reader, struct span value)
{
    if (value.len > 0)
        transcript_complain(reader, value, "dry-run takes no value");
    reader->transcript->options.dry_run = true;
}

static void option_transparent(struct transcript_reader *reader, struct span value)
{
    if (value.len > 0)
        transcript_complain(reader, value, "transparent takes no value");
    reader->transcript->options.transparent = true;
}

static void option_only_recipient(struct transcript_reader *reader, struct span value)
{
    struct transcript *made = reader->transcript;
    if (value.len == 0)
        transcript_complain(reader, value, "only-recipient takes a pattern such as *@example.org");
    text_clear(&made->only_recipient);
    text_add(&made->only_recipient, value);
    made->options.only_recipient = text_span(&made->only_recipient);
}

static void read_duration(struct transcript_reader *reader, struct span value, duration *length)
{
    if (!duration_parse(value, length) || *length == 0)
        transcript_complain(reader, value, "\"%.*s\" is no time; write 5s, 400ms or forever",
                            SPAN_SHOWN(value));
}

static void option_idle_timeout(struct transcript_reader *reader, struct span value)
{
    read_duration(reader, value, &reader->transcript->options.idle_timeout);
}

static void option_connect_timeout(struct transcript_reader *reader, struct span value)
{
    read_duration(reader, value, &reader->transcript->options.connect_timeout);
}

static void option_tls(struct transcript_reader *reader, struct span value)
{
    static const char *const words[] = { "pass", "intercept", "client", "server", NULL };
    size_t mode = read_word(reader, "mode of TLS", value, words);
    if (words[mode])
        reader->transcript->options.tls = (enum tls_mode)mode;
}

static void option_tls_timeout(struct transcript_reader *reader, struct span value)
{
    read_duration(reader, value, &reader->transcript->options.tls_timeout);
}

static void option_verify_failure(struct transcript_reader *reader, struct span value)
{
    static const char *const words[] = { "fail", "go-on", NULL };
    size_t what = read_word(reader, "answer to a failed verification", value, words);
    reader->transcript->options.unverified_goes_on = what == 1;
}

static void option_for(struct transcript_reader *reader, struct span value)
{
    read_duration(reader, value, &reader->transcript->rules_for);
}

/* -- what a session is like ----------------------------------------------------------------- */

/* An address and a port, as sessions know their client: 192.0.2.1:40000, [2001:db8::1]:40000. */
static bool is_address(struct span text)
{
    size_t colon = text.len;
    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    uint64_t port = 0;
    bool has_port = span_number(span_drop(text, colon), &port) && port > 0 && port < 65536;
    return has_port && colon > 1 && span_find(text, ' ') == text.len;
}

static void read_client(struct transcript_reader *reader, struct span text)
{
    struct play_session *session = transcript_session(reader);
    if (!is_address(text))
        transcript_complain(reader, text, "\"%.*s\" is no address; write 192.0.2.1:40000",
                            SPAN_SHOWN(text));
    text_clear(&session->client);
    text_add(&session->client, text);
}

static void read_server(struct transcript_reader *reader, struct span text)
{
    static const char *const words[] = { "accepts", "refuses", "silent", NULL };
    size_t which = read_word(reader, "behaviour of a server", text, words);
    if (words[which])
        transcript_session(reader)->server = (enum play_server)which;
}

/* handshake SIDE OUTCOME */
static void read_handshake(struct transcript_reader *reader, struct span text)
{
    static const char *const sides[] = { "client", "server", NULL };
    static const char *const words[] = { "succeeds", "fails", "hangs", "unverified", NULL };
    struct cut cut = span_cut(text, ' ');
    size_t side = read_word(reader, "side", cut.before, sides);
    size_t outcome = read_word(reader, "outcome of a handshake", span_trim(cut.after), words);
    if (sides[side] && words[outcome])
        transcript_session(reader)->handshakes[side] = (enum play_handshake)outcome;
}

/* smtps client|server|both */
static void read_smtps(struct transcript_reader *reader, struct span text)
{
    static const char *const words[] = { "client", "server", "both", NULL };
    size_t which = read_word(reader, "side", text, words);
    struct play_session *session = transcript_session(reader);
    if (!words[which])
        return;
    session->smtps[CLIENT] = which != 1;
    session->smtps[SERVER] = which != 0;
}

static void read_session(struct transcript_reader *reader, struct span text)
{
    struct transcript *made = reader->transcript;
    uint64_t last = made->session_count ? made->sessions[made->session_count - 1].number : 0;
    uint64_t number = 0;
    if (!span_number(text, &number) || number <= last) {
        transcript_complain(reader, text, "session \"%.*s\" is no number above %llu",
                            SPAN_SHOWN(text), (unsigned long long)last);
        return;
    }
    transcript_begin_session(reader, number)->line = reader->place.line;
}

/* -- the tables ----------------------------------------------------------------------------- */

enum scope {
    OF_TRANSCRIPT, /* stands before the first step */
    OF_SESSION,    /* stands before the first step of its session */
    ANYWHERE
};

struct word {
    const char *name;
    enum scope scope;
    void (*read)(struct transcript_reader *reader, struct span text);
};

/* Rows of the tables below, and the marks of steps. */
#define WORDS_MAX 24

static void look_up(struct transcript_reader *reader, const struct word *words, struct span line,
                    const char *what);

static void read_option(struct transcript_reader *reader, struct span text)
{
    static const struct word options[] = {
        { "max-line", ANYWHERE, option_max_line },
        { "dry-run", ANYWHERE, option_dry_run },
        { "transparent", ANYWHERE, option_transparent },
        { "only-recipient", ANYWHERE, option_only_recipient },
        { "idle-timeout", ANYWHERE, option_idle_timeout },
        { "connect-timeout", ANYWHERE, option_connect_timeout },
        { "for", ANYWHERE, option_for },
        { "tls", ANYWHERE, option_tls },
        { "tls-timeout", ANYWHERE, option_tls_timeout },
        { "verify-failure", ANYWHERE, option_verify_failure },
        { NULL, ANYWHERE, NULL },
    };
    look_up(reader, options, text, "option");
}

static const struct word directives[] = {
    { "rule", OF_TRANSCRIPT, read_rule },        { "profile", OF_TRANSCRIPT, read_profile },
    { "seed", OF_TRANSCRIPT, read_seed },        { "option", OF_TRANSCRIPT, read_option },
    { "client", OF_SESSION, read_client },       { "server", OF_SESSION, read_server },
    { "handshake", OF_SESSION, read_handshake }, { "smtps", OF_SESSION, read_smtps },
    { "session", ANYWHERE, read_session },       { NULL, ANYWHERE, NULL },
};

static void complain_of(struct transcript_reader *reader, const struct word *words,
                        struct span name, const char *what)
{
    static const char *const marks[] = { "C=", "C>", "C<", "S=", "S>", "S<", "!", "@", NULL };
    const char *names[WORDS_MAX + 1] = { 0 };
    size_t count = 0;
    for (; words[count].name; count++)
        names[count] = words[count].name;
    for (size_t i = 0; words == directives && marks[i]; i++)
        names[count++] = marks[i];
    transcript_complain_of_word(reader, what, name, names);
}

static bool is_too_late(const struct transcript_reader *reader, enum scope scope)
{
    const struct transcript *made = reader->transcript;
    if (scope == ANYWHERE || made->session_count == 0)
        return false;
    const struct play_session *last = &made->sessions[made->session_count - 1];
    return scope == OF_TRANSCRIPT ? made->step_count > 0 : last->step_count > 0;
}

static void look_up(struct transcript_reader *reader, const struct word *words, struct span line,
                    const char *what)
{
    size_t end = 0;
    while (end < line.len && line.ptr[end] != ' ' && line.ptr[end] != '\t')
        end++;
    struct span name = span_take(line, end);
    const struct word *word = words;
    while (word->name && !span_equal(name, span_of(word->name)))
        word++;
    if (!word->name)
        complain_of(reader, words, name, what);
    else if (is_too_late(reader, word->scope))
        transcript_complain(reader, name, "\"%s\" stands before the first step%s", word->name,
                            word->scope == OF_SESSION ? " of its session" : "");
    else
        word->read(reader, span_trim(span_drop(line, end)));
}

void directive_read(struct transcript_reader *reader, struct span line)
{
    /* A rule has a comment syntax of its own. */
    bool is_rule = span_starts(span_trim(line), SPAN("rule ")) ||
                   span_starts(span_trim(line), SPAN("profile to ")) ||
                   span_starts(span_trim(line), SPAN("profile both "));
    struct span text = span_trim(is_rule ? line : step_text_uncomment(line));
    look_up(reader, directives, text, "word");
}

void transcript_complain_of_word(struct transcript_reader *reader, const char *what,
                                 struct span word, const char *const *words)
{
    const char *nearest = nearest_word(word, words);
    struct text known = { 0 };
    for (size_t i = 0; words[i]; i++)
        text_addf(&known, "%s %s", i ? "," : "", words[i]);
    if (nearest)
        transcript_complain(reader, word, "unknown %s \"%.*s\"; did you mean \"%s\"?", what,
                            SPAN_SHOWN(word), nearest);
    else
        transcript_complain(reader, word, "unknown %s \"%.*s\"; known are%s", what,
                            SPAN_SHOWN(word), text_string(&known));
    text_deinit(&known);
}
