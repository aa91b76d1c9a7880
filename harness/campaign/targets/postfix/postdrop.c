/* postdrop: stands in for Postfix's own: names a queue file, reads the records of a mail up to
 * their last, and says that it was taken. Nothing is kept. */
#include <string.h>
#include <unistd.h>

static int say(const char *words, size_t len)
{
    return write(STDOUT_FILENO, words, len) == (ssize_t)len;
}

/* The last record is of type E and empty. */
static int is_end(const char *bytes, ssize_t len)
{
    return len >= 2 && memcmp(bytes + len - 2, "E", 2) == 0;
}

int main(void)
{
    static const char hello[] = "protocol\0postdrop_protocol\0queue_id\0CAMPAIGN\0";
    static const char status[] = "status\0"
                                 "0\0"
                                 "reason\0";
    char records[65536];
    if (!say(hello, sizeof hello))
        return 1;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, records, sizeof records);
        if (got <= 0)
            return 0;
        if (is_end(records, got) && !(say(status, sizeof status) && say("\0", 1)))
            return 1;
    }
}
