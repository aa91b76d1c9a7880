#!/usr/bin/env python3
"""Writes the seeds that are plain SMTP: corpora/client, corpora/server, corpora/commands,
corpora/addresses. What stands in them is kept here, readable; the files are what fuzzers read.

usage: corpora/write_seeds.py [FOLDER]     (corpora)
"""

import sys
from pathlib import Path

import seeds_bugs
import seeds_client
import seeds_server

SEEDS = {
    "client/sessions": seeds_client.sessions,
    "client/auth": seeds_client.auth,
    "client/bdat": seeds_client.bdat,
    "client/ends-of-data": seeds_client.ends_of_data,
    "client/messages": seeds_client.messages,
    "client/tls-boundary": seeds_client.tls_boundary,
    "client/known-bugs": seeds_bugs.client,
    "server/replies": seeds_server.replies,
    "server/known-bugs": seeds_bugs.server,
    "commands": seeds_client.commands,
    "addresses": seeds_client.addresses,
}


def main():
    top = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    for folder, seeds in SEEDS.items():
        (top / folder).mkdir(parents=True, exist_ok=True)
        for name, content in seeds():
            (top / folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
