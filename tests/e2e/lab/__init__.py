"""The lab: real mail programs from Debian's packages, each in a private file system of its own.

A program's packages are unpacked, never installed, because the mail servers of Debian exclude one
another; `packages` does that, `box` builds the private file system a program runs in, `server` is
what all receivers and queueing senders have in common, and each program has one file of its own.

Everything is kept below $SMTPCHAOS_LAB, or /var/tmp/smtpchaos-lab, so that the tree stays clean.
The lab knows nothing of smtpchaos; `stage` brings the two together.
"""
