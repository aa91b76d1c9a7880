/* profile: see profile.h. */
#include "session/profile.h"

#include "base/nearest.h"
#include "session/embedded.h"
#include "session/rule.h"
#include "session/rule_words.h"

const char *const profile_headers[] = { "group", "title",    "imitates", "source", "expect",
                                        "saw",   "observed", "clause",   NULL };

const struct profile_group profile_groups[] = {
    { "middleboxes", "Firewalls and other devices in the path" },
    { "gateways", "Security gateways and antivirus proxies" },
    { "policy", "Receivers: throttling, filtering, policy" },
    { "timing", "Tarpits and timing" },
    { "endings", "Line endings and the end of mail" },
    { "tls", "TLS" },
    { "network", "The network" },
    { "senders", "What exposes mistakes of senders" },
    { "mixed", "Several things at once, and on demand" },
    { NULL, NULL },
};

/* -- one line ------------------------------------------------------------------------------- */

static bool is_known_header(struct span key)
{
    for (size_t i = 0; profile_headers[i]; i++)
        if (span_equal(key, span_of(profile_headers[i])))
            return true;
    return false;
}

/* Takes the first word off *text, and the blanks behind it. */
static struct span take_word(struct span *text)
{
    size_t len = 0;
    while (len < text->len && text->ptr[len] != ' ' && text->ptr[len] != '\t')
        len++;
    struct span word = span_take(*text, len);
    *text = span_trim(span_drop(*text, len));
    return word;
}

/* `# key: value`: a word, a colon, the rest. */
static void read_comment(struct span content, struct profile_line *line)
{
    struct cut parts = span_cut(span_trim(span_drop(content, 1)), ':');
    if (!parts.found)
        return;
    line->key = parts.before;
    line->text = span_trim(parts.after);
    if (span_equal(line->key, SPAN("variant"))) {
        line->kind = PROFILE_VARIANT;
        line->key = take_word(&line->text);
    } else if (is_known_header(line->key)) {
        line->kind = PROFILE_HEADER;
    }
}

bool profile_next(struct span *rest, size_t *number, struct profile_line *line)
{
    if (rest->len == 0)
        return false;
    struct cut cut = span_cut(*rest, '\n');
    struct span whole = cut.before;
    struct span content =
        span_trim(span_ends(whole, SPAN("\r")) ? span_drop_last(whole, 1) : whole);
    *rest = cut.after;
    *line = (struct profile_line){ .kind = PROFILE_BLANK, .number = ++*number };
    if (span_starts(content, SPAN("#"))) {
        read_comment(content, line);
    } else if (content.len > 0) {
        line->kind = PROFILE_RULE;
        line->text = rule_uncommented(content);
    }
    line->column = line->text.len > 0 ? (size_t)(line->text.ptr - whole.ptr) + 1 : 1;
    return true;
}

const struct profile_group *profile_group_named(struct span word)
{
    const struct profile_group *group = profile_groups;
    while (group->word && !span_equal(word, span_of(group->word)))
        group++;
    return group->word ? group : NULL;
}

const struct profile_group *profile_group_of(struct span text)
{
    struct profile_line line;
    size_t number = 0;
    while (profile_next(&text, &number, &line))
        if (line.kind == PROFILE_HEADER && span_equal(line.key, SPAN("group")))
            return profile_group_named(line.text);
    return NULL;
}

/* -- variants ------------------------------------------------------------------------------- */

static bool first_variant(struct span text, struct span *name)
{
    struct profile_line line;
    size_t number = 0;
    while (profile_next(&text, &number, &line)) {
        if (line.kind != PROFILE_VARIANT)
            continue;
        *name = line.key;
        return true;
    }
    return false;
}

bool profile_variant(const char *file, struct span text, struct span *variant, struct text *error)
{
    struct nearest nearest = nearest_begin(*variant);
    struct profile_line line;
    size_t number = 0;
    if (variant->len == 0) {
        first_variant(text, variant);
        return true;
    }
    while (profile_next(&text, &number, &line)) {
        if (line.kind != PROFILE_VARIANT)
            continue;
        if (span_equal(line.key, *variant))
            return true;
        nearest_try(&nearest, line.key);
    }
    const struct place place = { .file = file };
    place_add(&place, error);
    text_add(error, SPAN("unknown variant "));
    text_add_quoted(error, *variant);
    nearest_suggest(&nearest, error);
    return false;
}

/* -- profiles that are built in ------------------------------------------------------------- */

bool profile_builtin(struct span slug, struct span *text)
{
    for (size_t i = 0; i < embedded_profiles_count; i++) {
        if (!span_equal(slug, span_of(embedded_profiles[i].name)))
            continue;
        *text = span_make(embedded_profiles[i].text, embedded_profiles[i].size);
        return true;
    }
    return false;
}

const char *profile_builtin_name(size_t n)
{
    return n < embedded_profiles_count ? embedded_profiles[n].name : NULL;
}

const char *profile_nearest(struct span slug)
{
    struct nearest nearest = nearest_begin(slug);
    const char *best = NULL;
    for (size_t i = 0; i < embedded_profiles_count; i++) {
        size_t distance = nearest.distance;
        nearest_try(&nearest, span_of(embedded_profiles[i].name));
        if (nearest.distance < distance)
            best = embedded_profiles[i].name;
    }
    return best;
}
