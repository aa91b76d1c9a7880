/* bench-client: a load that costs as little as one can, so that what it goes through is what is
 * measured. It says the same mail over and over and prints one JSON object (tally.h).
 *
 *   bench-client --port N [--mode MODE] [--sessions N] [--size BYTES] [--milliseconds N]
 *                [--tls implicit|starttls [--resume]] [--watch PID]...
 *
 * Modes are listed in script.h. `hold` prints "holding N" when all sessions have been greeted, and
 * ends with its standard input. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "bench/load.h"
#include "bench/outside.h"

#define SESSIONS_MAX 100000
#define SIZE_MAX_BYTES (UINT64_C(1024) * 1024 * 1024)
#define MILLISECONDS_MAX 3600000
#define PID_MAX 4194304
#define NS_PER_MS UINT64_C(1000000)

struct wanted {
    struct load_options load;
    const char *mode;
    size_t size;
};

static const struct option options[] = {
    { "port", required_argument, NULL, 'p' },
    { "mode", required_argument, NULL, 'm' },
    { "size", required_argument, NULL, 'z' },
    { "sessions", required_argument, NULL, 's' },
    { "watch", required_argument, NULL, 'w' },
    { "milliseconds", required_argument, NULL, 't' },
    { "tls", required_argument, NULL, 'S' },
    { "resume", no_argument, NULL, 'r' },
    { NULL, 0, NULL, 0 },
};

static void take_option(int option, struct wanted *wanted, struct tally *tally)
{
    switch (option) {
    case 'p': wanted->load.port = (uint16_t)option_number("port", optarg, UINT16_MAX); break;
    case 'm': wanted->mode = optarg; break;
    case 'z': wanted->size = option_number("size", optarg, SIZE_MAX_BYTES); break;
    case 's':
        wanted->load.sessions = (unsigned)option_number("sessions", optarg, SESSIONS_MAX);
        break;
    case 't':
        wanted->load.lasts_ns = NS_PER_MS * option_number("milliseconds", optarg, MILLISECONDS_MAX);
        break;
    case 'S': wanted->load.security = security_of(optarg); break;
    case 'r': wanted->load.resumes = true; break;
    case 'w': tally_watch(tally, option_number("watch", optarg, PID_MAX)); break;
    default: refuse("unknown option; the head of bench/client.c lists them");
    }
}

static void take_mode(const struct wanted *wanted, struct script *script)
{
    if (script_init(script, wanted->mode, wanted->size, wanted->load.security == BY_STARTTLS))
        return;
    fprintf(stderr, "bench-client: --mode %s: the modes are %s\n", wanted->mode, script_modes());
    exit(EX_USAGE);
}

int main(int argc, char **argv)
{
    struct wanted wanted = { .load = { .sessions = 1, .lasts_ns = 1000 * NS_PER_MS },
                             .mode = "lockstep",
                             .size = 1024 };
    struct script script;
    struct tally tally;
    int option;
    tally_init(&tally);
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        take_option(option, &wanted, &tally);
    if (optind < argc || wanted.load.port == 0 || wanted.load.sessions == 0)
        refuse("it takes --port, at least one session, and nothing but options");
    take_mode(&wanted, &script);
    wanted.load.holds = strcmp(wanted.mode, "hold") == 0;
    descriptors_raise();
    load_run(&wanted.load, &script, &tally);
    tally_print(&tally);
    tally_deinit(&tally);
    script_deinit(&script);
}
