/* recording_store: option --record: the folder that keeps a file for each session, named after the
 * session and written by a thread of its own, so that a slow disk changes no timing. What stands in
 * a file is play/recorder.h's. */
#ifndef SMTPCHAOS_PROXY_RECORDING_STORE_H
#define SMTPCHAOS_PROXY_RECORDING_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "session/session.h"

struct recording_settings {
    const char *folder; /* NULL: nothing is recorded */
    bool keeps_secrets; /* what AUTH says is written down as it is */
    uint64_t size_max;  /* bytes of all recordings of the run */
};

struct recording_store;
/* One session's. */
struct recording;

/* Makes the folder (mode 0700) if it is not there, with the rights of the one that calls. NULL
 * after one line on stderr when it cannot be written to. */
struct recording_store *recording_store_open(const struct recording_settings *settings);
/* Begins to write: its thread has the rights of the one that calls. Nothing happens for NULL. */
void recording_store_begin(struct recording_store *store);
/* Writes what is left. Answers 0, or EX_IOERR when anything was lost; stderr has been told. Nothing
 * happens for NULL. */
int recording_store_close(struct recording_store *store);

/* The session that is about to begin will be recorded; NULL, and no change, without a store, or
 * when the run's bound is reached. */
struct recording *recording_new(struct recording_store *store, struct session_setup *setup,
                                instant now);
/* Behind session_free: hands the rest over. Nothing happens for NULL. */
void recording_free(struct recording *recording);

#endif
