"""Every source file opens with a comment that says what it is for, in a sentence at least."""

import re

import tree

WORDS_MIN = 4

# How a comment starts, by kind of file. A script's first line may name its interpreter.
HASHES = r"((?:#[^\n]*\n)+)"
OPENINGS = {
    **dict.fromkeys((".c", ".h", ".def"), r"/\*(.*?)\*/"),
    ".py": r'"""(.*?)"""|' + HASHES,
    **dict.fromkeys((".sh", ".cmake", ".profile", ".transcript", "CMakeLists.txt", "run"), HASHES),
}


def opening_words(text, pattern):
    body = re.sub(r"\A#!.*\n", "", text)
    found = re.match(pattern, body, re.DOTALL)
    return re.findall(r"\w+", found.group()) if found else []


def findings(top):
    for path in tree.files(top):
        pattern = OPENINGS.get(path.name) or OPENINGS.get(path.suffix)
        text = tree.text_of(path)
        if pattern and text and len(opening_words(text, pattern)) < WORDS_MIN:
            yield path.relative_to(top), "does not open with a comment that says what it is for"


if __name__ == "__main__":
    tree.run(findings)
