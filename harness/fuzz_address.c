/* fuzz_address: bytes that stand where a path does. One that is closed - its quotes and its
 * bracket - is found whole, with what stands behind it; the envelope remembers it as it is,
 * forgets what is too long, and finds it again. */
#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "harness/entry.h"
#include "smtp/dialogue.h"
#include "smtp/parse.h"

#define INPUT_MAX 2048

/* True when no bracket stands outside quotes and all quotes are closed (RFC 5321 section 4.1.2). */
static bool is_closed(struct span path)
{
    bool quoted = false;
    for (size_t i = 0; i < path.len; i++) {
        uint8_t byte = path.ptr[i];
        if (byte == '\n' || (byte == '>' && !quoted))
            return false;
        if (byte == '\\' && quoted && ++i == path.len)
            return false;
        if (path.ptr[i] == '\n')
            return false;
        if (byte == '"')
            quoted = !quoted;
    }
    return !quoted;
}

static void check_path(const char *before, struct span path, const char *behind)
{
    static struct text line;
    text_clear(&line);
    text_addf(&line, "%s<", before);
    text_add(&line, path);
    text_addf(&line, "> %s\r\n", behind);
    struct smtp_command command = smtp_command_parse(text_span(&line));
    check(command.verb == VERB_MAIL || command.verb == VERB_RCPT);
    check(command.parameters.len <= command.argument.len);
    if (!is_closed(path))
        return;
    check(span_equal(command.address, path));
    check(span_equal(command.parameters, span_of(behind)));
}

/* A stray byte may stand where a bracket or a colon should: the parts stay apart. */
static void check_bare(struct span bytes)
{
    static struct text line;
    text_clear(&line);
    text_add(&line, SPAN("RCPT TO:"));
    text_add(&line, bytes);
    struct smtp_command command = smtp_command_parse(text_span(&line));
    if (command.verb == VERB_RCPT)
        check(command.address.len + command.parameters.len <= command.argument.len);
}

static void check_envelope(struct span path)
{
    struct envelope envelope = { 0 };
    bool remembered = path.len <= ADDRESS_MAX && span_find(path, '\0') == path.len;
    envelope_begin(&envelope, path);
    check(envelope.has_sender && envelope.number == 1);
    check(!remembered || span_equal(text_span(&envelope.sender), path));
    envelope_add(&envelope, path);
    envelope_add(&envelope, SPAN("bob@example.test"));
    check(envelope.recipient_count == 2 && envelope.recipients.len <= 2 * ADDRESS_MAX + 2);
    check(!remembered || span_equal(envelope_recipient(&envelope, 0), path));
    check(envelope_has_recipient(&envelope, SPAN("BOB@*.test")));
    envelope_reset(&envelope);
    check(!envelope.has_sender && envelope.recipient_count == 0);
    envelope_deinit(&envelope);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span path = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    check_path("MAIL FROM:", path, "SIZE=100 BODY=8BITMIME");
    check_path("rcpt to: ", path, "NOTIFY=NEVER");
    check_path("RCPT TO:", path, "");
    check_bare(path);
    check_envelope(path);
    return 0;
}
