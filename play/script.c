/* script: see script.h. */
#include "play/script.h"

uint8_t script_byte(struct span *rest)
{
    uint8_t byte = rest->len ? rest->ptr[0] : 0;
    *rest = span_drop(*rest, 1);
    return byte;
}

static struct span script_bytes(struct span *rest, size_t len)
{
    struct span bytes = span_take(*rest, len);
    *rest = span_drop(*rest, len);
    return bytes;
}

struct span script_line(struct span *rest)
{
    return script_bytes(rest, span_find(*rest, '\n') + 1);
}

/* Milliseconds, seconds, minutes, hours, by the highest two bits. */
static duration wait_of(uint8_t byte)
{
    static const duration units[] = { MS(10), SECONDS(1), MINUTES(1), HOURS(1) };
    return units[byte >> 6] * (byte & 0x3f);
}

/* Each line end is an event, and a thousand of them cost more than a hundred sessions. */
static void read_fill(struct span *rest, struct script_step *step)
{
    step->times = script_byte(rest);
    step->times |= (size_t)script_byte(rest) << 8;
    step->bytes = script_bytes(rest, 1);
    if (span_equal(step->bytes, SPAN("\n")) && step->times > SCRIPT_LINES_MAX)
        step->times = SCRIPT_LINES_MAX;
}

bool script_next(struct span *rest, struct script_step *step)
{
    if (rest->len == 0)
        return false;
    uint8_t byte = script_byte(rest);
    uint8_t operation = byte & 0x0f;
    *step = (struct script_step){ .side = byte & 0x80 ? SERVER : CLIENT };
    step->operation = operation > SCRIPT_DRAIN ? SCRIPT_LINE : (enum script_operation)operation;
    if (step->operation == SCRIPT_SAY)
        step->bytes = script_bytes(rest, script_byte(rest));
    else if (step->operation == SCRIPT_LINE)
        step->bytes = script_line(rest);
    else if (step->operation == SCRIPT_FILL)
        read_fill(rest, step);
    else if (step->operation == SCRIPT_WAIT)
        step->wait = wait_of(script_byte(rest));
    return true;
}
