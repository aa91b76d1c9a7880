"""The rooms and their arrows, read from the lines of CMakeLists.txt that draw them."""

import re

_DRAWN = re.compile(r"^(?:room|program|harnesses)\((\w+)\s+LINKS\s+([^)]*)\)", re.MULTILINE)


def read(top):
    """Two tables by room: the rooms it reaches, itself included, and the libraries it links."""
    links = {}
    for name, targets in _DRAWN.findall((top / "CMakeLists.txt").read_text()):
        links[name] = re.split(r"\s+(?:SOURCES|AS)\s", targets)[0].split()
    rooms = {name: _reached(name, links) for name in links}
    libraries = {name: {target.removeprefix("PkgConfig::") for target in targets
                        if target.startswith("PkgConfig::")} for name, targets in links.items()}
    return rooms, libraries


def _reached(name, links):
    reached = {name}
    for target in links[name]:
        if target in links:
            reached |= _reached(target, links)
    return reached
