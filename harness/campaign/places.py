"""Where campaigns keep what they fetch, build and find: a cache outside the tree."""

import os
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
NOBODY = 65534


def cache():
    """$SMTPCHAOS_CAMPAIGN, or a folder that survives a restart."""
    return Path(os.environ.get("SMTPCHAOS_CAMPAIGN", "/var/tmp/smtpchaos-campaign"))


def spool():
    """Where targets write: in memory, because they do so for each input."""
    return Path("/dev/shm/smtpchaos-campaign")


def make(folder, owner=None):
    folder.mkdir(parents=True, exist_ok=True)
    if owner is not None and os.geteuid() == 0:
        os.chown(folder, owner, owner)
    return folder
