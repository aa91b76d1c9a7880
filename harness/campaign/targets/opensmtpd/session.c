/* session: OpenSMTPD's SMTP session alone: stands at the end of its smtpd.c in place of main(). One
 * session reads standard input; what it asks of the other processes (lookup, queue) is answered
 * here, always with yes, as soon as it waits. */

/* Turns in a row in which nothing happens before the session is left: it waits for time to pass. */
#define IDLE_MAX 20
#define WAITING_MAX 64

static struct mproc parties[4];
static struct mproc answering;
static struct listener listener;
static struct {
    uint32_t type;
    uint64_t id;
} waiting[WAITING_MAX];
static size_t waiting_count;

/* Called in place of m_close: the message is whole. */
void campaign_closed(struct mproc *p)
{
    struct imsg imsg = { .hdr = { .type = p->m_type, .len = IMSG_HEADER_SIZE + p->m_pos },
                         .data = p->m_buf,
                         .fd = -1 };
    struct msg m;
    switch (p->m_type) {
    case IMSG_SMTP_CHECK_SENDER:
    case IMSG_SMTP_EXPAND_RCPT:
    case IMSG_SMTP_LOOKUP_HELO:
    case IMSG_SMTP_AUTHENTICATE:
    case IMSG_SMTP_MESSAGE_CREATE:
    case IMSG_SMTP_MESSAGE_OPEN:
    case IMSG_SMTP_MESSAGE_COMMIT: break;
    default: return;
    }
    if (waiting_count == WAITING_MAX)
        return;
    m_msg(&m, &imsg);
    m_get_id(&m, &waiting[waiting_count].id);
    waiting[waiting_count++].type = p->m_type;
}

static void give(uint32_t type, uint64_t id, int yes, int fd)
{
    m_create(&answering, type, 0, 0, -1);
    m_add_id(&answering, id);
    m_add_int(&answering, yes);
    if (type == IMSG_SMTP_MESSAGE_CREATE)
        m_add_msgid(&answering, 0x12345678);
    if (type == IMSG_QUEUE_ENVELOPE_SUBMIT)
        m_add_evpid(&answering, UINT64_C(0x1234567800000001));
    if (type == IMSG_SMTP_LOOKUP_HELO)
        m_add_string(&answering, "mx.test");
    struct imsg imsg = { .hdr = { .type = type, .len = IMSG_HEADER_SIZE + answering.m_pos },
                         .data = answering.m_buf,
                         .fd = fd };
    smtp_session_imsg(&answering, &imsg);
}

static void answer(uint32_t type, uint64_t id)
{
    switch (type) {
    case IMSG_SMTP_EXPAND_RCPT:
        give(IMSG_QUEUE_ENVELOPE_SUBMIT, id, 1, -1);
        give(IMSG_QUEUE_ENVELOPE_COMMIT, id, 1, -1);
        break;
    case IMSG_SMTP_MESSAGE_OPEN: give(type, id, 1, open("/dev/null", O_RDWR)); break;
    case IMSG_SMTP_MESSAGE_CREATE:
    case IMSG_SMTP_MESSAGE_COMMIT: give(type, id, 1, -1); break;
    default: give(type, id, LKA_OK, -1); break;
    }
}

static int answer_all(void)
{
    size_t count = waiting_count;
    for (size_t i = 0; i < count; i++)
        answer(waiting[i].type, waiting[i].id);
    memmove(waiting, waiting + count, (waiting_count - count) * sizeof waiting[0]);
    waiting_count -= count;
    return count > 0;
}

/* What the session says goes to standard output; 0 at its end. */
static int drain(int fd, int *moved)
{
    static char heard[65536];
    ssize_t got = recv(fd, heard, sizeof heard, MSG_DONTWAIT);
    if (got > 0 && write(STDOUT_FILENO, heard, (size_t)got) < 0)
        return 0;
    *moved |= got > 0;
    return got != 0;
}

/* The next line of standard input, which may be a connection; 0 at its end, which is passed on. A
 * line at a time, because this server hears no further than one. */
static int fill(int fd)
{
    static char input[65536];
    static size_t at;
    static size_t len;
    if (at == len) {
        ssize_t got = read(STDIN_FILENO, input, sizeof input);
        at = 0;
        len = got > 0 ? (size_t)got : 0;
    }
    if (len == 0) {
        shutdown(fd, SHUT_WR);
        return 0;
    }
    const char *end = memchr(input + at, '\n', len - at);
    size_t line = end ? (size_t)(end - input) + 1 - at : len - at;
    at += line;
    return send(fd, input + at - line, line, MSG_NOSIGNAL) > 0;
}

/* Names of sessions and mails are drawn; here they are counted, so that a run can be had again. */
uint32_t arc4random(void)
{
    static uint32_t drawn;
    return ++drawn;
}

static void begin(int fd)
{
    struct sockaddr_in peer = { .sin_family = AF_INET,
                                .sin_port = htons(4000),
                                .sin_addr = { htonl(0xc0000201) } };
    struct sockaddr_storage from = { 0 };
    memcpy(&from, &peer, sizeof peer);
    listener.ss = from;
    listener.flags = F_AUTH;
    strlcpy(listener.hostname, "mx.test", sizeof listener.hostname);
    strlcpy(listener.authtable, "users", sizeof listener.authtable);
    smtp_session(&listener, fd, &from, "me.test", NULL);
}

static void serve(int fd)
{
    int idle = 0;
    int ended = 0;
    while (idle < IDLE_MAX) {
        int moved = answer_all();
        if (!ended && idle > 1) {
            ended = !fill(fd);
            moved = 1;
        }
        event_loop(EVLOOP_NONBLOCK);
        if (!drain(fd, &moved))
            return;
        idle = moved ? 0 : idle + 1;
    }
}

int main(void)
{
    int pair[2];
    log_init(1, LOG_MAIL);
    log_setverbose(0);
    p_control = &parties[0];
    p_lka = &parties[1];
    p_queue = &parties[2];
    p_parent = &parties[3];
    smtpd_process = PROC_PONY;
    env = config_default();
#ifdef __AFL_HAVE_MANUAL_CONTROL
    /* Before there is a connection: what the kernel keeps of it, all that fork would share. */
    __AFL_INIT();
#endif
    event_init();
    if (!env || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return 1;
    io_set_nonblocking(pair[0]);
    begin(pair[0]);
    serve(pair[1]);
    return 0;
}
