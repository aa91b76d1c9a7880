/* link_end: legs and links are closed, and freed when libuv has given back what is theirs. */
#include <stdlib.h>

#include "base/limits.h"
#include "proxy/capture.h"
#include "proxy/link_parts.h"

/* The one place where a link is freed: libuv has given back everything. */
void link_release(struct link *link)
{
    if (link->handles || link->session)
        return;
    if (link->lookup) {
        lookup_deinit(link->lookup);
        free(link->lookup);
    }
    passage_free(link->passage);
    introducer_free(link->introducer);
    sorter_free(link->sorter);
    if (link->previous)
        link->previous->next = link->next;
    else
        link->place->first = link->next;
    if (link->next)
        link->next->previous = link->previous;
    struct link_place *place = link->place;
    struct rule_set *rules = link->rules;
    capture_free(link->capture);
    free(link);
    place->gone(place->owner, rules);
}

static void on_closed(uv_handle_t *handle)
{
    struct link *link = handle->data;
    link->handles--;
    link_release(link);
}

bool link_lingers(const struct link *link)
{
    return link->legs[CLIENT].state == LEG_LINGERS || link->legs[SERVER].state == LEG_LINGERS;
}

/* What was written in records and has not left would be lost with the leg: the kernel, which sees
 * to that for plain text, does not have it yet. */
void link_close_leg(struct link *link, enum side side, bool torn, instant now)
{
    struct leg *leg = &link->legs[side];
    capture_end(link->capture, side, BY_US, torn, now);
    bool is_open = leg->state == LEG_OPEN || leg->state == LEG_LINGERS;
    if (!torn && is_open && !leg_settle(leg, session_close_is_rude(link->session, side)))
        leg->state = LEG_LINGERS;
    else
        leg_close(leg, torn);
}

static void close_timer(struct link *link)
{
    uv_close((uv_handle_t *)&link->timer.handle, on_closed);
}

void link_end_lingering(struct link *link)
{
    for (enum side side = CLIENT; side <= SERVER; side++)
        if (link->legs[side].state == LEG_LINGERS)
            leg_close(&link->legs[side], false);
    close_timer(link);
}

static void on_lingered(uv_timer_t *timer)
{
    link_end_lingering(timer->data);
}

void link_linger_on(struct link *link, struct leg *leg)
{
    if (!leg_settle(leg, true))
        return;
    leg_close(leg, false);
    if (!link->session && !link_lingers(link))
        close_timer(link);
}

void link_close(struct link *link, instant now)
{
    struct session *session = link->session;
    for (enum side side = CLIENT; side <= SERVER; side++)
        link_close_leg(link, side, session_wishes(session, side) & WISH_RESET, now);
    link->session = NULL;
    poller_withdraw(link->place->poller, &link->turn);
    if (link->lookup)
        lookup_deinit(link->lookup);
    session_free(session, now);
    recording_free(link->recording);
    if (link_lingers(link))
        uv_timer_start(&link->timer.handle, on_lingered, LINGER_S * 1000, 0);
    else
        close_timer(link);
}
