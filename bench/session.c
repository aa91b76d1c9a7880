/* session: what one message costs in the session core, without sockets: all that is done to it
 * between the reads and the writes. bench/instructions.py counts its instructions.
 *
 * usage: bench-session MESSAGES journal|silent [RULE...]; prints messages a second. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "play/made_up.h"
#include "session/rule_set.h"
#include "session/session.h"

#define LINE "Sixteen lines of mail, each as long as lines of mail are wont to be, follow.\r\n"
#define FOUR_LINES LINE LINE LINE LINE

static const struct say {
    enum side side;
    const char *bytes;
} message[] = {
    { CLIENT, "MAIL FROM:<ann@me.test>\r\n" },
    { SERVER, "250 2.1.0 ok\r\n" },
    { CLIENT, "RCPT TO:<bob@mx.test>\r\n" },
    { SERVER, "250 2.1.5 ok\r\n" },
    { CLIENT, "DATA\r\n" },
    { SERVER, "354 go ahead\r\n" },
    { CLIENT, "Subject: one of many\r\n\r\n" FOUR_LINES FOUR_LINES FOUR_LINES FOUR_LINES ".\r\n" },
    { SERVER, "250 2.0.0 queued\r\n" },
};

struct bench {
    struct journal journal; /* first: what the session writes to is the bench itself */
    struct text lines;
    struct session_options options;
    struct pool pool;
    struct recall *recall;
    struct rule_set *rules;
    struct desk *desk;
    struct session *session;
    instant now;
};

static void write_entry(struct journal *journal, const struct journal_entry *entry)
{
    struct bench *bench = (struct bench *)journal;
    text_clear(&bench->lines);
    journal_json_entry(entry, &bench->lines);
}

/* Everything leaves at once; a wait is over as soon as it has begun. */
static void let_leave(struct bench *bench)
{
    for (enum direction going = TO_SERVER; going <= TO_CLIENT; going++) {
        struct span ready = session_peek(bench->session, going);
        if (ready.len)
            session_consume(bench->session, going, ready.len, bench->now);
    }
}

static void say(struct bench *bench, const struct say *what)
{
    enum direction going = what->side == CLIENT ? TO_SERVER : TO_CLIENT;
    struct span bytes = span_of(what->bytes);
    bench->now += US(1);
    check(session_receive(bench->session, going, bytes, bench->now) == bytes.len);
    let_leave(bench);
    instant due = session_deadline(bench->session);
    if (due < instant_after(bench->now, SECONDS(1))) {
        bench->now = due;
        session_tick(bench->session, due);
        let_leave(bench);
    }
}

static void load_rules(struct bench *bench, char **rules, int count)
{
    struct text error = { 0 };
    bench->rules = rule_set_new();
    for (int i = 0; i < count; i++)
        if (!rule_set_add_line(bench->rules, span_of(rules[i]), (struct place){ 0 }, &error)) {
            fprintf(stderr, "bench-session: %s\n", text_string(&error));
            exit(64);
        }
    text_deinit(&error);
}

static void begin(struct bench *bench, bool has_journal)
{
    bench->journal.write = write_entry;
    bench->recall = recall_new(0);
    bench->desk = desk_new();
    bench->now = MADE_UP_BEGINNING;
    const struct session_setup setup = {
        .options = &bench->options,
        .rules = bench->rules,
        .recall = bench->recall,
        .pool = &bench->pool,
        .desk = bench->desk,
        .journal = has_journal ? &bench->journal : NULL,
        .facts = MADE_UP_FACTS,
    };
    bench->session = session_new(&setup, bench->now);
    session_connected(bench->session, bench->now);
    say(bench, &(struct say){ SERVER, "220 mx.test ESMTP\r\n" });
    say(bench, &(struct say){ CLIENT, "EHLO me.test\r\n" });
    say(bench, &(struct say){ SERVER, "250 mx.test\r\n" });
}

static void end(struct bench *bench)
{
    session_free(bench->session, bench->now);
    desk_free(bench->desk);
    rule_set_free(bench->rules);
    recall_free(bench->recall);
    pool_deinit(&bench->pool);
    text_deinit(&bench->lines);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct bench bench = { .options = { .seed = 1 } };
    if (argc < 3) {
        fprintf(stderr, "usage: bench-session MESSAGES journal|silent [RULE...]\n");
        return 64;
    }
    long count = strtol(argv[1], NULL, 10);
    load_rules(&bench, argv + 3, argc - 3);
    begin(&bench, strcmp(argv[2], "journal") == 0);
    double began = seconds();
    for (long i = 0; i < count; i++)
        for (size_t step = 0; step < sizeof message / sizeof message[0]; step++)
            say(&bench, &message[step]);
    printf("%.0f messages/s\n", (double)count / (seconds() - began));
    end(&bench);
    return 0;
}
