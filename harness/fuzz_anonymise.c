/* fuzz_anonymise: bytes made anonymous: as many, with everything that is no word where it was, the
 * same the second time; and a transcript that reads still reads, where anybody speaks in it. */
#include "base/check.h"
#include "base/text.h"
#include "harness/entry.h"
#include "play/anonymise.h"
#include "play/transcript.h"

/* Longer ones say nothing new. */
#define SIZE_AT_MOST 16384

static bool is_of_word(uint8_t byte)
{
    uint8_t letter = byte_lower(byte);
    return (letter >= 'a' && letter <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80;
}

static void check_shape(struct span was, struct span is)
{
    check(was.len == is.len);
    for (size_t i = 0; i < was.len; i++)
        check(is_of_word(was.ptr[i]) ? is_of_word(is.ptr[i]) : was.ptr[i] == is.ptr[i]);
}

static void try_bytes(struct anonymiser *anonymiser, struct span bytes)
{
    struct text first = { 0 };
    struct text second = { 0 };
    anonymise_bytes(anonymiser, bytes, &first);
    anonymise_bytes(anonymiser, bytes, &second);
    check_shape(bytes, text_span(&first));
    check(span_equal(text_span(&first), text_span(&second)));
    text_deinit(&first);
    text_deinit(&second);
}

static void try_transcript(struct anonymiser *anonymiser, struct span text)
{
    struct text errors = { 0 };
    struct text other = { 0 };
    if (transcript_check("x", text, &errors)) {
        anonymise_transcript(anonymiser, text, &other);
        check(transcript_check("x", text_span(&other), &errors) ||
              transcript_is_silent(text_span(&other)));
    }
    text_deinit(&errors);
    text_deinit(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = span_make(data, size < SIZE_AT_MOST ? size : SIZE_AT_MOST);
    struct anonymiser *anonymiser = anonymiser_new(1);
    try_bytes(anonymiser, bytes);
    try_transcript(anonymiser, bytes);
    anonymiser_free(anonymiser);
    return 0;
}
