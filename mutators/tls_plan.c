/* tls_plan: see tls_plan.h. */
#include "mutators/tls_plan.h"

#include <string.h>

static void join_fault(struct tls_plan *plan, const struct tls_plan *more)
{
    plan->fault = more->fault;
    plan->moment = more->moment;
    plan->alert = more->alert;
    plan->stall = more->stall;
    plan->text_len = more->text_len;
    memcpy(plan->text, more->text, sizeof plan->text);
}

void tls_plan_join(struct tls_plan *plan, const struct tls_plan *more)
{
    if (plan->certificate == CERTIFICATE_GOOD)
        plan->certificate = more->certificate;
    if (plan->lowest == TLS_VERSION_ANY)
        plan->lowest = more->lowest;
    if (plan->highest == TLS_VERSION_ANY)
        plan->highest = more->highest;
    if (!plan->ciphers[0])
        memcpy(plan->ciphers, more->ciphers, sizeof plan->ciphers);
    if (plan->fault == TLS_FAULT_NONE)
        join_fault(plan, more);
    if (plan->fragment == 0)
        plan->fragment = more->fragment;
    plan->no_tickets = plan->no_tickets || more->no_tickets;
}

bool tls_plan_is_plain(const struct tls_plan *plan)
{
    return plan->certificate == CERTIFICATE_GOOD && plan->lowest == TLS_VERSION_ANY &&
           plan->highest == TLS_VERSION_ANY && !plan->ciphers[0] && plan->fault == TLS_FAULT_NONE &&
           plan->fragment == 0 && !plan->no_tickets;
}
