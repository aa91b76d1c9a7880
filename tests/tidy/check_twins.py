"""What comes in pairs: a profile has a transcript of its name; a mutator has a row in the list, a
file of its name, and a test that names it."""

import re

import tree


def profile_findings(top):
    for profile in sorted((top / "profiles").glob("*.profile")):
        transcript = top / "tests" / "transcripts" / f"{profile.stem}.transcript"
        if not transcript.exists():
            yield profile.relative_to(top), f"has no transcript {transcript.relative_to(top)}"


def mutator_findings(top):
    rows = top / "mutators" / "list.h"
    if not rows.exists():
        return
    tests = [*top.glob("tests/unit/*.c"), *top.glob("tests/transcripts/*.transcript")]
    told = "\n".join(tree.text_of(test) for test in tests)
    names = re.findall(r"^MUTATOR\((\w+)\)", tree.text_of(rows), re.MULTILINE)
    defined = {path.stem for path in top.glob("mutators/*.c")
               if re.search(r"^const struct mutator mutator_", tree.text_of(path), re.MULTILINE)}
    for lone in sorted(defined ^ set(names)):
        yield rows.relative_to(top), f"{lone} lacks its row" if lone in defined else \
            f"{lone} has no {lone}.c that defines mutator_{lone}"
    for row in names:
        name = row.replace("_", "-")
        if not re.search(rf"(?<![\w-]){name}(?![\w-])|\bmutator_{row}\b", told):
            yield rows.relative_to(top), f"no unit test and no transcript names {name}"


def findings(top):
    yield from profile_findings(top)
    yield from mutator_findings(top)


if __name__ == "__main__":
    tree.run(findings)
