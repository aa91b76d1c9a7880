"""What a profile says was observed between real programs, a test has observed, and the other way
round."""

import re

import tree

# The files whose tests run profiles between two real programs.
FILES = re.compile(r"test_(profiles_\w+|\w+_real|chaos)\.py")
AT_LEAST = 30


def names_in(top):
    text = "\n".join(path.read_text() for path in sorted((top / "tests" / "e2e").glob("test_*.py"))
                     if FILES.fullmatch(path.name))
    return set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+|chaos", text))


def findings(top):
    named = names_in(top)
    observed = set()
    for path in sorted((top / "profiles").glob("*.profile")):
        if re.search(r"^# observed: ", path.read_text(), re.MULTILINE):
            observed.add(path.stem)
            if path.stem not in named:
                yield path.relative_to(top), "says `# observed:`, but no test names the profile"
        elif path.stem in named:
            yield path.relative_to(top), "is run between real programs, but has no `# observed:`"
    if (top / "profiles").exists() and len(observed) < AT_LEAST:
        yield "profiles", f"{len(observed)} say what was observed, fewer than {AT_LEAST}"


if __name__ == "__main__":
    tree.run(findings)
