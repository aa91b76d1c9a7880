/* event_fixture: events as a decoder would make them, and a dialogue as it has gone so far. */
#ifndef SMTPCHAOS_TESTS_UNIT_EVENT_FIXTURE_H
#define SMTPCHAOS_TESTS_UNIT_EVENT_FIXTURE_H

#include "smtp/dialogue.h"
#include "smtp/event.h"

/* Views point into the string, which must outlive the event. */
struct smtp_event event_command(const char *line);
struct smtp_event event_reply(const char *raw, enum verb after);
/* The reply to `RCPT TO:<recipient>`. */
struct smtp_event event_rcpt_reply(const char *raw, const char *recipient);
struct smtp_event event_body(const char *line, uint64_t offset);
struct smtp_event event_of(enum smtp_event_kind kind, enum direction going);

/* The client says a command, and hears `code` for it; 0 leaves it waiting. */
void dialogue_goes(struct dialogue *dialogue, const char *line, unsigned code);
/* The client hears `code` for the command that waits longest. */
void dialogue_hears(struct dialogue *dialogue, unsigned code);

#endif
