/* check: our own mistakes. What a peer, a file or the world does wrong never comes here.
 * A check stays on in release builds, prints where and what, and aborts. */
#ifndef SMTPCHAOS_BASE_CHECK_H
#define SMTPCHAOS_BASE_CHECK_H

#define check(condition)                                                                           \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, __func__, #condition))

_Noreturn void check_failed(const char *file, int line, const char *function,
                            const char *condition);

#endif
