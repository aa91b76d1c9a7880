/* cmd_record: `smtpchaos record DIR …`: short for `smtpchaos proxy --record DIR …`. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"

/* proxy --record DIR, and the rest as it stands. */
static int record(int argc, char **argv)
{
    char **proxy = calloc((size_t)argc + 2, sizeof *proxy);
    check(proxy != NULL);
    proxy[0] = (char[]){ "proxy" };
    proxy[1] = (char[]){ "--record" };
    for (int i = 1; i < argc; i++)
        proxy[i + 1] = argv[i];
    int status = cmd_proxy(argc + 1, proxy);
    free(proxy);
    return status;
}

int cmd_record(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "--manual") == 0))
        return cmd_proxy(argc, argv);
    if (argc < 2 || argv[1][0] == '-') {
        complain("record: first the folder, then options as `smtpchaos proxy` has them: "
                 "smtpchaos record DIR --upstream HOST:PORT");
        return EX_USAGE;
    }
    return record(argc, argv);
}
