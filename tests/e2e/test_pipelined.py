"""Thousands of pipelined messages through Postfix: no reply out of step, and the same again.

The rules hit one RCPT in three. Decisions depend on the seed, never on how TCP cut the bytes.
"""
import itertools
import random
import unittest

from lab.postfix import Postfix
from lab.wait import wait_until
from peers import ehlo
from pipeline import RCPT_OK, Pipeline
from stage import Stage

MESSAGES = 10_000
MESSAGES_SPARED = 1_000
MESSAGES_COMPARED = 150
RECIPIENTS = 2
REFUSAL = b"451 4.7.1 not now"

REWRITE = 'to client reply 250 after RCPT chance 1/3 rewrite line="451 4.7.1 not now"'
ANSWER = 'to server command RCPT chance 1/3 answer reply="451 4.7.1 not now"'
DECISION = ("number", "direction", "rule", "mutator", "parameters", "verb", "before", "after")


class PipelinedTest(Stage):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        # Mail is thrown away behind the queue; errors are what the rules are there for.
        cls.postfix = cls.server(Postfix, "postfix", settings={
            "virtual_transport": "discard:", "smtpd_hard_error_limit": "1000000",
            "smtpd_soft_error_limit": "1000000", "smtpd_junk_command_limit": "1000000"})

    def setUp(self):
        self.postfix.forget()

    def run_pipeline(self, rule: str, count: int, seed: int = 1, cut=None) -> Pipeline:
        """Sends the messages through a proxy with the rule and waits until its journal is whole."""
        proxy = self.proxy(self.postfix.port, rules=[rule], seed=seed)
        with ehlo(proxy.port) as client:
            pipeline = Pipeline(client, RECIPIENTS, REFUSAL)
            pipeline.send(count, cut and cut(client))
        proxy.journal.wait(event="close")
        return pipeline

    def check_share(self, pipeline: Pipeline, count: int) -> None:
        """One RCPT in three was refused, give or take what chance allows."""
        refused = pipeline.replies[REFUSAL]
        self.assertAlmostEqual(1 / 3, refused / (count * RECIPIENTS), delta=0.05)
        self.assertEqual(len(self.proxies[-1].journal.rules()), refused)

    def decisions(self, rule: str, seed: int, cut=None) -> list:
        """What the rule decided, without what differs from run to run."""
        self.run_pipeline(rule, MESSAGES_COMPARED, seed, cut)
        return [{field: entry.get(field) for field in DECISION}
                for entry in self.proxies[-1].journal.rules()]

    def test_ten_thousand_messages_with_rewritten_replies(self):
        pipeline = self.run_pipeline(REWRITE, MESSAGES)
        self.assertEqual(MESSAGES, pipeline.messages)
        self.check_share(pipeline, MESSAGES)

    def test_messages_whose_recipients_the_server_never_sees(self):
        pipeline = self.run_pipeline(ANSWER, MESSAGES_SPARED)
        self.check_share(pipeline, MESSAGES_SPARED)
        taken = pipeline.replies[RCPT_OK]
        wait_until(lambda: self.delivered() == taken, f"Postfix to have had {taken} recipients")

    def delivered(self) -> int:
        return self.postfix.logs().count("status=sent")

    def test_same_seed_decides_the_same_however_the_bytes_are_cut(self):
        for rule in (REWRITE, ANSWER):
            whole = self.decisions(rule, seed=7)
            for name, cut in CUTS.items():
                with self.subTest(rule, cut=name):
                    self.assertEqual(whole, self.decisions(rule, seed=7, cut=cut))

    def test_another_seed_decides_otherwise(self):
        self.assertNotEqual(self.decisions(REWRITE, seed=7), self.decisions(REWRITE, seed=8))


def in_pieces(sizes):
    """A way of cutting what a client writes: pieces of these sizes, over and over."""
    def cut(client):
        def write(data: bytes) -> None:
            while data:
                size = next(sizes)
                client.send(data[:size])
                data = data[size:]
        return write
    return cut


RANDOM = random.Random(3)
CUTS = {"bytes": in_pieces(itertools.repeat(1)),
        "random pieces": in_pieces(RANDOM.randrange(1, 90) for _ in itertools.count())}


if __name__ == "__main__":
    unittest.main()
