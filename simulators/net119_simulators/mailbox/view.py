"""One person's mailbox: what came, what did not and why, and waiting for what is to come."""

from collections.abc import Callable, Sequence
from typing import Protocol

from net119_simulators.mailbox.carrier import Carriers, MailCarrier
from net119_simulators.mailbox.journal import STOPPED, Decision
from net119_simulators.mailbox.letter import Letter
from net119_simulators.mailbox.phone_charset import shown
from net119_simulators.mailbox.rules import Rule
from net119_simulators.mailbox.sorting import plain

_MOST = 20
"""Decisions that an error shows; the latest ones say what matters."""


class Boxes(Protocol):
    """The mailboxes that this is one of."""

    carriers: Carriers

    def set_rule(self, address: str, rule: Rule) -> None:
        """Give an address a rule."""

    def letters(self, address: str) -> tuple[Letter, ...]:
        """Mails in a mailbox, oldest first."""

    def decisions(self, address: str | None = None) -> tuple[Decision, ...]:
        """What was decided, oldest first."""

    async def wait_for_letter(
        self,
        address: str,
        wanted: Callable[[Letter], bool],
        *,
        after: int,
        within: float,
        what: str,
    ) -> Letter:
        """The first mail that fits."""


class Mailbox:
    """One mailbox of a `MailboxServer`, as :meth:`MailboxServer.mailbox` gives it."""

    def __init__(self, boxes: Boxes, address: str) -> None:
        self._boxes = boxes
        self.address = address

    @property
    def key(self) -> str:
        """The address as decisions have it: without quotes, the domain in small letters."""
        return plain(self.address)

    @property
    def carrier(self) -> MailCarrier:
        """The carrier of its domain."""
        return self._boxes.carriers.of(self.address)

    @property
    def letters(self) -> tuple[Letter, ...]:
        """What came, oldest first."""
        return self._boxes.letters(self.address)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided about each mail, oldest first."""
        return self._boxes.decisions(self.address)

    @property
    def stopped(self) -> tuple[Decision, ...]:
        """Mails that its owner does not see: put off, refused, lost, returned."""
        return tuple(each for each in self.decisions if each.fate in STOPPED)

    def shown(self, letter: Letter) -> str:
        """The text as a phone of this carrier shows it: 〓 for what its charset does not have."""
        return shown(letter.text, self.carrier.charset)

    def set_rule(self, rule: Rule) -> None:
        """Give it a rule."""
        self._boxes.set_rule(self.address, rule)

    async def wait_for(
        self,
        wanted: Callable[[Letter], bool] = lambda _letter: True,
        *,
        subject: str = "",
        sender: str = "",
        text: str = "",
        after: int = 0,
        within: float = 10.0,
    ) -> Letter:
        """The first mail with this in its subject and text, from this sender, that fits.

        Mails before the first ``after`` ones are not looked at.

        Raises:
            Waited: none came within so many seconds; the text tells what came instead, and what
                was stopped by which rule and why.
        """

        def fits(letter: Letter) -> bool:
            return (
                subject in letter.subject
                and text in letter.text
                and sender.lower() in ("", letter.sender.lower())
                and wanted(letter)
            )

        asked = [
            f"{name} {value!r}"
            for name, value in (("subject", subject), ("sender", sender), ("text", text))
            if value
        ]
        what = f"a mail to {self.address}" + (f" with {', '.join(asked)}" if asked else "")
        return await self._boxes.wait_for_letter(
            self.address, fits, after=after, within=within, what=what
        )


def told(came: Sequence[Letter], decisions: Sequence[Decision], before: int = 0) -> str:
    """What a mailbox got instead of what was waited for, for an error."""
    parts = [
        "mails that came: "
        + (", ".join(f"{each.subject!r}" for each in came) or "none")
        + (f" (after the first {before})" if before else "")
    ]
    stopped = [each for each in decisions if each.fate in STOPPED]
    if stopped:
        left_out = len(stopped) - _MOST
        shown = "; ".join(map(str, stopped[-_MOST:]))
        parts.append(
            "mails that were stopped: " + shown + (f" ({left_out} before)" if left_out > 0 else "")
        )
    return "; ".join(parts)
