"""Each check finds what it is there to find, and is silent about the same tree without it."""

import tempfile
import unittest
from pathlib import Path

import check_arrows
import check_banned
import check_format
import check_headers
import check_observed
import check_openings
import check_paths
import check_sizes
import check_twins

ROOMS = "room(base LINKS Threads::Threads)\nroom(smtp LINKS base)\n" \
    "room(session LINKS smtp PkgConfig::pcre2 SOURCES x.c)\nprogram(proxy LINKS session AS it)\n"


class Checks(unittest.TestCase):
    def complaints(self, check, files):
        """What the check says about a tree of these files."""
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            for name, text in files.items():
                (top / name).parent.mkdir(parents=True, exist_ok=True)
                (top / name).write_text(text)
            return [f"{place}: {wrong}" for place, wrong in check.findings(top)]

    def assert_finds(self, check, place, files):
        found = self.complaints(check, files)
        self.assertEqual(1, len(found), found)
        self.assertTrue(found[0].startswith(place), found)

    def assert_silent(self, check, files):
        self.assertEqual([], self.complaints(check, files))

    def arrows(self, name, include):
        return {"CMakeLists.txt": ROOMS, name: f"/* It. */\n#include {include}\n"}

    def test_arrows(self):
        broken = [("smtp/a.c", '"session/a.h"'), ("session/a.h", '"a.h"'),
                  ("smtp/a.c", "<pcre2.h>"), ("session/a.c", "<uv.h>"),
                  ("session/a.c", "<sys/socket.h>")]
        for name, include in broken:
            self.assert_finds(check_arrows, f"{name}:2", self.arrows(name, include))
        fine = [("session/a.c", '"base/a.h"'), ("session/a.c", "<pcre2.h>"),
                ("session/a.c", "<string.h>"), ("proxy/a.c", "<sys/socket.h>"),
                ("tests/unit/test_a.c", '"session/a.h"')]
        for name, include in fine:
            self.assert_silent(check_arrows, self.arrows(name, include))

    def test_observed(self):
        said, least = "# observed: delivered\n", check_observed.AT_LEAST
        many = {f"profiles/a-{n}.profile": said for n in range(least)}
        names = " ".join(f'"a-{n}:b"' for n in range(least + 1))
        tests = {"tests/e2e/test_profiles_a.py": names}
        self.assert_silent(check_observed, many | tests)
        self.assert_finds(check_observed, "profiles/b-1.profile",
                          many | tests | {"profiles/b-1.profile": said})
        self.assert_finds(check_observed, f"profiles/a-{least}.profile",
                          many | tests | {f"profiles/a-{least}.profile": "# saw: nothing\n"})
        del many["profiles/a-0.profile"]
        self.assert_finds(check_observed, f"profiles: {least - 1}", many | tests)

    def test_headers(self):
        self.assert_finds(check_headers, "base/a.h", {"base/a.h": "extern size_t a;\n"})
        self.assert_silent(check_headers,
                           {"base/a.h": "#include <stddef.h>\nextern size_t a;\n"})

    def test_file_length(self):
        self.assert_finds(check_sizes, "base/a.c", {"base/a.c": "\n" * 601})
        self.assert_silent(check_sizes, {"base/a.c": "\n" * 600})

    def test_line_length(self):
        self.assert_finds(check_sizes, "base/a.c:1", {"base/a.c": "x" * 101})
        self.assert_silent(check_sizes, {"base/a.c": "x" * 100, "README.md": "x" * 200})

    def test_function_length(self):
        def function(lines):
            return "int f(void)\n{\n" + "    g();\n" * (lines - 2) + "}\n"
        self.assert_finds(check_sizes, "base/a.c:2", {"base/a.c": function(71)})
        self.assert_silent(check_sizes, {"base/a.c": function(70) * 2})
        python = "def f():\n" + "    g()\n" * 70
        self.assert_finds(check_sizes, "tests/a.py:1", {"tests/a.py": python})

    def test_openings(self):
        self.assert_finds(check_openings, "base/a.c", {"base/a.c": "int a;\n"})
        self.assert_finds(check_openings, "a.sh", {"a.sh": "#!/bin/sh\n# Short.\ntrue\n"})
        self.assert_silent(check_openings, {
            "base/a.c": "/* a: what this is for. */\nint a;\n",
            "a.sh": "#!/bin/sh\n# Says what it is for.\ntrue\n"})

    def test_banned_calls(self):
        pause = "sleep"
        self.assert_finds(check_banned, "smtp/a.c:1", {"smtp/a.c": "strcpy(a, b);\n"})
        self.assert_finds(check_banned, "smtp/a.c:1", {"smtp/a.c": "now = time(NULL);\n"})
        self.assert_finds(check_banned, "tests/a.py:1", {"tests/a.py": f"time.{pause}(1)\n"})
        self.assert_finds(check_banned, "demo/a.sh:2", {"demo/a.sh": f"# It.\nwait; {pause} 2\n"})
        self.assert_silent(check_banned, {
            "smtp/a.c": "/* time(x) */ char *a = \"rand()\";\nevent_time(a);\na->time(b);\n",
            "proxy/a.c": "now = time(NULL);\n",
            check_banned.STANDS_IN: "time_t time(time_t *into)\n"})

    def test_machine_paths(self):
        place = "/" + "home/ann"
        self.assert_finds(check_paths, "a.md:1", {"a.md": f"see {place}/x\n"})
        self.assert_silent(check_paths, {"a.md": "see docs/home/ann and ${X}" + place + "\n"})

    def test_twins(self):
        profile = {"profiles/slow.profile": "# title: slow\n"}
        self.assert_finds(check_twins, "profiles/slow", profile)
        self.assert_silent(check_twins, {**profile, "tests/transcripts/slow.transcript": "# x\n"})
        row = {"mutators/list.h": "MUTATOR(bare_lf)\n",
               "mutators/bare_lf.c": "const struct mutator mutator_bare_lf = {\n"}
        self.assert_finds(check_twins, "mutators/list.h", {
            **row, "tests/transcripts/a.transcript": "profile to server body not-bare-lf\n"})
        self.assert_silent(check_twins, {
            **row, "tests/transcripts/a.transcript": "profile to server body bare-lf\n"})

    def test_mutators_without_row_or_file(self):
        test = {"tests/transcripts/a.transcript": "profile to server body bare-lf\n"}
        self.assert_finds(check_twins, "mutators/list.h: bare_lf has no", {
            **test, "mutators/list.h": "MUTATOR(bare_lf)\n"})
        self.assert_finds(check_twins, "mutators/list.h: bare_lf lacks", {
            **test, "mutators/list.h": "\n",
            "mutators/bare_lf.c": "const struct mutator mutator_bare_lf = {\n"})

    def test_format(self):
        style = Path(__file__).resolve().parents[2].joinpath(".clang-format").read_text()
        self.assert_finds(check_format, "base/a.c:1",
                          {".clang-format": style, "base/a.c": "int  a;\n"})
        self.assert_silent(check_format, {".clang-format": style, "base/a.c": "int a;\n"})


if __name__ == "__main__":
    unittest.main()
