/* mutation_fixture: one mutator with its parameters, told of events as a session tells it, and what
 * it asked for as bytes that a test can compare. */
#ifndef SMTPCHAOS_TESTS_UNIT_MUTATION_FIXTURE_H
#define SMTPCHAOS_TESTS_UNIT_MUTATION_FIXTURE_H

#include "mutators/mutator.h"

/* Bytes of a string literal, NULs included, for tables. */
#define BYTES(literal)                                                                             \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

struct mutation_fixture {
    const struct mutator *mutator;
    struct argument arguments[PARAMS_MAX];
    struct mutation mutation;
    struct dialogue dialogue;
    struct facts facts;
    struct smtp_event event;
    enum verdict verdict;
    void *state;
    struct text outcome;
    /* where the mail under way stands */
    uint64_t offset;
    bool in_headers;
    bool line_began;
};

/* `said` is what a rule says behind the mutator: `reply="451 no" upstream=told`. What it says must
 * be right. A client at 192.0.2.1 has said EHLO, MAIL and RCPT; the time is one hour. */
void fixture_begin(struct mutation_fixture *fixture, const struct mutator *mutator,
                   const char *said);
void fixture_end(struct mutation_fixture *fixture);

/* What happens next: `command`, `greeting`, `reply after VERB`, `final reply`, `body`, `text` (body
 * behind the header block), `body-end`, `chunked body-end`, `connect`, `close`; `to server` unless
 * it is a greeting or reply, or ends in ` to client`. The answer is what the mutator asked for,
 * valid until the next call:
 *
 *   untouched               the event stays as it is
 *   dropped                 nothing leaves
 *   22|(5s)0 mx\r\n         a piece that waits behind the one before it
 *   NOOP\r\n|+RCPT ...\r\n  pieces that leave, a plus before those beside the event
 *   answer 451 no\r\n       the server is spared; `told` for `answer` when it is not
 *   ; delay 5s; pace 1 every 100ms; finish after 0
 */
struct span fixture_hears(struct mutation_fixture *fixture, const char *what, struct span raw);
/* Another message begins. */
void fixture_next_message(struct mutation_fixture *fixture);
/* The client says a command that only the dialogue hears. */
void fixture_client_said(struct mutation_fixture *fixture, struct span line);
/* What becomes of a whole mail whose lines are told one by one, in pieces of at most `piece`
 * bytes. */
struct span fixture_mail(struct mutation_fixture *fixture, struct span mail, size_t piece);

/* One row of a table: what is said of the mutator, what it hears, and what it asks for. */
struct mutation_case {
    const char *said;
    const char *what;
    struct span raw;
    struct span outcome;
};

void expect_cases(const struct mutator *mutator, const struct mutation_case *cases, size_t count);
#define EXPECT_CASES(mutator, cases)                                                               \
    expect_cases(&(mutator), (cases), sizeof(cases) / sizeof((cases)[0]))
/* Equality of bytes; both are shown when they differ. */
void expect_bytes(struct span got, struct span expected, const char *about);
/* `said` is refused by the mutator's own check, with a reason that contains `reason`. */
void expect_refused(const struct mutator *mutator, const char *said, const char *reason);

#endif
