/* parameters: what stands behind the path of MAIL and RCPT. */
#include "harness/mutator/work.h"
#include "smtp/parse.h"

static const struct span parameters[] = {
    SPAN_INIT(" SIZE=100"),
    SPAN_INIT(" SIZE="),
    SPAN_INIT(" BODY=7BIT"),
    SPAN_INIT(" BODY=8BITMIME"),
    SPAN_INIT(" BODY=BINARYMIME"),
    SPAN_INIT(" SMTPUTF8"),
    SPAN_INIT(" RET=FULL"),
    SPAN_INIT(" RET=HDRS"),
    SPAN_INIT(" ENVID=QQ314159"),
    SPAN_INIT(" ENVID=a+0Ab"),
    SPAN_INIT(" NOTIFY=NEVER"),
    SPAN_INIT(" NOTIFY=SUCCESS,FAILURE,DELAY"),
    SPAN_INIT(" NOTIFY=NEVER,SUCCESS"),
    SPAN_INIT(" NOTIFY=,"),
    SPAN_INIT(" ORCPT=rfc822;bob@mx.test"),
    SPAN_INIT(" ORCPT=utf-8;b\\x{f6}b@mx.test"),
    SPAN_INIT(" ORCPT=rfc822;a+0Ab+0D+2"),
    SPAN_INIT(" ORCPT=;"),
    SPAN_INIT(" AUTH=<>"),
    SPAN_INIT(" AUTH=ann@me.test"),
    SPAN_INIT(" AUTH=a+40me.test+0Ab"),
    SPAN_INIT(" AUTH=+"),
    SPAN_INIT(" BY=120;R"),
    SPAN_INIT(" BY=-1;NT"),
    SPAN_INIT(" HOLDFOR=60"),
    SPAN_INIT(" HOLDUNTIL=2030-01-01T00:00:00Z"),
    SPAN_INIT(" MT-PRIORITY=3"),
    SPAN_INIT(" MT-PRIORITY=-10"),
    SPAN_INIT(" REQUIRETLS"),
    SPAN_INIT(" RRVS=2014-04-03T23:01:00Z;C"),
    SPAN_INIT(" PRDR"),
    SPAN_INIT(" TRANSID=<a@b>"),
    SPAN_INIT(" CONPERM"),
    SPAN_INIT(" X=\""),
    SPAN_INIT(" \"a b"),
    SPAN_INIT(" ="),
    SPAN_INIT(" A=B=C"),
    SPAN_INIT("  "),
};

static bool find_path_command(struct work *work, struct smtp_command *command)
{
    size_t at;
    enum verb verb = work_chance(work, 2) ? VERB_MAIL : VERB_RCPT;
    if (!work_find_verb(work, verb, &at))
        return false;
    *command = smtp_command_parse(work->stream.units[at].raw);
    return command->argument.ptr != NULL;
}

bool operation_parameter_add(struct work *work)
{
    struct smtp_command command;
    if (!find_path_command(work, &command))
        return false;
    struct span end = span_drop(command.argument, command.argument.len);
    text_clear(&work->piece);
    for (size_t more = work_chance(work, 8) ? 30 : 1 + work_pick(work, 3); more > 0; more--)
        text_add(&work->piece, WORK_CHOOSE(work, parameters));
    return work_replace_part(work, end, text_span(&work->piece));
}

static void add_value(struct work *work)
{
    static const struct span values[] = {
        SPAN_INIT(""),    SPAN_INIT("+0A"),  SPAN_INIT("+2B+3D"),  SPAN_INIT("+"),
        SPAN_INIT("\""),  SPAN_INIT("<>"),   SPAN_INIT("rfc822;"), SPAN_INIT("a;b;c"),
        SPAN_INIT(",,,"), SPAN_INIT("\xff"), SPAN_INIT("NEVER"),   SPAN_INIT("%n"),
    };
    if (work_chance(work, 3))
        text_add(&work->piece, work_odd_number(work));
    else if (!work_chance(work, 6))
        text_add(&work->piece, WORK_CHOOSE(work, values));
    else
        for (size_t left = work_odd_length(work); left > 0; left--)
            text_add_byte(&work->piece, 'a');
}

bool operation_parameter_value(struct work *work)
{
    struct smtp_command command;
    if (!find_path_command(work, &command) || command.parameters.len == 0)
        return false;
    struct span rest = command.parameters;
    size_t nth = 1 + work_pick(work, 4);
    struct span one = rest;
    while (nth-- > 0 && rest.len > 0) {
        one = span_take(rest, span_find(rest, ' '));
        rest = span_drop(rest, one.len + 1);
    }
    size_t equals = span_find(one, '=');
    text_clear(&work->piece);
    add_value(work);
    return equals < one.len &&
           work_replace_part(work, span_drop(one, equals + 1), text_span(&work->piece));
}
