"""The bugs of harness/planted still fit the sources: each has its lines once in its file, and a
harness that has to find it."""

import sys

import tree


def findings(top):
    folder = top / "harness" / "planted"
    if not folder.exists():
        return
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    import planted
    for path in sorted(folder.glob("*.bug")):
        bug = planted.Bug(path)
        is_known = bug.finder == "simulate" or (top / "harness" / f"fuzz_{bug.finder}.c").exists()
        if not is_known:
            yield path.relative_to(top), f"no harness is called '{bug.finder}'"
        for name, before, _ in bug.edits:
            times = (top / name).read_text().count("\n".join(before))
            if times != 1:
                yield path.relative_to(top), f"{name} has its lines {times} times, not once"


if __name__ == "__main__":
    tree.run(findings)
