"""No path of a particular machine stands in the tree: it must build and run anywhere."""

import re

import tree

MACHINE_PATH = re.compile(r"(?<![\w.)}])/(?:work|farm|root|home|tmp)/\w")


def findings(top):
    for path in tree.files(top):
        for number, line in tree.lines_of(path):
            found = MACHINE_PATH.search(line)
            if found:
                place = f"{path.relative_to(top)}:{number}"
                yield place, f"names a place on one machine: {found.group()}"


if __name__ == "__main__":
    tree.run(findings)
