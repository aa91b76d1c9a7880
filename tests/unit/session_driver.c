/* session_driver: see session_driver.h. */
#include "session_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "play/made_up.h"

static void keep_entry(struct journal *journal, const struct journal_entry *entry)
{
    struct driver *driver =
        (struct driver *)(void *)((uint8_t *)journal - offsetof(struct driver, journal));
    journal_json_entry(entry, &driver->log);
}

static void load_rules(struct driver *driver, const char *const *rules)
{
    struct text error = { 0 };
    driver->rules = rule_set_new();
    for (; rules && *rules; rules++)
        if (!rule_set_add_line(driver->rules, span_of(*rules), (struct place){ 0 }, &error))
            fail_msg("%s", text_string(&error));
    text_deinit(&error);
}

static void hear(struct driver *driver, enum side side)
{
    enum direction going = side == SERVER ? TO_SERVER : TO_CLIENT;
    struct span ready = session_peek(driver->session, going);
    text_add(&driver->heard[side].bytes, ready);
    session_consume(driver->session, going, ready.len, driver->now);
}

static void connect(struct driver *driver)
{
    if (driver->server == DRIVER_REFUSES)
        session_ended(driver->session, SERVER, ENDING_SERVER_REFUSED, driver->now);
    else
        session_connected(driver->session, driver->now);
}

static bool shake(struct driver *driver, enum side side)
{
    static const struct tls_facts facts = { .version = "TLSv1.3", .cipher = "none" };
    unsigned wishes = session_wishes(driver->session, side);
    if (wishes & WISH_BARE) {
        session_bared(driver->session, side, driver->now);
        return true;
    }
    if (!(wishes & WISH_SECURE))
        return false;
    driver->handshakes[side]++;
    session_secured(driver->session, side, &facts, driver->now);
    return true;
}

/* Does one thing that a side wishes; false when there is none. */
static bool grant(struct driver *driver, enum side side)
{
    struct heard *heard = &driver->heard[side];
    unsigned wishes = session_wishes(driver->session, side);
    if (!driver->slow_handshakes && shake(driver, side))
        return true;
    if (wishes & WISH_CONNECT && driver->server != DRIVER_SILENT)
        connect(driver);
    else if (wishes & WISH_WRITE && !driver->stopped[side])
        hear(driver, side);
    else if (wishes & WISH_FINISH) {
        heard->finished = true;
        session_finished(driver->session, side, driver->now);
    } else {
        heard->torn |= (wishes & WISH_RESET) != 0;
        heard->finished |= (wishes & WISH_CLOSE) != 0 && !heard->torn;
        return false;
    }
    return true;
}

static void settle(struct driver *driver)
{
    while (grant(driver, CLIENT) || grant(driver, SERVER))
        continue;
}

void driver_begin(struct driver *driver, const char *const *rules, uint64_t seed)
{
    const struct session_options options = { .seed = seed };
    driver_begin_with(driver, rules, &options, DRIVER_ACCEPTS);
}

static void begin(struct driver *driver, const char *const *rules,
                  const struct session_options *options, enum driver_server server,
                  struct recorder *recorder)
{
    *driver = (struct driver){ .now = MADE_UP_BEGINNING, .options = *options, .server = server };
    driver->journal.write = keep_entry;
    driver->recall = recall_new(0);
    load_rules(driver, rules);
    struct session_setup setup = {
        .options = &driver->options,
        .rules = driver->rules,
        .recall = driver->recall,
        .pool = &driver->pool,
        .journal = &driver->journal,
        .facts = MADE_UP_FACTS,
    };
    if (recorder)
        recorder_begin(recorder, &setup, NULL, driver->now);
    driver->session = session_new(&setup, driver->now);
    settle(driver);
}

void driver_begin_with(struct driver *driver, const char *const *rules,
                       const struct session_options *options, enum driver_server server)
{
    begin(driver, rules, options, server, NULL);
}

void driver_begin_recorded(struct driver *driver, const char *const *rules,
                           const struct session_options *options, struct recorder *recorder)
{
    begin(driver, rules, options, DRIVER_ACCEPTS, recorder);
}

void driver_end(struct driver *driver)
{
    session_free(driver->session, driver->now);
    rule_set_free(driver->rules);
    recall_free(driver->recall);
    pool_deinit(&driver->pool);
    text_deinit(&driver->log);
    text_deinit(&driver->heard[CLIENT].bytes);
    text_deinit(&driver->heard[SERVER].bytes);
}

/* One read of the session's; answers how many bytes it took. */
static size_t say_once(struct driver *driver, enum side side, struct span bytes)
{
    enum direction going = side == CLIENT ? TO_SERVER : TO_CLIENT;
    size_t taken = session_receive(driver->session, going, bytes, driver->now);
    settle(driver);
    return taken;
}

void driver_say(struct driver *driver, enum side side, struct span bytes)
{
    while (bytes.len > 0)
        bytes = span_drop(bytes, say_once(driver, side, bytes));
}

size_t driver_offer(struct driver *driver, enum side side, struct span bytes)
{
    size_t taken = 0;
    while (taken < bytes.len && session_wishes(driver->session, side) & WISH_READ)
        taken += say_once(driver, side, span_drop(bytes, taken));
    return taken;
}

void driver_resume(struct driver *driver, enum side side)
{
    driver->stopped[side] = false;
    settle(driver);
}

void driver_shake(struct driver *driver, enum side side)
{
    shake(driver, side);
    settle(driver);
}

void driver_tick(struct driver *driver)
{
    session_tick(driver->session, driver->now);
    settle(driver);
}

void driver_finish(struct driver *driver, enum side side)
{
    session_ended(driver->session, side,
                  side == CLIENT ? ENDING_CLIENT_CLOSED : ENDING_SERVER_CLOSED, driver->now);
    settle(driver);
}

void driver_tear(struct driver *driver, enum side side)
{
    session_ended(driver->session, side, side == CLIENT ? ENDING_CLIENT_RESET : ENDING_SERVER_RESET,
                  driver->now);
    settle(driver);
}

void driver_pass(struct driver *driver, duration wait)
{
    instant end = instant_after(driver->now, wait);
    instant due = session_deadline(driver->session);
    while (due <= end) {
        driver->now = due > driver->now ? due : driver->now;
        session_tick(driver->session, driver->now);
        settle(driver);
        due = session_deadline(driver->session);
    }
    driver->now = end;
}

void driver_hears(struct driver *driver, enum side side, const char *bytes)
{
    struct text shown = { 0 };
    struct text wanted = { 0 };
    text_add_escaped(&shown, text_span(&driver->heard[side].bytes));
    text_add_escaped(&wanted, span_of(bytes));
    assert_string_equal(text_string(&shown), text_string(&wanted));
    text_clear(&driver->heard[side].bytes);
    text_deinit(&shown);
    text_deinit(&wanted);
}
