/* descriptors: how many sockets and files the program may hold open. */
#ifndef SMTPCHAOS_PROXY_DESCRIPTORS_H
#define SMTPCHAOS_PROXY_DESCRIPTORS_H

/* Takes all that the system allows: the usual 1,024 would be a bound that nobody chose. */
void raise_descriptor_limit(void);

#endif
