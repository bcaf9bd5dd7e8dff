"""Messages from peers: each is handled once, in the order of its count, or refused with reasons."""

import functools
import hashlib
from datetime import timedelta
from uuid import UUID

from net119_protocol.codes import ErrorCode, Mode, Refusal
from net119_protocol.interconnect import (
    UNCOUNTED,
    Envelope,
    EnvelopeRefused,
    MessageType,
    bodies,
    callee_queue,
    caller_queue,
)

from net119_reference.ports import Channel, Received, Refused
from net119_reference.service import rows, unknown
from net119_reference.service.call_names import taken
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.peer_refusals import PeerRefused
from net119_reference.service.peer_rules import PeerRules

MAX_HELD = 200
"""Messages of one sender and call that wait for an earlier one."""
GAP_TRIES = 10
"""So often a gap is asked for at once; then at intervals that are longer by the same factor."""
KEPT_IDS = 100_000
"""Ids of messages by which one that is used in a second call is recognised."""


class Inbound:
    """The way in for interface B."""

    def __init__(self, core: Core, rules: PeerRules) -> None:
        self._core = core
        self._rules = rules
        self._watched: set[tuple[UUID, str]] = set()
        """Calls and senders whose gap is being asked for."""
        self._call_of: dict[tuple[str, UUID], UUID] = {}

    async def receive(self, sender: str, payload: bytes, channel: Channel) -> None:
        """Take one message; returns when its effect is durable.

        Raises:
            StorageFailed: nothing was stored.
        """
        core = self._core
        try:
            envelope = core.mapping.from_wire(payload)
        except EnvelopeRefused as refused:
            core.refusals.note("B", sender, refused.code.value, str(refused))
            about = refused.call_id
            if about is not None:
                about = await core.meant(sender, about, refused.message_id, offer=False)
            n = unknown.count_of(payload, refused)
            await core.kernel.run(
                functools.partial(self._answer_unreadable, sender, channel, refused, n, about)
            )
            return
        digest = _payload_digest(envelope)
        received = Received(sender, channel, envelope, digest)
        expected = caller_queue(sender) if channel is Channel.QUEUE else callee_queue(sender)
        via = envelope.via
        if via.operator != sender or via.destination != expected:
            reason = PeerRefused(
                ErrorCode.VIA_MISMATCH,
                f"via is {via.operator} {via.destination}; messages of {sender} name {expected}",
                "via",
            )
            await core.kernel.run(functools.partial(self._refuse_free, received, reason))
            return
        if envelope.call_id is None:
            await core.kernel.run(functools.partial(self._rules.call_free, received))
            return
        offer, done = envelope.type is MessageType.CALL_OFFER, False
        while not done:
            call_id = await core.meant(sender, envelope.call_id, envelope.message_id, offer=offer)
            live = core.live(call_id)
            named = envelope
            if call_id != envelope.call_id:
                named = envelope.model_copy(update={"call_id": call_id})
            received = Received(sender, channel, named, digest)
            done = await core.with_lines(live, functools.partial(self._take, live, received))

    def _take(self, live: Live, received: Received, tx: Transaction) -> bool:
        """Handle a message; ``False`` if another's offer has come by the call's name meanwhile."""
        offer = received.envelope.type is MessageType.CALL_OFFER
        if offer and taken(live.call, received.sender) and not self._was_handled(live, received):
            return False
        self._take_named(live, received, tx)
        return True

    def _was_handled(self, live: Live, received: Received) -> bool:
        return (received.sender, received.envelope.message_id) in live.handled

    def _take_named(self, live: Live, received: Received, tx: Transaction) -> None:
        envelope = received.envelope
        known = live.handled.get((received.sender, envelope.message_id))
        if known is not None:
            self._repeat(tx, live, received, known)
            return
        if self._is_reused(live, received):
            self._refuse(tx, live, received, _reused())
            return
        counted = received.sender in live.n_in
        if live.call is None and envelope.type is not MessageType.CALL_OFFER and not counted:
            reason = PeerRefused(
                ErrorCode.UNKNOWN_CALL, f"call {envelope.call_id} is not known here", "callId"
            )
            self._refuse_free(received, reason, tx)
            return
        if envelope.type in UNCOUNTED:
            self._handle(tx, live, received)
            return
        expected = unknown.next_of(live, received.sender, envelope.n)
        if envelope.n > expected:
            self._hold(tx, live, received, expected)
        elif envelope.n < expected:
            reason = PeerRefused(
                ErrorCode.INVALID_ENVELOPE,
                f"n is {envelope.n}; that count was used by another message, {expected} is next",
                "n",
            )
            self._refuse(tx, live, received, reason)
        else:
            self._handle(tx, live, received)
            self._release(tx, live, received.sender)

    def _repeat(self, tx: Transaction, live: Live, received: Received, known: str) -> None:
        """A message that was handled: answer again, do nothing again."""
        if known != received.digest:
            self._refuse(tx, live, received, _reused())
            return
        self._core.outbox.resend_answers(tx, received.sender, received.envelope.message_id)

    def _is_reused(self, live: Live, received: Received) -> bool:
        """Whether the id is that of a message that waits, or of one of another call."""
        envelope = received.envelope
        if self._call_of.get((received.sender, envelope.message_id), live.call_id) != live.call_id:
            return True
        return any(
            name == received.sender
            and waiting.envelope.message_id == envelope.message_id
            and waiting.digest != received.digest
            for (name, _), waiting in live.held.items()
        )

    def _handle(self, tx: Transaction, live: Live, received: Received) -> None:
        envelope = received.envelope
        mark = tx.mark()
        try:
            self._rules.apply(tx, live, received)
        except PeerRefused as reason:
            tx.back_to(mark)
            self._refuse(tx, live, received, reason)
        except Refused as refused:
            tx.back_to(mark)
            code = (
                ErrorCode.ID_REUSED if refused.code is Refusal.ID_REUSED else ErrorCode.INVALID_BODY
            )
            again = PeerRefused(code, refused.detail, refused.field)
            self._refuse(tx, live, received, again)
        tx.put(live.handled, (received.sender, envelope.message_id), received.digest)
        if envelope.n:
            tx.put(live.n_in, received.sender, envelope.n)
        if live.held.get((received.sender, envelope.n)) is not received:
            self._enter(tx, received, held=None)

    def _enter(self, tx: Transaction, received: Received, held: bytes | None) -> None:
        envelope = received.envelope
        if envelope.call_id is not None:
            self._core.known.add(envelope.call_id)
        tx.write(
            rows.INSERT_INBOX,
            sender=received.sender,
            message_id=str(envelope.message_id),
            call_id=str(envelope.call_id),
            n=envelope.n,
            channel=received.channel.value,
            digest=received.digest,
            held=held,
            received_at=tx.stamp,
        )
        tx.after(functools.partial(self._remember_id, received))

    def _remember_id(self, received: Received) -> None:
        envelope = received.envelope
        if envelope.call_id is not None:
            self._call_of[received.sender, envelope.message_id] = envelope.call_id
        if len(self._call_of) > KEPT_IDS:
            del self._call_of[next(iter(self._call_of))]

    # --- gaps in the count --------------------------------------------------------------------

    def _hold(self, tx: Transaction, live: Live, received: Received, expected: int) -> None:
        """Keep a message that came before an earlier one."""
        envelope = received.envelope
        key = (received.sender, envelope.n)
        waiting = live.held.get(key)
        if waiting is not None:
            if waiting.digest != received.digest:
                reason = PeerRefused(
                    ErrorCode.ID_REUSED, f"n {envelope.n} belongs to another message", "n"
                )
                self._refuse_free(received, reason, tx)
            return
        if envelope.n > expected + MAX_HELD:
            reason = PeerRefused(
                ErrorCode.INVALID_ENVELOPE,
                f"n is {envelope.n}, {expected} is next; the gap is too large to wait for",
                "n",
            )
            self._refuse_free(received, reason, tx)
            return
        tx.put(live.held, key, received)
        self._enter(tx, received, held=envelope.model_dump_json(by_alias=True).encode())
        tx.after(functools.partial(self._watch_gap, live, received.sender, expected))

    def _watch_gap(self, live: Live, sender: str, expected: int) -> None:
        """One watch for each sender and call, however many messages wait."""
        if (live.call_id, sender) not in self._watched:
            self._watched.add((live.call_id, sender))
            self._look_later(live, sender, expected, GAP_TRIES)

    def _look_later(self, live: Live, sender: str, expected: int, tries: int) -> None:
        pause = self._core.config.timers.gap_s * (1 if tries > 0 else GAP_TRIES)
        when = self._core.clock.now() + timedelta(seconds=pause)
        look = functools.partial(self._look_at_gap, live, sender, expected, tries)
        self._core.kernel.at(when, look)

    def _look_at_gap(
        self, live: Live, sender: str, expected: int, tries: int, tx: Transaction
    ) -> None:
        """Ask for what is missing, unless it has come meanwhile; then look at the next gap."""
        waiting = next((each for (name, _), each in live.held.items() if name == sender), None)
        if waiting is None:
            tx.after(lambda: self._watched.discard((live.call_id, sender)))
            return
        missing = live.n_in.get(sender, 0) + 1
        if missing == expected:
            self._core.outbox.send(
                tx,
                sender,
                waiting.channel,
                MessageType.CHAT_RESUME,
                bodies.ChatResume(after_n=missing - 1, after_seq=live.last_seq),
                mode=waiting.envelope.mode,
                call_id=live.call_id,
                epoch=live.call.epoch if live.call else 0,
            )
            tries -= 1
        else:
            tries = GAP_TRIES
        tx.after(functools.partial(self._look_later, live, sender, missing, tries))

    def watch_held(self, live: Live) -> None:
        """After a restart: ask again for what was missing."""
        for sender in {sender for sender, _n in live.held}:
            self._watched.add((live.call_id, sender))
            missing = live.n_in.get(sender, 0) + 1
            self._core.kernel.post(
                functools.partial(self._look_at_gap, live, sender, missing, GAP_TRIES)
            )

    def _release(self, tx: Transaction, live: Live, sender: str) -> None:
        """Handle what waited for the message just handled."""
        while True:
            first = min((n for name, n in live.held if name == sender), default=0)
            key = (sender, unknown.next_of(live, sender, first))
            received = live.held.get(key)
            if received is None:
                return
            self._handle(tx, live, received)
            tx.drop(live.held, key)
            tx.write(
                rows.RELEASE_INBOX,
                b_sender=sender,
                b_call_id=str(live.call_id),
                b_message_id=str(received.envelope.message_id),
            )

    # --- refusals -----------------------------------------------------------------------------

    def _refuse(self, tx: Transaction, live: Live, received: Received, reason: PeerRefused) -> None:
        epoch = live.call.epoch if live.call else None
        self._refuse_free(received, reason, tx, epoch)

    def _refuse_free(
        self,
        received: Received,
        reason: PeerRefused,
        tx: Transaction,
        current_epoch: int | None = None,
    ) -> None:
        """Answer with the reason, and log it."""
        envelope = received.envelope
        self._core.refusals.note("B", received.sender, reason.code.value, reason.detail)
        if envelope.type is MessageType.ERROR:
            return  # an error is never answered by an error: two providers would never stop
        report = bodies.ErrorReport(
            code=reason.code,
            detail=reason.detail,
            field=reason.field,
            offending_type=envelope.type.value,
            current_epoch=current_epoch,
        )
        self._core.outbox.send(
            tx,
            received.sender,
            received.channel,
            MessageType.ERROR,
            report,
            mode=envelope.mode,
            call_id=envelope.call_id,
            epoch=current_epoch or 0,
            in_reply_to=envelope.message_id,
        )

    def _answer_unreadable(
        self,
        sender: str,
        channel: Channel,
        refused: EnvelopeRefused,
        n: int | None,
        about: UUID | None,
        tx: Transaction,
    ) -> None:
        if refused.type == MessageType.ERROR.value:
            return
        live = None if about is None else self._core.lives.get(about)
        # A type of a newer minor version is refused, but what its sender says after it must not
        # wait for it for ever.
        if live is not None and unknown.skip(tx, live, sender, n):
            self._release(tx, live, sender)
        report = bodies.ErrorReport(
            code=refused.code,
            detail=refused.detail,
            field=refused.field,
            offending_type=refused.type,
        )
        self._core.outbox.send(
            tx,
            sender,
            channel,
            MessageType.ERROR,
            report,
            mode=refused.mode or Mode.TEST,
            call_id=about,
            in_reply_to=refused.message_id,
        )


def _reused() -> PeerRefused:
    return PeerRefused(
        ErrorCode.ID_REUSED,
        "this messageId was used for another message; a new message needs a new id",
        "messageId",
    )


def _payload_digest(envelope: Envelope) -> str:
    """What a repeated message must have in common with the first: all but the time of sending."""
    text = envelope.model_dump_json(by_alias=True, exclude={"sent_at"})
    return hashlib.sha256(text.encode()).hexdigest()
