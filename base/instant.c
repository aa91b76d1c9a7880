/* instant: see instant.h. */
#include "base/instant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/pen.h"

instant instant_after(instant now, duration wait)
{
    return now > NEVER - wait ? NEVER : now + wait;
}

instant instant_min(instant a, instant b)
{
    return a < b ? a : b;
}

static struct tm broken_down(instant when)
{
    time_t seconds = (time_t)(when / SECONDS(1));
    struct tm parts;
    check(gmtime_r(&seconds, &parts) != NULL);
    return parts;
}

/* A number of that many digits, and what follows it. */
static uint8_t *add_digits(uint8_t *at, unsigned number, unsigned digits, char behind)
{
    at = pen_digits(at, number, digits);
    *at = (uint8_t)behind;
    return at + 1;
}

/* All of it but the fraction; answers where that begins. */
static uint8_t *format_second(instant when, uint8_t *at)
{
    struct tm parts = broken_down(when);
    at = add_digits(at, (unsigned)parts.tm_year + 1900, 4, '-');
    at = add_digits(at, (unsigned)parts.tm_mon + 1, 2, '-');
    at = add_digits(at, (unsigned)parts.tm_mday, 2, 'T');
    at = add_digits(at, (unsigned)parts.tm_hour, 2, ':');
    at = add_digits(at, (unsigned)parts.tm_min, 2, ':');
    return add_digits(at, (unsigned)parts.tm_sec, 2, '.');
}

/* The journal writes the time of every line: strftime would cost more than all the rest of it, and
 * the calendar is asked only once a second. Lines that are made together have the same time. */
void instant_format(instant when, char text[INSTANT_TEXT_SIZE])
{
    static _Thread_local struct {
        instant when;
        instant second;
        uint8_t *fraction; /* NULL: nothing was written yet */
        uint8_t text[INSTANT_TEXT_SIZE];
    } last;
    if (when != last.when || !last.fraction) {
        instant second = when / SECONDS(1);
        if (second != last.second || !last.fraction)
            last.fraction = format_second(when, last.text);
        add_digits(last.fraction, (unsigned)(when % SECONDS(1) / US(1)), 6, 'Z');
        last.second = second;
        last.when = when;
    }
    memcpy(text, last.text, INSTANT_TEXT_SIZE);
}

void instant_format_mail(instant when, char text[INSTANT_TEXT_SIZE])
{
    struct tm parts = broken_down(when);
    check(strftime(text, INSTANT_TEXT_SIZE, "%a, %d %b %Y %H:%M:%S +0000", &parts) != 0);
}

void instant_format_ctime(instant when, char text[INSTANT_TEXT_SIZE])
{
    struct tm parts = broken_down(when);
    check(strftime(text, INSTANT_TEXT_SIZE, "%a %b %e %H:%M:%S %Y", &parts) != 0);
}

static const struct unit {
    const char *name;
    duration length;
} units[] = {
    { "h", HOURS(1) }, { "m", MINUTES(1) }, { "s", SECONDS(1) }, { "ms", MS(1) }, { "us", US(1) }
};

#define UNIT_COUNT (sizeof units / sizeof units[0])

void duration_format(duration length, char text[DURATION_TEXT_SIZE])
{
    if (length == NEVER || length == 0) {
        snprintf(text, DURATION_TEXT_SIZE, "%s", length ? "forever" : "0s");
        return;
    }
    size_t unit = 0;
    while (unit < UNIT_COUNT - 1 && length % units[unit].length != 0)
        unit++;
    snprintf(text, DURATION_TEXT_SIZE, "%llu%s", (unsigned long long)(length / units[unit].length),
             units[unit].name);
}

bool duration_parse(struct span text, duration *length)
{
    if (span_equal(text, SPAN("forever"))) {
        *length = NEVER;
        return true;
    }
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    uint64_t count;
    if (!span_number(span_take(text, digits), &count))
        return false;
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (!span_equal(span_drop(text, digits), span_of(units[i].name)))
            continue;
        if (count > (NEVER - 1) / units[i].length)
            return false;
        *length = count * units[i].length;
        return true;
    }
    return false;
}
