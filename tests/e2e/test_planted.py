#!/usr/bin/env python3
"""A few of the planted bugs are found, one in each way. It builds the harnesses in a copy of the
sources, which takes minutes: only with SMTPCHAOS_SLOW=1."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
FEW = ["dot-behind-lone-lf-ends", "chain-split-loses-tail", "answers-behind-the-end"]


@unittest.skipUnless(os.environ.get("SMTPCHAOS_SLOW"), "takes minutes")
@unittest.skipUnless(shutil.which("clang"), "there is no clang")
class PlantedTest(unittest.TestCase):
    def test_a_few_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([TOP / "harness/planted/planted.py", "--work", folder, *FEW],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr[-3000:])
            self.assertIn(f"{len(FEW)} of {len(FEW)} found", done.stdout)


if __name__ == "__main__":
    unittest.main()
