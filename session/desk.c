/* desk: where events are judged. A session that waits needs none, so that thousands share one. */
#include <stdlib.h>

#include "base/check.h"
#include "base/poison.h"
#include "session/state.h"

static void outcome_deinit(struct outcome *outcome)
{
    text_deinit(&outcome->content);
    text_deinit(&outcome->answer);
    free(outcome->pieces);
    free(outcome->tls);
}

struct desk *desk_new(void)
{
    struct desk *desk = calloc(1, sizeof *desk);
    check(desk != NULL);
    desk_outcome(desk)->asks = true;
    return desk;
}

void desk_turn(struct desk *desk)
{
    struct outcome *last = desk_outcome(desk);
    outcome_deinit(last);
    poison(last, sizeof *last);
    desk->place++;
    struct outcome *next = desk_outcome(desk);
    unpoison(next, sizeof *next);
    *next = (struct outcome){ .asks = true };
}

void desk_free(struct desk *desk)
{
    if (!desk)
        return;
    outcome_deinit(desk_outcome(desk));
    mutation_deinit(&desk->mutation);
    free(desk);
}
