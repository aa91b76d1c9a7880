"""The long loads of soak.py in small: `./run soak` has them at full length."""
import unittest

import soak
from stage import Stage


class InSmall(Stage):
    def test_a_tarpit_holds_its_sessions_in_flat_memory(self):
        got = soak.tarpit(self.directory, seconds=6, sessions=300)
        self.assertEqual(0, got["ended"])
        self.assertGreaterEqual(got["heard"], 300)
        self.assertLessEqual(got["growth_kb"], soak.GROWTH_MOST_KB)
        self.assertLess(got["cpu"], soak.CPU_MOST)

    def test_no_message_is_lost_and_none_is_doubled(self):
        self.need("postfix")
        got = soak.messages(self.directory, count=3000)
        self.assertEqual((3000, 0), (got["came"], got["doubled"]))


if __name__ == "__main__":
    unittest.main()
