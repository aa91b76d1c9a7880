/* recording_call: one call on a session's doors, and what the session wishes, each as a line. */
#include "play/recording.h"
#include "session/session.h"

static const char *const words[] = {
#define DOOR(name, word) [DOOR_##name] = (word),
#include "session/doors.def"
#undef DOOR
};

bool recording_door(struct span word, enum session_door *door)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        *door = (enum session_door)i;
        if (span_equal(word, span_of(words[i])))
            return true;
    }
    return false;
}

static void add_direction(enum direction direction, struct text *out)
{
    text_addf(out, direction == TO_SERVER ? " to-server" : " to-client");
}

static void add_side(enum side side, struct text *out)
{
    text_addf(out, side == CLIENT ? " client" : " server");
}

static void add_facts(const struct tls_facts *facts, struct text *out)
{
    const char *const texts[] = { facts->version, facts->cipher, facts->peer_name,
                                  facts->resumed ? "resumed" : "", facts->verified };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        text_add_byte(out, '\t');
        text_add_escaped(out, span_of(texts[i]));
    }
}

static void add_bytes(struct span bytes, struct text *out)
{
    text_add_byte(out, ' ');
    text_add_escaped(out, bytes);
}

static void add_rest(const struct session_call *call, struct span bytes, struct text *out)
{
    switch (call->door) {
    case DOOR_COMMIT:
    case DOOR_CONSUME:
        add_direction(call->direction, out);
        add_bytes(bytes, out);
        return;
    case DOOR_CUT: add_direction(call->direction, out); return;
    case DOOR_ENDED:
        add_side(call->side, out);
        text_addf(out, " %s", ending_name((enum ending)call->ending));
        return;
    case DOOR_MEETS: add_bytes(call->bytes, out); return;
    case DOOR_MISSES:
        text_addf(out, " %s", ending_name((enum ending)call->ending));
        add_bytes(call->bytes, out);
        return;
    case DOOR_SECURED:
        add_side(call->side, out);
        add_facts(call->facts, out);
        return;
    case DOOR_TLS_FAILED:
        add_side(call->side, out);
        add_bytes(call->bytes, out);
        return;
    case DOOR_FINISHED:
    case DOOR_TLS_STALLED:
    case DOOR_WAS_CUT:
    case DOOR_BARED: add_side(call->side, out); return;
    case DOOR_CONNECTED:
    case DOOR_DRAIN:
    case DOOR_TICK:
    case DOOR_FREE: return;
    }
}

void recording_call_add(const struct session_call *call, duration since, struct span bytes,
                        struct text *out)
{
    text_addf(out, "call ");
    text_add_number(out, since);
    text_addf(out, " %s", words[call->door]);
    add_rest(call, bytes, out);
    text_add_byte(out, '\n');
}

/* -- wishes --------------------------------------------------------------------------------- */

static const struct {
    enum session_wish wish;
    const char *word;
} wish_words[] = {
    { WISH_READ, "read" },     { WISH_WRITE, "write" }, { WISH_CONNECT, "connect" },
    { WISH_FINISH, "finish" }, { WISH_RESET, "reset" }, { WISH_CLOSE, "close" },
    { WISH_SECURE, "secure" }, { WISH_BARE, "bare" },
};

static void add_wishes(const struct session *session, enum side side, struct text *out)
{
    unsigned wishes = session_wishes(session, side);
    const char *before = " ";
    for (size_t i = 0; i < sizeof wish_words / sizeof wish_words[0]; i++) {
        if (!(wishes & wish_words[i].wish))
            continue;
        text_addf(out, "%s%s", before, wish_words[i].word);
        before = ",";
    }
    if (wishes & WISH_FINISH && session_close_is_rude(session, side))
        text_addf(out, ",rude");
    if (wishes == 0)
        text_addf(out, session_is_stalled(session, side) ? " stalled" : " -");
}

void recording_wish_add(const struct session *session, instant began, struct text *out)
{
    instant due = session_deadline(session);
    text_addf(out, "wish");
    add_wishes(session, CLIENT, out);
    add_wishes(session, SERVER, out);
    text_add_byte(out, ' ');
    if (due == NEVER)
        text_addf(out, "never");
    else
        text_add_number(out, due > began ? due - began : 0);
    text_add_byte(out, '\n');
}
