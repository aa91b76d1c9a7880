"""Includes follow the arrows: a room sees itself and the rooms below it, a library is included
where it is linked, and only proxy/ knows sockets, files and processes."""

import re

import arrows
import tree

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')

LIBRARY_HEADERS = {
    "libuv": r"uv\.h|uv/",
    "pcre2": r"pcre2\.h",
    "jansson": r"jansson\.h",
    "openssl": r"openssl/",
    "cmocka": r"cmocka\.h",
}

# What would let the outside world into a room that is to be a pure function of its arguments.
OUTSIDE_WORLD = re.compile(
    r"sys/(socket|un|epoll|select|poll|stat|wait|mman|ioctl|file|random|time)\.h"
    r"|netinet/|arpa/|netdb\.h|net/|poll\.h|unistd\.h|fcntl\.h|dirent\.h|spawn\.h|signal\.h|linux/")


def library_of(header):
    for library, pattern in LIBRARY_HEADERS.items():
        if re.match(pattern, header):
            return library
    return None


def wrong_with(room, bracket, header, rooms, libraries):
    """What is wrong with this include in this room, or None."""
    if bracket == '"':
        owner = header.split("/")[0]
        if owner not in rooms:
            return f'"{header}" names no room; write "room/file.h"'
        if owner not in rooms[room]:
            return f'"{header}": {room} does not see {owner}'
        return None
    library = library_of(header)
    if library and library not in libraries[room]:
        return f"<{header}>: {room} does not link {library}"
    if room not in ("proxy", "harness") and OUTSIDE_WORLD.match(header):
        return f"<{header}>: only proxy knows the world outside"
    return None


def findings(top):
    rooms, libraries = arrows.read(top)
    for path in tree.files(top, tree.C_SUFFIXES | {".def"}):
        place = path.relative_to(top)
        room = place.parts[0]
        if room not in rooms:
            continue
        for number, line in tree.lines_of(path):
            include = INCLUDE.match(line)
            wrong = include and wrong_with(room, *include.groups(), rooms, libraries)
            if wrong:
                yield f"{place}:{number}", wrong


if __name__ == "__main__":
    tree.run(findings)
