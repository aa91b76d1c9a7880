/* tls_run: see tls_run.h. */
#include "proxy/tls_run.h"

#include "proxy/complain.h"

static bool is_wanted(const struct settings *settings)
{
    bool wanted = settings->session.tls != TLS_PASS || upstreams_have_tls(&settings->upstreams);
    for (size_t i = 0; i < settings->listen_count; i++)
        wanted |= settings->listen[i].is_tls;
    return wanted;
}

static bool open_keylog(struct tls_run *run, const char *file, int *status)
{
    if (file)
        run->keylog = keylog_open(file, status);
    return !file || run->keylog;
}

/* Whatever is wrong with a file or a word shows before anybody connects. */
static int prepare(struct tls_run *run, const struct tls_settings *tls)
{
    int status = 0;
    run->verify = verify_new(tls->verify, &status);
    if (run->verify && open_keylog(run, tls->keylog, &status))
        run->certificates = certificates_new(&run->plan, &status);
    return status;
}

static void begin_context(struct tls_run *run, const struct settings *settings)
{
    run->context = tls_context_new(&(struct tls_context_plan){
        .certificates = run->certificates,
        .keylog = run->keylog,
        .verify = run->verify,
        .verifies_strictly = !settings->session.unverified_goes_on,
    });
    if (!verify_is_wanted(run->verify))
        complain("the upstream's certificate is not verified; --verify does that");
}

int tls_run_begin(struct tls_run *run, const struct settings *settings)
{
    const struct tls_settings *tls = &settings->tls;
    if (!is_wanted(settings))
        return 0;
    run->plan = (struct certificates_plan){
        .authority = tls->authority,
        .certificate = tls->certificate,
        .key = tls->key,
    };
    int status = prepare(run, tls);
    if (status == 0)
        begin_context(run, settings);
    return status;
}

void tls_run_end(struct tls_run *run)
{
    tls_context_free(run->context);
    keylog_close(run->keylog);
    if (run->verify)
        verify_free(run->verify);
    if (run->certificates)
        certificates_free(run->certificates);
}

void tls_run_read_again(struct tls_run *run)
{
    if (run->certificates && certificates_read_again(run->certificates))
        complain("certificates read again for new handshakes");
}
