/* live_line: see live_line.h. */
#include "proxy/live_line.h"

#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "proxy/clock.h"

#define PERIOD_MS 1000

/* Writes the words and blanks over what stood there. */
static void show(struct live_line *line, struct span words)
{
    int blanks = line->shown > words.len ? (int)(line->shown - words.len) : 0;
    fprintf(stderr, "\r%.*s%*s", (int)words.len, (const char *)words.ptr, blanks, "");
    if (words.len == 0)
        fputc('\r', stderr);
    fflush(stderr);
    line->shown = words.len;
}

static void on_timer(uv_timer_t *timer)
{
    struct live_line *line = timer->data;
    struct text words = { 0 };
    instant now = clock_now();
    line->words(line->owner, now - line->asked, &words);
    line->asked = now;
    show(line, text_span(&words));
    text_deinit(&words);
}

void live_line_start(struct live_line *line, uv_loop_t *loop, live_line_words *words, void *owner)
{
    *line = (struct live_line){ .words = words, .owner = owner, .asked = clock_now() };
    line->is_on = isatty(STDERR_FILENO);
    if (!line->is_on)
        return;
    check(uv_timer_init(loop, &line->timer) == 0);
    line->timer.data = line;
    uv_timer_start(&line->timer, on_timer, PERIOD_MS, PERIOD_MS);
    /* It alone is no reason to go on. */
    uv_unref((uv_handle_t *)&line->timer);
}

void live_line_stop(struct live_line *line)
{
    if (!line->is_on)
        return;
    line->is_on = false;
    show(line, SPAN(""));
    uv_close((uv_handle_t *)&line->timer, NULL);
}

double rate_of(uint64_t count, duration passed)
{
    return passed > 0 ? (double)count * 1e9 / (double)passed : 0;
}

void text_add_bytes(struct text *out, double bytes)
{
    static const char *const units[] = { "B", "KB", "MB", "GB", "TB" };
    size_t unit = 0;
    for (; bytes >= 999.95 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        bytes /= 1000;
    text_addf(out, "%.*f %s", unit > 0 ? 1 : 0, bytes, units[unit]);
}
