/* authority_files: see authority_files.h. */
#include "proxy/tls/authority_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"
#include "proxy/tls/pem_file.h"

#define KEY_NAME "ca.key"
#define CERTIFICATE_NAME "ca.pem"

/* -- places ----------------------------------------------------------------------------------- */

/* The base directory specification wants relative paths ignored. */
static bool is_path_in(const char *variable, char path[PATH_MAX])
{
    size_t size = PATH_MAX;
    return uv_os_getenv(variable, path, &size) == 0 && path[0] == '/';
}

int authority_folder(const char *given, struct text *folder)
{
    char path[PATH_MAX];
    size_t size = sizeof path;
    if (given) {
        text_add(folder, span_of(given));
    } else if (is_path_in("XDG_DATA_HOME", path)) {
        text_addf(folder, "%s/smtpchaos", path);
    } else if (uv_os_homedir(path, &size) == 0) {
        text_addf(folder, "%s/.local/share/smtpchaos", path);
    } else {
        complain("nobody knows your home directory; say --ca DIR");
        return EX_CONFIG;
    }
    return 0;
}

void authority_key_file(const char *folder, struct text *file)
{
    text_addf(file, "%s/" KEY_NAME, folder);
}

void authority_certificate_file(const char *folder, struct text *file)
{
    text_addf(file, "%s/" CERTIFICATE_NAME, folder);
}

bool authority_exists(const char *folder)
{
    struct stat found;
    struct text file = { 0 };
    authority_key_file(folder, &file);
    bool exists = lstat(text_string(&file), &found) == 0;
    text_deinit(&file);
    return exists;
}

/* -- saving ----------------------------------------------------------------------------------- */

static int fail(const char *folder, const char *what)
{
    complain("%s: %s: %s", folder, what, strerrordesc_np(errno));
    return EX_IOERR;
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* Makes the folders above it too. */
static bool make_folders(const char *path)
{
    struct text above = { 0 };
    struct span whole = span_of(path);
    bool fine = true;
    for (size_t i = 1; i < whole.len && fine; i++) {
        if (whole.ptr[i] != '/')
            continue;
        text_clear(&above);
        text_add(&above, span_take(whole, i));
        fine = make_folder(text_string(&above));
    }
    text_deinit(&above);
    return fine && make_folder(path);
}

/* Answers a descriptor that is locked for as long as it is open: two that make an authority at once
 * shall not mix their files. */
static int open_folder(const char *path)
{
    if (!make_folders(path))
        return -1;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || flock(folder, LOCK_EX) == 0)
        return folder;
    close(folder);
    return -1;
}

/* Whole or not at all: what stands under the name has reached the disk. */
static bool write_file(int folder, const char *name, mode_t mode, struct span bytes)
{
    char waiting[32];
    snprintf(waiting, sizeof waiting, ".%s.%ld", name, (long)getpid());
    int fd = openat(folder, waiting, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return false;
    bool fine = file_write_whole(fd, bytes) && fsync(fd) == 0;
    fine = close(fd) == 0 && fine;
    fine = fine && renameat(folder, waiting, folder, name) == 0;
    if (!fine)
        unlinkat(folder, waiting, 0);
    return fine;
}

/* The certificate first: without a key it is nobody's, and the next attempt may replace it. */
static bool write_both(int folder, const struct authority *authority)
{
    struct text certificate = { 0 };
    struct text key = { .capacity = 0 };
    pem_add_certificate(authority->certificate, &certificate);
    pem_add_key(authority->key, &key);
    bool fine = write_file(folder, CERTIFICATE_NAME, 0644, text_span(&certificate)) &&
                write_file(folder, KEY_NAME, 0600, text_span(&key)) && fsync(folder) == 0;
    pem_wipe(&key);
    text_deinit(&certificate);
    return fine;
}

int authority_refuse_to_overwrite(const char *folder)
{
    complain("%s: there is an authority already, and it is not overwritten; `smtpchaos ca show` "
             "tells about it",
             folder);
    return EX_CANTCREAT;
}

int authority_save(const char *folder, const struct authority *authority)
{
    int status = 0;
    int fd = open_folder(folder);
    if (fd < 0)
        return fail(folder, "cannot be used");
    if (authority_exists(folder))
        status = authority_refuse_to_overwrite(folder);
    else if (!write_both(fd, authority))
        status = fail(folder, "the authority cannot be written");
    close(fd);
    return status;
}

/* -- loading ---------------------------------------------------------------------------------- */

void warn_of_readers(const char *key_file)
{
    struct stat found;
    if (stat(key_file, &found) == 0 && S_ISREG(found.st_mode) && (found.st_mode & 077))
        complain("warning: %s: others may read this key (mode %03o); 600 is enough", key_file,
                 (unsigned)(found.st_mode & 0777));
}

static int refuse_file(const char *file, const char *why)
{
    complain("%s: %s", file, why);
    return EX_DATAERR;
}

static int refuse_folder(const char *folder)
{
    complain("%s: there is no authority here; `smtpchaos ca init` makes one", folder);
    return EX_NOINPUT;
}

int authority_load_certificate(const char *folder, struct authority *authority)
{
    struct text file = { 0 };
    struct pem_file pem;
    *authority = (struct authority){ 0 };
    if (!authority_exists(folder))
        return refuse_folder(folder);
    authority_certificate_file(folder, &file);
    int status = pem_file_read(text_string(&file), &pem);
    if (status == 0) {
        authority->certificate = sk_X509_shift(pem.certificates);
        if (!authority->certificate)
            status = refuse_file(text_string(&file), "there is no certificate in it");
        else if (X509_check_ca(authority->certificate) == 0)
            status = refuse_file(text_string(&file), "this certificate may not sign others");
        pem_file_deinit(&pem);
    }
    text_deinit(&file);
    if (status)
        authority_deinit(authority);
    return status;
}

static int load_key(const char *folder, struct authority *authority)
{
    struct text file = { 0 };
    struct pem_file pem;
    authority_key_file(folder, &file);
    int status = pem_file_read(text_string(&file), &pem);
    if (status == 0) {
        authority->key = pem.key;
        pem.key = NULL;
        if (!authority->key)
            status = refuse_file(text_string(&file), "there is no key in it");
        else if (X509_check_private_key(authority->certificate, authority->key) != 1)
            status =
                refuse_file(text_string(&file), "this key does not belong to " CERTIFICATE_NAME);
        else
            warn_of_readers(text_string(&file));
        pem_file_deinit(&pem);
    }
    text_deinit(&file);
    return status;
}

int authority_load(const char *folder, struct authority *authority)
{
    int status = authority_load_certificate(folder, authority);
    if (status == 0)
        status = load_key(folder, authority);
    if (status)
        authority_deinit(authority);
    return status;
}
