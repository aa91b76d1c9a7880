/* fuzz_session: a whole session, both peers and the clock, as a script (script.h) says. Whatever it
 * says: without rules the session is a wire; what it holds stays bounded; the journal ends with one
 * close; and however the bytes are cut, the same is heard and the same is decided. */
#include "harness/entry.h"
#include "harness/script_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    script_try(span_make(data, size));
    return 0;
}
