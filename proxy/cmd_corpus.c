/* cmd_corpus: `smtpchaos corpus FILE|DIR…`: recordings, transcripts and scripts of the fuzz target
 * `session` become inputs of fuzz targets, or transcripts. A transcript is what all of them are on
 * the way; play/ has the steps. */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/check.h"
#include "base/limits.h"
#include "play/anonymise.h"
#include "play/player.h"
#include "play/recording.h"
#include "play/recording_transcript.h"
#include "play/script_writer.h"
#include "play/seed.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/corpus_folder.h"
#include "proxy/exits.h"
#include "proxy/file.h"
#include "proxy/file_list.h"
#include "proxy/options.h"

enum { TO, OUT, SIZE_MAX_EACH, ANONYMISE, SEED, MINIMISE };

static const struct option_row rows[] = {
    [TO] = { "to", OPTION_WORD, "FORM", .preset = "transcript",
             .choices = "transcript|session|client|server",
             .help = "transcript: for people and `smtpchaos play`; session: a script for the fuzz "
                     "target of that name; client, server: all that this side says, plain SMTP for "
                     "any target that reads it" },
    [OUT] = { "out", OPTION_TEXT, "DIR", .required = true, .help = "the folder that gets them" },
    [SIZE_MAX_EACH] = { "size-max", OPTION_SIZE, "SIZE", .preset = "64KiB", .min = 1,
                        .max = TRANSCRIPT_SIZE_MAX,
                        .help = "sessions in which more is said are left out" },
    [ANONYMISE] = { "anonymise", OPTION_FLAG,
                    .help = "put other words of the same length in place of addresses, names, "
                            "secrets and text; the same word becomes the same word everywhere" },
    [SEED] = { "seed", OPTION_COUNT, "N",
               .help = "what those words are drawn from: the same files and seed, the same words "
                       "(random)" },
    [MINIMISE] = { "minimise", OPTION_TEXT, "TARGET",
                   .help = "keep only what reaches code that the files before it, and those in DIR "
                           "already, do not; TARGET is a fuzz target built for libFuzzer" },
};

static const struct usage usage = {
    .name = "corpus",
    .summary = "makes fuzz inputs of recordings and transcripts, and back",
    .operands = "FILE|DIR…",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .detail =
        "Reads recordings (`smtpchaos proxy --record DIR`), transcripts (*.transcript) and, under "
        "any other name, scripts of the fuzz target `session`. Of a folder all files are taken. "
        "Each session becomes one file in DIR, named after where it comes from; the same content "
        "is kept once.\n\n"
        "Transcripts that are made show what was heard, too. What a recording knows of other "
        "sessions' marks in the memory of greylists and counters is lost, so there a transcript "
        "may go "
        "another way than its recording. Files that are made are for their owner alone unless "
        "they are anonymous.",
    .examples = "  # a day in staging becomes seeds that can be shown to others\n"
                "  smtpchaos corpus --to client --anonymise --out seeds recordings/\n"
                "  # only what this target does not know yet\n"
                "  smtpchaos corpus --to session --minimise build/fuzz/fuzz_session --out new "
                "recordings/\n",
    OPTION_TABLE(rows),
};

struct corpus {
    const struct options *options;
    struct corpus_folder *folder;
    struct anonymiser *anonymiser; /* NULL: all stays as it is */
    size_t sessions;
    size_t silent; /* in which nothing is said: left out */
    size_t large;  /* in which too much is: left out */
};

/* -- names ---------------------------------------------------------------------------------- */

/* The file's name, without folders and what it ends in. */
static struct span stem_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    struct span name = span_of(slash ? slash + 1 : file);
    if (span_ends(name, SPAN(RECORDING_SUFFIX)))
        return span_drop_last(name, strlen(RECORDING_SUFFIX));
    return span_ends(name, SPAN(".transcript")) ? span_drop_last(name, 11) : name;
}

/* -- in ------------------------------------------------------------------------------------- */

/* What the file is, as a transcript. */
static bool read_as_transcript(const char *file, struct span content, struct text *transcript,
                               struct text *errors)
{
    if (span_starts(content, SPAN(RECORDING_FIRST_LINE)))
        return recording_to_transcript(file, content, transcript, errors);
    if (span_ends(span_of(file), SPAN(".transcript")))
        text_add(transcript, content);
    else
        script_show(content, transcript);
    return true;
}

/* -- out ------------------------------------------------------------------------------------ */

static int put(struct corpus *corpus, const char *file, size_t number, const char *suffix,
               struct span content)
{
    struct text name = { 0 };
    if (content.len > options_number(corpus->options, SIZE_MAX_EACH)) {
        corpus->large++;
        return 0;
    }
    text_add(&name, stem_of(file));
    if (number > 0)
        text_addf(&name, "-%zu", number + 1);
    text_addf(&name, "%s", suffix);
    int status = corpus_folder_add(corpus->folder, text_string(&name), content);
    text_deinit(&name);
    return status;
}

/* It is no transcript; that may be because nobody spoke. */
static int leave_out(struct corpus *corpus, struct span transcript, const struct text *errors)
{
    if (transcript_is_silent(transcript)) {
        corpus->silent++;
        return 0;
    }
    complain_lines(text_span(errors));
    return EX_DATAERR;
}

static int put_transcript(struct corpus *corpus, const char *file, struct span transcript)
{
    struct text blessed = { 0 };
    struct text errors = { 0 };
    int status = 0;
    bool is_done = span_ends(span_of(file), SPAN(".transcript")) && !corpus->anonymiser;
    if (is_done)
        status = put(corpus, file, 0, ".transcript", transcript);
    else if (player_bless(file, transcript, &blessed, &errors))
        status = put(corpus, file, 0, ".transcript", text_span(&blessed));
    else
        status = leave_out(corpus, transcript, &errors);
    corpus->sessions++;
    text_deinit(&errors);
    text_deinit(&blessed);
    return status;
}

static int put_session(struct corpus *corpus, const char *file, const struct transcript *transcript,
                       size_t number)
{
    const char *form = options_text(corpus->options, TO);
    const struct play_session *session = &transcript->sessions[number];
    struct text seed = { .max = TRANSCRIPT_SIZE_MAX };
    if (strcmp(form, "session") == 0)
        seed_add_script(transcript, session, &seed);
    else
        seed_add_stream(transcript, session, strcmp(form, "client") == 0 ? CLIENT : SERVER, &seed);
    int status = put(corpus, file, number, "", text_span(&seed));
    corpus->sessions++;
    text_deinit(&seed);
    return status;
}

static int put_sessions(struct corpus *corpus, const char *file, struct span text)
{
    struct text errors = { 0 };
    struct transcript *transcript = transcript_parse(file, text, &errors);
    int status = 0;
    if (!transcript)
        status = leave_out(corpus, text, &errors);
    for (size_t i = 0; transcript && i < transcript->session_count && status == 0; i++)
        status = put_session(corpus, file, transcript, i);
    transcript_free(transcript);
    text_deinit(&errors);
    return status;
}

static int convert(struct corpus *corpus, const char *file, struct span content)
{
    struct text read = { .max = TRANSCRIPT_SIZE_MAX };
    struct text other = { .max = TRANSCRIPT_SIZE_MAX };
    struct text errors = { 0 };
    int status = read_as_transcript(file, content, &read, &errors) ? 0 : EX_DATAERR;
    struct text *transcript = &read;
    if (read.len > options_number(corpus->options, SIZE_MAX_EACH)) {
        corpus->large++;
        text_clear(&read);
    }
    if (status == 0 && corpus->anonymiser) {
        anonymise_transcript(corpus->anonymiser, text_span(&read), &other);
        transcript = &other;
    }
    if (status == 0 && read.len > 0 && strcmp(options_text(corpus->options, TO), "transcript") == 0)
        status = put_transcript(corpus, file, text_span(transcript));
    else if (status == 0 && read.len > 0)
        status = put_sessions(corpus, file, text_span(transcript));
    fputs(text_string(&errors), stderr);
    text_deinit(&errors);
    text_deinit(&other);
    text_deinit(&read);
    return status;
}

static int convert_file(struct corpus *corpus, const char *file)
{
    struct text content = { .max = RECORDING_SIZE_MAX + TEXT_MAX };
    int status = file_read(file, &content);
    if (status == 0)
        status = convert(corpus, file, text_span(&content));
    text_deinit(&content);
    return status;
}

/* -- the command ---------------------------------------------------------------------------- */

static int convert_all(struct corpus *corpus)
{
    static const char *const suffixes[] = { "", NULL };
    struct file_list files = { 0 };
    int worst = 0;
    for (size_t i = 0; i < corpus->options->operand_count; i++) {
        int status = file_list_add(&files, corpus->options->operands[i], suffixes);
        worst = status > worst ? status : worst;
    }
    for (size_t i = 0; i < files.count; i++) {
        int status = convert_file(corpus, files.names[i]);
        worst = status > worst ? status : worst;
    }
    file_list_deinit(&files);
    return worst;
}

static uint64_t seed_of(const struct options *options)
{
    uint64_t seed = options_number(options, SEED);
    if (!options_given(options, SEED))
        check(getrandom(&seed, sizeof seed, 0) == sizeof seed);
    return seed;
}

static int run(struct corpus *corpus)
{
    int status = convert_all(corpus);
    int settled = corpus_folder_settle(corpus->folder);
    printf("%zu sessions, %zu files in %s", corpus->sessions, corpus_folder_count(corpus->folder),
           options_text(corpus->options, OUT));
    if (corpus->silent)
        printf("; left out were %zu in which nothing is said", corpus->silent);
    if (corpus->large)
        printf("; left out were %zu that are too large", corpus->large);
    printf("\n");
    return settled > status ? settled : status;
}

int cmd_corpus(int argc, char **argv)
{
    struct options options;
    int status;
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    struct corpus corpus = { .options = &options };
    bool is_anonymous = options_flag(&options, ANONYMISE);
    corpus.folder = corpus_folder_open(options_text(&options, OUT),
                                       options_text(&options, MINIMISE), !is_anonymous, &status);
    if (is_anonymous)
        corpus.anonymiser = anonymiser_new(seed_of(&options));
    if (corpus.folder)
        status = run(&corpus);
    corpus_folder_free(corpus.folder);
    anonymiser_free(corpus.anonymiser);
    options_deinit(&options);
    return status;
}
