/* authority_files: where an authority lives: `ca.key`, its key, and `ca.pem`, its certificate, in a
 * folder of their own. What it is made of is authority.h's. */
#ifndef SMTPCHAOS_PROXY_TLS_AUTHORITY_FILES_H
#define SMTPCHAOS_PROXY_TLS_AUTHORITY_FILES_H

#include <stdbool.h>

#include "base/text.h"
#include "proxy/tls/authority.h"

/* The row of --ca, the same for every command that needs an authority. */
#define OPTION_CA_ROW                                                                              \
    {                                                                                              \
        "ca", OPTION_TEXT, "DIR",                                                                  \
            .help = "where the authority lives ($XDG_DATA_HOME/smtpchaos, or "                     \
                    "~/.local/share/smtpchaos)"                                                    \
    }

/* Adds the folder: `given`, or the usual one when that is NULL: $XDG_DATA_HOME/smtpchaos or
 * ~/.local/share/smtpchaos. Answers 0, or EX_CONFIG after one line on stderr when nobody knows
 * where the user is at home. */
int authority_folder(const char *given, struct text *folder);
/* Adds FOLDER/ca.key and FOLDER/ca.pem. */
void authority_key_file(const char *folder, struct text *file);
void authority_certificate_file(const char *folder, struct text *file);
bool authority_exists(const char *folder);
/* Says that there is one; answers EX_CANTCREAT. */
int authority_refuse_to_overwrite(const char *folder);

/* Keeps it. The folder is made with mode 0700, the key has 0600; nothing is overwritten, and a key
 * is there only when it and its certificate are whole. Answers 0, or the exit status after one line
 * on stderr: EX_CANTCREAT when there is an authority already, EX_IOERR. */
int authority_save(const char *folder, const struct authority *authority);
/* Answers 0, or the exit status after one line on stderr: EX_NOINPUT when there is none, EX_DATAERR
 * when there is one that is of no use. Warns when others may read the key. */
int authority_load(const char *folder, struct authority *authority);
/* The same without the key, for looking: authority->key is NULL. */
int authority_load_certificate(const char *folder, struct authority *authority);

/* Says on stderr when anybody but its owner may read the file. */
void warn_of_readers(const char *key_file);

#endif
