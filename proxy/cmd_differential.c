/* cmd_differential: `smtpchaos differential ADDR ADDR…`: what several receivers make of the same
 * bytes, as a table or JSON. */
#include <inttypes.h>
#include <jansson.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "mutators/end_of_data.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/differential.h"
#include "proxy/exits.h"
#include "proxy/options.h"

enum { COUNT, SEED, FROM, TO, TIMEOUT, DOUBT, ALL, JSON };

static const struct option_row rows[] = {
    [COUNT] = { "count", OPTION_COUNT, "N", .preset = "845", .min = 1, .max = END_OF_DATA_COUNT,
                .help =
                    "so many of the 845 sequences, drawn from the seed; 845 takes all in order" },
    [SEED] = { "seed", OPTION_COUNT, "N", .preset = "1", .help = "what is drawn, and the markers" },
    [FROM] = { "from", OPTION_TEXT, "ADDRESS", .preset = "ann@example.test",
               .help = "the sender of all mail" },
    [TO] = { "to", OPTION_TEXT, "ADDRESS", .preset = "bob@dest.test",
             .help = "its recipient, whom each receiver has to accept" },
    [TIMEOUT] = { "timeout", OPTION_TIME, "TIME", .preset = "10s", .min = MS(1),
                  .help = "how long to wait for each answer" },
    [DOUBT] = { "doubt", OPTION_TIME, "TIME", .preset = "1s", .min = MS(1),
                .help = "how long to wait behind the sequence, where a receiver that goes on "
                        "reading text says nothing" },
    [ALL] = { "all", OPTION_FLAG, .help = "shows what receivers agree about, too" },
    [JSON] = { "json", OPTION_FLAG, .help = "writes one JSON object instead of the table" },
};

static const struct usage usage = {
    .name = "differential",
    .summary = "shows where receivers disagree about the same bytes",
    .operands = "[NAME=]ADDR…",
    .operands_min = 1,
    .operands_max = RECEIVERS_MAX,
    .detail =
        "Each receiver gets the same bytes: a mail with a sequence of docs/end-of-data.md in its "
        "text, commands and a second mail behind that, then the true end and QUIT. Whoever takes "
        "the sequence for the end of mail sees two mails and four commands, whoever takes it for "
        "text sees one and QUIT. The table shows what they disagree about, as mails accepted / "
        "commands answered behind the first end. `no` is a mail that never began (with its code), "
        "and `?` stands behind a receiver that fell silent.\n\n"
        "The bytes are said in one go. A receiver that answers anything but one mail and QUIT "
        "hears them again in a second session, step by step where it answers: many refuse "
        "commands that come too early. Each mail has a marker of its own in its subject, so "
        "that what was stored can be told apart, too.\n\n"
        "These are real mails: give only receivers that are yours. The exit status is 1 when "
        "they disagree, 69 when one cannot be reached.",
    .examples = "  # two servers of a path, all 845 sequences\n"
                "  smtpchaos differential edge=192.0.2.1:25 inner=192.0.2.2:25 --to bob@dest.test\n"
                "  # for programs\n"
                "  smtpchaos differential --json --count 50 127.0.0.1:2525 127.0.0.1:2526\n",
    OPTION_TABLE(rows),
};

/* -- receivers ------------------------------------------------------------------------------ */

static bool look_up(const struct address *address, struct socket_address *to)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    char port[8];
    if (address_to_socket(address, to))
        return true;
    snprintf(port, sizeof port, "%u", (unsigned)address->port);
    if (getaddrinfo(address->host, port, &hints, &found) != 0)
        return false;
    to->size = found->ai_addrlen;
    memcpy(&to->storage, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

/* "NAME=ADDR" or "ADDR". */
static int add_receiver(struct differential *run, char *word)
{
    struct receiver_place *place = &run->receivers[run->receiver_count];
    struct text error = { 0 };
    struct address address;
    char *equals = strchr(word, '=');
    bool read = address_parse(&address, span_of(equals ? equals + 1 : word), &error) &&
                address_is_place(&address);
    if (!read)
        complain("%s: %s", word, error.len ? text_string(&error) : "this is no receiver's address");
    text_deinit(&error);
    if (!read)
        return EX_USAGE;
    if (!look_up(&address, &place->to)) {
        complain("%s: there is no host of this name", word);
        return EX_UNAVAILABLE;
    }
    if (equals)
        *equals = '\0';
    place->name = word;
    run->receiver_count++;
    return 0;
}

/* -- what is shown -------------------------------------------------------------------------- */

static void show_progress(const struct differential *run)
{
    fprintf(stderr, "\r%zu of %zu", atomic_load(&run->done),
            run->sequence_count * run->receiver_count);
}

static void format_outcome(const struct talk_outcome *outcome, char *cell, size_t size)
{
    const char *silent = outcome->is_silent ? "?" : "";
    if (outcome->is_reached)
        snprintf(cell, size, "%u/%u%s", outcome->messages, outcome->commands, silent);
    else if (outcome->refusal)
        snprintf(cell, size, "no %u%s", outcome->refusal, silent);
    else
        snprintf(cell, size, "no%s", silent);
}

static void print_row(const struct differential *run, size_t n)
{
    struct text name = { 0 };
    struct text bytes = { 0 };
    struct text shown = { 0 };
    end_of_data_name(&name, run->sequences[n]);
    end_of_data_add(&bytes, run->sequences[n]);
    text_add_escaped(&shown, text_span(&bytes));
    printf("%4zu  %-22s %-26s", run->sequences[n], text_string(&name), text_string(&shown));
    for (size_t i = 0; i < run->receiver_count; i++) {
        char cell[32];
        format_outcome(differential_outcome(run, n, i), cell, sizeof cell);
        printf(" %12s", cell);
    }
    puts("");
    text_deinit(&name);
    text_deinit(&bytes);
    text_deinit(&shown);
}

static size_t count_disagreements(const struct differential *run)
{
    size_t found = 0;
    for (size_t n = 0; n < run->sequence_count; n++)
        found += differential_disagree(run, n);
    return found;
}

static void print_table(const struct differential *run, bool all)
{
    size_t found = count_disagreements(run);
    if (found > 0 || all) {
        printf("%4s  %-22s %-26s", "n", "sequence", "bytes");
        for (size_t i = 0; i < run->receiver_count; i++)
            printf(" %12s", run->receivers[i].name);
        puts("");
    }
    for (size_t n = 0; n < run->sequence_count; n++)
        if (all || differential_disagree(run, n))
            print_row(run, n);
    printf("%zu sequences, %zu receivers, seed %" PRIu64 ": they disagree about %zu\n",
           run->sequence_count, run->receiver_count, run->seed, found);
}

static json_t *json_of_outcome(const struct talk_outcome *outcome)
{
    json_t *codes = json_array();
    for (size_t i = 0; i < outcome->code_count; i++)
        json_array_append_new(codes, json_integer((json_int_t)outcome->codes[i]));
    return json_pack("{s:b,s:i,s:i,s:i,s:b,s:b,s:o}", "taken", outcome->is_reached, "refusal",
                     (int)outcome->refusal, "messages", (int)outcome->messages, "commands",
                     (int)outcome->commands, "silent", outcome->is_silent, "stepwise",
                     outcome->is_stepwise, "replies", codes);
}

static json_t *json_of_sequence(const struct differential *run, size_t n)
{
    struct text name = { 0 };
    struct text bytes = { 0 };
    struct text shown = { 0 };
    struct text markers[2] = { { 0 }, { 0 } };
    json_t *receivers = json_object();
    end_of_data_name(&name, run->sequences[n]);
    end_of_data_add(&bytes, run->sequences[n]);
    text_add_escaped(&shown, text_span(&bytes));
    differential_add_marker(run, n, 1, &markers[0]);
    differential_add_marker(run, n, 2, &markers[1]);
    for (size_t i = 0; i < run->receiver_count; i++)
        json_object_set_new(receivers, run->receivers[i].name,
                            json_of_outcome(differential_outcome(run, n, i)));
    json_t *object = json_pack(
        "{s:i,s:s,s:s,s:b,s:[s,s],s:o}", "number", (int)run->sequences[n], "sequence",
        text_string(&name), "bytes", text_string(&shown), "disagree", differential_disagree(run, n),
        "markers", text_string(&markers[0]), text_string(&markers[1]), "receivers", receivers);
    text_deinit(&name);
    text_deinit(&bytes);
    text_deinit(&shown);
    text_deinit(&markers[0]);
    text_deinit(&markers[1]);
    return object;
}

static void print_json(const struct differential *run, bool all)
{
    json_t *sequences = json_array();
    for (size_t n = 0; n < run->sequence_count; n++)
        if (all || differential_disagree(run, n))
            json_array_append_new(sequences, json_of_sequence(run, n));
    json_t *whole = json_pack("{s:I,s:I,s:I,s:o}", "seed", (json_int_t)run->seed, "count",
                              (json_int_t)run->sequence_count, "disagreements",
                              (json_int_t)count_disagreements(run), "sequences", sequences);
    check(whole != NULL);
    json_dumpf(whole, stdout, JSON_INDENT(1));
    puts("");
    json_decref(whole);
}

/* -- the command ---------------------------------------------------------------------------- */

/* A receiver that not one mail began at: says so. */
static bool are_reached(const struct differential *run)
{
    bool all = true;
    for (size_t i = 0; i < run->receiver_count; i++) {
        bool reached = false;
        for (size_t n = 0; n < run->sequence_count; n++)
            reached |= differential_outcome(run, n, i)->is_reached;
        if (!reached)
            complain("%s: it took no mail: %s", run->receivers[i].name,
                     differential_outcome(run, 0, i)->refusal
                         ? "it refuses the sender or recipient (--from, --to)"
                         : "it cannot be reached, or says nothing");
        all &= reached;
    }
    return all;
}

static int compare(struct differential *run, const struct options *options)
{
    bool shows = isatty(STDERR_FILENO);
    differential_draw(run, (size_t)options_number(options, COUNT));
    differential_run(run, shows ? show_progress : NULL);
    if (shows)
        fputs("\r\033[K", stderr);
    if (!are_reached(run))
        return EX_UNAVAILABLE;
    if (options_flag(options, JSON))
        print_json(run, options_flag(options, ALL));
    else
        print_table(run, options_flag(options, ALL));
    return count_disagreements(run) > 0 ? EX_NEGATIVE : 0;
}

int cmd_differential(int argc, char **argv)
{
    struct options options;
    int status;
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    struct differential run = {
        .seed = options_number(&options, SEED),
        .sender = options_text(&options, FROM),
        .recipient = options_text(&options, TO),
        .times = { options_number(&options, TIMEOUT), options_number(&options, DOUBT) },
    };
    status = 0;
    for (size_t i = 0; i < options.operand_count && status == 0; i++)
        status = add_receiver(&run, options.operands[i]);
    if (status == 0)
        status = compare(&run, &options);
    differential_deinit(&run);
    options_deinit(&options);
    return status;
}
