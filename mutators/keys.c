/* keys: see keys.h. */
#include "mutators/keys.h"

#include "base/check.h"
#include "mutators/subnet.h"
#include "smtp/about.h"

static uint64_t sender_hash(const struct key_source *from, uint64_t hash)
{
    struct span sender;
    about_sender(from->dialogue, from->event, &sender);
    return span_hash_nocase(sender, hash);
}

static struct span domain_of(struct span mailbox)
{
    size_t at = mailbox.len;
    while (at > 0 && mailbox.ptr[at - 1] != '@')
        at--;
    return at > 0 ? span_drop(mailbox, at) : SPAN("");
}

uint64_t key_hash(enum key key, const struct key_source *from)
{
    uint64_t hash = SPAN_HASH_BEGIN ^ ((uint64_t)key << 56);
    struct span client = from->facts->client_ip;
    struct span recipient = about_recipient(from->dialogue, from->event);
    switch (key) {
    case KEY_CLIENT: return span_hash(client, hash);
    case KEY_SUBNET: return subnet_hash(client) ^ hash;
    case KEY_SENDER: return sender_hash(from, hash);
    case KEY_RECIPIENT: return span_hash_nocase(recipient, hash);
    case KEY_DOMAIN: return span_hash_nocase(domain_of(recipient), hash);
    case KEY_TRIPLET:
        return span_hash_nocase(recipient, sender_hash(from, span_hash(client, hash)));
    case KEY_SESSION: return span_hash(from->facts->guid, hash);
    case KEY_RUN: return hash;
    case KEY_KINDS: break;
    }
    check(false);
    return 0;
}

/* Lists of one name are one list, whichever rule speaks of it. */
static uint64_t list_key(struct span name, enum key key, const struct key_source *from)
{
    return span_hash(SPAN("list"), span_hash(name, key_hash(key, from)));
}

void list_put(struct recall *recall, struct span name, enum key key, const struct key_source *from,
              instant now, instant until)
{
    recall_list(recall, list_key(name, key, from), now, until);
}

bool list_holds(struct recall *recall, struct span name, const struct key_source *from, instant now)
{
    for (enum key key = KEY_CLIENT; key < KEY_KINDS; key++)
        if (recall_is_listed(recall, list_key(name, key, from), now))
            return true;
    return false;
}
