/* play_bless: see play_bless.h. What the new text is, is decided in play/bless.c. */
#include "proxy/play_bless.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "play/player.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"

static bool write_all(const char *file, struct span text)
{
    FILE *out = fopen(file, "we");
    if (!out)
        return false;
    bool written = fwrite(text.ptr, 1, text.len, out) == text.len;
    return fclose(out) == 0 && written;
}

/* The new file takes the old one's place at once or not at all. */
static int replace_file(const char *file, struct span text)
{
    struct text beside = { 0 };
    text_addf(&beside, "%s.blessed", file);
    const char *name = text_string(&beside);
    bool done = write_all(name, text) && rename(name, file) == 0;
    if (!done) {
        complain("%s: cannot be written: %s", file, strerrordesc_np(errno));
        remove(name);
    }
    text_deinit(&beside);
    return done ? 0 : EX_IOERR;
}

int play_bless(const char *file)
{
    struct text text = { .max = TRANSCRIPT_SIZE_MAX };
    struct text blessed = { 0 };
    struct text errors = { 0 };
    int status = file_read(file, &text);
    if (status == 0 && !player_bless(file, text_span(&text), &blessed, &errors))
        status = EX_DATAERR;
    if (status == 0 && !span_equal(text_span(&text), text_span(&blessed)))
        status = replace_file(file, text_span(&blessed));
    complain_lines(text_span(&errors));
    text_deinit(&errors);
    text_deinit(&blessed);
    text_deinit(&text);
    return status;
}
