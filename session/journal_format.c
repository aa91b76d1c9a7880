/* journal_format: which of the three formats makes the lines. */
#include "session/journal.h"

void journal_format_head(enum journal_format format, const struct journal_head *head,
                         struct text *out)
{
    switch (format) {
    case JOURNAL_JSON: journal_json_head(head, out); return;
    case JOURNAL_TEXT: journal_text_head(head, out); return;
    case JOURNAL_EXCHANGE: journal_exchange_head(head, out); return;
    }
}

void journal_format_entry(enum journal_format format, const struct journal_entry *entry,
                          bool colours, struct text *out)
{
    switch (format) {
    case JOURNAL_JSON: journal_json_entry(entry, out); return;
    case JOURNAL_TEXT: journal_text_entry(entry, colours, out); return;
    case JOURNAL_EXCHANGE: journal_exchange_entry(entry, out); return;
    }
}
