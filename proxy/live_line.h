/* live_line: one line on stderr that says how things go, written over itself once a second; only
 * on a terminal, without colours, so that there is nothing for NO_COLOR to take away. */
#ifndef SMTPCHAOS_PROXY_LIVE_LINE_H
#define SMTPCHAOS_PROXY_LIVE_LINE_H

#include <uv.h>

#include "base/instant.h"
#include "base/text.h"

/* Adds the line's words; `passed` is the time since it was asked last. */
typedef void live_line_words(void *owner, duration passed, struct text *out);

struct live_line {
    uv_timer_t timer;
    live_line_words *words;
    void *owner;
    instant asked;
    size_t shown; /* columns to be written over */
    bool is_on;
};

/* Does nothing when stderr is no terminal. */
void live_line_start(struct live_line *line, uv_loop_t *loop, live_line_words *words, void *owner);
/* Takes the line away; the timer is closed with the loop's next turn. */
void live_line_stop(struct live_line *line);

/* Events a second, for the words. */
double rate_of(uint64_t count, duration passed);
/* Adds bytes as people read them: 512 B, 1.5 KB, 20.3 MB. */
void text_add_bytes(struct text *out, double bytes);

#endif
