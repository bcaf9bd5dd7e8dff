"""Letters as they are stored: written within commands of the kernel, asked for, swept."""

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.codes import Refusal

from net119_reference.config.model import Config
from net119_reference.logs import get_log
from net119_reference.mail import address, outbox_rows
from net119_reference.mail.charsets import fitted
from net119_reference.mail.letter import Charset, new_message_id, one_line
from net119_reference.mail.outbox_rows import LetterStatus
from net119_reference.mail.schedule import Delivery
from net119_reference.ports import Refused
from net119_reference.service.kernel import Transaction
from net119_reference.service.rows import stamp
from net119_reference.store import Database

KEPT = timedelta(days=90)
"""So long staff see what became of a letter, after it was sent or given up."""
KEPT_UNTIED = timedelta(days=7)
"""The same for letters that belong to no registration: long enough for a bounce to come back."""
log = get_log("mail")


class Letters(ABC):
    """Takes letters within commands of the kernel, and tells what became of them."""

    def __init__(self, database: Database, config: Config) -> None:
        self._database = database
        self._config = config
        self.on_fate: Callable[[Transaction, str, Delivery, str], None] = (
            lambda _tx, _message_id, _state, _reason: None
        )
        """Told, in the transaction that records it, what came of an attempt to hand over the
        letter with a Message-ID, and of a bounce."""

    @abstractmethod
    def wake(self) -> None:
        """Have the stored letters sent."""

    # --- within commands ----------------------------------------------------------------------

    def send(
        self,
        tx: Transaction,
        *,
        department: str,
        sender: str,
        to: str,
        subject: str,
        text: str,
        kind: str,
        registrant_id: UUID | None = None,
        charset: Charset = "utf-8",
        in_reply_to: str | None = None,
        follows: bool = False,
    ) -> str:
        """Store a letter to one recipient; it goes out when the transaction is durable.

        Args:
            follows: send to the registrant's address as it is at each attempt, not to ``to``.

        Returns:
            its Message-ID.

        Raises:
            Refused: no mail can be sent to the address (``invalid``), or the safety interlock
                forbids it (``forbidden``); :meth:`never_sent` records that.
        """
        sender, to = address.canonical(sender), address.canonical(to)
        self._check(sender, "the sender address", "sender")
        self._check(to, "the mail address", "mail")
        replaced = fitted(subject + text)[1] if charset == "iso-2022-jp" else ()
        if replaced:
            log.info("characters replaced for an old handset", kind=kind, count=len(replaced))
        message_id = new_message_id(sender)
        tx.write(
            outbox_rows.INSERT,
            message_id=message_id,
            department=department,
            registrant_id=str(registrant_id) if registrant_id else None,
            kind=kind,
            sender=sender,
            recipient=to,
            follows=follows,
            subject=one_line(subject),
            text=text,
            charset=charset,
            in_reply_to=in_reply_to[:998] if in_reply_to else None,
            created_at=stamp(tx.now),
            state=Delivery.QUEUED.value,
            attempts=0,
            due_at=stamp(tx.now),
            ended_at=None,
            code=None,
            reason="",
        )
        tx.after(self.wake)
        return message_id

    def never_sent(
        self,
        tx: Transaction,
        *,
        department: str,
        sender: str,
        to: str,
        subject: str,
        kind: str,
        reason: str,
        registrant_id: UUID | None = None,
    ) -> None:
        """Record a letter that :meth:`send` refused, so that staff see it failed (ASO-09).

        Args:
            reason: why it was refused, in English.
        """
        sender = address.canonical(sender)
        tx.write(
            outbox_rows.INSERT,
            message_id=new_message_id(sender),
            department=department,
            registrant_id=str(registrant_id) if registrant_id else None,
            kind=kind,
            sender=sender,
            recipient=address.canonical(to)[:320],
            follows=False,
            subject=one_line(subject),
            text="",
            charset="utf-8",
            in_reply_to=None,
            created_at=stamp(tx.now),
            state=Delivery.FAILED.value,
            attempts=0,
            due_at=None,
            ended_at=stamp(tx.now),
            code=None,
            reason=reason,
        )

    def forbidden(self, mail: str) -> address.NeverSent | None:
        """Why the safety interlock would refuse every letter to an address; ``None`` if not."""
        return address.forbidden(mail, test_systems=self._config.test_systems.declared)

    def bounced(self, tx: Transaction, message_id: str, reason: str) -> None:
        """A letter came back; without effect if no letter has this Message-ID."""
        tx.write(
            outbox_rows.BOUNCE,
            b_message_id=message_id,
            b_reason=reason,
            b_ended_at=stamp(tx.now),
        )
        self.on_fate(tx, message_id, Delivery.BOUNCED, reason)

    def forget(self, tx: Transaction, registrant_id: UUID) -> None:
        """Remove all letters to a registrant, also those that wait (ASO-06)."""
        tx.write(outbox_rows.FORGET, b_registrant_id=str(registrant_id))
        tx.write(outbox_rows.FORGET_RECIPIENT, b_registrant_id=str(registrant_id))

    def sweep(self, tx: Transaction) -> None:
        """Remove letters that were sent or given up long ago."""
        before, untied = tx.now - KEPT, tx.now - KEPT_UNTIED
        limits = {"b_before": stamp(before), "b_untied_before": stamp(untied)}
        tx.write(outbox_rows.SWEEP, **limits)
        tx.write(outbox_rows.SWEEP_RECIPIENTS, **limits)

    async def old(self, at: datetime) -> int:
        """How many letters a sweep at a moment would remove."""
        look = functools.partial(outbox_rows.old, at - KEPT, at - KEPT_UNTIED)
        return await self._database.read(look)

    def _check(self, mail: str, what: str, field: str) -> None:
        wrong = address.unsendable(mail)
        if wrong:
            raise Refused(Refusal.INVALID, f"{what} {wrong}; another one is needed", field=field)
        never = self.forbidden(mail)
        if never:
            raise Refused(Refusal.FORBIDDEN, f"{what} {never}", field=field)

    # --- questions ----------------------------------------------------------------------------

    async def status(self, message_id: str) -> LetterStatus | None:
        """How far a letter has come; ``None`` if there is none with this Message-ID."""
        found = await self.statuses([message_id])
        return found[0] if found else None

    async def statuses(self, message_ids: Sequence[str]) -> list[LetterStatus]:
        """The same of several letters, those that are known, in the order of their writing."""
        return await self._database.read(functools.partial(outbox_rows.statuses, message_ids))

    async def failures(self, department: str, limit: int = 200) -> list[LetterStatus]:
        """Letters of a department that did not arrive, the newest first (ASO-09)."""
        return await self._database.read(functools.partial(outbox_rows.failures, department, limit))

    async def counts(self) -> dict[Delivery, int]:
        """How many letters are in each state."""
        return await self._database.read(outbox_rows.counts)
