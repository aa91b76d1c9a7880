/* The profiles that the program carries inside itself: the text of each profiles/NAME.profile.
 * The build generates the definitions (cmake/embed.cmake); reading the text as rules is the work
 * of session/profile.h. */
#ifndef SMTPCHAOS_SESSION_EMBEDDED_H
#define SMTPCHAOS_SESSION_EMBEDDED_H

#include <stddef.h>

struct embedded_profile {
    const char *name; /* the file's name without ".profile", such as "greylist-variants" */
    const char *text; /* the whole file, with a NUL after it                             */
    size_t size;      /* bytes of text, the NUL not counted                              */
};

/* Sorted by name; a row of NULLs stands after the last. */
extern const struct embedded_profile embedded_profiles[];
extern const size_t embedded_profiles_count;

#endif
