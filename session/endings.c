/* endings: the names and words of endings.def. */
#include "session/session.h"

static const struct {
    const char *name;
    const char *words;
} endings[] = {
#define ENDING(name, word, words) { word, words },
#include "session/endings.def"
#undef ENDING
};

const char *ending_name(enum ending ending)
{
    return endings[ending].name;
}

const char *ending_words(enum ending ending)
{
    return endings[ending].words;
}
