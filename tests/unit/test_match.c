/* test_match: when a rule hits: filters, the blast radius, and how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_fixture.h"
#include "mutators/keys.h"
#include "session/match.h"
#include "session/rule_set.h"

#define RULES_IN_TEST 3

/* A session of a run: what match_rule looks at, but for the event. */
struct scene {
    struct session_options options;
    struct facts facts;
    struct dialogue dialogue;
    struct rule_count counts[RULES_IN_TEST];
    struct recall *recall;
    struct rule_set *rules;
    bool early;
};

static void scene_add(struct scene *scene, const char *line)
{
    struct text error = { 0 };
    bool fine = rule_set_add_line(scene->rules, span_of(line), (struct place){ 0 }, &error);
    if (!fine)
        print_message("%s\n", text_string(&error));
    assert_true(fine);
    memset(scene->counts, 0, sizeof scene->counts);
}

static void scene_rule(struct scene *scene, const char *line)
{
    rule_set_free(scene->rules);
    scene->rules = rule_set_new();
    scene_add(scene, line);
}

/* Another session of the same run begins. */
static void scene_session(struct scene *scene, uint64_t number, const char *client_ip)
{
    dialogue_deinit(&scene->dialogue);
    dialogue_init(&scene->dialogue);
    memset(scene->counts, 0, sizeof scene->counts);
    scene->facts.number = number;
    scene->facts.client_ip = span_of(client_ip);
}

static int begin(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    scene->recall = recall_new(0);
    scene->options.seed = 7;
    scene_session(scene, 1, "192.0.2.1");
    *state = scene;
    return 0;
}

static int end(void **state)
{
    struct scene *scene = *state;
    dialogue_deinit(&scene->dialogue);
    recall_free(scene->recall);
    rule_set_free(scene->rules);
    free(scene);
    return 0;
}

static bool hits_nth(struct scene *scene, size_t nth, struct smtp_event event)
{
    const struct match_source from = {
        .options = &scene->options,
        .facts = &scene->facts,
        .dialogue = &scene->dialogue,
        .event = &event,
        .recall = scene->recall,
        .early = scene->early,
        .counts = scene->counts,
    };
    return match_rule(scene->rules->rules[nth], &from);
}

static bool hits(struct scene *scene, struct smtp_event event)
{
    return hits_nth(scene, 0, event);
}

/* The rule is asked about the event so many times; "x" for each hit, "." for each miss. */
static void expect_hits(struct scene *scene, struct smtp_event event, const char *expected)
{
    for (size_t i = 0; expected[i]; i++) {
        event.number = i + 1;
        assert_int_equal(hits(scene, event), expected[i] == 'x');
    }
}

static void expect_filter(struct scene *scene, const char *filter, struct smtp_event event,
                          bool expected)
{
    struct text line = { 0 };
    text_addf(&line, "both ways %s %s delay time=1s", event_kind_name(event.kind), filter);
    scene_rule(scene, text_string(&line));
    if (hits(scene, event) != expected)
        print_message("%s\n", text_string(&line));
    assert_int_equal(hits(scene, event), expected);
    text_deinit(&line);
}

/* -- filters -------------------------------------------------------------------------------- */

static void test_clients_are_found_in_networks(void **state)
{
    static const struct {
        const char *client;
        const char *filter;
        bool expected;
    } cases[] = {
        { "10.1.2.3", "client=10.0.0.0/8", true },
        { "11.1.2.3", "client=10.0.0.0/8", false },
        { "10.1.2.3", "client=10.255.0.0/8", true },
        { "10.1.2.3", "client=10.1.2.3", true },
        { "10.1.2.4", "client=10.1.2.3", false },
        { "10.1.2.2", "client=10.1.2.3/31", true },
        { "10.1.2.4", "client=0.0.0.0/0", true },
        { "::ffff:10.1.2.3", "client=10.0.0.0/8", true },
        { "10.1.2.3", "client=::ffff:10.0.0.0/104", true },
        { "2001:db8:1::5", "client=2001:db8::/32", true },
        { "2001:db9:1::5", "client=2001:db8::/32", false },
        { "2001:db9:1::5", "client=0.0.0.0/0", false },
        { "10.1.2.3", "client=::/0", true },
        { "fe80::1%eth0", "client=fe80::/10", true },
        { "unix", "client=::/0", false },
        { "", "client=::/0", false },
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scene_session(scene, 1, cases[i].client);
        expect_filter(scene, cases[i].filter, event_command("NOOP"), cases[i].expected);
    }
}

static void test_the_envelope_is_filtered(void **state)
{
    struct scene *scene = *state;
    struct smtp_event mail = event_command("MAIL FROM:<Ann@a.test>");
    struct smtp_event null = event_command("MAIL FROM:<>");
    struct smtp_event rcpt = event_command("RCPT TO:<eve@b.test>");
    struct smtp_event data = event_command("DATA");
    expect_filter(scene, "sender=*@a.test", mail, true);
    expect_filter(scene, "sender=ann@*", mail, true);
    expect_filter(scene, "sender=*@b.test", mail, false);
    expect_filter(scene, "sender=<>", null, true);
    expect_filter(scene, "sender=<>", mail, false);
    expect_filter(scene, "sender=*", data, false);
    expect_filter(scene, "recipient=*", data, false);
    expect_filter(scene, "recipient=eve@*", rcpt, true);
    dialogue_goes(&scene->dialogue, "MAIL FROM:<ann@a.test>", 250);
    dialogue_goes(&scene->dialogue, "RCPT TO:<bob@b.test>", 250);
    expect_filter(scene, "sender=ann@a.test", data, true);
    expect_filter(scene, "recipient=bob@*", data, true);
    expect_filter(scene, "recipient=eve@*", data, false);
    expect_filter(scene, "recipient=bob@*", rcpt, false);
    expect_filter(scene, "recipient=bob@*", event_rcpt_reply("250 ok\r\n", "eve@b.test"), false);
    expect_filter(scene, "recipient=eve@*", event_rcpt_reply("250 ok\r\n", "eve@b.test"), true);
    expect_filter(scene, "recipient=bob@*", event_reply("354 go\r\n", VERB_DATA), true);
}

static void test_lists_are_filtered(void **state)
{
    struct scene *scene = *state;
    struct smtp_event mail = event_command("MAIL FROM:<ann@a.test>");
    const struct key_source keys = { &scene->facts, &scene->dialogue, &mail };
    expect_filter(scene, "listed=trap", mail, false);
    list_put(scene->recall, SPAN("trap"), KEY_SENDER, &keys, 0, HOURS(1));
    expect_filter(scene, "listed=trap", mail, true);
    expect_filter(scene, "listed=trap", event_command("MAIL FROM:<bob@a.test>"), false);
    expect_filter(scene, "listed=other", mail, false);
}

static void test_early_words_are_filtered(void **state)
{
    struct scene *scene = *state;
    expect_filter(scene, "early=yes", event_command("NOOP"), false);
    expect_filter(scene, "early=no", event_command("NOOP"), true);
    scene->early = true;
    expect_filter(scene, "early=yes", event_command("NOOP"), true);
    expect_filter(scene, "early=no", event_command("NOOP"), false);
}

/* Exactly one rule of the group hits, each as often as its weight has it. */
static void test_weights_share_one_draw(void **state)
{
    struct scene *scene = *state;
    struct smtp_event event = event_command("NOOP");
    size_t count[3] = { 0 };
    scene_rule(scene, "to server command weight 1 delay");
    scene_add(scene, "to server command weight 2 stall");
    scene_add(scene, "to server command weight 7 drip");
    for (event.number = 1; event.number <= 1000; event.number++) {
        size_t hit = 0;
        for (size_t i = 0; i < 3; i++)
            if (hits_nth(scene, i, event)) {
                count[i]++;
                hit++;
            }
        assert_int_equal(hit, 1);
    }
    assert_in_range(count[0], 70, 130);
    assert_in_range(count[1], 160, 240);
}

static void test_weights_of_other_events_are_another_draw(void **state)
{
    struct scene *scene = *state;
    scene_rule(scene, "to server command MAIL weight 1 delay");
    scene_add(scene, "to server command RCPT weight 1 delay");
    assert_true(hits_nth(scene, 0, event_command("MAIL FROM:<>")));
    assert_true(hits_nth(scene, 1, event_command("RCPT TO:<a@b>")));
}

static void test_the_session_is_filtered(void **state)
{
    struct scene *scene = *state;
    expect_filter(scene, "helo=*.test", event_command("NOOP"), false);
    expect_filter(scene, "helo=*.test", event_command("EHLO me.test"), true);
    dialogue_goes(&scene->dialogue, "EHLO ME.test", 250);
    expect_filter(scene, "helo=me.*", event_command("NOOP"), true);
    expect_filter(scene, "tls=no", event_command("NOOP"), true);
    expect_filter(scene, "tls=yes", event_command("NOOP"), false);
    scene->dialogue.tls = true;
    expect_filter(scene, "tls=yes", event_command("NOOP"), true);
}

static void test_sizes_hold_from_the_moment_they_are_known(void **state)
{
    struct scene *scene = *state;
    expect_filter(scene, "size>1000", event_command("MAIL FROM:<a> SIZE=1001"), true);
    expect_filter(scene, "size>1000", event_command("MAIL FROM:<a> SIZE=1000"), false);
    expect_filter(scene, "size>1KB", event_body("0123456789\r\n", 988), false);
    expect_filter(scene, "size>1KB", event_body("0123456789\r\n", 989), true);
    scene->dialogue.body_bytes = 1001;
    expect_filter(scene, "size>1KB", event_of(SMTP_BODY_END, TO_SERVER), true);
}

static void test_texts_are_matched_without_their_line_ending(void **state)
{
    struct scene *scene = *state;
    expect_filter(scene, "matches=/^RCPT.*>$/", event_command("RCPT TO:<a>\r\n"), true);
    expect_filter(scene, "matches=/^RCPT.*>$/", event_command("RCPT TO:<a> \r\n"), false);
    expect_filter(scene, "matches=/(?m)^250-SIZE$/",
                  event_reply("250-x\r\n250-SIZE\r\n250 y\r\n", VERB_EHLO), true);
    expect_filter(scene, "matches=/<a>\\z/", event_command("RCPT TO:<a>\r\n"), true);
    expect_filter(scene, "matches=/^$/", event_of(SMTP_CLOSE, TO_CLIENT), true);
}

static void test_all_filters_must_hold(void **state)
{
    struct scene *scene = *state;
    struct smtp_event noop = event_command("NOOP");
    expect_filter(scene, "tls=no client=192.0.2.0/24 matches=/NOOP/", noop, true);
    expect_filter(scene, "tls=no client=192.0.3.0/24 matches=/NOOP/", noop, false);
    expect_filter(scene, "tls=no client=192.0.2.0/24 matches=/RSET/", noop, false);
}

static void test_overlong_events_never_match(void **state)
{
    struct scene *scene = *state;
    struct smtp_event noop = event_command("NOOP");
    noop.overlong = true;
    expect_filter(scene, "", noop, false);
}

/* -- the blast radius ----------------------------------------------------------------------- */

static void test_only_mail_for_these_recipients_is_touched(void **state)
{
    struct scene *scene = *state;
    struct dialogue *dialogue = &scene->dialogue;
    scene->options.only_recipient = SPAN("*@lab.test");
    expect_filter(scene, "", event_of(SMTP_CONNECT, TO_CLIENT), false);
    expect_filter(scene, "", event_command("EHLO me.test"), false);
    expect_filter(scene, "", event_command("MAIL FROM:<ann@lab.test>"), false);
    dialogue_goes(dialogue, "MAIL FROM:<ann@lab.test>", 250);
    expect_filter(scene, "", event_command("DATA"), false);
    expect_filter(scene, "", event_command("RCPT TO:<bob@lab.test>"), true);
    expect_filter(scene, "", event_command("RCPT TO:<bob@other.test>"), false);
    dialogue_goes(dialogue, "RCPT TO:<bob@lab.test>", 250);
    expect_filter(scene, "", event_rcpt_reply("250 ok\r\n", "bob@lab.test"), true);
    expect_filter(scene, "", event_command("DATA"), true);
    expect_filter(scene, "", event_body("text\r\n", 0), true);
    expect_filter(scene, "", event_reply("354 go\r\n", VERB_DATA), true);
    expect_filter(scene, "", event_command("MAIL FROM:<ann@lab.test>"), false);
    dialogue_goes(dialogue, "RCPT TO:<eve@other.test>", 250);
    expect_filter(scene, "", event_rcpt_reply("250 ok\r\n", "eve@other.test"), false);
    expect_filter(scene, "", event_command("DATA"), false);
    expect_filter(scene, "", event_body("text\r\n", 0), false);
    expect_filter(scene, "", event_reply("250 ok\r\n", VERB_DATA), false);
    expect_filter(scene, "", event_command("RCPT TO:<zoe@lab.test>"), true);
}

static void test_recipients_beyond_memory_are_not_taken_for_ours(void **state)
{
    struct scene *scene = *state;
    scene->options.only_recipient = SPAN("*@lab.test");
    dialogue_goes(&scene->dialogue, "MAIL FROM:<>", 250);
    for (size_t i = 0; i < RECIPIENTS_MAX; i++)
        dialogue_goes(&scene->dialogue, "RCPT TO:<bob@lab.test>", 250);
    expect_filter(scene, "", event_command("DATA"), true);
    dialogue_goes(&scene->dialogue, "RCPT TO:<eve@other.test>", 250);
    expect_filter(scene, "", event_command("DATA"), false);
}

/* -- how often ------------------------------------------------------------------------------ */

static void test_counters_count_in_the_session(void **state)
{
    static const struct {
        const char *how;
        const char *expected;
    } cases[] = {
        { "", "xxxx" },         { "always", "xxxx" },
        { "once", "x..." },     { "once per session", "x..." },
        { "first 2", "xx.." },  { "after 2", "..xxx" },
        { "after 0", "xx" },    { "every 3rd", "..x..x." },
        { "every 1st", "xxx" },
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text line = { 0 };
        text_addf(&line, "to server command NOOP %s drop", cases[i].how);
        scene_rule(scene, text_string(&line));
        expect_hits(scene, event_command("NOOP"), cases[i].expected);
        scene_session(scene, 2, "192.0.2.1");
        expect_hits(scene, event_command("NOOP"), cases[i].expected);
        text_deinit(&line);
    }
}

static void test_only_events_that_pass_the_filters_count(void **state)
{
    struct scene *scene = *state;
    scene_rule(scene, "to server command matches=/x/ every 2nd drop");
    expect_hits(scene, event_command("NOOP x"), ".");
    expect_hits(scene, event_command("NOOP y"), "...");
    expect_hits(scene, event_command("NOOP x"), "x.x");
    scene_rule(scene, "to server command RCPT once drop");
    scene->options.only_recipient = SPAN("*@lab.test");
    expect_hits(scene, event_command("RCPT TO:<a@other.test>"), "..");
    expect_hits(scene, event_command("RCPT TO:<a@lab.test>"), "x.");
}

static void test_per_message_counts_from_mail_to_mail(void **state)
{
    struct scene *scene = *state;
    scene_rule(scene, "to server command MAIL,RCPT first 2 per message drop");
    for (int message = 0; message < 2; message++) {
        expect_hits(scene, event_command("MAIL FROM:<a>"), "x");
        dialogue_goes(&scene->dialogue, "MAIL FROM:<a>", 250);
        expect_hits(scene, event_command("RCPT TO:<a>"), "x..");
    }
    scene_rule(scene, "to client reply after RCPT once per message drop");
    expect_hits(scene, event_rcpt_reply("250 ok\r\n", "a"), "x.");
    /* That the client says the next MAIL early changes nothing. */
    dialogue_goes(&scene->dialogue, "MAIL FROM:<a>", 0);
    expect_hits(scene, event_rcpt_reply("250 ok\r\n", "a"), "..");
    dialogue_hears(&scene->dialogue, 250);
    expect_hits(scene, event_rcpt_reply("250 ok\r\n", "a"), "x.");
}

static void test_other_scopes_count_across_sessions(void **state)
{
    static const struct {
        const char *scope;
        const char *client;
        const char *rcpt;
        bool is_new; /* after client 192.0.2.1 and recipient bob@b.test */
    } cases[] = {
        { "client", "192.0.2.1", "RCPT TO:<eve@b.test>", false },
        { "client", "192.0.2.2", "RCPT TO:<bob@b.test>", true },
        { "recipient", "192.0.2.2", "RCPT TO:<bob@b.test>", false },
        { "recipient", "192.0.2.1", "RCPT TO:<eve@b.test>", true },
        { "sender", "192.0.2.2", "RCPT TO:<eve@b.test>", false },
        { "triplet", "192.0.2.1", "RCPT TO:<BOB@b.test>", false },
        { "triplet", "192.0.2.2", "RCPT TO:<bob@b.test>", true },
        { "triplet", "192.0.2.1", "RCPT TO:<eve@b.test>", true },
        { "run", "192.0.2.2", "RCPT TO:<eve@b.test>", false },
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text line = { 0 };
        text_addf(&line, "to server command RCPT once per %s drop", cases[i].scope);
        recall_free(scene->recall);
        scene->recall = recall_new(0);
        scene_rule(scene, text_string(&line));
        scene_session(scene, 1, "192.0.2.1");
        dialogue_goes(&scene->dialogue, "MAIL FROM:<ann@a.test>", 250);
        expect_hits(scene, event_command("RCPT TO:<bob@b.test>"), "x.");
        scene_session(scene, 2, cases[i].client);
        dialogue_goes(&scene->dialogue, "MAIL FROM:<ann@a.test>", 250);
        expect_hits(scene, event_command(cases[i].rcpt), cases[i].is_new ? "x." : "..");
        text_deinit(&line);
    }
}

static void test_senders_are_told_apart(void **state)
{
    struct scene *scene = *state;
    scene_rule(scene, "to server command MAIL once per sender drop");
    expect_hits(scene, event_command("MAIL FROM:<ann@a.test>"), "x.");
    expect_hits(scene, event_command("MAIL FROM:<eve@a.test>"), "x.");
    expect_hits(scene, event_command("MAIL FROM:<>"), "x.");
    expect_hits(scene, event_command("MAIL FROM:<ANN@a.test>"), ".");
}

static void test_a_triplet_has_a_sender(void **state)
{
    struct scene *scene = *state;
    scene_rule(scene, "to server command RCPT once per triplet drop");
    dialogue_goes(&scene->dialogue, "MAIL FROM:<ann@a.test>", 250);
    expect_hits(scene, event_command("RCPT TO:<bob@b.test>"), "x.");
    dialogue_goes(&scene->dialogue, "MAIL FROM:<eve@a.test>", 250);
    expect_hits(scene, event_command("RCPT TO:<bob@b.test>"), "x.");
}

static void test_each_rule_has_a_memory_of_its_own(void **state)
{
    static const char *const scopes[] = { "session", "message", "client", "run" };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        struct text line = { 0 };
        struct text error = { 0 };
        text_addf(&line, "to server command once per %s drop", scopes[i]);
        scene_rule(scene, text_string(&line));
        assert_true(rule_set_add_line(scene->rules, text_span(&line), (struct place){ 0 }, &error));
        assert_true(hits_nth(scene, 0, event_command("NOOP")));
        assert_false(hits_nth(scene, 0, event_command("NOOP")));
        assert_true(hits_nth(scene, 1, event_command("NOOP")));
        text_deinit(&line);
    }
}

/* -- chance --------------------------------------------------------------------------------- */

static unsigned count_hits(struct scene *scene, struct smtp_event event, unsigned events)
{
    unsigned count = 0;
    for (unsigned i = 0; i < events; i++) {
        event.number = i + 1;
        count += hits(scene, event);
    }
    return count;
}

static void test_chance_draws_for_each_event(void **state)
{
    struct scene *scene = *state;
    scene_rule(scene, "to server command chance 1/4 drop");
    unsigned count = count_hits(scene, event_command("NOOP"), 4000);
    assert_in_range(count, 900, 1100);
    assert_int_equal(count_hits(scene, event_command("NOOP"), 4000), count);
    scene_rule(scene, "to server command chance 0/4 drop");
    assert_int_equal(count_hits(scene, event_command("NOOP"), 100), 0);
    scene_rule(scene, "to server command chance 4/4 drop");
    assert_int_equal(count_hits(scene, event_command("NOOP"), 100), 100);
}

/* The first events of many sessions, as "x" and ".". */
static void draw_sessions(struct scene *scene, char pattern[65])
{
    for (uint64_t i = 0; i < 64; i++) {
        scene_session(scene, i + 1, "192.0.2.1");
        pattern[i] = hits(scene, event_command("NOOP")) ? 'x' : '.';
        /* What else happens in the session changes nothing. */
        hits(scene, event_command("RSET"));
    }
    pattern[64] = 0;
}

static void test_chance_depends_on_seed_session_and_rule(void **state)
{
    struct scene *scene = *state;
    char first[65];
    char other[65];
    scene_rule(scene, "to server command chance 1/2 drop");
    draw_sessions(scene, first);
    draw_sessions(scene, other);
    assert_string_equal(first, other);
    assert_non_null(strchr(first, 'x'));
    assert_non_null(strchr(first, '.'));
    scene->options.seed++;
    draw_sessions(scene, other);
    assert_string_not_equal(first, other);
    scene->options.seed--;
    scene_rule(scene, "to server command chance 1/2  drop");
    draw_sessions(scene, other);
    assert_string_not_equal(first, other);
}

static void test_chance_per_scope_draws_once(void **state)
{
    static const char *const scopes[] = { "session", "client", "sender", "recipient",
                                          "triplet", "run",    "message" };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        struct text line = { 0 };
        text_addf(&line, "to server command RCPT chance 1/2 per %s drop", scopes[i]);
        scene_rule(scene, text_string(&line));
        scene_session(scene, 1, "192.0.2.1");
        unsigned count = count_hits(scene, event_command("RCPT TO:<bob@b.test>"), 50);
        assert_true(count == 0 || count == 50);
        text_deinit(&line);
    }
}

static void test_chance_per_client_is_the_same_in_all_sessions(void **state)
{
    struct scene *scene = *state;
    unsigned count = 0;
    scene_rule(scene, "to server command chance 1/2 per client drop");
    for (unsigned i = 0; i < 64; i++) {
        char client[16];
        snprintf(client, sizeof client, "192.0.2.%u", i);
        scene_session(scene, 1, client);
        bool hit = hits(scene, event_command("NOOP"));
        scene_session(scene, 1000 + i, client);
        assert_int_equal(hits(scene, event_command("NOOP")), hit);
        count += hit;
    }
    assert_in_range(count, 16, 48);
}

static void test_chance_per_message_differs_from_message_to_message(void **state)
{
    struct scene *scene = *state;
    unsigned count = 0;
    scene_rule(scene, "to server command MAIL,RCPT chance 1/2 per message drop");
    for (unsigned i = 0; i < 64; i++) {
        bool hit = hits(scene, event_command("MAIL FROM:<a>"));
        dialogue_goes(&scene->dialogue, "MAIL FROM:<a>", 250);
        assert_int_equal(hits(scene, event_command("RCPT TO:<a>")), hit);
        count += hit;
    }
    assert_in_range(count, 16, 48);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_clients_are_found_in_networks),
        TEST(test_the_envelope_is_filtered),
        TEST(test_lists_are_filtered),
        TEST(test_early_words_are_filtered),
        TEST(test_weights_share_one_draw),
        TEST(test_weights_of_other_events_are_another_draw),
        TEST(test_the_session_is_filtered),
        TEST(test_sizes_hold_from_the_moment_they_are_known),
        TEST(test_texts_are_matched_without_their_line_ending),
        TEST(test_all_filters_must_hold),
        TEST(test_overlong_events_never_match),
        TEST(test_only_mail_for_these_recipients_is_touched),
        TEST(test_recipients_beyond_memory_are_not_taken_for_ours),
        TEST(test_counters_count_in_the_session),
        TEST(test_only_events_that_pass_the_filters_count),
        TEST(test_per_message_counts_from_mail_to_mail),
        TEST(test_other_scopes_count_across_sessions),
        TEST(test_senders_are_told_apart),
        TEST(test_a_triplet_has_a_sender),
        TEST(test_each_rule_has_a_memory_of_its_own),
        TEST(test_chance_draws_for_each_event),
        TEST(test_chance_depends_on_seed_session_and_rule),
        TEST(test_chance_per_scope_draws_once),
        TEST(test_chance_per_client_is_the_same_in_all_sessions),
        TEST(test_chance_per_message_differs_from_message_to_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
