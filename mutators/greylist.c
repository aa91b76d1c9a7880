/* greylist: puts off whoever is not known yet, and takes it when it comes again later. What it
 * remembers outlives the session. */
#include "mutators/answering.h"
#include "mutators/mutator.h"
#include "mutators/subnet.h"
#include "smtp/about.h"

enum { WAIT, REPLY, WINDOW, KEY, NETWORK, EARLY, NAME, THEN };
enum { BY_TRIPLET, BY_CLIENT, BY_SENDER };
enum { NETWORK_HOST, NETWORK_SUBNET };
enum { EARLY_GOES_ON, EARLY_RESTARTS };

/* Presets as Postgrey has them: --delay=300, --retry-window=2 (days). */
static const struct param greylist_params[] = {
    [WAIT] = { .name = "wait",
               .kind = PARAM_TIME,
               .preset = MINUTES(5),
               .max = HOURS(24 * 365),
               .what = "how long after the first attempt an attempt is taken" },
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .preset_text = "451 4.7.1 Greylisted, please try again later",
                .what = "the whole reply until then" },
    [WINDOW] = { .name = "window",
                 .kind = PARAM_TIME,
                 .preset = HOURS(48),
                 .max = HOURS(24 * 365),
                 .what = "how long the first attempt is remembered; a later one is a first again" },
    [KEY] = { .name = "key",
              .kind = PARAM_WORD,
              .choices = "triplet|client|sender",
              .preset = BY_TRIPLET,
              .what = "what is remembered; a triplet is client, sender and recipient" },
    [NETWORK] = { .name = "network",
                  .kind = PARAM_WORD,
                  .choices = "host|subnet",
                  .preset = NETWORK_HOST,
                  .what = "a client is one address, or all of its IPv4 /24 or IPv6 /64" },
    [EARLY] = { .name = "early",
                .kind = PARAM_WORD,
                .choices = "goes-on|restart",
                .preset = EARLY_GOES_ON,
                .what = "what an attempt before its time does to the wait" },
    [NAME] = { .name = "name",
               .kind = PARAM_LITERAL,
               .what = "a list that the session stands on once it is taken after having been put "
                       "off" },
    [THEN] = ANSWERING_THEN,
};

static bool greylist_accepts(const struct argument *arguments, struct text *error)
{
    if (arguments[WAIT].high <= arguments[WINDOW].low)
        return true;
    text_addf(error, "window= is shorter than wait=, so nothing would ever be taken");
    return false;
}

/* A RCPT is about its own recipient, DATA and the end of mail are about all of them. */
static uint64_t recipients_hash(const struct mutation *mutation, const struct smtp_event *event,
                                uint64_t hash)
{
    struct span recipients;
    if (!about_rcpt(event, &recipients)) {
        bool is_mail = event->kind == SMTP_COMMAND && event->command.verb == VERB_MAIL;
        const struct envelope *envelope = about_envelope(mutation->dialogue, event);
        recipients = is_mail ? SPAN("") : text_span(&envelope->recipients);
    }
    return span_hash_nocase(recipients, hash);
}

static uint64_t greylist_key(struct mutation *mutation, const struct smtp_event *event)
{
    struct span ip = mutation->facts->client_ip;
    struct span sender;
    bool subnet = mutation_param(mutation, NETWORK) == NETWORK_SUBNET;
    uint64_t key = mutation_param(mutation, KEY);
    uint64_t hash = SPAN_HASH_BEGIN;
    if (key != BY_SENDER)
        hash = subnet ? subnet_hash(ip) : span_hash(ip, hash);
    if (key == BY_CLIENT)
        return hash;
    about_sender(mutation->dialogue, event, &sender);
    hash = span_hash(SPAN("\0"), span_hash_nocase(sender, hash));
    return key == BY_SENDER ? hash : recipients_hash(mutation, event, hash);
}

static void begin_anew(struct mutation *mutation, uint64_t key)
{
    mutation_forget(mutation, key);
    mutation_recall(mutation, key);
}

/* Sessions of other threads may be a moment ahead. */
static duration time_between(instant earlier, instant later)
{
    return later > earlier ? later - earlier : 0;
}

/* Taken for the first time: other rules may ask for how long that took. */
static void note_taken(struct mutation *mutation, duration age)
{
    mutation->put_off = age;
    if (mutation_has(mutation, NAME))
        mutation_list(mutation, mutation_text(mutation, NAME), KEY_SESSION, HOURS(1));
}

/* Whoever was taken once is taken from then on, for as long as the memory has room. */
static bool is_known(struct mutation *mutation, uint64_t key)
{
    duration wait = mutation_param(mutation, WAIT);
    duration window = mutation_param(mutation, WINDOW);
    struct recollection seen = mutation_recall(mutation, key);
    duration age = time_between(seen.first, mutation->now);
    mutation->left = age < wait ? wait - age : 0;
    if (seen.count == 1)
        return false;
    if (time_between(seen.first, seen.last) >= wait)
        return true;
    bool too_late = age > window;
    if (age >= wait && !too_late) {
        note_taken(mutation, age);
        return true;
    }
    if (too_late || mutation_param(mutation, EARLY) == EARLY_RESTARTS) {
        begin_anew(mutation, key);
        mutation->left = wait;
    }
    return false;
}

static enum verdict greylist_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (is_known(mutation, greylist_key(mutation, event)))
        return UNTOUCHED;
    answering_say(mutation, REPLY, THEN, false);
    return TAKEN;
}

const struct mutator mutator_greylist = {
    .name = "greylist",
    .family = "policy with memory",
    .summary = "Put off whoever is not known yet, and take it when it comes again later.",
    .detail =
        "The first attempt and all before wait= is over get the reply, and the server is spared "
        "them; from then on everything passes. A retry later than window= is a first attempt "
        "again. The memory is shared by all sessions of a run and bounded; what has not been used "
        "longest is forgotten first. Each rule has a memory of its own.\n\n"
        "In reply= {left} is how long it still takes, as hh:mm:ss. When an attempt is taken after "
        "others were put off, {put-off} is for how many seconds they were, for the session's later "
        "rules, and with name= the session stands on that list, for the filter listed=.\n\n"
        "On RCPT the recipient of the command counts, on DATA and body-end all recipients of the "
        "message. On body-end the server has had the mail by then; its connection is ended without "
        "a dot.\n\n"
        "A correct sender keeps the mail, tries again after half an hour or so, and delivers it "
        "once.",
    .clause = "RFC 5321 section 4.5.4.1 and RFC 6647: what was put off is tried again later.",
    .example = "to server command RCPT greylist wait=5m",
    .wants = ANSWERING_WANTS,
    .directions = BOTH_WAYS,
    PARAM_TABLE(greylist_params),
    .accepts = greylist_accepts,
    .apply = greylist_apply,
};
