/* poller: see poller.h. */
#include "proxy/poller.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/check.h"
#include "proxy/clock.h"

/* Edges told in one round; the rest waits in the kernel. */
#define EDGES_MAX 256

static void do_nothing(uv_async_t *async)
{
    (void)async;
}

static int add(struct poller *poller, int fd, uint32_t events, struct watch *watch)
{
    struct epoll_event event = { .events = events, .data.ptr = watch };
    return epoll_ctl(poller->fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0
                                                                 : uv_translate_sys_error(errno);
}

void poller_init(struct poller *poller)
{
    *poller = (struct poller){ .fd = epoll_create1(EPOLL_CLOEXEC), .loop_is_due = true };
    check(poller->fd >= 0);
    check(uv_loop_init(&poller->loop) == 0);
    check(uv_async_init(&poller->loop, &poller->keep, do_nothing) == 0);
    uv_unref((uv_handle_t *)&poller->keep);
    check(add(poller, uv_backend_fd(&poller->loop), EPOLLIN, NULL) == 0);
}

void poller_deinit(struct poller *poller)
{
    check(poller->watched == 0);
    uv_close((uv_handle_t *)&poller->keep, NULL);
    uv_run(&poller->loop, UV_RUN_DEFAULT);
    check(uv_loop_close(&poller->loop) == 0);
    close(poller->fd);
}

/* -- sockets ---------------------------------------------------------------------------------- */

static int watch_more(struct poller *poller, int fd, uint32_t events, struct watch *watch)
{
    int error = add(poller, fd, events, watch);
    if (!error && poller->watched++ == 0)
        uv_ref((uv_handle_t *)&poller->keep);
    return error;
}

int poller_watch(struct poller *poller, int fd, struct watch *watch)
{
    /* EPOLLPRI: urgent bytes cut a read short without anything being amiss. */
    return watch_more(poller, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET, watch);
}

int poller_watch_listener(struct poller *poller, int fd, struct watch *watch)
{
    return watch_more(poller, fd, EPOLLIN, watch);
}

void poller_unwatch(struct poller *poller, int fd)
{
    check(epoll_ctl(poller->fd, EPOLL_CTL_DEL, fd, NULL) == 0);
    poller_forget(poller);
}

void poller_forget(struct poller *poller)
{
    check(poller->watched > 0);
    if (--poller->watched == 0)
        uv_unref((uv_handle_t *)&poller->keep);
}

/* -- turns ------------------------------------------------------------------------------------ */

void poller_ask(struct poller *poller, struct turn *turn)
{
    if (turn->is_waiting)
        return;
    turn->is_waiting = true;
    turn->next = NULL;
    if (poller->last)
        poller->last->next = turn;
    else
        poller->first = turn;
    poller->last = turn;
    poller->waiting++;
}

void poller_withdraw(struct poller *poller, struct turn *turn)
{
    struct turn **place = &poller->first;
    struct turn *before = NULL;
    if (!turn->is_waiting)
        return;
    for (; *place != turn; place = &before->next)
        before = *place;
    *place = turn->next;
    if (poller->last == turn)
        poller->last = before;
    poller->waiting--;
    turn->is_waiting = false;
}

/* Those who ask while others are served wait for the next round. */
static void take_turns(struct poller *poller)
{
    for (size_t left = poller->waiting; left > 0 && poller->first; left--) {
        struct turn *turn = poller->first;
        poller_withdraw(poller, turn);
        turn->take(turn);
    }
}

/* -- rounds ----------------------------------------------------------------------------------- */

/* Milliseconds that may be slept; negative is without end. */
static int time_to_sleep(const struct poller *poller, int at_most)
{
    if (poller->first || poller->loop_is_due || !uv_loop_alive(&poller->loop))
        return 0;
    int due = uv_backend_timeout(&poller->loop);
    return at_most >= 0 && (due < 0 || at_most < due) ? at_most : due;
}

static void tell_edges(struct poller *poller, const struct epoll_event *edges, int count)
{
    for (int i = 0; i < count; i++) {
        struct watch *watch = edges[i].data.ptr;
        if (watch)
            watch->ready(watch, edges[i].events);
        else
            poller->loop_is_due = true;
    }
}

static void serve_loop(struct poller *poller)
{
    uv_update_time(&poller->loop);
    if (!poller->loop_is_due && uv_backend_timeout(&poller->loop) != 0)
        return;
    poller->loop_is_due = false;
    uv_run(&poller->loop, UV_RUN_NOWAIT);
}

void poller_round(struct poller *poller)
{
    struct epoll_event edges[EDGES_MAX];
    int at_most = poller->before_sleep ? poller->before_sleep(poller->owner) : -1;
    int count = epoll_wait(poller->fd, edges, EDGES_MAX, time_to_sleep(poller, at_most));
    check(count >= 0 || errno == EINTR);
    poller->now = clock_now();
    tell_edges(poller, edges, count);
    take_turns(poller);
    serve_loop(poller);
}

bool poller_is_alive(const struct poller *poller)
{
    return poller->first || uv_loop_alive(&poller->loop);
}

void poller_run(struct poller *poller)
{
    while (poller_is_alive(poller))
        poller_round(poller);
}
