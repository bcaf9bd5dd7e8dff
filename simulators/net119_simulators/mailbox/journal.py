"""What was decided about every mail, and by which rule."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from net119_simulators.mailbox.letter import Letter


class Fate(StrEnum):
    """What became of one mail to one mailbox."""

    DELIVERED = "delivered"
    DELAYED = "delayed"
    """Taken; it comes into the mailbox later (and is told as delivered then)."""
    DEFERRED = "deferred"
    """451 or 452: the sender's server is to try again."""
    REFUSED = "refused"
    """550, 552 or 553: the sender's server knows at once."""
    DROPPED = "dropped"
    """Taken with 250, thrown away, and nobody told."""
    BOUNCED = "bounced"
    """Taken with 250, and returned to its sender by a delivery report."""


STOPPED = frozenset({Fate.DEFERRED, Fate.REFUSED, Fate.DROPPED, Fate.BOUNCED})
"""Fates of mails that the customer does not see (yet)."""


@dataclass
class Decision:
    """One decision.

    ``rule`` is what decided: a filter step of the carrier (``url``, ``not-listed``), something
    about the mailbox (``full``, ``greylist``, ``outcome``), the spelling of the address
    (``quoting``), or ``none`` where nothing minded. ``why`` says it in English. ``sender`` is that
    of the header, or of the dialogue where no content came; then there is no ``letter`` either.
    ``report`` tells, of a bounced mail, what became of the delivery report; ``reported``: it was
    taken by the sender's server.
    """

    at: datetime
    address: str
    sender: str
    fate: Fate
    rule: str
    why: str
    letter: Letter | None = None
    report: str = ""
    reported: bool = False

    @property
    def subject(self) -> str:
        """The subject, empty where no content came."""
        return self.letter.subject if self.letter is not None else ""

    def __str__(self) -> str:
        told = f"{self.subject!r} from {self.sender or '<>'}: {self.fate} by {self.rule}"
        return f"{told} ({self.why})" if self.why else told
