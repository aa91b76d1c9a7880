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

int tls_run_begin(struct tls_run *run, const struct settings *settings)
{
    const struct tls_settings *tls = &settings->tls;
    const char *host = upstreams_host(&settings->upstreams);
    int status = 0;
    if (!is_wanted(settings))
        return 0;
    run->plan = (struct certificates_plan){
        .authority = tls->authority, .certificate = tls->certificate, .key = tls->key, .host = host
    };
    run->certificates = certificates_new(&run->plan, &status);
    if (!run->certificates || !open_keylog(run, tls->keylog, &status))
        return status;
    run->context = tls_context_new(&(struct tls_context_plan){
        .certificates = run->certificates, .keylog = run->keylog, .host = host });
    return 0;
}

void tls_run_end(struct tls_run *run)
{
    tls_context_free(run->context);
    keylog_close(run->keylog);
    if (run->certificates)
        certificates_free(run->certificates);
}

void tls_run_read_again(struct tls_run *run)
{
    if (run->certificates && certificates_read_again(run->certificates))
        complain("certificates read again for new handshakes");
}
