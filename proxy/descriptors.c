/* descriptors: see descriptors.h. */
#include "proxy/descriptors.h"

#include <sys/resource.h>

/* Listeners, event loops, the journal, name servers and files read again at HUP; generously. */
#define OTHERS 256

void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

uint64_t descriptors_for_sessions(uint64_t wanted, unsigned sockets)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return wanted;
    /* Where there are few, half of them are better than none. */
    uint64_t all = limit.rlim_cur;
    uint64_t left = all > 2 * OTHERS ? all - OTHERS : all / 2;
    uint64_t fit = left / sockets;
    return fit < wanted ? fit : wanted;
}
