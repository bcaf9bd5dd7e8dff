"""What every part of the service shares: the calls in memory and how they are changed.

Everything here runs inside a kernel transaction; frames and wake-ups go out after the commit.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID, uuid4

from net119_protocol.chat import ChatLine, LineContent
from net119_protocol.codes import CallState, ProviderState, Refusal, SenderRole
from net119_protocol.interconnect import UNCOUNTED, MessageType, bodies
from net119_protocol.interconnect.mapping import load_mapping
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.line_json import line_document
from net119_protocol.model import WireModel, trusted

from net119_reference.calls import effects, silence
from net119_reference.calls.model import Call, Side
from net119_reference.calls.timing import Timing
from net119_reference.config import Config
from net119_reference.connected import Content
from net119_reference.ports import Channel, Clock, DispatcherIdentity, Refused
from net119_reference.service import call_acts, rows, transcripts
from net119_reference.service import live as memory
from net119_reference.service.call_names import CallNames, continue_counts, own_name, taken
from net119_reference.service.deadlines import Deadlines
from net119_reference.service.hub import Hub
from net119_reference.service.jurisdiction import Jurisdiction
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.service.known_calls import KnownCalls
from net119_reference.service.live import Live, Said
from net119_reference.service.outbox import Outbox
from net119_reference.service.peers import Peers
from net119_reference.service.refusals import RefusalLog
from net119_reference.service.registrant_bounds import RegistrantBounds
from net119_reference.service.showing import Shows
from net119_reference.service.stalls import Stall
from net119_reference.service.waiters import Waiters
from net119_reference.store import Database

T = TypeVar("T")

IDLE_S = 600.0
"""A closed call that nobody has asked for this long leaves memory."""


class AlarmFeed(Protocol):
    """What consoles of the alarm center show beside calls."""

    def opened(self, tx: Transaction, who: DispatcherIdentity) -> None:
        """A console is opened."""

    def shown(self, center: str) -> Sequence[WireModel]:
        """Frames of what is open, after the welcome."""


class Core:
    """State and common acts of a provider's service."""

    def __init__(self, config: Config, clock: Clock, database: Database) -> None:
        self.config = config
        self.operator = config.operator
        self.clock = clock
        self.database = database
        self.kernel = Kernel(database, clock)
        self.hub = Hub()
        self.refusals = RefusalLog(clock)
        self.waiters = Waiters()
        self.peers = Peers(clock, config)
        self.mapping = load_mapping(config.interconnect.mapping)
        self.names = CallNames()
        self.known = KnownCalls()
        self.outbox = Outbox(
            config.operator, self.kernel, database, clock, self.mapping, self.names, self.known
        )
        self.shows = Shows(config.operator, self.hub, database, self.outbox)
        self.lives: dict[UUID, Live] = {}
        self.stall = Stall(config.limits.stall_s, self.kernel.oldest, clock.elapsed)
        self.kernel.waited = self.stall.waited
        self.bounds = RegistrantBounds(lambda: self.config.limits, self.lives)
        self.on_clock_moved: Callable[[], None] = lambda: None
        self.alarm_feed: AlarmFeed | None = None
        self.state = ProviderState.NORMAL
        self.state_since = clock.now()
        timers = config.timers
        self.timing = Timing(timers.t1_s, timers.offer_attempts, timers.t2_s, timers.silent_s)
        self.deadlines = Deadlines(self)

    @functools.cached_property
    def jurisdiction(self) -> Jurisdiction:
        """The directory in force; read when it is first asked for, since that takes a while."""
        return Jurisdiction(self.config)

    # --- finding calls ----------------------------------------------------------------------

    async def ensure(self, call_id: UUID) -> None:
        """Bring a call into memory, so that commands need not wait for the database."""
        if call_id not in self.lives:
            found = Live(call_id)
            # Of what other processes of this provider write, nothing is known here.
            if self.kernel.others is not None or self.known.may_hold(call_id):
                found = await self.database.read(functools.partial(memory.load, call_id=call_id))
            self.lives.setdefault(call_id, found)
            self.names.loaded(found.call)
        self.lives[call_id].touched = self.clock.now()

    async def meant(
        self, sender: str, call_id: UUID, message_id: UUID | None, *, offer: bool
    ) -> UUID:
        """Our name of the call that a message of a peer is about, which is in memory then."""
        await self.ensure(call_id)
        first = self.live(call_id)
        handled = message_id is not None and (sender, message_id) in first.handled
        if handled or (first.call is None and offer):
            return call_id
        if first.call is not None and not taken(first.call, sender):
            return call_id
        own = own_name(sender, call_id)
        await self.ensure(own)
        second = self.live(own)
        if second.call is None and not second.n_in and not offer:
            return call_id
        self.names.named(own, call_id)
        continue_counts(first, second, sender)
        return own

    def forget_idle(self, tx: Transaction) -> None:
        """Let go of closed calls that nobody has asked for lately; the database has them."""
        for call_id, live in tuple(self.lives.items()):
            idle = (tx.now - live.touched).total_seconds() > IDLE_S
            busy = bool(live.held) or (live.call is not None and live.call.open)
            if idle and not busy and not self.hub.has_handset(call_id):
                # Undone with the batch: it may be the one that closes the call.
                tx.drop(self.lives, call_id)

    def live(self, call_id: UUID) -> Live:
        """The call in memory; call :meth:`ensure` before."""
        return self.lives[call_id]

    def call_here(self, call_id: UUID) -> tuple[Live, Call]:
        """The call, for a client.

        Raises:
            Refused: there is none (``unknown-call``).
        """
        live = self.lives.get(call_id)
        if live is None or live.call is None:
            raise Refused(Refusal.UNKNOWN_CALL, f"no call {call_id} is known here")
        return live, live.call

    # --- changing calls -----------------------------------------------------------------------

    def record(self, tx: Transaction, live: Live, change: effects.Change) -> Call:
        """Store a change of a call and carry out what it asks for, in order."""
        before = live.call
        live.touched_by(tx)
        call = silence.settled(change.call.with_holder(self.operator), self.operator)
        changed = call != before
        if before is None:
            self.known.add(call.call_id)
            tx.add(rows.INSERT_CALL, rows.new_call(call))
        elif changed:
            tx.add(rows.UPDATE_CALL, rows.changed_call(call))
        tx.set(live, "call", call)
        if changed:
            self._note_disclosure(tx, before, call)
            self.show_changed(tx, live, before, call)
            self.deadlines.changed(tx, live, before, call)
        for effect in change.effects:
            self._carry_out(tx, live, effect)
        return live.known()

    def show_changed(self, tx: Transaction, live: Live, before: Call | None, call: Call) -> None:
        """Show a change to who is connected, after the commit."""
        tx.after(functools.partial(self.shows.call, live, call))
        if before is not None and before.presence is not call.presence:
            tx.after(functools.partial(self.shows.presence, call))
        self._show_transcript(tx, live, before, call)

    def _note_disclosure(self, tx: Transaction, before: Call | None, call: Call) -> None:
        """A center or provider that gets the call gets the registrant's data (CNB-39, CNB-40)."""
        new = set(call.centers) - set(before.centers if before else ())
        known = before is not None and before.peer == call.peer
        peer = () if known or call.peer is None or call.side is not Side.ANCHOR else (call.peer,)
        to_centers = ((f"center {code}", call.accountable(code)) for code in sorted(new))
        to_peers = ((f"provider {name}", call.home.department.code) for name in peer)
        for to, department in (*to_centers, *to_peers):
            tx.write(
                rows.INSERT_AUDIT,
                at=tx.stamp,
                department=department,
                actor=f"call {call.call_id}",
                action="disclosed",
                registrant_id=str(call.registrant_id) if call.registrant_id else None,
                purpose=f"{call.mode.value} call",
                what=to,
            )

    def _show_transcript(
        self, tx: Transaction, live: Live, before: Call | None, call: Call
    ) -> None:
        """A center that has just got the call is shown what was said before.

        So is every center when a closed call is open again: a console that was opened in between
        was told nothing of it, as closed calls are not in its welcome (I3).
        """
        again = before is not None and not before.open and call.open
        new = set(call.centers) - set(before.centers if before and not again else ())
        if not new or not (live.recent or live.last_seq):
            return  # a transcript with holes has lines, though none is the last before the holes
        many = len(live.recent) > transcripts.AT_ONCE  # for what a console takes at once
        if not live.recent or live.recent[0].seq > 1 or many:
            tx.after(lambda: self.shows.earlier_lines(call.call_id, new))
        for line in live.recent:
            tx.after(functools.partial(self.hub.line, call.call_id, new, line))

    def _carry_out(self, tx: Transaction, live: Live, effect: effects.Effect) -> None:
        match effect:
            case effects.Send():
                self.send(tx, live, effect)
            case effects.SendLinesAfter():
                for line in transcripts.lines_after(live, effect.seq):
                    self.send_line(tx, live, effect.peer, line)
            case effects.Resend():
                self.outbox.resend_message(tx, effect.peer, effect.message_id)
            case effects.SaySystem():
                self.say(
                    tx,
                    live,
                    memory.SYSTEM,
                    SenderRole.SYSTEM,
                    "",
                    str(uuid4()),
                    LineContent(text=effect.text),
                )
            case effects.Remind():
                self.shows.reminder(tx, live.known(), effect.center)
            case effects.Keep():
                self._keep(tx, live.known(), effect)
            case effects.Note():
                self.note(tx, live.known(), effect.what, effect.detail)

    def _keep(self, tx: Transaction, call: Call, keep: effects.Keep) -> None:
        call_acts.write(tx, call.call_id, keep)
        if isinstance(keep.act, TrailPoint):
            live = self.lives[call.call_id]
            tx.set(live, "trail", (*live.trail, keep.act)[-memory.TRAIL :])
            live.heard, live.asked = tx.now, None
        frame = call_acts.frame(call.call_id, keep.act)
        if frame is not None:
            tx.after(lambda: self.hub.to_consoles(call.centers, lambda _center: frame))
        answers = functools.partial(self.waiters.ended, call.call_id, keep.kind, keep.number)
        if getattr(keep.act, "ended_at", None) is not None:
            tx.after(lambda: answers(keep.act))

    async def with_lines(self, live: Live, work: Callable[[Transaction], T]) -> T:
        """Run a command that may need lines which are no longer in memory."""
        return await transcripts.run(self.kernel, self.database, live, work)

    def note(self, tx: Transaction, call: Call, what: str, detail: str = "") -> None:
        """Add an entry to the call's history."""
        tx.add(rows.INSERT_HISTORY, rows.new_history(call, tx.stamp, what, detail))

    # --- chat ---------------------------------------------------------------------------------

    def say(
        self,
        tx: Transaction,
        live: Live,
        author: str,
        sender: SenderRole,
        sender_name: str,
        client_id: str,
        content: Content,
    ) -> Said:
        """Number and store a line (anchor only); a repeat gives the first one's number."""
        call = live.known()
        digest = memory.digest_of(content)
        known = live.said.get((author, client_id))
        if known is not None:
            if known.digest != digest:
                raise Refused(
                    Refusal.ID_REUSED,
                    f"clientId {client_id} was used for another line (number {known.seq})",
                    field="clientId",
                )
            return known
        if content.choice is not None:
            self.check_choice(live, content)
        # Every part was checked when it came in; a second time would cost more than all the rest.
        line = trusted(
            ChatLine,
            seq=live.last_seq + 1,
            client_id=client_id,
            sender=sender,
            sender_name=sender_name,
            at=tx.moment,
            text=content.text,
            options=content.options,
            choice=content.choice,
        )
        said = self.store_line(tx, live, author, line, digest)
        if call.peer is not None and author != memory.dispatcher_of(call.peer):
            self.send_line(tx, live, call.peer, line)
        return said

    def check_choice(self, live: Live, content: Content) -> None:
        """Refuse an answer to a question that was not asked."""
        choice = content.choice
        if choice is None or choice.option_id in live.options.get(choice.seq, ()):
            return
        asked = live.options.get(choice.seq)
        detail = (
            f"line {choice.seq} is no question with options"
            if asked is None
            else f"line {choice.seq} offers {', '.join(sorted(asked))}, not {choice.option_id}"
        )
        raise Refused(Refusal.INVALID, detail, field="choice")

    def store_line(
        self, tx: Transaction, live: Live, author: str, line: ChatLine, digest: int
    ) -> Said:
        """Store a numbered line and show it when it is durable."""
        call = live.known()
        live.touched_by(tx)
        said = Said(line.seq, line.at, digest)
        document = line_document(line)
        tx.add(rows.INSERT_LINE, rows.new_line(live.key, author, line, document))
        tx.undo(memory.enter(live, author, line, said))
        centers = call.centers
        tx.after(functools.partial(self.hub.line, call.call_id, centers, line, document))
        if line.sender is SenderRole.CALLER:
            live.heard = tx.now  # the line itself has the time of its anchor's clock
            if silence.reacted(call) is not call:
                self.record(tx, live, silence.end(call))
        elif line.sender is SenderRole.DISPATCHER:
            self.deadlines.asked(tx, live)
        return said

    def send_line(self, tx: Transaction, live: Live, peer: str, line: ChatLine) -> None:
        """Pass a numbered line to the owner's provider."""
        body = bodies.ChatMessage.model_validate(line.model_dump())
        self.send(tx, live, effects.Send(peer, MessageType.CHAT_MESSAGE, body))

    # --- messages to peers --------------------------------------------------------------------

    def send(self, tx: Transaction, live: Live, message: effects.Send) -> UUID:
        """Store a message of a call for a peer; it goes out after the commit."""
        call = live.known()
        n = 0
        if message.type not in UNCOUNTED:
            n = live.n_out.get(message.peer, 0) + 1
            tx.put(live.n_out, message.peer, n)
        channel = Channel.CLIENT if call.side is Side.ANCHOR else Channel.QUEUE
        return self.outbox.send(
            tx,
            message.peer,
            channel,
            message.type,
            message.body,
            call_id=call.call_id,
            epoch=call.epoch,
            n=n,
            mode=call.mode,
            in_reply_to=message.in_reply_to,
            message_id=message.message_id,
        )

    # --- time ---------------------------------------------------------------------------------

    def clock_moved(self) -> None:
        """The clock was set ahead: deadlines may have passed."""
        self.kernel.wake()
        self.on_clock_moved()

    def home_console(self, call: Call) -> bool:
        """Whether somebody is at the home center (at the anchor)."""
        return self.hub.has_console(call.home.center)

    def own_state(self) -> ProviderState:
        """As set by its operator, or overloaded: all calls open that may be, or a stalled disk."""
        most = self.config.limits.open_calls
        full = len(self.lives) >= most and len(self.open_calls()) >= most  # counted if need be
        normal = self.state is ProviderState.NORMAL
        return ProviderState.OVERLOADED if normal and (full or self.stall.lasts()) else self.state

    def open_calls(self) -> list[Live]:
        """Calls in memory that are not closed."""
        return [
            live
            for live in self.lives.values()
            if live.call is not None and live.call.state is not CallState.CLOSED
        ]
