/* introducer: see introducer.h. */
#include "proxy/introducer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/check.h"
#include "peers/introduction.h"
#include "proxy/complain.h"
#include "proxy/herald.h"

struct introducer {
    struct introduction introduction;
    struct text client;
    struct text local;
    struct text host;
};

bool introducing_is_on(const struct introducing *how)
{
    return how->proxy_version || how->xclient;
}

static void send_header(int fd, unsigned version, const struct passage *passage)
{
    struct proxy_header header;
    struct text bytes = { 0 };
    herald_describe(&passage->client, &passage->local, &header);
    proxy_header_write(&header, version, &bytes);
    /* A new socket has room for far more; one that has been torn will tell when it is read. */
    send(fd, bytes.ptr, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    text_deinit(&bytes);
}

struct introducer *introducer_begin(const struct introducing *how, const struct passage *passage,
                                    struct span host, int fd)
{
    if (how->proxy_version)
        send_header(fd, how->proxy_version, passage);
    if (!how->xclient)
        return NULL;
    struct introducer *introducer = calloc(1, sizeof *introducer);
    check(introducer != NULL);
    socket_address_format_host(&passage->client, &introducer->client);
    socket_address_format_host(&passage->local, &introducer->local);
    text_add(&introducer->host, host);
    introducer->introduction = (struct introduction){
        .host = text_span(&introducer->host),
        .client = text_span(&introducer->client),
        .client_port = socket_address_port(&passage->client),
        .local = text_span(&introducer->local),
        .local_port = socket_address_port(&passage->local),
    };
    return introducer;
}

void introducer_free(struct introducer *introducer)
{
    if (!introducer)
        return;
    introduction_deinit(&introducer->introduction);
    text_deinit(&introducer->client);
    text_deinit(&introducer->local);
    text_deinit(&introducer->host);
    free(introducer);
}

/* Our lines are short and go out one by one, so a leg that does not take one whole is torn. */
static void say(struct introducer *introducer, struct leg *leg)
{
    struct span line = text_span(&introducer->introduction.say);
    if (line.len && leg_write(leg, &line, 1) != (ssize_t)line.len)
        leg->is_torn = true;
    text_clear(&introducer->introduction.say);
}

static bool is_done(const struct introducer *introducer, const struct leg *leg)
{
    return leg->is_torn || introducer->introduction.step == INTRODUCTION_DONE;
}

static void complain_once(const char *why)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;
    if (why && !atomic_flag_test_and_set(&said))
        complain("--send-xclient: %s; it takes us for the client", why);
}

/* True when there is no more to wait for. */
static bool converse(struct introducer *introducer, struct leg *leg)
{
    struct introduction *introduction = &introducer->introduction;
    uint8_t bytes[4096];
    ssize_t got = 1;
    while (got > 0 && !is_done(introducer, leg)) {
        got = leg_read(leg, bytes, sizeof bytes);
        if (got > 0)
            introduction_hear(introduction, span_make(bytes, (size_t)got));
        leg->is_torn = leg->is_torn || (got < 0 && got != UV_EAGAIN);
        say(introducer, leg);
    }
    if (got == 0)
        introduction->why = "the server ended the connection";
    return got == 0 || is_done(introducer, leg);
}

bool introducer_serve(struct introducer **introducer, struct leg *leg, struct text *rest)
{
    struct introducer *done = *introducer;
    if (!converse(done, leg))
        return false;
    complain_once(done->introduction.why);
    introduction_add_rest(&done->introduction, rest);
    /* Its end, if that has come, is told anew. */
    leg->may_read = true;
    introducer_free(done);
    *introducer = NULL;
    return true;
}
