/* desk: where events are judged. A session that waits needs none, so that thousands share one. */
#include <stdlib.h>

#include "base/check.h"
#include "session/state.h"

struct desk *desk_new(void)
{
    struct desk *desk = calloc(1, sizeof *desk);
    check(desk != NULL);
    desk->outcome.asks = true;
    return desk;
}

void desk_free(struct desk *desk)
{
    if (!desk)
        return;
    text_deinit(&desk->outcome.content);
    text_deinit(&desk->outcome.answer);
    free(desk->outcome.pieces);
    free(desk->outcome.tls);
    mutation_deinit(&desk->mutation);
    free(desk);
}
