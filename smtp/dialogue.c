/* dialogue: see dialogue.h. */
#include "smtp/dialogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/apart.h"
#include "base/check.h"
#include "base/limits.h"
#include "smtp/parse.h"

void dialogue_init(struct dialogue *dialogue)
{
    *dialogue = (struct dialogue){ 0 };
    dialogue->helo.max = ADDRESS_MAX;
}

void envelope_deinit(struct envelope *envelope)
{
    text_deinit(&envelope->sender);
    text_deinit(&envelope->recipients);
}

void dialogue_deinit(struct dialogue *dialogue)
{
    dialogue_forget_pending(dialogue);
    for (size_t i = 0; i < dialogue->capacity; i++)
        text_deinit(&dialogue->queue[i].address);
    free(dialogue->queue);
    text_deinit(&dialogue->helo);
    envelope_deinit(&dialogue->said);
    envelope_deinit(&dialogue->granted);
}

struct span pending_copy(struct span bytes)
{
    uint8_t *copy = malloc(bytes.len + 1);
    check(copy != NULL);
    if (bytes.len)
        memcpy(copy, bytes.ptr, bytes.len);
    return span_make(copy, bytes.len);
}

void pending_forget_held(struct pending *pending)
{
    free((void *)pending->held.ptr);
    pending->held = span_make(NULL, 0);
}

static void pending_deinit(struct pending *pending)
{
    if (pending->answer.ptr || pending->held.ptr) {
        free((void *)pending->answer.ptr);
        free((void *)pending->held.ptr);
    }
}

struct pending *dialogue_nth(const struct dialogue *dialogue, size_t n)
{
    check(n < dialogue->count);
    return &dialogue->queue[(dialogue->first + n) & (dialogue->capacity - 1)];
}

RARE static void grow(struct dialogue *dialogue)
{
    size_t capacity = dialogue->capacity ? dialogue->capacity * 2 : 4;
    struct pending *queue = calloc(capacity, sizeof *queue);
    check(queue != NULL);
    for (size_t i = 0; i < dialogue->count; i++)
        queue[i] = *dialogue_nth(dialogue, i);
    free(dialogue->queue);
    dialogue->queue = queue;
    dialogue->capacity = capacity;
    dialogue->first = 0;
}

/* Field by field: to clear so large a struct at once, compilers reach for an instruction that is
 * slow to start. */
static void pending_init(struct pending *pending)
{
    pending->client_verb = pending->server_verb = VERB_NONE;
    pending->source = REPLY_PASSES;
    pending->after_message = pending->overtook = pending->kept = false;
    pending->size = 0;
    pending->replies = 1;
    text_clear(&pending->address);
    pending->answer = pending->held = span_make(NULL, 0);
    pending->wait = 0;
    pending->fate = 0;
}

struct pending *dialogue_expect(struct dialogue *dialogue)
{
    if (dialogue->count == dialogue->capacity)
        grow(dialogue);
    dialogue->count++;
    struct pending *pending = dialogue_newest(dialogue);
    pending_init(pending);
    return pending;
}

struct pending *dialogue_next(const struct dialogue *dialogue)
{
    return dialogue->count ? dialogue_nth(dialogue, 0) : NULL;
}

struct pending *dialogue_newest(const struct dialogue *dialogue)
{
    return dialogue_nth(dialogue, dialogue->count - 1);
}

void dialogue_answered(struct dialogue *dialogue)
{
    struct pending *next = dialogue_nth(dialogue, 0);
    if (--next->replies > 0)
        return;
    pending_deinit(next);
    dialogue->first = (dialogue->first + 1) & (dialogue->capacity - 1);
    dialogue->count--;
}

static void change_places(const struct dialogue *dialogue, size_t a, size_t b)
{
    struct pending pending = *dialogue_nth(dialogue, a);
    *dialogue_nth(dialogue, a) = *dialogue_nth(dialogue, b);
    *dialogue_nth(dialogue, b) = pending;
}

void dialogue_straighten(struct dialogue *dialogue)
{
    change_places(dialogue, 0, 1);
    dialogue_nth(dialogue, 1)->overtook = false;
}

void dialogue_forget_pending(struct dialogue *dialogue)
{
    while (dialogue->count > 0) {
        dialogue_nth(dialogue, 0)->replies = 1;
        dialogue_answered(dialogue);
    }
}

void dialogue_forget_added(struct dialogue *dialogue)
{
    size_t added = 0;
    while (1 + added < dialogue->count &&
           dialogue_nth(dialogue, 1 + added)->client_verb == VERB_NONE)
        pending_deinit(dialogue_nth(dialogue, 1 + added++));
    for (size_t i = 1; i + added < dialogue->count; i++)
        change_places(dialogue, i, i + added);
    dialogue->count -= added;
}

void envelope_reset(struct envelope *envelope)
{
    envelope->has_sender = false;
    text_clear(&envelope->sender);
    text_clear(&envelope->recipients);
    envelope->recipient_count = 0;
    envelope->declared_size = 0;
}

void envelope_begin(struct envelope *envelope, struct span sender)
{
    envelope_reset(envelope);
    envelope->number++;
    envelope->has_sender = true;
    text_add(&envelope->sender, span_take(sender, ADDRESS_MAX));
}

void envelope_add(struct envelope *envelope, struct span recipient)
{
    if (envelope->recipient_count++ >= RECIPIENTS_MAX)
        return;
    text_add(&envelope->recipients, span_take(recipient, ADDRESS_MAX));
    text_add_byte(&envelope->recipients, 0);
}

struct span envelope_recipient(const struct envelope *envelope, size_t n)
{
    struct span rest = text_span(&envelope->recipients);
    while (n-- > 0)
        rest = span_cut(rest, 0).after;
    return span_cut(rest, 0).before;
}

bool envelope_has_recipient(const struct envelope *envelope, struct span glob)
{
    struct span rest = text_span(&envelope->recipients);
    while (rest.len > 0) {
        struct cut recipient = span_cut(rest, 0);
        if (span_matches_glob(recipient.before, glob))
            return true;
        rest = recipient.after;
    }
    return false;
}

uint64_t dialogue_size(const struct dialogue *dialogue)
{
    uint64_t declared = dialogue->said.declared_size;
    return declared > dialogue->body_bytes ? declared : dialogue->body_bytes;
}

static void say_hello(struct dialogue *dialogue, const struct smtp_command *command)
{
    text_clear(&dialogue->helo);
    text_add(&dialogue->helo, command->argument);
    dialogue->lmtp = command->verb == VERB_LHLO;
    dialogue->esmtp = command->verb != VERB_HELO;
    envelope_reset(&dialogue->said);
}

void dialogue_said(struct dialogue *dialogue, const struct smtp_command *command)
{
    dialogue->verbs_said |= UINT32_C(1) << command->verb;
    struct span size;
    if (verb_is_hello(command->verb)) {
        say_hello(dialogue, command);
    } else if (command->verb == VERB_MAIL) {
        envelope_begin(&dialogue->said, command->address);
        dialogue->body_bytes = 0;
        if (smtp_parameter(command->parameters, SPAN("SIZE"), &size))
            span_number(size, &dialogue->said.declared_size);
    } else if (command->verb == VERB_RCPT) {
        envelope_add(&dialogue->said, command->address);
    } else if (command->verb == VERB_RSET) {
        envelope_reset(&dialogue->said);
    }
}

/* A MAIL that was refused is a message too: both envelopes count alike, each in its own time. What
 * stood before it is no longer known to stand. */
static void envelope_refuse(struct envelope *envelope)
{
    envelope->number++;
    envelope->has_sender = false;
}

void dialogue_granted(struct dialogue *dialogue, const struct pending *command, unsigned code)
{
    bool is_mail = command->client_verb == VERB_MAIL;
    if (is_mail && code / 100 != 2)
        envelope_refuse(&dialogue->granted);
    else if (code / 100 != 2)
        return;
    else if (is_mail)
        envelope_begin(&dialogue->granted, text_span(&command->address));
    else if (command->client_verb == VERB_RCPT)
        envelope_add(&dialogue->granted, text_span(&command->address));
    else if (command->client_verb == VERB_RSET || verb_is_hello(command->client_verb))
        envelope_reset(&dialogue->granted);
}
