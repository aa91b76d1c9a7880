/* swap: an event waits until the next of its kind has gone. What that means for replies is
 * to_server.c's and to_client.c's, for mail body_line.c's. */
#include "session/state.h"

#include <stdlib.h>

#include "base/check.h"

bool swap_is_waiting(const struct session *session, const struct smtp_event *event)
{
    return event->kind == SMTP_BODY ? session->mail.swap != NULL
                                    : session->lanes[event->going].swap != NULL;
}

bool swap_keeps(struct swap **place, const struct smtp_event *event, const struct outcome *outcome,
                instant now)
{
    if (outcome->swap == 0 || outcome->fate != FATE_NONE || *place)
        return false;
    struct swap *swap = *place = calloc(1, sizeof *swap);
    check(swap != NULL);
    text_add(&swap->bytes, event->raw);
    swap->due = instant_after(now, outcome->swap);
    swap->delay = outcome->delay;
    return true;
}

struct swap swap_take(struct swap **place)
{
    struct swap taken = { 0 };
    if (*place)
        taken = **place;
    free(*place);
    *place = NULL;
    return taken;
}

static instant due_of(const struct swap *swap)
{
    return swap ? swap->due : NEVER;
}

instant swap_due(const struct session *session)
{
    instant due = due_of(session->mail.swap);
    due = instant_min(due, due_of(session->lanes[TO_SERVER].swap));
    return instant_min(due, due_of(session->lanes[TO_CLIENT].swap));
}

void swap_deinit(struct swap *swap)
{
    text_deinit(&swap->bytes);
}

void swap_forget(struct swap **place)
{
    struct swap taken = swap_take(place);
    swap_deinit(&taken);
}
