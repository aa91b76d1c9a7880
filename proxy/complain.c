/* complain: see complain.h. */
#include "proxy/complain.h"

#include <stdarg.h>
#include <stdio.h>

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    flockfile(stderr);
    fputs("smtpchaos: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    funlockfile(stderr);
    va_end(arguments);
}

void complain_lines(struct span lines)
{
    while (lines.len) {
        struct cut line = span_cut(lines, '\n');
        complain("%.*s", (int)line.before.len, (const char *)line.before.ptr);
        lines = line.after;
    }
}
