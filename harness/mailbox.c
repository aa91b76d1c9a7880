/* mailbox: see mailbox.h. */
#include "harness/mailbox.h"

#include "base/check.h"

/* The store is its first member. */
static struct mailbox *mailbox_of(struct receiver_store *store)
{
    return (struct mailbox *)(void *)store;
}

static void begin(struct receiver_store *store, const struct envelope *envelope)
{
    struct mailbox *mailbox = mailbox_of(store);
    check(!mailbox->begun && envelope->has_sender && envelope->recipient_count > 0);
    mailbox->begun = true;
    text_clear(&mailbox->under_way);
}

static bool add(struct receiver_store *store, struct span bytes)
{
    struct mailbox *mailbox = mailbox_of(store);
    check(mailbox->begun);
    text_add(&mailbox->under_way, bytes);
    return true;
}

static bool finish(struct receiver_store *store)
{
    struct mailbox *mailbox = mailbox_of(store);
    check(mailbox->begun);
    mailbox->begun = false;
    mailbox->finished++;
    text_add(&mailbox->mail, text_span(&mailbox->under_way));
    return true;
}

static void abandon(struct receiver_store *store)
{
    struct mailbox *mailbox = mailbox_of(store);
    check(mailbox->begun);
    mailbox->begun = false;
    mailbox->abandoned++;
}

void mailbox_begin(struct mailbox *mailbox)
{
    mailbox->store = (struct receiver_store){ begin, add, finish, abandon };
    text_clear(&mailbox->mail);
    text_clear(&mailbox->under_way);
    mailbox->begun = false;
    mailbox->finished = mailbox->abandoned = 0;
}

void mailbox_deinit(struct mailbox *mailbox)
{
    text_deinit(&mailbox->mail);
    text_deinit(&mailbox->under_way);
}
