/* recording_head: the lines that a recording begins with, read and written by one table. */
#include <stddef.h>

#include "play/recording.h"

enum field_kind { NUMBER, TEXT };

static const struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
} fields[] = {
#define FIELD(name, kind, member)                                                                  \
    {                                                                                              \
        name, kind, offsetof(struct recording_head, member)                                        \
    }
    FIELD("version", TEXT, version),
    FIELD("began", NUMBER, began),
    FIELD("seed", NUMBER, seed),
    FIELD("number", NUMBER, number),
    FIELD("session", TEXT, session),
    FIELD("client", TEXT, client),
    FIELD("client-ip", TEXT, client_ip),
    FIELD("server", TEXT, server),
    FIELD("host", TEXT, host),
    FIELD("max-line", NUMBER, max_line),
    FIELD("idle-timeout", NUMBER, idle_timeout),
    FIELD("connect-timeout", NUMBER, connect_timeout),
    FIELD("tls-timeout", NUMBER, tls_timeout),
    FIELD("tls", NUMBER, tls),
    FIELD("only-recipient", TEXT, only_recipient),
    FIELD("rules-until", NUMBER, rules_until),
    FIELD("dry-run", NUMBER, dry_run),
    FIELD("transparent", NUMBER, transparent),
    FIELD("unverified-goes-on", NUMBER, unverified_goes_on),
    FIELD("forwards", NUMBER, forwards),
    FIELD("client-tls", NUMBER, client_tls),
    FIELD("server-tls", NUMBER, server_tls),
    FIELD("secrets", NUMBER, secrets),
#undef FIELD
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

static uint64_t *number_of(struct recording_head *head, const struct field *field)
{
    return (uint64_t *)(void *)((char *)head + field->offset);
}

static struct text *text_of(struct recording_head *head, const struct field *field)
{
    return (struct text *)(void *)((char *)head + field->offset);
}

void recording_head_deinit(struct recording_head *head)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].kind == TEXT)
            text_deinit(text_of(head, &fields[i]));
}

bool recording_head_take(struct recording_head *head, struct span line)
{
    struct cut cut = span_cut(line, ' ');
    size_t bad;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!span_equal(cut.before, span_of(fields[i].name)))
            continue;
        if (fields[i].kind == NUMBER)
            return span_number(cut.after, number_of(head, &fields[i]));
        text_clear(text_of(head, &fields[i]));
        return text_add_unescaped(text_of(head, &fields[i]), cut.after, &bad);
    }
    return false;
}

void recording_head_add(struct recording_head *head, struct text *out)
{
    text_addf(out, "%s\n", RECORDING_FIRST_LINE);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        text_addf(out, "%s ", fields[i].name);
        if (fields[i].kind == NUMBER)
            text_add_number(out, *number_of(head, &fields[i]));
        else
            text_add_escaped(out, text_span(text_of(head, &fields[i])));
        text_add_byte(out, '\n');
    }
}
