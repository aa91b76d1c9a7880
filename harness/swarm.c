/* swarm: see swarm.h. */
#include "harness/swarm.h"

#include "base/check.h"
#include "base/prng.h"
#include "harness/duplex.h"
#include "play/rule_choice.h"
#include "play/script_writer.h"
#include "smtp/parse.h"

#define STEPS_MAX 60

enum fault {
#define FAULT(name) FAULT_##name,
#include "harness/faults.def"
#undef FAULT
    FAULTS
};

struct swarm {
    struct prng prng;
    struct duplex duplex;
    struct text *script;
    uint64_t weights[FAULTS]; /* 0: dropped for this session */
    uint64_t weight;          /* of all of them */
    uint64_t calm;            /* of doing what is right */
    unsigned commands;        /* numbers that the client has given */
    unsigned phase;           /* of the mail that the client is about */
    size_t served;            /* bytes that the server has understood */
    bool in_mail;             /* the server is */
    uint64_t chunk_left;
    bool greeted;
};

static struct pool pool;

static uint64_t draw(struct swarm *swarm, uint64_t low, uint64_t high)
{
    return prng_between(&swarm->prng, low, high);
}

/* -- steps ---------------------------------------------------------------------------------- */

static void step(struct swarm *swarm, const struct script_step *step)
{
    if (duplex_is_over(&swarm->duplex))
        return;
    script_write(step, swarm->script);
    duplex_step(&swarm->duplex, step);
}

static void say(struct swarm *swarm, enum side side, struct span bytes)
{
    while (bytes.len > 0) {
        struct span part = span_take(bytes, 255);
        step(swarm, &(struct script_step){ .operation = SCRIPT_SAY, .side = side, .bytes = part });
        bytes = span_drop(bytes, part.len);
    }
}

static void act(struct swarm *swarm, enum side side, enum script_operation operation)
{
    step(swarm, &(struct script_step){ .operation = operation, .side = side });
}

/* Units as script.h has them, so that the script says the same. */
static void wait(struct swarm *swarm)
{
    static const duration units[] = { MS(10), SECONDS(1), MINUTES(1), HOURS(1) };
    duration wait = units[draw(swarm, 0, 19) / 6] * draw(swarm, 1, 63);
    step(swarm, &(struct script_step){ .operation = SCRIPT_WAIT, .wait = wait });
}

/* -- the server ----------------------------------------------------------------------------- */

/* Codes that fit a command are likelier than others. */
static unsigned code_for(struct swarm *swarm, enum verb verb)
{
    static const unsigned wrong[] = { 220, 221, 235, 250, 334, 354, 421, 450, 452, 500, 503, 550 };
    if (swarm->weights[FAULT_WRONG_CODE] && draw(swarm, 0, 3) == 0)
        return wrong[draw(swarm, 0, sizeof wrong / sizeof wrong[0] - 1)];
    if (verb == VERB_DATA)
        return 354;
    if (verb == VERB_STARTTLS)
        return swarm->duplex.peers[CLIENT].secure ? 503 : 220;
    if (verb == VERB_AUTH)
        return draw(swarm, 0, 1) ? 334 : 235;
    return verb == VERB_QUIT ? 221 : verb == VERB_UNKNOWN ? 500 : 250;
}

/* The number of the command, as the client wrote it, at the end of its line. */
static struct span number_of(struct span line)
{
    line = span_chomp(line);
    size_t at = line.len;
    while (at > 0 && line.ptr[at - 1] >= '0' && line.ptr[at - 1] <= '9')
        at--;
    return at > 0 && line.ptr[at - 1] == '#' ? span_drop(line, at - 1) : SPAN("");
}

static void reply(struct swarm *swarm, unsigned code, struct span number)
{
    struct text text = { 0 };
    if (swarm->weights[FAULT_MANY_LINES] && draw(swarm, 0, 2) == 0)
        text_addf(&text, "%u-first\r\n%u-STARTTLS\r\n", code, code);
    text_addf(&text, "%u ok ", code);
    text_add(&text, number);
    text_add(&text,
             swarm->weights[FAULT_BARE_LF] && draw(swarm, 0, 3) == 0 ? SPAN("\n") : SPAN("\r\n"));
    say(swarm, SERVER, text_span(&text));
    text_deinit(&text);
}

static void serve_command(struct swarm *swarm, struct span line)
{
    struct smtp_command command = smtp_command_parse(line);
    unsigned code = code_for(swarm, command.verb);
    bool last = false;
    struct text number = { 0 };
    text_add(&number, number_of(line));
    swarm->in_mail = command.verb == VERB_DATA && code == 354;
    if (command.verb == VERB_BDAT && smtp_bdat_parse(command.argument, &swarm->chunk_left, &last) &&
        swarm->chunk_left > 100000)
        swarm->chunk_left = 0;
    if (!(swarm->weights[FAULT_NO_REPLY] && draw(swarm, 0, 7) == 0))
        reply(swarm, code, text_span(&number));
    text_deinit(&number);
}

/* Understands the next line that it has heard; false when there is none. */
static bool serve_line(struct swarm *swarm)
{
    struct span rest = span_drop(text_span(&swarm->duplex.peers[SERVER].heard), swarm->served);
    size_t skipped = swarm->chunk_left < rest.len ? (size_t)swarm->chunk_left : rest.len;
    swarm->chunk_left -= skipped;
    swarm->served += skipped;
    rest = span_drop(rest, skipped);
    size_t end = span_find(rest, '\n');
    if (end >= rest.len)
        return false;
    struct span line = span_take(rest, end + 1);
    swarm->served += line.len;
    if (!swarm->in_mail) {
        serve_command(swarm, line);
    } else if (span_equal(line, SPAN(".\r\n"))) {
        swarm->in_mail = false;
        reply(swarm, draw(swarm, 0, 5) ? 250 : 554, SPAN(""));
    }
    return true;
}

static void serve(struct swarm *swarm)
{
    if (!swarm->greeted)
        reply(swarm, draw(swarm, 0, 30) ? 220 : 554, SPAN(""));
    swarm->greeted = true;
    while (serve_line(swarm) && draw(swarm, 0, 7) > 0)
        continue;
}

/* -- the client ----------------------------------------------------------------------------- */

static void say_command(struct swarm *swarm, const char *words)
{
    struct text line = { 0 };
    bool bare = swarm->weights[FAULT_BARE_LF] && draw(swarm, 0, 3) == 0;
    text_addf(&line, "%s #%u%s", words, ++swarm->commands, bare ? "\n" : "\r\n");
    say(swarm, CLIENT, text_span(&line));
    text_deinit(&line);
}

static void say_mail(struct swarm *swarm)
{
    static const char *const lines[] = { "Subject: hello\r\n", "\r\n",
                                         "..dots\r\n",         "text\r\n",
                                         "eight bit \xe4\r\n", "From: a\r\n",
                                         "\ttabbed\n" };
    for (uint64_t left = draw(swarm, 0, 5); left > 0; left--)
        say(swarm, CLIENT, span_of(lines[draw(swarm, 0, 6)]));
    say(swarm, CLIENT, SPAN(".\r\n"));
}

static void say_chunk(struct swarm *swarm)
{
    static const uint8_t mail[200] = "Subject: chunk\r\n\r\n";
    struct text line = { 0 };
    size_t len = (size_t)draw(swarm, 0, sizeof mail);
    text_addf(&line, "BDAT %zu%s\r\n", len, draw(swarm, 0, 1) ? " LAST" : "");
    text_add(&line, span_make(mail, len));
    say(swarm, CLIENT, text_span(&line));
    text_deinit(&line);
}

/* What a client says that knows what it is doing. */
static void converse(struct swarm *swarm)
{
    static const char *const hello[] = { "EHLO c.test", "EHLO c.test", "HELO c.test",
                                         "LHLO c.test" };
    static const char *const rcpt[] = { "RCPT TO:<bob@b.test>", "RCPT TO:<eve@b.test>" };
    switch (swarm->phase++) {
    case 0: say_command(swarm, hello[draw(swarm, 0, 3)]); break;
    case 1: say_command(swarm, "MAIL FROM:<ann@a.test>"); break;
    case 2: say_command(swarm, rcpt[draw(swarm, 0, 1)]); break;
    case 3:
        if (draw(swarm, 0, 2) == 0)
            say_chunk(swarm);
        else
            say(swarm, CLIENT, SPAN("DATA\r\n"));
        break;
    case 4: say_mail(swarm); break;
    default:
        swarm->phase = draw(swarm, 0, 3) ? 1 : 6;
        if (swarm->phase == 6)
            say_command(swarm, "QUIT");
    }
}

/* -- faults --------------------------------------------------------------------------------- */

static void say_odd_command(struct swarm *swarm)
{
    static const char *const words[] = { "NOOP",
                                         "RSET",
                                         "VRFY bob",
                                         "XYZZY",
                                         "DATA now",
                                         "AUTH PLAIN AGEAYg==",
                                         "STARTTLS",
                                         "BDAT 5",
                                         "BDAT 0 LAST",
                                         "MAIL FROM:<>",
                                         "RCPT TO:<\"a>b\"@c>",
                                         "XCLIENT ADDR=1",
                                         "EHLO again",
                                         "QUIT" };
    say_command(swarm, words[draw(swarm, 0, sizeof words / sizeof words[0] - 1)]);
}

static void say_end(struct swarm *swarm)
{
    static const char *const ends[] = { "\n.\n", "\r\n.\n",   "\n.\r\n",    "\r.\r",
                                        ".\r\n", "\r\n.\r\n", "\r\n..\r\n", "." };
    say(swarm, CLIENT, span_of(ends[draw(swarm, 0, 7)]));
}

static void say_garbage(struct swarm *swarm, enum side side)
{
    uint8_t bytes[64];
    size_t len = (size_t)draw(swarm, 1, sizeof bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)draw(swarm, 0, draw(swarm, 0, 1) ? 255 : 64);
    say(swarm, side, span_make(bytes, len));
}

static void say_much(struct swarm *swarm, enum side side)
{
    step(swarm, &(struct script_step){ .operation = SCRIPT_FILL,
                                       .side = side,
                                       .bytes = draw(swarm, 0, 1) ? SPAN("a") : SPAN("\n"),
                                       .times = (size_t)draw(swarm, 1, 0xffff) });
}

static void commit_fault(struct swarm *swarm, enum fault fault)
{
    enum side side = draw(swarm, 0, 1) ? SERVER : CLIENT;
    switch (fault) {
    case FAULT_ODD_COMMAND: say_odd_command(swarm); break;
    case FAULT_ODD_END: say_end(swarm); break;
    case FAULT_GARBAGE: say_garbage(swarm, side); break;
    case FAULT_MUCH: say_much(swarm, side); break;
    case FAULT_EARLY: converse(swarm); break;
    case FAULT_WAIT: wait(swarm); break;
    case FAULT_STOP: act(swarm, side, SCRIPT_STOP); break;
    case FAULT_RESUME: act(swarm, side, SCRIPT_RESUME); break;
    case FAULT_FINISH: act(swarm, side, SCRIPT_FINISH); break;
    case FAULT_TEAR: act(swarm, side, SCRIPT_TEAR); break;
    case FAULT_SWITCH: act(swarm, side, SCRIPT_SWITCH); break;
    case FAULT_DRAIN: act(swarm, side, SCRIPT_DRAIN); break;
    case FAULT_REFUSE: act(swarm, side, SCRIPT_REFUSE); break;
    case FAULT_UNASKED: reply(swarm, 250, SPAN("")); break;
    case FAULT_WRONG_CODE:
    case FAULT_MANY_LINES:
    case FAULT_BARE_LF:
    case FAULT_NO_REPLY:
    case FAULTS: break; /* those change how other things are done */
    }
}

static enum fault pick_fault(struct swarm *swarm)
{
    uint64_t at = draw(swarm, 1, swarm->weight);
    for (unsigned fault = 0; fault < FAULTS; fault++) {
        if (at <= swarm->weights[fault])
            return (enum fault)fault;
        at -= swarm->weights[fault];
    }
    return FAULTS;
}

/* -- a session ------------------------------------------------------------------------------ */

static void take_next(struct swarm *swarm)
{
    if (swarm->weight && draw(swarm, 1, swarm->calm + swarm->weight) > swarm->calm)
        commit_fault(swarm, pick_fault(swarm));
    else if (draw(swarm, 0, 2))
        serve(swarm);
    else
        converse(swarm);
}

static void choose_faults(struct swarm *swarm)
{
    swarm->calm = UINT64_C(1) << draw(swarm, 4, 14);
    for (unsigned fault = 0; fault < FAULTS; fault++) {
        swarm->weights[fault] = draw(swarm, 0, 1) ? UINT64_C(1) << draw(swarm, 0, 9) : 0;
        swarm->weight += swarm->weights[fault];
    }
}

static const struct rule_set *rules_of(uint8_t choice)
{
    struct span chosen = span_make(&choice, 1);
    return rule_choice_take(&chosen);
}

/* The numbers that the client has heard rise: replies keep the order of their commands. */
static void check_order(struct span heard)
{
    uint64_t before = 0;
    while (heard.len > 0) {
        struct cut line = span_cut(heard, '\n');
        struct span number = number_of(line.before);
        uint64_t now = 0;
        if (number.len > 1 && span_number(span_drop(number, 1), &now)) {
            check(now > before);
            before = now;
        }
        heard = line.after;
    }
}

static void check_all(const struct duplex *duplex, uint8_t choice, uint8_t options)
{
    bool idle = rule_choice_is_never(choice) || options & SCRIPT_DRY_RUN;
    if (choice == 0)
        duplex_check_wire(duplex);
    else if (idle)
        duplex_check_idle_rules(duplex);
    if (rule_choice_keeps_order(choice))
        check_order(text_span(&duplex->peers[CLIENT].heard));
}

static uint8_t draw_options(struct swarm *swarm)
{
    uint8_t options = 0;
    for (unsigned bit = 0; bit < 8; bit++)
        if (draw(swarm, 0, 7) == 0)
            options |= (uint8_t)(1u << bit);
    return options & (uint8_t)~SCRIPT_ASKED;
}

void swarm_play(uint64_t seed, struct text *script)
{
    struct swarm swarm = { .prng = prng_at(seed, 0, 0, 0, 0), .script = script };
    uint64_t choices = draw(&swarm, 0, 1) ? 7 : rule_choice_count();
    uint8_t choice = (uint8_t)draw(&swarm, 0, choices - 1);
    uint8_t options = draw_options(&swarm);
    text_add_byte(script, choice);
    text_add_byte(script, options);
    choose_faults(&swarm);
    duplex_begin(&swarm.duplex, &pool, rules_of(choice), options, SIZE_MAX);
    for (unsigned left = STEPS_MAX; left > 0 && !duplex_is_over(&swarm.duplex); left--)
        take_next(&swarm);
    check_all(&swarm.duplex, choice, options);
    duplex_end(&swarm.duplex);
    duplex_deinit(&swarm.duplex);
}

void swarm_check(struct span script)
{
    struct duplex duplex;
    struct script_step next;
    uint8_t choice = script_byte(&script);
    uint8_t options = script_byte(&script);
    duplex_begin(&duplex, &pool, rules_of(choice), options, SIZE_MAX);
    while (!duplex_is_over(&duplex) && script_next(&script, &next))
        duplex_step(&duplex, &next);
    check_all(&duplex, choice, options);
    duplex_end(&duplex);
    duplex_deinit(&duplex);
}
