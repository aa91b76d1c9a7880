/* event: names of verbs, kinds and directions; see event.h. */
#include "smtp/event.h"

#include <string.h>

enum verb_flags { PLAIN = 0, FORK = 1, HELLO = 2, PATH = 4, ALONE = 8 };

static const struct {
    union {
        char letters[16]; /* NUL-terminated */
        uint32_t four;    /* the first four, as they lie in memory */
    } word;
    uint8_t len;
    uint8_t flags;
} verbs[] = {
#define VERB(name, word, flags) { { word }, sizeof(word) - 1, flags },
#include "smtp/verbs.def"
    VERB(UNKNOWN, "UNKNOWN", PLAIN) VERB(NONE, "", PLAIN)
#undef VERB
};

const char *verb_name(enum verb verb)
{
    return verbs[verb].word.letters;
}

enum verb verb_of_four(const uint8_t letters[4])
{
    uint32_t four;
    memcpy(&four, letters, sizeof four);
    four &= UINT32_C(0xdfdfdfdf); /* ASCII's small letters become capitals */
    for (unsigned i = 0; i < VERB_UNKNOWN; i++)
        if (verbs[i].word.four == four && verbs[i].len == sizeof four)
            return (enum verb)i;
    return VERB_UNKNOWN;
}

enum verb verb_parse(struct span word)
{
    if (word.len == 4)
        return verb_of_four(word.ptr);
    for (unsigned i = 0; i < VERB_UNKNOWN; i++)
        if (span_equal_nocase(word, span_make(verbs[i].word.letters, verbs[i].len)))
            return (enum verb)i;
    return VERB_UNKNOWN;
}

bool verb_is_fork(enum verb verb)
{
    return verbs[verb].flags & FORK;
}

bool verb_is_hello(enum verb verb)
{
    return verbs[verb].flags & HELLO;
}

bool verb_may_swap(enum verb verb)
{
    return verbs[verb].flags & (PATH | ALONE);
}

const char *event_kind_name(enum smtp_event_kind kind)
{
    switch (kind) {
    case SMTP_CONNECT: return "connect";
    case SMTP_GREETING: return "greeting";
    case SMTP_COMMAND: return "command";
    case SMTP_REPLY: return "reply";
    case SMTP_BODY: return "body";
    case SMTP_BODY_END: return "body-end";
    case SMTP_TLS: return "tls";
    case SMTP_CLOSE: return "close";
    case SMTP_IDLE: return "idle";
    case SMTP_OTHER: return "other";
    }
    return "?";
}

const char *direction_name(enum direction direction)
{
    return direction == TO_SERVER ? "to server" : "to client";
}

enum direction direction_opposite(enum direction direction)
{
    return direction == TO_SERVER ? TO_CLIENT : TO_SERVER;
}

enum side direction_target(enum direction direction)
{
    return direction == TO_SERVER ? SERVER : CLIENT;
}

enum side direction_source(enum direction direction)
{
    return direction == TO_SERVER ? CLIENT : SERVER;
}
