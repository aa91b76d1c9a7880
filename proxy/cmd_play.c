/* cmd_play: `smtpchaos play FILE…`: plays transcripts, in memory or as one or both
 * peers of something at the other end of a socket (play_socket.h). */
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/limits.h"
#include "play/player.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"
#include "proxy/options.h"
#include "proxy/play_bless.h"
#include "proxy/play_socket.h"

enum { CONNECT, LISTEN, CUTS, BLESS, TIMEOUT, QUIET };

static const struct option_row rows[] = {
    [CONNECT] = { "connect", OPTION_ADDRESS, "ADDR",
                  .help = "plays the client, against what listens at this address" },
    [LISTEN] = { "listen", OPTION_ADDRESS, "ADDR",
                 .help = "plays the server, for what connects to this address; port 0 is any free "
                         "one, which is printed" },
    [CUTS] = { "cuts", OPTION_WORD, "HOW", .preset = "all", .choices = "all|whole|bytes|seeded",
               .help = "in memory: how bytes are cut on their way: as much at once as there is, "
                       "byte by byte, at places drawn from seeds, or all of these" },
    [BLESS] = { "bless", OPTION_FLAG,
                .help = "in memory: rewrites the files to what was heard (so does the "
                        "environment's BLESS=1)" },
    [TIMEOUT] = { "timeout", OPTION_TIME, "TIME", .preset = "10s", .min = MS(1),
                  .help = "over sockets: how long to wait for what should be heard" },
    [QUIET] = { "quiet", OPTION_FLAG, .help = "says nothing of transcripts that went well" },
};

static const struct usage usage = {
    .name = "play",
    .summary = "plays transcripts",
    .operands = "FILE…",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .detail =
        "A transcript says who says what and what the others hear of it; docs/transcripts.md is "
        "its language. Without --connect and --listen both peers, the proxy between them and the "
        "clock exist in memory only. With --connect, --listen or both the peers are real and so "
        "is the time; the rules are those of the proxy in between, and lines about the journal "
        "are passed over.\n\n"
        "Each transcript is `ok` or `failed` on stdout, and what went wrong stands on stderr. The "
        "exit status is 1 when one failed.",
    .examples = "  # as a test, byte by byte and at many other places\n"
                "  smtpchaos play tests/transcripts/*.transcript\n"
                "  # both peers of a running proxy\n"
                "  smtpchaos play --connect 127.0.0.1:2525 --listen 127.0.0.1:2526 "
                "hello.transcript\n",
    OPTION_TABLE(rows),
};

static unsigned cuts_of(const char *word)
{
    if (strcmp(word, "whole") == 0)
        return PLAY_CUT(PLAY_WHOLE);
    if (strcmp(word, "bytes") == 0)
        return PLAY_CUT(PLAY_BYTES);
    return strcmp(word, "seeded") == 0 ? PLAY_CUT(PLAY_SEEDED) : PLAY_CUTS_ALL;
}

static bool is_to_bless(const struct options *options)
{
    char bless[2];
    size_t size = sizeof bless;
    bool is_set = uv_os_getenv("BLESS", bless, &size) == 0;
    return options_flag(options, BLESS) || (is_set && strcmp(bless, "1") == 0);
}

/* Reads and parses; NULL with *status set when that cannot be. */
static struct transcript *transcript_load(const char *file, int *status)
{
    struct text text = { .max = TRANSCRIPT_SIZE_MAX };
    struct text errors = { 0 };
    struct transcript *transcript = NULL;
    *status = file_read(file, &text);
    if (*status == 0) {
        transcript = transcript_parse(file, text_span(&text), &errors);
        *status = transcript ? 0 : EX_DATAERR;
    }
    complain_lines(text_span(&errors));
    text_deinit(&errors);
    text_deinit(&text);
    return transcript;
}

static int play_file(const char *file, const struct options *options, struct play_socket *socket)
{
    int status;
    if (!socket && is_to_bless(options))
        return play_bless(file);
    struct transcript *transcript = transcript_load(file, &status);
    if (!transcript)
        return status;
    struct text report = { 0 };
    if (socket)
        status = play_socket_run(socket, transcript, &report);
    else if (!player_run_all(transcript, cuts_of(options_text(options, CUTS)), &report))
        status = EX_NEGATIVE;
    fputs(text_string(&report), stderr);
    text_deinit(&report);
    transcript_free(transcript);
    return status;
}

static int play_files(const struct options *options, struct play_socket *socket)
{
    size_t fine = 0;
    int worst = 0;
    bool quiet = options_flag(options, QUIET);
    for (size_t i = 0; i < options->operand_count; i++) {
        int status = play_file(options->operands[i], options, socket);
        worst = status > worst ? status : worst;
        fine += status == 0;
        if (status != 0 || !quiet)
            printf("%s %s\n", status == 0 ? "ok" : "failed", options->operands[i]);
        fflush(stdout);
    }
    if (!quiet)
        printf("%zu of %zu ok\n", fine, options->operand_count);
    return worst;
}

static int play_over_sockets(const struct options *options)
{
    struct play_socket *socket =
        play_socket_new(options_address(options, CONNECT), options_address(options, LISTEN),
                        options_number(options, TIMEOUT));
    int status = play_socket_open(socket);
    if (status == 0)
        status = play_files(options, socket);
    play_socket_free(socket);
    return status;
}

int cmd_play(int argc, char **argv)
{
    struct options options;
    int status;
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    bool over_sockets = options_given(&options, CONNECT) || options_given(&options, LISTEN);
    status = over_sockets ? play_over_sockets(&options) : play_files(&options, NULL);
    options_deinit(&options);
    return status;
}
