/* faults: see faults.h. */
#include "proxy/tls/faults.h"

#include "base/check.h"

/* RFC 8446 section 6: a fatal alert in a record of its own, in clear text. */
enum { ALERT = 21, FATAL = 2 };

bool fault_is_due(const struct tls_plan *plan, const struct handshake_progress *progress)
{
    if (plan->fault == TLS_FAULT_NONE || progress->is_resumed)
        return false;
    switch (plan->moment) {
    case TLS_BEFORE: return true;
    case TLS_AFTER_HELLO: return progress->has_hello;
    case TLS_WITHIN: return progress->is_within;
    }
    return false;
}

static void put_alert(struct wire_buffer *out, unsigned alert)
{
    uint8_t record[] = { ALERT, 3, 3, 0, 2, FATAL, (uint8_t)alert };
    check(wire_buffer_add(out, span_make(record, sizeof record)) == sizeof record);
}

static void put_text(struct wire_buffer *out, const struct tls_plan *plan)
{
    struct span text = span_make(plan->text, plan->text_len);
    check(wire_buffer_add(out, text) == text.len);
}

enum fault_effect fault_strike(const struct tls_plan *plan, struct wire_buffer *out)
{
    switch (plan->fault) {
    case TLS_FAULT_NONE: return FAULT_HARMLESS;
    case TLS_FAULT_STALL: return FAULT_STALLS;
    case TLS_FAULT_CUT:
    case TLS_FAULT_RESET: return FAULT_ENDS;
    case TLS_FAULT_ALERT: put_alert(out, plan->alert); return FAULT_ENDS;
    case TLS_FAULT_GARBAGE: put_text(out, plan); return FAULT_DEAFENS;
    case TLS_FAULT_PLAIN: put_text(out, plan); return FAULT_ENDS;
    }
    return FAULT_HARMLESS;
}

const char *fault_words(enum tls_fault fault)
{
    switch (fault) {
    case TLS_FAULT_NONE:
    case TLS_FAULT_STALL: break;
    case TLS_FAULT_CUT: return "a rule cut the handshake";
    case TLS_FAULT_RESET: return "a rule reset the connection in the handshake";
    case TLS_FAULT_ALERT: return "a rule sent an alert";
    case TLS_FAULT_GARBAGE: return "a rule sent garbage in place of TLS";
    case TLS_FAULT_PLAIN: return "a rule sent plain text in place of TLS";
    }
    return "a rule disturbed the handshake";
}
