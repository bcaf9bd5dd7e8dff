"""What a carrier does with a mail before its customer sees it (facts A54-A58)."""

import re
from dataclasses import dataclass
from enum import StrEnum

_URL = re.compile(rb"https?://")


class Outcome(StrEnum):
    """What becomes of one mail at the carrier."""

    DELIVER = "deliver"
    REJECT = "reject"
    """Refused in the dialogue with 550; the sender's server knows at once."""
    DEFER = "defer"
    """Not now (451); the sender's server is to try again."""
    DROP = "drop"
    """Taken with 250 and thrown away: nobody is told (fact A57)."""
    DUPLICATE = "duplicate"
    """Delivered twice."""


@dataclass(frozen=True)
class Rule:
    """The filter of one address.

    ``senders``: only these header or envelope senders get through, if any are named; ``urls``
    False throws away every mail with a URL (fact A56); ``outcome`` is what befalls the rest;
    ``defer_first`` mails are deferred before anything else happens.
    """

    outcome: Outcome = Outcome.DELIVER
    senders: frozenset[str] = frozenset()
    urls: bool = True
    defer_first: int = 0

    def judge(self, sender: str, raw: bytes) -> Outcome:
        """What becomes of a mail whose dialogue has got as far as its content."""
        if self.senders and sender not in self.senders:
            return Outcome.DROP
        if not self.urls and _URL.search(raw):
            return Outcome.DROP
        return self.outcome
