/* poison: memory that stays allocated and must not be looked at. In builds with AddressSanitizer a
 * look ends the program; in all others nothing happens. */
#ifndef SMTPCHAOS_BASE_POISON_H
#define SMTPCHAOS_BASE_POISON_H

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SMTPCHAOS_POISONS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SMTPCHAOS_POISONS
#endif

#ifdef SMTPCHAOS_POISONS
#include <sanitizer/asan_interface.h>
#endif

/* Nobody has business there until it is handed out again. */
static inline void poison(const void *place, size_t len)
{
#ifdef SMTPCHAOS_POISONS
    __asan_poison_memory_region(place, len);
#else
    (void)place;
    (void)len;
#endif
}

static inline void unpoison(const void *place, size_t len)
{
#ifdef SMTPCHAOS_POISONS
    __asan_unpoison_memory_region(place, len);
#else
    (void)place;
    (void)len;
#endif
}

#endif
