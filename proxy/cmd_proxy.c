/* cmd_proxy: `smtpchaos proxy`: stands inline. Its options are settings.h, its life is server.h. */
#include "proxy/clock.h"
#include "proxy/commands.h"
#include "proxy/server.h"
#include "proxy/settings.h"

int cmd_proxy(int argc, char **argv)
{
    struct settings settings;
    int status;
    clock_start();
    if (!settings_read(&settings, argc, argv, &status))
        return status;
    status = server_run(&settings);
    settings_deinit(&settings);
    return status;
}
