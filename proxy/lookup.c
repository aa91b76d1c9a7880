/* lookup: see lookup.h. A thread that asks knows its query and the mailbox, never the resolver,
 * which may be gone when the answer comes. */
#include "proxy/lookup.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

struct mailbox {
    uv_mutex_t mutex;     /* guards what follows */
    uv_async_t *answered; /* NULL: the resolver is gone */
    struct query *letters;
    unsigned references;
};

struct query {
    struct address address;
    struct mailbox *mailbox;
    struct query *next;     /* of those that run; the loop's */
    struct query *letter;   /* the one that came before it */
    struct lookup *waiting; /* the loop's */
    int error;
    struct addrinfo *found; /* owned */
};

static void query_free(struct query *query)
{
    if (query->found)
        freeaddrinfo(query->found);
    free(query);
}

/* -- in the thread that asks ------------------------------------------------------------------ */

static void mailbox_let_go(struct mailbox *mailbox)
{
    uv_mutex_lock(&mailbox->mutex);
    bool was_last = --mailbox->references == 0;
    uv_mutex_unlock(&mailbox->mutex);
    if (!was_last)
        return;
    uv_mutex_destroy(&mailbox->mutex);
    free(mailbox);
}

static int error_of(int code)
{
    if (code == EAI_SYSTEM)
        return UV_EIO;
    return code == EAI_AGAIN ? UV_EAI_AGAIN : UV_EAI_NONAME;
}

static void post(struct mailbox *mailbox, struct query *query)
{
    uv_mutex_lock(&mailbox->mutex);
    bool is_read = mailbox->answered != NULL;
    if (is_read) {
        query->letter = mailbox->letters;
        mailbox->letters = query;
        uv_async_send(mailbox->answered);
    }
    uv_mutex_unlock(&mailbox->mutex);
    if (!is_read)
        query_free(query);
    mailbox_let_go(mailbox);
}

static void *ask(void *argument)
{
    struct query *query = argument;
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)query->address.port);
    /* `:PORT` has no name: the machine itself, as getaddrinfo(3) has it. */
    const char *host = query->address.host[0] ? query->address.host : NULL;
    int code = getaddrinfo(host, port, &hints, &query->found);
    query->error = code == 0 ? 0 : error_of(code);
    post(query->mailbox, query);
    return NULL;
}

/* Nobody joins it; signals are the other threads'. */
static int begin_thread(struct query *query)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, &attributes, ask, query);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error ? uv_translate_sys_error(error) : 0;
}

/* -- in the loop ------------------------------------------------------------------------------ */

static void count_waiting(struct resolver *resolver, bool one_more)
{
    resolver->waiting += one_more ? 1 : (size_t)-1;
    if (resolver->waiting == 0)
        uv_unref((uv_handle_t *)&resolver->answered);
    else
        uv_ref((uv_handle_t *)&resolver->answered);
}

static void keep_found(struct lookup *lookup, const struct addrinfo *found)
{
    size_t count = 0;
    for (const struct addrinfo *one = found; one; one = one->ai_next)
        count++;
    lookup->found = calloc(count ? count : 1, sizeof *lookup->found);
    check(lookup->found != NULL);
    for (; found; found = found->ai_next) {
        struct socket_address *kept = &lookup->found[lookup->count++];
        check(found->ai_addrlen <= sizeof kept->storage);
        kept->size = found->ai_addrlen;
        memcpy(&kept->storage, found->ai_addr, found->ai_addrlen);
    }
}

/* Whoever is told may end others, which then leave the list. */
static void deliver(struct resolver *resolver, struct query *query)
{
    struct query **place = &resolver->running;
    while (*place != query)
        place = &(*place)->next;
    *place = query->next;
    while (query->waiting) {
        struct lookup *lookup = query->waiting;
        query->waiting = lookup->next;
        lookup->query = NULL;
        count_waiting(resolver, false);
        keep_found(lookup, query->found);
        lookup->done(lookup, query->error);
    }
    query_free(query);
}

static void on_answered(uv_async_t *answered)
{
    struct resolver *resolver = answered->data;
    struct mailbox *mailbox = resolver->mailbox;
    uv_mutex_lock(&mailbox->mutex);
    struct query *letters = mailbox->letters;
    mailbox->letters = NULL;
    uv_mutex_unlock(&mailbox->mutex);
    while (letters) {
        struct query *next = letters->letter;
        deliver(resolver, letters);
        letters = next;
    }
}

void resolver_init(struct resolver *resolver, uv_loop_t *loop)
{
    *resolver = (struct resolver){ .mailbox = calloc(1, sizeof *resolver->mailbox) };
    check(resolver->mailbox != NULL);
    check(uv_mutex_init(&resolver->mailbox->mutex) == 0);
    check(uv_async_init(loop, &resolver->answered, on_answered) == 0);
    resolver->answered.data = resolver;
    uv_unref((uv_handle_t *)&resolver->answered);
    resolver->mailbox->answered = &resolver->answered;
    resolver->mailbox->references = 1;
}

void resolver_end(struct resolver *resolver)
{
    struct mailbox *mailbox = resolver->mailbox;
    check(resolver->waiting == 0);
    on_answered(&resolver->answered);
    uv_mutex_lock(&mailbox->mutex);
    mailbox->answered = NULL;
    struct query *letters = mailbox->letters;
    mailbox->letters = NULL;
    uv_mutex_unlock(&mailbox->mutex);
    while (letters) {
        struct query *next = letters->letter;
        query_free(letters);
        letters = next;
    }
    uv_close((uv_handle_t *)&resolver->answered, NULL);
    mailbox_let_go(mailbox);
}

static struct query *find_running(const struct resolver *resolver, const struct address *address)
{
    struct query *query = resolver->running;
    while (query && !address_equal(&query->address, address))
        query = query->next;
    return query;
}

static struct query *begin_query(struct resolver *resolver, const struct address *address,
                                 int *error)
{
    struct query *query = calloc(1, sizeof *query);
    check(query != NULL);
    query->address = *address;
    query->mailbox = resolver->mailbox;
    query->next = resolver->running;
    uv_mutex_lock(&resolver->mailbox->mutex);
    resolver->mailbox->references++;
    uv_mutex_unlock(&resolver->mailbox->mutex);
    *error = begin_thread(query);
    if (*error) {
        mailbox_let_go(resolver->mailbox);
        free(query);
        return NULL;
    }
    resolver->running = query;
    return query;
}

int lookup_begin(struct lookup *lookup, struct resolver *resolver, const struct address *address,
                 lookup_done *done, void *owner)
{
    int error = 0;
    *lookup = (struct lookup){ .resolver = resolver, .done = done, .owner = owner };
    struct query *query = find_running(resolver, address);
    if (!query)
        query = begin_query(resolver, address, &error);
    if (error)
        return error;
    lookup->query = query;
    lookup->next = query->waiting;
    query->waiting = lookup;
    count_waiting(resolver, true);
    return 0;
}

bool lookup_is_busy(const struct lookup *lookup)
{
    return lookup->query != NULL;
}

bool lookup_has_next(const struct lookup *lookup)
{
    return lookup->tried < lookup->count;
}

bool lookup_next(struct lookup *lookup, struct socket_address *found)
{
    if (!lookup_has_next(lookup))
        return false;
    *found = lookup->found[lookup->tried++];
    return true;
}

void lookup_deinit(struct lookup *lookup)
{
    if (lookup->query) {
        struct lookup **place = &lookup->query->waiting;
        while (*place != lookup)
            place = &(*place)->next;
        *place = lookup->next;
        lookup->query = NULL;
        count_waiting(lookup->resolver, false);
    }
    free(lookup->found);
    lookup->found = NULL;
    lookup->count = lookup->tried = 0;
}
