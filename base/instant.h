/* instant: time as everything below proxy/ knows it: handed in, never read from a clock. */
#ifndef SMTPCHAOS_BASE_INSTANT_H
#define SMTPCHAOS_BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Nanoseconds since 1970-01-01T00:00:00Z on the injected clock; it never runs backwards. */
typedef uint64_t instant;
/* Nanoseconds. */
typedef uint64_t duration;

/* The instant that never comes: "no deadline", "wait for ever". */
#define NEVER UINT64_MAX

#define US(n) ((duration)(n)*1000)
#define MS(n) ((duration)(n)*1000 * 1000)
#define SECONDS(n) ((duration)(n)*1000 * 1000 * 1000)
#define MINUTES(n) (SECONDS(60) * (duration)(n))
#define HOURS(n) (MINUTES(60) * (duration)(n))

/* now + wait, or NEVER when that does not fit (NEVER plus anything is NEVER). */
instant instant_after(instant now, duration wait);
instant instant_min(instant a, instant b);

#define INSTANT_TEXT_SIZE 32
/* What instant_format writes, without the NUL. */
#define INSTANT_LEN 27
/* Writes RFC 3339 in UTC with microseconds (2026-11-20T23:54:00.000001Z) and a NUL. */
void instant_format(instant when, char text[INSTANT_TEXT_SIZE]);
/* Writes RFC 5322 date-time in UTC (Fri, 20 Nov 2026 23:54:00 +0000) and a NUL. */
void instant_format_mail(instant when, char text[INSTANT_TEXT_SIZE]);

/* Writes it as ctime(3) does, in UTC and without a newline (Fri Nov 20 23:54:00 2026). */
void instant_format_ctime(instant when, char text[INSTANT_TEXT_SIZE]);

#define DURATION_TEXT_SIZE 24
/* Writes the shortest exact form in one unit (400ms, 5s, 2m, 1h, 1500us), "forever" for NEVER. */
void duration_format(duration length, char text[DURATION_TEXT_SIZE]);
/* Reads digits and a unit: us, ms, s, m, h; "forever" is NEVER. False when it is no duration. */
bool duration_parse(struct span text, duration *length);

#endif
