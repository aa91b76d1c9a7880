"""Sizes that one head can hold: 600 lines a file, 70 lines a function, 100 columns a line."""

import ast
import re

import tree

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100

# Where text is somebody else's: a server's reply or a table's row is as long as it is.
ANY_WIDTH = {".md", ".profile", ".transcript", ".txt"}


def c_functions(path):
    """(first line, lines) of each function. Only functions have a brace alone in column one."""
    started = None
    for number, line in enumerate(tree.c_code_of(path).splitlines(), start=1):
        if re.match(r"\{\s*$", line):
            started = number
        elif re.match(r"\}\s*$", line) and started:
            yield started, number - started + 1
            started = None


def python_functions(path):
    for node in ast.walk(ast.parse(tree.text_of(path), filename=str(path))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def functions(path):
    if path.suffix in tree.C_SUFFIXES:
        return c_functions(path)
    return python_functions(path) if path.suffix == ".py" else ()


def findings(top):
    for path in tree.files(top):
        place = path.relative_to(top)
        lines = list(tree.lines_of(path))
        if len(lines) > FILE_LINES_MAX and path.suffix not in ANY_WIDTH:
            yield place, f"{len(lines)} lines, more than {FILE_LINES_MAX}"
        is_data = path.suffix in ANY_WIDTH or (place.parts[0] == "corpora" and not path.suffix)
        for number, line in lines if not is_data else ():
            if len(line) > COLUMNS_MAX:
                yield f"{place}:{number}", f"{len(line)} columns, more than {COLUMNS_MAX}"
        for number, length in functions(path):
            if length > FUNCTION_LINES_MAX:
                yield f"{place}:{number}", f"a function of {length} lines, the most is " \
                    f"{FUNCTION_LINES_MAX}"


if __name__ == "__main__":
    tree.run(findings)
