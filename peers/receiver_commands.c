/* receiver_commands: what each verb does and what it is answered, one function each. Their order is
 * RFC 5321 section 4.1.4's, the codes are those of section 4.3.2. */
#include "base/limits.h"
#include "peers/receiver_parts.h"
#include "smtp/parse.h"

typedef void handler(struct receiver *receiver, const struct smtp_command *command);

static void say(struct receiver *receiver, struct span reply)
{
    receiver_say(receiver, reply);
}

static void begin_session(struct receiver *receiver, enum receiver_hello hello)
{
    receiver_reset(receiver);
    receiver->hello = hello;
}

static bool is_named(struct receiver *receiver, const struct smtp_command *command)
{
    if (command->argument.len == 0)
        say(receiver, SPAN("501 5.5.4 Say who you are\r\n"));
    return command->argument.len > 0;
}

static void helo(struct receiver *receiver, const struct smtp_command *command)
{
    if (!is_named(receiver, command))
        return;
    begin_session(receiver, RECEIVER_HELO);
    say(receiver, SPAN("250 "));
    say(receiver, receiver->options->host);
    say(receiver, SPAN("\r\n"));
}

static void say_size_keyword(struct receiver *receiver)
{
    struct text line = { 0 };
    if (receiver->options->size_max > 0)
        text_addf(&line, "250-SIZE %llu\r\n", (unsigned long long)receiver->options->size_max);
    else
        text_add(&line, SPAN("250-SIZE\r\n"));
    say(receiver, text_span(&line));
    text_deinit(&line);
}

static void ehlo(struct receiver *receiver, const struct smtp_command *command)
{
    if (!is_named(receiver, command))
        return;
    begin_session(receiver, RECEIVER_EHLO);
    say(receiver, SPAN("250-"));
    say(receiver, receiver->options->host);
    say(receiver, SPAN("\r\n250-PIPELINING\r\n250-8BITMIME\r\n"));
    say_size_keyword(receiver);
    if (receiver->options->starttls && !receiver->is_secure)
        say(receiver, SPAN("250-STARTTLS\r\n"));
    say(receiver, SPAN("250-SMTPUTF8\r\n250-CHUNKING\r\n250 ENHANCEDSTATUSCODES\r\n"));
}

/* RFC 5321 4.1.2 has no control characters in a path, and a store should never see one. */
static bool is_address(struct span address)
{
    for (size_t i = 0; i < address.len; i++)
        if (address.ptr[i] < ' ' || address.ptr[i] == 0x7f)
            return false;
    return address.len <= ADDRESS_MAX;
}

/* What is wrong with one MAIL parameter; empty when it is fine. RFC 1870, 6152 and 6531. */
static struct span refuse_parameter(const struct receiver *receiver, struct span parameter)
{
    struct cut pair = span_cut(parameter, '=');
    uint64_t max = receiver->options->size_max;
    uint64_t size = 0;
    if (span_equal_nocase(pair.before, SPAN("SIZE"))) {
        if (!span_number(pair.after, &size))
            return SPAN("501 5.5.4 SIZE takes a number\r\n");
        return max > 0 && size > max ? SPAN("552 5.3.4 Message too big\r\n") : SPAN("");
    }
    if (span_equal_nocase(pair.before, SPAN("BODY"))) {
        bool known = span_equal_nocase(pair.after, SPAN("7BIT")) ||
                     span_equal_nocase(pair.after, SPAN("8BITMIME"));
        return known ? SPAN("") : SPAN("501 5.5.4 BODY is 7BIT or 8BITMIME\r\n");
    }
    if (span_equal_nocase(parameter, SPAN("SMTPUTF8")))
        return SPAN("");
    return SPAN("555 5.5.4 Unknown parameter\r\n");
}

static struct span refuse_parameters(const struct receiver *receiver, struct span parameters)
{
    struct span wrong = SPAN("");
    while (parameters.len > 0 && wrong.len == 0) {
        struct cut first = span_cut(parameters, ' ');
        wrong = refuse_parameter(receiver, first.before);
        parameters = span_trim(first.after);
    }
    return wrong;
}

static struct span refuse_mail(const struct receiver *receiver, const struct smtp_command *command)
{
    if (receiver->hello == RECEIVER_NO_HELLO)
        return receiver->options->lmtp ? SPAN("503 5.5.1 Say LHLO first\r\n")
                                       : SPAN("503 5.5.1 Say EHLO or HELO first\r\n");
    if (receiver->envelope.has_sender)
        return SPAN("503 5.5.1 Nested MAIL\r\n");
    if (!span_starts_nocase(command->argument, SPAN("FROM:")))
        return SPAN("501 5.5.4 Syntax: MAIL FROM:<address>\r\n");
    if (!is_address(command->address))
        return SPAN("501 5.1.7 Bad sender address\r\n");
    return refuse_parameters(receiver, command->parameters);
}

static void mail(struct receiver *receiver, const struct smtp_command *command)
{
    struct span wrong = refuse_mail(receiver, command);
    if (wrong.len > 0) {
        say(receiver, wrong);
        return;
    }
    receiver->message_failed = false;
    envelope_begin(&receiver->envelope, command->address);
    say(receiver, SPAN("250 2.1.0 Ok\r\n"));
}

static struct span refuse_rcpt(const struct receiver *receiver, const struct smtp_command *command)
{
    if (!receiver->envelope.has_sender)
        return SPAN("503 5.5.1 Need MAIL before RCPT\r\n");
    if (receiver->in_message)
        return SPAN("503 5.5.1 RCPT behind BDAT\r\n");
    if (!span_starts_nocase(command->argument, SPAN("TO:")))
        return SPAN("501 5.5.4 Syntax: RCPT TO:<address>\r\n");
    if (command->address.len == 0 || !is_address(command->address))
        return SPAN("501 5.1.3 Bad recipient address\r\n");
    if (command->parameters.len > 0)
        return SPAN("555 5.5.4 Unknown parameter\r\n");
    if (receiver->envelope.recipient_count >= RECIPIENTS_MAX)
        return SPAN("452 4.5.3 Too many recipients\r\n");
    return SPAN("");
}

static void rcpt(struct receiver *receiver, const struct smtp_command *command)
{
    struct span wrong = refuse_rcpt(receiver, command);
    if (wrong.len > 0) {
        say(receiver, wrong);
        return;
    }
    envelope_add(&receiver->envelope, command->address);
    say(receiver, SPAN("250 2.1.5 Ok\r\n"));
}

/* RFC 5321 4.1.1.4: without a recipient 503 or 554; which one tells the client what is missing. */
static void data(struct receiver *receiver, const struct smtp_command *command)
{
    if (command->argument.len > 0)
        say(receiver, SPAN("501 5.5.4 DATA takes no argument\r\n"));
    else if (!receiver->envelope.has_sender)
        say(receiver, SPAN("503 5.5.1 Need MAIL before DATA\r\n"));
    else if (receiver->in_message || receiver->message_failed)
        say(receiver, SPAN("503 5.5.1 DATA behind BDAT\r\n"));
    else if (receiver->envelope.recipient_count == 0)
        say(receiver, SPAN("554 5.5.1 No valid recipients\r\n"));
    else
        receiver_begin_data(receiver);
}

static void bdat(struct receiver *receiver, const struct smtp_command *command)
{
    uint64_t size = 0;
    bool last = false;
    if (smtp_bdat_parse(command->argument, &size, &last))
        receiver_begin_chunk(receiver, size, last);
    else
        say(receiver, SPAN("501 5.5.4 Syntax: BDAT size [LAST]\r\n"));
}

static void rset(struct receiver *receiver, const struct smtp_command *command)
{
    (void)command;
    receiver_reset(receiver);
    say(receiver, SPAN("250 2.0.0 Ok\r\n"));
}

static void noop(struct receiver *receiver, const struct smtp_command *command)
{
    (void)command;
    say(receiver, SPAN("250 2.0.0 Ok\r\n"));
}

static void quit(struct receiver *receiver, const struct smtp_command *command)
{
    (void)command;
    receiver_reset(receiver);
    say(receiver, SPAN("221 2.0.0 Bye\r\n"));
    receiver->phase = RECEIVER_OVER;
}

/* RFC 5321 3.5.3: neither yes nor no, since all recipients are taken. */
static void vrfy(struct receiver *receiver, const struct smtp_command *command)
{
    say(receiver, command->argument.len > 0 ? SPAN("252 2.0.0 Send some mail, it is accepted\r\n")
                                            : SPAN("501 5.5.4 Syntax: VRFY address\r\n"));
}

/* RFC 3207 section 4.2: what was said before is forgotten. */
static void starttls(struct receiver *receiver, const struct smtp_command *command)
{
    if (!receiver->options->starttls) {
        say(receiver, SPAN("502 5.5.1 Command not implemented\r\n"));
    } else if (receiver->is_secure) {
        say(receiver, SPAN("503 5.5.1 TLS is there already\r\n"));
    } else if (command->argument.len > 0) {
        say(receiver, SPAN("501 5.5.4 STARTTLS takes no argument\r\n"));
    } else {
        begin_session(receiver, RECEIVER_NO_HELLO);
        say(receiver, SPAN("220 2.0.0 Ready to start TLS\r\n"));
        receiver->phase = RECEIVER_TLS;
    }
}

static void help(struct receiver *receiver, const struct smtp_command *command)
{
    (void)command;
    say(receiver, SPAN("214 2.0.0 smtpchaos keeps what it gets. "
                       "EHLO HELO LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT\r\n"));
}

/* RFC 2033 section 4.1: LMTP has LHLO and neither HELO nor EHLO. */
static handler *handler_of(const struct receiver *receiver, enum verb verb)
{
    static handler *const handlers[VERB_NONE + 1] = {
        [VERB_MAIL] = mail, [VERB_RCPT] = rcpt,         [VERB_DATA] = data, [VERB_BDAT] = bdat,
        [VERB_RSET] = rset, [VERB_NOOP] = noop,         [VERB_QUIT] = quit, [VERB_VRFY] = vrfy,
        [VERB_HELP] = help, [VERB_STARTTLS] = starttls,
    };
    if (!verb_is_hello(verb))
        return handlers[verb];
    if (receiver->options->lmtp)
        return verb == VERB_LHLO ? ehlo : NULL;
    if (verb == VERB_LHLO)
        return NULL;
    return verb == VERB_EHLO ? ehlo : helo;
}

void receiver_command(struct receiver *receiver, struct span line)
{
    struct smtp_command command = smtp_command_parse(line);
    handler *handle = handler_of(receiver, command.verb);
    if (handle)
        handle(receiver, &command);
    else if (command.verb == VERB_UNKNOWN || verb_is_hello(command.verb))
        say(receiver, SPAN("500 5.5.2 Command not recognized\r\n"));
    else
        say(receiver, SPAN("502 5.5.1 Command not implemented\r\n"));
}
