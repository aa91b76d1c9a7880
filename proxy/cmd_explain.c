/* cmd_explain: `smtpchaos explain NAME`: all there is to know about mutators, profiles, events. */
#include <stdio.h>

#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/options.h"
#include "session/catalogue.h"

static const struct usage usage = {
    .name = "explain",
    .summary = "explains a mutator, a profile or an event",
    .operands = "NAME…",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .detail = "Of a mutator: what it does, its parameters with units, defaults and limits, the RFC "
              "clause it bends, the profiles that use it, and a rule that works when pasted. Of a "
              "profile: what it imitates, where the facts come from, what a correct peer does, and "
              "its rules.",
    .examples = "  # everything about one kind of harm\n"
                "  smtpchaos explain delay\n"
                "  # what a profile does, and why one can know\n"
                "  smtpchaos explain greylist-variants\n",
};

static int explain(const char *name)
{
    struct text page = { 0 };
    bool is_known = catalogue_explain(span_of(name), &page);
    fwrite(page.ptr, 1, page.len, stdout);
    text_deinit(&page);
    if (is_known)
        return 0;
    const char *nearest = catalogue_nearest(span_of(name));
    if (nearest)
        complain("nothing is called \"%s\"; did you mean \"%s\"?", name, nearest);
    else
        complain("nothing is called \"%s\"; `smtpchaos list mutators` has names", name);
    return EX_USAGE;
}

int cmd_explain(int argc, char **argv)
{
    struct options options;
    int status;
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    for (size_t i = 0; i < options.operand_count && status == 0; i++)
        status = explain(options.operands[i]);
    options_deinit(&options);
    return status;
}
