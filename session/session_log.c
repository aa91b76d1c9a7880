/* session_log: what happens in a session becomes entries of the journal. */
#include "session/state.h"

static struct journal_entry entry_of(struct session *session, enum journal_event event, instant now)
{
    return (struct journal_entry){
        .event = event,
        .time = now,
        .facts = &session->facts,
        .sequence = session->entries++,
        .verb = VERB_NONE,
    };
}

static enum journal_event journal_event_of(const struct smtp_event *event)
{
    switch (event->kind) {
    case SMTP_CONNECT: return JOURNAL_CONNECT;
    case SMTP_GREETING: return JOURNAL_GREETING;
    case SMTP_COMMAND:
    case SMTP_OTHER: return JOURNAL_COMMAND;
    case SMTP_REPLY: return JOURNAL_REPLY;
    case SMTP_BODY: return JOURNAL_BODY;
    case SMTP_BODY_END: return JOURNAL_BODY_END;
    case SMTP_TLS: return JOURNAL_TLS;
    case SMTP_CLOSE: return JOURNAL_CLOSE;
    case SMTP_IDLE: break; /* what a rule made of it is written down */
    }
    return JOURNAL_ERROR;
}

void write_event(struct session *session, const struct smtp_event *event, bool local, instant now)
{
    bool reply = event->kind == SMTP_REPLY || event->kind == SMTP_GREETING;
    struct journal_entry entry = entry_of(session, journal_event_of(event), now);
    entry.has_direction = true;
    entry.direction = event->going;
    entry.number = event->number;
    entry.verb = event->kind == SMTP_COMMAND ? event->command.verb : VERB_NONE;
    if (reply) {
        entry.verb = event->reply.after;
        entry.code = event->reply.code;
    }
    entry.line = event->overlong ? SPAN("") : event->raw;
    entry.secret = event->secret;
    entry.local = local;
    entry.has_bytes = event->raw.len > 0;
    entry.bytes = event->raw.len;
    journal_write(session->journal, &entry);
}

void log_body(struct session *session, uint64_t bytes, instant now)
{
    if (!session->journal)
        return;
    struct journal_entry entry = entry_of(session, JOURNAL_BODY, now);
    entry.has_direction = true;
    entry.direction = TO_SERVER;
    entry.has_bytes = true;
    entry.bytes = bytes;
    journal_write(session->journal, &entry);
}

void log_rule(struct session *session, const struct rule *rule, const struct mutation *mutation,
              enum verdict verdict, instant now)
{
    const struct smtp_event *event = mutation->event;
    struct journal_entry entry = entry_of(session, JOURNAL_RULE, now);
    entry.has_direction = true;
    entry.direction = event->going;
    entry.number = event->number;
    entry.rule = rule;
    entry.parameters = text_span(&mutation->drawn);
    entry.secret = event->secret;
    /* Mail that is not cut into lines comes as it was read. */
    if (event->kind != SMTP_BODY || event->number > 0) {
        entry.before = event->raw;
        entry.after = verdict == TAKEN ? text_span(&mutation->content) : event->raw;
    }
    if (mutation->has_answer)
        entry.after = text_span(&mutation->answer);
    entry.local = mutation->has_answer;
    entry.dry_run = session->options->dry_run;
    journal_write(session->journal, &entry);
}

void log_error(struct session *session, const char *how, const char *why, instant now)
{
    struct journal_entry entry = entry_of(session, JOURNAL_ERROR, now);
    entry.how = how;
    entry.why = why;
    journal_write(session->journal, &entry);
}

void log_thrown_away(struct session *session, enum side side, uint64_t bytes, instant now)
{
    struct journal_entry entry = entry_of(session, JOURNAL_ERROR, now);
    entry.how = "thrown-away";
    entry.why = "what was said in clear behind the word for TLS";
    entry.has_direction = true;
    entry.direction = side == CLIENT ? TO_SERVER : TO_CLIENT;
    entry.has_bytes = true;
    entry.bytes = bytes;
    journal_write(session->journal, &entry);
}

void log_tls(struct session *session, enum side side, const struct tls_facts *facts,
             struct span why, instant now)
{
    struct journal_entry entry = entry_of(session, JOURNAL_TLS, now);
    entry.has_direction = true;
    entry.direction = side == SERVER ? TO_SERVER : TO_CLIENT;
    entry.tls = facts;
    entry.trouble = why;
    journal_write(session->journal, &entry);
}

void log_close(struct session *session, instant now)
{
    if (session->logged_close)
        return;
    session->logged_close = true;
    struct journal_entry entry = entry_of(session, JOURNAL_CLOSE, now);
    entry.how = ending_name(session->ending);
    entry.why = ending_words(session->ending);
    for (int direction = 0; direction < 2; direction++) {
        entry.bytes_in[direction] = session->lanes[direction].bytes_in;
        entry.bytes_out[direction] = session->lanes[direction].bytes_out;
    }
    entry.commands = session->commands;
    entry.replies = session->replies;
    entry.messages = session->messages;
    entry.rules_fired = session->rules_fired;
    entry.lasted = now - session->began;
    journal_write(session->journal, &entry);
}
