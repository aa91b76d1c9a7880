/* test_sorting: clients meet one server, mail goes to several, and every command has one reply. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "peers/sorting.h"

struct bench {
    struct pool pool;
    struct sorting sorting;
    size_t cut; /* bytes handed in at a time */
};

static const struct span hosts[] = { SPAN_INIT("@a.test"), SPAN_INIT("@b.test") };

static size_t choose(const void *owner, struct span recipient)
{
    (void)owner;
    for (size_t i = 0; i < 2; i++)
        if (span_ends(recipient, hosts[i]))
            return i;
    return SORTING_NOBODY;
}

/* What has been said to a side since it was asked last. */
static void expect(struct chain *chain, const char *said)
{
    struct span bytes = chain_pull(chain, chain->len);
    struct text text = { 0 };
    text_add(&text, bytes);
    assert_string_equal(text_string(&text), said);
    text_deinit(&text);
    chain_drop(chain, chain->len);
}

static void expect_client(struct bench *bench, const char *said)
{
    expect(&bench->sorting.to_client, said);
}

static void expect_server(struct bench *bench, const char *said)
{
    expect(&bench->sorting.to_server, said);
}

static void client(struct bench *bench, const char *line)
{
    struct span bytes = span_of(line);
    while (bytes.len) {
        size_t taken = sorting_hear_client(&bench->sorting, span_take(bytes, bench->cut));
        assert_true(taken > 0);
        bytes = span_drop(bytes, taken);
    }
}

static void server(struct bench *bench, const char *line)
{
    for (struct span bytes = span_of(line); bytes.len; bytes = span_drop(bytes, bench->cut))
        sorting_hear_server(&bench->sorting, span_take(bytes, bench->cut));
}

static void begin(struct bench *bench, size_t cut)
{
    *bench = (struct bench){ .cut = cut };
    bench->sorting.host = SPAN("proxy.test");
    bench->sorting.choose = choose;
    sorting_begin(&bench->sorting, &bench->pool);
    expect_client(bench, "220 proxy.test ESMTP smtpchaos\r\n");
    client(bench, "EHLO c.test\r\n");
    expect_client(bench, "250-proxy.test\r\n250-PIPELINING\r\n250-SIZE\r\n250 8BITMIME\r\n");
}

static void end(struct bench *bench)
{
    sorting_deinit(&bench->sorting);
    pool_deinit(&bench->pool);
}

/* The server of a recipient is found, and hears what the client has said. */
static void reach(struct bench *bench, size_t number, const char *mail, const char *recipient)
{
    assert_int_equal(bench->sorting.step, SORTING_REACHES);
    assert_int_equal(bench->sorting.number, number);
    bench->sorting.hangs_up = false;
    chain_drop(&bench->sorting.to_server, bench->sorting.to_server.len);
    sorting_reached(&bench->sorting);
    server(bench, "220-mx\r\n220 mx\r\n");
    expect_server(bench, "EHLO c.test\r\n");
    server(bench, "250 mx\r\n");
    expect_server(bench, mail);
    server(bench, "250 sender\r\n");
    expect_server(bench, recipient);
}

static void mail_for_a(struct bench *bench)
{
    client(bench, "MAIL FROM:<x@c.test> SIZE=9 BODY=8BITMIME\r\n");
    expect_client(bench, "250 2.1.0 Ok\r\n");
    client(bench, "RCPT TO:<one@a.test>\r\n");
    expect_client(bench, "");
    reach(bench, 0, "MAIL FROM:<x@c.test> BODY=8BITMIME\r\n", "RCPT TO:<one@a.test>\r\n");
    server(bench, "250 one\r\n");
    expect_client(bench, "250 one\r\n");
}

static void go_through(size_t cut)
{
    struct bench bench;
    begin(&bench, cut);
    client(&bench, "DATA\r\n");
    expect_client(&bench, "554 5.5.1 No recipient has been accepted\r\n");
    mail_for_a(&bench);
    client(&bench, "RCPT TO:<two@b.test>\r\n");
    expect_client(&bench, "452 4.5.3 Another server takes mail for this recipient: send it in a "
                          "mail of its own\r\n");
    client(&bench, "DATA\r\n");
    expect_server(&bench, "DATA\r\n");
    assert_false(sorting_takes_client(&bench.sorting));
    server(&bench, "354 go\r\n");
    client(&bench, "RCPT TO:<no command@b.test>\r\n..\r\n.\r\n");
    expect_server(&bench, "RCPT TO:<no command@b.test>\r\n..\r\n.\r\n");
    server(&bench, "250 taken\r\n");
    expect_client(&bench, "354 go\r\n250 taken\r\n");
    client(&bench, "MAIL FROM:<>\r\n");
    client(&bench, "RCPT TO:<two@B.test>\r\n");
    expect_client(&bench, "250 2.1.0 Ok\r\n550 5.7.1 No server here takes mail for this "
                          "recipient\r\n");
    client(&bench, "RCPT TO:<two@b.test>\r\n");
    assert_true(bench.sorting.hangs_up);
    expect_server(&bench, "QUIT\r\n");
    reach(&bench, 1, "MAIL FROM:<>\r\n", "RCPT TO:<two@b.test>\r\n");
    server(&bench, "250 two\r\n");
    client(&bench, "QUIT\r\n");
    expect_server(&bench, "QUIT\r\n");
    server(&bench, "221 bye\r\n");
    sorting_server_ended(&bench.sorting, false);
    expect_client(&bench, "250 two\r\n221 bye\r\n");
    assert_int_equal(bench.sorting.step, SORTING_OVER);
    end(&bench);
}

static void test_mail_is_sorted_however_it_is_cut(void **state)
{
    (void)state;
    go_through(1);
    go_through(7);
    go_through(1000);
}

static void test_a_server_without_ehlo_is_said_helo(void **state)
{
    struct bench bench;
    (void)state;
    begin(&bench, 100);
    client(&bench, "MAIL FROM:<x@c.test> SIZE=9 BODY=8BITMIME\r\nRCPT TO:<one@a.test>\r\n");
    sorting_reached(&bench.sorting);
    server(&bench, "220 mx\r\n502 what?\r\n");
    expect_server(&bench, "EHLO c.test\r\nHELO c.test\r\n");
    server(&bench, "250 mx\r\n");
    expect_server(&bench, "MAIL FROM:<x@c.test>\r\n");
    end(&bench);
}

static void test_a_recipient_that_was_refused_binds_nobody(void **state)
{
    struct bench bench;
    (void)state;
    begin(&bench, 100);
    client(&bench, "MAIL FROM:<x@c.test>\r\nRCPT TO:<one@a.test>\r\n");
    reach(&bench, 0, "MAIL FROM:<x@c.test>\r\n", "RCPT TO:<one@a.test>\r\n");
    server(&bench, "550 nobody\r\n");
    client(&bench, "RCPT TO:<two@b.test>\r\n");
    expect_client(&bench, "250 2.1.0 Ok\r\n550 nobody\r\n");
    reach(&bench, 1, "MAIL FROM:<x@c.test>\r\n", "RCPT TO:<two@b.test>\r\n");
    server(&bench, "250 two\r\n");
    client(&bench, "RSET\r\n");
    expect_server(&bench, "RSET\r\n");
    server(&bench, "250 reset\r\n");
    client(&bench, "RSET\r\n");
    expect_client(&bench, "250 two\r\n250 reset\r\n250 2.0.0 Ok\r\n");
    end(&bench);
}

/* Each way in which a server cannot be had: the recipient hears of it, and another may be named. */
static void test_servers_that_are_not_to_be_had(void **state)
{
    static const struct {
        const char *said;
        const char *heard;
    } cases[] = {
        { "554 no\r\n", "451 4.3.2 the server for this recipient takes no mail now\r\n" },
        { "220 mx\r\n500 no\r\n500 no\r\n",
          "451 4.3.0 the server for this recipient refuses your hello\r\n" },
        { "220 mx\r\n250 mx\r\n421 no\r\n",
          "451 4.3.0 the server for this recipient takes no mail now\r\n" },
        { "220 mx\r\n250 mx\r\n553-not\r\n553 from you\r\n", "553-not\r\n553 from you\r\n" },
        { "220 mx\r\n250 mx\r\n250 ok\r\n450 not now\r\n", "450 not now\r\n" },
        { "220 mx\r\n25", NULL },
        { "", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench bench;
        begin(&bench, 100);
        client(&bench, "MAIL FROM:<x@c.test>\r\nRCPT TO:<one@a.test>\r\n");
        expect_client(&bench, "250 2.1.0 Ok\r\n");
        sorting_reached(&bench.sorting);
        server(&bench, cases[i].said);
        if (!cases[i].heard)
            sorting_server_ended(&bench.sorting, true);
        expect_client(&bench, cases[i].heard ? cases[i].heard
                                             : "451 4.4.2 the server for this recipient ended the "
                                               "connection\r\n");
        bench.sorting.hangs_up = false;
        client(&bench, "RCPT TO:<two@b.test>\r\n");
        reach(&bench, 1, "MAIL FROM:<x@c.test>\r\n", "RCPT TO:<two@b.test>\r\n");
        end(&bench);
    }
}

static void test_an_end_in_the_midst_is_carried_over(void **state)
{
    struct bench bench;
    (void)state;
    begin(&bench, 100);
    mail_for_a(&bench);
    client(&bench, "DATA\r\n");
    server(&bench, "354 go\r\n");
    client(&bench, "half\r\n");
    sorting_client_ended(&bench.sorting);
    expect_server(&bench, "DATA\r\nhalf\r\n");
    assert_true(sorting_wants_finish(&bench.sorting));
    sorting_server_ended(&bench.sorting, true);
    assert_true(bench.sorting.is_torn);
    assert_int_equal(bench.sorting.step, SORTING_OVER);
    client(&bench, "too late\r\n");
    expect_server(&bench, "");
    end(&bench);
}

static void test_a_server_that_speaks_out_of_turn(void **state)
{
    struct bench bench;
    (void)state;
    begin(&bench, 100);
    mail_for_a(&bench);
    client(&bench, "DATA\r\n");
    server(&bench, "354 go\r\n");
    client(&bench, "text\r\n");
    server(&bench, "250 a lenient end\r\n");
    client(&bench, "RCPT TO:<two@b.test>\r\n");
    expect_server(&bench, "DATA\r\ntext\r\nRCPT TO:<two@b.test>\r\n");
    server(&bench, "503");
    expect_client(&bench, "354 go\r\n250 a lenient end\r\n503");
    end(&bench);
}

/* A connection that is not needed may go, and is made again. */
static void test_a_server_may_go_between_two_mails(void **state)
{
    struct bench bench;
    (void)state;
    begin(&bench, 100);
    mail_for_a(&bench);
    client(&bench, "BDAT 3 LAST\r\nabc");
    expect_server(&bench, "BDAT 3 LAST\r\nabc");
    server(&bench, "250 taken\r\n421 I go\r\n");
    assert_true(bench.sorting.hangs_up);
    expect_client(&bench, "250 taken\r\n");
    bench.sorting.hangs_up = false;
    client(&bench, "BDAT 3\r\nabcNOOP\r\n");
    expect_client(&bench, "554 5.5.1 No recipient has been accepted\r\n250 2.0.0 Ok\r\n");
    client(&bench, "MAIL FROM:<>\r\nRCPT TO:<one@a.test>\r\n");
    expect_client(&bench, "250 2.1.0 Ok\r\n");
    reach(&bench, 0, "MAIL FROM:<>\r\n", "RCPT TO:<one@a.test>\r\n");
    end(&bench);
}

static void test_what_is_answered_here(void **state)
{
    static const char *const cases[][2] = {
        { "AUTH PLAIN\r\n", "502" }, { "STARTTLS\r\n", "502" },    { "LHLO x\r\n", "502" },
        { "VRFY x\r\n", "252" },     { "HELP\r\n", "214" },        { "WHAT\r\n", "500" },
        { "\r\n", "500" },           { "RCPT TO:<x>\r\n", "503" }, { "MAIL TO:<x>\r\n", "501" },
        { "BDAT x\r\n", "501" },     { "HELO c\r\n", "250" },      { "QUIT\r\n", "221" },
    };
    struct bench bench;
    (void)state;
    begin(&bench, 3);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        client(&bench, cases[i][0]);
        struct span heard = chain_pull(&bench.sorting.to_client, bench.sorting.to_client.len);
        assert_true(span_starts(heard, span_of(cases[i][1])));
        assert_int_equal(span_find(heard, '\n'), heard.len - 1);
        chain_drop(&bench.sorting.to_client, heard.len);
    }
    assert_int_equal(bench.sorting.step, SORTING_OVER);
    end(&bench);
}

static void test_a_line_has_a_bound(void **state)
{
    static const char blanks[RECEIVER_LINE_MAX] = "NOOP                                       ";
    struct bench bench;
    (void)state;
    begin(&bench, 1000);
    for (int i = 0; i < 3; i++)
        sorting_hear_client(&bench.sorting, span_make(blanks, sizeof blanks));
    client(&bench, "\r\nNOOP\r\n");
    expect_client(&bench, "500 5.5.2 Line too long\r\n250 2.0.0 Ok\r\n");
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mail_is_sorted_however_it_is_cut),
        cmocka_unit_test(test_a_server_without_ehlo_is_said_helo),
        cmocka_unit_test(test_a_recipient_that_was_refused_binds_nobody),
        cmocka_unit_test(test_servers_that_are_not_to_be_had),
        cmocka_unit_test(test_an_end_in_the_midst_is_carried_over),
        cmocka_unit_test(test_a_server_that_speaks_out_of_turn),
        cmocka_unit_test(test_a_server_may_go_between_two_mails),
        cmocka_unit_test(test_what_is_answered_here),
        cmocka_unit_test(test_a_line_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
