/* size: see size.h. */
#include "base/size.h"

#include <inttypes.h>
#include <stdio.h>

#define KB UINT64_C(1000)
#define KIB UINT64_C(1024)

static const struct unit {
    const char *name;
    uint64_t bytes;
} units[] = {
    { "GB", KB *KB *KB }, { "GiB", KIB *KIB *KIB }, { "MB", KB *KB }, { "MiB", KIB *KIB },
    { "KB", KB },         { "KiB", KIB },           { "B", 1 },
};

#define UNIT_COUNT (sizeof units / sizeof units[0])

void size_format(uint64_t bytes, char text[SIZE_TEXT_SIZE])
{
    size_t unit = 0;
    while (unit < UNIT_COUNT - 1 && (bytes == 0 || bytes % units[unit].bytes != 0))
        unit++;
    snprintf(text, SIZE_TEXT_SIZE, "%" PRIu64 "%s", bytes / units[unit].bytes, units[unit].name);
}

static bool unit_find(struct span name, uint64_t *bytes)
{
    *bytes = 1;
    if (name.len == 0)
        return true;
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        *bytes = units[i].bytes;
        if (span_equal_nocase(name, span_of(units[i].name)))
            return true;
    }
    return false;
}

bool size_parse(struct span text, uint64_t *bytes)
{
    size_t digits = 0;
    uint64_t count = 0;
    uint64_t unit = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    if (!span_number(span_take(text, digits), &count) || !unit_find(span_drop(text, digits), &unit))
        return false;
    if (count > UINT64_MAX / unit)
        return false;
    *bytes = count * unit;
    return true;
}
