/* dialogue: what both sides were told. It pairs replies with commands through a queue, knows the
 * phase that each side believes in, and remembers the envelope. It changes when an event has passed
 * the rules, not when it arrives: a 354 that was turned into 554 makes the client's next bytes
 * commands. */
#ifndef SMTPCHAOS_SMTP_DIALOGUE_H
#define SMTPCHAOS_SMTP_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/text.h"
#include "smtp/event.h"

/* Where the reply that the client is owed for a command comes from. */
enum reply_source {
    REPLY_PASSES,    /* the server's reply is the client's */
    REPLY_SWALLOWED, /* the server will reply, the client never asked: the reply goes nowhere */
    REPLY_LOCAL,     /* the server was spared: `answer` is said when its turn comes */
    REPLY_REPLACED   /* the server was told and will reply; the client hears `answer` instead */
};

/* One command that waits for its reply. */
struct pending {
    enum verb client_verb; /* as the client said it; VERB_NONE for one a rule added */
    enum verb server_verb; /* as the server heard it; VERB_NONE when it was spared */
    enum reply_source source;
    bool after_message;  /* the reply answers the end of a message */
    bool overtook;       /* the server heard it before the one behind it, which is the client's
                          * first: its reply waits for that one's */
    bool kept;           /* ... and has come: `held` */
    uint64_t size;       /* ... and this is the message's, in bytes (smtp/about.h) */
    unsigned replies;    /* replies still to come for it: 1, or LMTP's one for each recipient */
    struct text address; /* MAIL, RCPT; its memory serves whoever stands in this place next */
    struct span answer;  /* REPLY_LOCAL, REPLY_REPLACED: owned copy of the reply, CRLF included */
    struct span held;    /* the server's reply, which waits for TLS with it, or because its
                          * command overtook another: owned copy */
    duration wait;       /* how long the answer is held back once its turn has come */
    unsigned fate;       /* enum fate of mutators/mutation.h that follows the answer */
};

/* A message as one side knows it. */
struct envelope {
    uint64_t number; /* nth message of the session, from 1 at the first MAIL */
    bool has_sender;
    struct text sender;     /* the reverse-path, without angle brackets; may be empty */
    struct text recipients; /* addresses, each followed by a NUL; at most RECIPIENTS_MAX */
    size_t recipient_count; /* how many RCPTs there were, the forgotten ones too */
    uint64_t declared_size; /* MAIL's SIZE= (RFC 1870); 0 when not declared */
};

struct dialogue {
    struct text helo;        /* the name the client gave with HELO, EHLO or LHLO */
    bool lmtp;               /* it said LHLO: one reply a recipient (RFC 2033 section 4.2) */
    bool esmtp;              /* it said EHLO or LHLO */
    bool tls;                /* the client's side is encrypted */
    bool server_tls;         /* the server's side is */
    uint32_t verbs_said;     /* a bit for each verb that the client has said */
    uint32_t verbs_answered; /* ... and has heard the reply to */
    bool server_in_body;     /* the server has said 354 and has not had the end of mail */
    bool client_in_body;     /* the client was told 354 and has not sent the end of mail */
    struct envelope said;    /* as the client has said it */
    struct envelope granted; /* as the client was told that it stands: MAIL and RCPT with 2xx */
    uint64_t body_bytes;     /* of the message under way */
    struct pending *queue;   /* ring of `capacity`, a power of two; first at `first` */
    size_t first;
    size_t count;
    size_t capacity;
};

void dialogue_init(struct dialogue *dialogue);
void dialogue_deinit(struct dialogue *dialogue);

/* Adds a command to the end of the queue, all fields zero or empty but `replies` (1). Whoever takes
 * commands from a client stops at PENDING_MAX; what rules add to one command may go beyond. Valid
 * until the queue changes. */
struct pending *dialogue_expect(struct dialogue *dialogue);
/* The command whose reply is next, or NULL. */
struct pending *dialogue_next(const struct dialogue *dialogue);
/* The last command added; the queue must not be empty. */
struct pending *dialogue_newest(const struct dialogue *dialogue);
/* The nth waiting command from the next one (0); n must be below count. */
struct pending *dialogue_nth(const struct dialogue *dialogue, size_t n);
/* One reply for the next command has been dealt with; the command leaves when it was the last. */
void dialogue_answered(struct dialogue *dialogue);
/* The next command and the one behind it, which it overtook on its way, stand as the client said
 * them. */
void dialogue_straighten(struct dialogue *dialogue);
/* Forgets every waiting command. */
void dialogue_forget_pending(struct dialogue *dialogue);
/* Forgets waiting commands that a rule added right behind the next one: the server took them for
 * mail. */
void dialogue_forget_added(struct dialogue *dialogue);

/* Bytes of the message that the client is saying: as declared, or as have come if those are
 * more. */
uint64_t dialogue_size(const struct dialogue *dialogue);

/* What the client said becomes the envelope as said: HELO, MAIL, RCPT, RSET. */
void dialogue_said(struct dialogue *dialogue, const struct smtp_command *command);
/* What the client heard for a command becomes the envelope as granted. A MAIL that was refused
 * counts as a message, of which nothing is known. */
void dialogue_granted(struct dialogue *dialogue, const struct pending *command, unsigned code);

/* A zeroed envelope is empty. */
void envelope_deinit(struct envelope *envelope);
void envelope_reset(struct envelope *envelope);
/* The next message begins: MAIL; and one more recipient. Too much of either is not remembered. */
void envelope_begin(struct envelope *envelope, struct span sender);
void envelope_add(struct envelope *envelope, struct span recipient);
/* The nth remembered recipient, empty when there is none. */
struct span envelope_recipient(const struct envelope *envelope, size_t n);
bool envelope_has_recipient(const struct envelope *envelope, struct span glob);

/* An owned copy of bytes for struct pending; freed when the command leaves. */
struct span pending_copy(struct span bytes);
/* Forgets the reply that waited for TLS. */
void pending_forget_held(struct pending *pending);

#endif
