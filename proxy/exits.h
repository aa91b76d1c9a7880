/* exits: the exit statuses of every command, with the names of sysexits.h. 0 is fine, 1 is a
 * verdict or a check that came out negative. The others: EX_USAGE (64) a bad option or rule on the
 * command line, EX_DATAERR (65) a bad data file, EX_NOINPUT (66) a missing file, EX_UNAVAILABLE
 * (69) a port in use or a peer out of reach, EX_NOUSER (67) a user who does not exist, EX_IOERR
 * (74) reading or writing failed, EX_NOPERM (77) a capability or a right that is missing, EX_CONFIG
 * (78) a bad configuration file. */
#ifndef SMTPCHAOS_PROXY_EXITS_H
#define SMTPCHAOS_PROXY_EXITS_H

#include <sysexits.h>

#define EX_NEGATIVE 1

#endif
