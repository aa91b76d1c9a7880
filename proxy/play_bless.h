/* play_bless: transcripts rewritten to what was heard, in their files. */
#ifndef SMTPCHAOS_PROXY_PLAY_BLESS_H
#define SMTPCHAOS_PROXY_PLAY_BLESS_H

/* Plays the file's transcript in memory and writes it anew where it says something else than was
 * heard. Answers the exit status, after saying on stderr what is wrong. */
int play_bless(const char *file);

#endif
