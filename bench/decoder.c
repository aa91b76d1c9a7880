/* decoder: how fast the decoder of smtp/ is by itself, in memory: bytes of mail a second, beside
 * the bare search for the byte that it looks for, and commands a second. Unlike the load programs
 * it links what it measures.
 *
 * usage: bench-decoder [MILLISECONDS]; prints one JSON object. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/chain.h"
#include "base/check.h"
#include "smtp/decoder.h"

#define BLOCK 16384
#define MAIL_LINE                                                                                  \
    "Seventy-six letters and digits stand in every line of this mail, no dots in it\r\n"

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fill(uint8_t *block, const char *line)
{
    size_t len = strlen(line);
    for (size_t i = 0; i < BLOCK; i++)
        block[i] = (uint8_t)line[i % len];
}

/* One block goes through the decoder; answers how many events it was. */
static uint64_t decode(struct decoder *decoder, struct chain *in, const uint8_t *block)
{
    struct smtp_event event;
    uint64_t events = 0;
    chain_append(in, span_make(block, BLOCK));
    while (decoder_next(decoder, in, &event) == DECODED_EVENT) {
        chain_drop(in, event.raw.len);
        events++;
    }
    return events;
}

/* Bytes and events a second. */
static void measure(const char *name, enum phase phase, const char *line, double wanted)
{
    static uint8_t block[BLOCK];
    struct pool pool = { 0 };
    struct decoder decoder;
    struct chain in;
    uint64_t events = 0;
    uint64_t blocks = 0;
    fill(block, line);
    chain_init(&in, &pool);
    decoder_init(&decoder, TO_SERVER, 0);
    decoder_enter(&decoder, phase);
    double began = seconds();
    double passed = 0;
    while (passed < wanted) {
        for (int i = 0; i < 64; i++, blocks++)
            events += decode(&decoder, &in, block);
        passed = seconds() - began;
    }
    printf("\"%s\": {\"GB/s\": %.2f, \"million events/s\": %.2f}", name,
           (double)blocks * BLOCK / passed / 1e9, (double)events / passed / 1e6);
    chain_deinit(&in);
    pool_deinit(&pool);
}

/* What copying the block and looking for the one byte costs without a decoder. */
static void measure_search(double wanted)
{
    static uint8_t block[BLOCK];
    static uint8_t copy[BLOCK];
    uint64_t blocks = 0;
    fill(block, MAIL_LINE);
    double began = seconds();
    double passed = 0;
    while (passed < wanted) {
        for (int i = 0; i < 64; i++, blocks++) {
            memcpy(copy, block, BLOCK);
            check(memchr(copy, '.', BLOCK) == NULL);
            block[blocks % BLOCK] ^= 0; /* the compiler must not know that it stays the same */
        }
        passed = seconds() - began;
    }
    printf("\"copy and search\": {\"GB/s\": %.2f}", (double)blocks * BLOCK / passed / 1e9);
}

int main(int argc, char **argv)
{
    double wanted = argc > 1 ? strtod(argv[1], NULL) / 1000 : 1;
    printf("{");
    measure_search(wanted);
    printf(", ");
    measure("mail", PHASE_DATA, MAIL_LINE, wanted);
    printf(", ");
    measure("mail with dots", PHASE_DATA, "Two sentences. With dots in them. In every line.\r\n",
            wanted);
    printf(", ");
    measure("commands", PHASE_COMMANDS, "NOOP\r\n", wanted);
    printf(", ");
    measure("RCPT", PHASE_COMMANDS, "RCPT TO:<somebody@example.test> NOTIFY=NEVER\r\n", wanted);
    printf("}\n");
    return 0;
}
