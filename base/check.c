/* check: see check.h. */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void check_failed(const char *file, int line, const char *function, const char *condition)
{
    fprintf(stderr, "smtpchaos: internal error: %s:%d: %s: %s does not hold\n", file, line,
            function, condition);
    abort();
}
