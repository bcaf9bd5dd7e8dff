"""Judges the mailboxes at the end: every mail that is due once, and nothing else. No I/O."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from net119_simulators.mailbox import Letter

_ID = re.compile(r"^ID: \S+$", re.MULTILINE)
_SHOWN = 20


class Due(StrEnum):
    """The mails that a registration brings, each of them once."""

    URL = "url"
    """The answer to the empty mail (TOM-08)."""
    RECEIVED = "received"
    """The application has come in."""
    COMPLETED = "completed"
    """ID and password (TOM-18)."""


def due_kind(letter: Letter) -> Due:
    """What a mail is, by what it holds."""
    if any("/r/" in url for url in letter.urls):
        return Due.URL
    return Due.COMPLETED if _ID.search(letter.text) else Due.RECEIVED


@dataclass(frozen=True)
class LetterJudgement:
    """``lost``: a mail that was due and is not there. ``doubled``: one that came twice under
    different Message-IDs. ``repeated``: copies with the same Message-ID, which a crash of the mail
    server between storing and answering brings about. ``strays``: mail for nobody of the run.
    """

    due: int
    arrived: int
    lost: int
    doubled: int
    repeated: int
    strays: int
    first: tuple[str, ...]

    @property
    def violations(self) -> int:
        """All that must not be."""
        return self.lost + self.doubled + self.strays


def judge_letters(
    expected: Mapping[str, Sequence[Due]], mailboxes: Mapping[str, Iterable[Letter]]
) -> LetterJudgement:
    """Compare what is due by address with what is in the mailboxes."""
    lost = doubled = repeated = arrived = 0
    first: list[str] = []
    for address, due in expected.items():
        ids: dict[Due, Counter[str]] = {}
        for letter in mailboxes.get(address, ()):
            arrived += 1
            ids.setdefault(due_kind(letter), Counter())[letter.message_id] += 1
        for kind in Due:
            found = ids.get(kind, Counter())
            repeated += sum(found.values()) - len(found)
            if kind in due and not found:
                lost += 1
                first.append(f"lost: {kind.value} for {address}")
            more = len(found) - (1 if kind in due else 0)
            if more > 0:
                doubled += more
                first.append(f"doubled: {kind.value} for {address}: {len(found)} Message-IDs")
    strays = [address for address in mailboxes if address not in expected]
    first += [f"stray: mail for {address}" for address in strays]
    return LetterJudgement(
        due=sum(map(len, expected.values())),
        arrived=arrived,
        lost=lost,
        doubled=doubled,
        repeated=repeated,
        strays=len(strays),
        first=tuple(first[:_SHOWN]),
    )
