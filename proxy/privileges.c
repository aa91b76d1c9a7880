/* privileges: see privileges.h. */
#include "proxy/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/span.h"
#include "proxy/complain.h"
#include "proxy/exits.h"

#define NETWORK ((1U << CAP_NET_ADMIN) | (1U << CAP_NET_RAW))

static int fail(const char *what)
{
    complain("cannot give up privileges: %s: %s", what, strerrordesc_np(errno));
    return EX_NOPERM;
}

/* Capabilities above the 32nd, and all that programs started later would inherit, go. */
static bool keep_capabilities(uint32_t kept)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
    if (syscall(SYS_capget, &header, data) != 0)
        return false;
    kept &= data[0].permitted;
    memset(data, 0, sizeof data);
    data[0].permitted = data[0].effective = kept;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &header, data) == 0;
}

static const struct passwd *find_user(const char *name)
{
    uint64_t number;
    /* No other thread looks users up. NOLINTBEGIN(concurrency-mt-unsafe) */
    const struct passwd *found = getpwnam(name);
    if (!found && span_number(span_of(name), &number) && number < UINT32_MAX)
        found = getpwuid((uid_t)number);
    /* NOLINTEND(concurrency-mt-unsafe) */
    return found;
}

static int become(const struct passwd *user)
{
    /* Without this, capabilities would go with root. */
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
        return fail("prctl");
    if (initgroups(user->pw_name, user->pw_gid) != 0)
        return fail("initgroups");
    if (setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0)
        return fail("setresgid");
    if (setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
        return fail("setresuid");
    return 0;
}

static int change_user(const char *name)
{
    const struct passwd *user = find_user(name);
    if (!user) {
        complain("--user: there is no user \"%s\"", name);
        return EX_NOUSER;
    }
    if (user->pw_uid == geteuid())
        return 0;
    if (geteuid() != 0) {
        complain("--user: only root can become another user, and this process is not root");
        return EX_NOPERM;
    }
    return become(user);
}

int privileges_drop(const char *user, bool keeps_network)
{
    int status = user ? change_user(user) : 0;
    if (status || geteuid() == 0)
        return status;
    if (!keep_capabilities(keeps_network ? NETWORK : 0))
        return fail("capset");
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return 0;
}
