/* test_poller: an edge is told once, turns come behind edges, libuv has its share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "proxy/poller.h"

struct seen {
    struct watch watch;
    struct turn turn;
    struct poller *poller;
    struct seen *closes; /* whose socket is closed when this one's has changed */
    int fd;
    int edges;
    int turns;
    int turns_left; /* asked for again from within a turn */
    uint32_t events;
};

static void on_edge(struct watch *watch, uint32_t events)
{
    struct seen *seen = (struct seen *)watch;
    seen->edges++;
    seen->events |= events;
    if (seen->closes && seen->closes->fd >= 0) {
        close(seen->closes->fd);
        seen->closes->fd = -1;
        poller_forget(seen->poller);
    }
}

static void on_turn(struct turn *turn)
{
    struct seen *seen = (struct seen *)((char *)turn - offsetof(struct seen, turn));
    seen->turns++;
    if (seen->turns_left-- > 0)
        poller_ask(seen->poller, turn);
}

static void watch_pair(struct poller *poller, struct seen *seen, int *other)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    *seen = (struct seen){
        .watch.ready = on_edge, .turn.take = on_turn, .poller = poller, .fd = pair[0]
    };
    *other = pair[1];
    assert_int_equal(poller_watch(poller, seen->fd, &seen->watch), 0);
}

static void let_go(struct seen *seen, int other)
{
    if (seen->fd >= 0) {
        close(seen->fd);
        poller_forget(seen->poller);
    }
    close(other);
}

static void say(int fd)
{
    assert_int_equal(write(fd, "x", 1), 1);
}

/* A turn that is always asked for keeps a round from waiting. */
static void round_without_wait(struct poller *poller)
{
    struct seen nobody = { .turn.take = on_turn, .poller = poller };
    poller_ask(poller, &nobody.turn);
    poller_round(poller);
    assert_int_equal(nobody.turns, 1);
}

static void test_an_edge_is_told_once(void **state)
{
    struct poller poller;
    struct seen seen;
    int other;
    (void)state;
    poller_init(&poller);
    watch_pair(&poller, &seen, &other);
    say(other);
    round_without_wait(&poller);
    assert_int_equal(seen.edges, 1);
    assert_true(seen.events & EPOLLIN);
    round_without_wait(&poller);
    assert_int_equal(seen.edges, 1);
    say(other);
    round_without_wait(&poller);
    assert_int_equal(seen.edges, 2);
    close(other);
    seen.events = 0;
    round_without_wait(&poller);
    assert_true(seen.events & EPOLLRDHUP);
    let_go(&seen, -1);
    poller_deinit(&poller);
}

static void test_a_closed_socket_is_not_told_in_the_next_round(void **state)
{
    struct poller poller;
    struct seen first;
    struct seen second;
    int others[2];
    (void)state;
    poller_init(&poller);
    watch_pair(&poller, &first, &others[0]);
    watch_pair(&poller, &second, &others[1]);
    first.closes = &second;
    round_without_wait(&poller);
    int edges = second.edges;
    say(others[0]);
    round_without_wait(&poller);
    assert_int_equal(second.edges, edges);
    assert_int_equal(first.edges, 2);
    let_go(&first, others[0]);
    let_go(&second, others[1]);
    poller_deinit(&poller);
}

static void test_turns_come_in_order_and_once_a_round(void **state)
{
    struct poller poller;
    struct seen greedy = { .turn.take = on_turn, .turns_left = 2 };
    struct seen modest = { .turn.take = on_turn };
    (void)state;
    poller_init(&poller);
    greedy.poller = modest.poller = &poller;
    poller_ask(&poller, &greedy.turn);
    poller_ask(&poller, &greedy.turn);
    poller_ask(&poller, &modest.turn);
    poller_round(&poller);
    assert_int_equal(greedy.turns, 1);
    assert_int_equal(modest.turns, 1);
    assert_true(poller_is_alive(&poller));
    poller_run(&poller);
    assert_int_equal(greedy.turns, 3);
    assert_int_equal(modest.turns, 1);
    poller_deinit(&poller);
}

static void test_a_turn_can_be_withdrawn(void **state)
{
    struct poller poller;
    struct seen all[3] = { 0 };
    (void)state;
    poller_init(&poller);
    for (int i = 0; i < 3; i++) {
        all[i].turn.take = on_turn;
        all[i].poller = &poller;
        poller_ask(&poller, &all[i].turn);
    }
    poller_withdraw(&poller, &all[2].turn);
    poller_withdraw(&poller, &all[0].turn);
    poller_withdraw(&poller, &all[0].turn);
    poller_ask(&poller, &all[2].turn);
    poller_round(&poller);
    assert_int_equal(all[0].turns, 0);
    assert_int_equal(all[1].turns, 1);
    assert_int_equal(all[2].turns, 1);
    poller_deinit(&poller);
}

static void on_timer(uv_timer_t *timer)
{
    *(int *)timer->data += 1;
    uv_close((uv_handle_t *)timer, NULL);
}

/* A timer that fires ends the round: whoever waits for what it does gets to look. */
static void test_timers_of_libuv_end_a_round(void **state)
{
    struct poller poller;
    struct seen seen;
    uv_timer_t timer;
    int fired = 0;
    int other;
    (void)state;
    poller_init(&poller);
    watch_pair(&poller, &seen, &other);
    uv_timer_init(&poller.loop, &timer);
    timer.data = &fired;
    uv_timer_start(&timer, on_timer, 1, 0);
    for (int rounds = 0; rounds < 10 && !fired; rounds++)
        poller_round(&poller);
    assert_int_equal(fired, 1);
    let_go(&seen, other);
    poller_deinit(&poller);
}

/* While a socket is watched the poller is alive, with nothing else to wait for. */
static void test_sockets_keep_it_alive(void **state)
{
    struct poller poller;
    struct seen seen;
    int other;
    (void)state;
    poller_init(&poller);
    assert_false(poller_is_alive(&poller));
    watch_pair(&poller, &seen, &other);
    assert_true(poller_is_alive(&poller));
    poller_unwatch(&poller, seen.fd);
    assert_false(poller_is_alive(&poller));
    close(seen.fd);
    close(other);
    poller_deinit(&poller);
}

static int wait_briefly(void *owner)
{
    *(int *)owner += 1;
    return 1;
}

/* Whoever puts something off is asked again soon, though nothing has happened. */
static void test_a_wait_is_as_long_as_is_allowed(void **state)
{
    struct poller poller;
    struct seen seen;
    int asked = 0;
    int other;
    (void)state;
    poller_init(&poller);
    watch_pair(&poller, &seen, &other);
    poller.before_sleep = wait_briefly;
    poller.owner = &asked;
    for (int round = 0; round < 4; round++)
        poller_round(&poller);
    assert_int_equal(asked, 4);
    let_go(&seen, other);
    poller_deinit(&poller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_edge_is_told_once),
        cmocka_unit_test(test_a_closed_socket_is_not_told_in_the_next_round),
        cmocka_unit_test(test_turns_come_in_order_and_once_a_round),
        cmocka_unit_test(test_a_turn_can_be_withdrawn),
        cmocka_unit_test(test_timers_of_libuv_end_a_round),
        cmocka_unit_test(test_sockets_keep_it_alive),
        cmocka_unit_test(test_a_wait_is_as_long_as_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
