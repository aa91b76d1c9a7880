/* server: what runs Dovecot's own fuzz-smtp-server.c on standard input: once, or under AFL++ again
 * and again in one process. */
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#define INPUT_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef __AFL_HAVE_MANUAL_CONTROL
__AFL_FUZZ_INIT();

int main(void)
{
    const uint8_t *input = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(10000))
        LLVMFuzzerTestOneInput(input, (size_t)__AFL_FUZZ_TESTCASE_LEN);
    return 0;
}
#else
int main(void)
{
    static uint8_t input[INPUT_MAX];
    size_t len = 0;
    ssize_t got;
    while (len < sizeof input && (got = read(STDIN_FILENO, input + len, sizeof input - len)) > 0)
        len += (size_t)got;
    return LLVMFuzzerTestOneInput(input, len);
}
#endif
