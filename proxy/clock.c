/* clock: see clock.h. */
#include "proxy/clock.h"

#include <time.h>
#include <uv.h>

static instant wall_at_start;
static uint64_t monotonic_at_start;

void clock_start(void)
{
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    wall_at_start = SECONDS(wall.tv_sec) + (duration)wall.tv_nsec;
    monotonic_at_start = uv_hrtime();
}

instant clock_now(void)
{
    return wall_at_start + (uv_hrtime() - monotonic_at_start);
}
