#!/usr/bin/env python3
"""The build that OSS-Fuzz and ClusterFuzzLite ask for: .clusterfuzzlite/build.sh with their
variables set, and what it puts into $OUT tries its own seeds."""

import os
import shutil
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / ".clusterfuzzlite" / "build.sh"


@unittest.skipUnless(os.environ.get("SMTPCHAOS_SLOW"), "SMTPCHAOS_SLOW=1 builds all targets anew")
class OssFuzzTest(unittest.TestCase):
    def test_build_and_run(self):
        with tempfile.TemporaryDirectory() as folder:
            out, work = Path(folder, "out"), Path(folder, "work")
            out.mkdir()
            environment = {**os.environ, "CC": "clang", "CXX": "clang++", "OUT": str(out),
                           "WORK": str(work), "LIB_FUZZING_ENGINE": "-fsanitize=fuzzer",
                           "CFLAGS": "-O1 -gline-tables-only -fsanitize=address,fuzzer-no-link"}
            done = subprocess.run([BUILD], cwd=TOP, env=environment, capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])
            harnesses = sorted(path.stem for path in (TOP / "harness").glob("fuzz_*.c"))
            for name in harnesses:
                self.try_target(out, name, Path(folder))

    def try_target(self, out, name, folder):
        self.assertTrue((out / f"{name}.dict").exists())
        self.assertIn("[libfuzzer]", (out / f"{name}.options").read_text())
        seeds = folder / f"seeds-{name}"
        with zipfile.ZipFile(out / f"{name}_seed_corpus.zip") as archive:
            archive.extractall(seeds)
        self.assertTrue(any(seeds.iterdir()))
        alone = ["setarch", "-R"] if shutil.which("setarch") else []
        done = subprocess.run([*alone, out / name, f"-dict={out / name}.dict", "-runs=300",
                               "-seed=1", seeds], capture_output=True, text=True, timeout=200,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])


if __name__ == "__main__":
    unittest.main()
