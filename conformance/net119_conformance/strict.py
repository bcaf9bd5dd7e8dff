"""After each purpose: what the system said at interface B that nobody asked about.

A purpose looks at what it is about. What goes wrong beside it would go unseen, so two questions
are asked of every run: did a message break a rule of the interface, and did a simulated peer get
one that nothing accounts for? Each is a check only where the answer is bad: that nothing was
wrong is no evidence for what the purpose judges.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from net119_protocol.interconnect import MessageType

from net119_conformance.trial import Trial
from net119_conformance.wire_rules import judge_wire

CROSSED = timedelta(seconds=2)
"""Seen once on a crowded machine: a `call.ringing` 0.1 s before a purpose that ends with what it
answers."""


class Unexpected(Protocol):
    """A message that a simulated peer got."""

    @property
    def type(self) -> MessageType:
        """Its type."""

    @property
    def at(self) -> datetime:
        """When it came."""

    @property
    def label(self) -> str:
        """How the evidence names it."""


def judge_strictly(trial: Trial, sut: str, unexpected: Sequence[Unexpected]) -> None:
    """Add what is wrong to the checks of a purpose that is over.

    A broken rule, and an ``error`` about an honest peer's message, is a FAIL. Any other message
    that nothing accounts for is a WARN: it may be one that a later minor version adds. What came
    in the last ``CROSSED`` of the purpose is left out: it answers what was done last, and nobody
    was going to look at it.
    """
    ended = datetime.now(UTC)
    # What was said, not what is kept of it: masked or cut, a message could not be read.
    for breach in judge_wire(trial.evidence.spoken(), sut).breaches:
        trial.check(
            f"every message at interface B follows the rules: {breach.rule}",
            False,
            expected="a message as the interconnect profile asks for it",
            seen=breach.text.en,
            offending=trial.evidence.numbered(breach.message),
            ja=f"事業者間のどの電文も規則に従っている: {breach.rule}",
            surely=True,
        )
    for one in unexpected:
        complaint = one.type is MessageType.ERROR
        if not complaint and ended - one.at < CROSSED:
            continue
        trial.check(
            f"no message comes that nothing accounts for: {one.type.value}",
            False,
            level="must" if complaint else "should",
            expected="only what the purpose, or a peer that keeps to the rules, accounts for",
            seen=one.label,
            offending=one.label,
            ja=f"覚えのない電文が届かない: {one.type.value}",
        )
