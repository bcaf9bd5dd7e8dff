"""Calls in memory: what is needed to take the next message without asking the database."""

import functools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import sqlalchemy as sa
from net119_protocol.api.common import LineStored
from net119_protocol.chat import ChatLine, LineContent
from net119_protocol.codes import CallState, SenderRole
from net119_protocol.interconnect import decode
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.model import WireModel, trusted
from sqlalchemy.engine import Connection

from net119_reference.calls.effects import ActKind
from net119_reference.calls.model import Call
from net119_reference.connected import Content
from net119_reference.ports import Channel, Received
from net119_reference.service.rate import Bucket
from net119_reference.service.rows import moment
from net119_reference.service.transaction import Transaction
from net119_reference.store import schema
from net119_reference.store.level import Known

RECENT = 500
"""Lines kept in memory: more than can be said while an offer waits for its answer."""
TRAIL = 60
"""Places kept in memory, and the most that an offer brings; the record has all."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
CALLER = "caller"
SYSTEM = "system"


def dispatcher_of(operator: str) -> str:
    """Author key of a provider's dispatchers: their client ids are unique among themselves."""
    return f"dispatcher@{operator}"


class Said(msgspec.Struct, frozen=True, gc=False):
    """A stored line, as far as a repeat of it must be recognised."""

    seq: int
    at: datetime
    digest: int

    def stored(self, client_id: str) -> LineStored:
        """What its writer is told; every part of it was checked before."""
        return trusted(LineStored, client_id=client_id, seq=self.seq, at=self.at)


class PendingLine(WireModel):
    """A line of one of our dispatchers that the anchor has still to number."""

    client_id: str
    dispatcher: str
    message_id: UUID
    content: LineContent


@dataclass
class Live:
    """One call in memory.

    ``call`` is ``None`` where only counters are known (an offer that was rejected).  ``n_out``
    and ``n_in`` count messages by peer; ``held`` waits for an earlier number.
    """

    call_id: UUID
    call: Call | None = None
    last_seq: int = 0
    said: dict[tuple[str, str], Said] = field(default_factory=dict)
    recent: deque[ChatLine] = field(default_factory=deque)
    """The newest lines, for a peer that is assigned the call."""
    older: tuple[ChatLine, ...] = ()
    """Lines read from the database for the command that needs them."""
    trail: tuple[TrailPoint, ...] = ()
    """The newest places of the call, as far as they are kept apart from it."""
    options: dict[int, frozenset[str]] = field(default_factory=dict)
    n_out: dict[str, int] = field(default_factory=dict)
    n_in: dict[str, int] = field(default_factory=dict)
    handled: dict[tuple[str, UUID], str] = field(default_factory=dict)
    """Digest of each handled message by sender and ``messageId``: a repeat is answered again."""
    held: dict[tuple[str, int], Received] = field(default_factory=dict)
    skipped: dict[tuple[str, int | None], None] = field(default_factory=dict)
    """Senders and numbers of messages whose type is not known here."""
    unknown_to: dict[tuple[str, UUID], None] = field(default_factory=dict)
    """Peers, and messages of ours whose type they did not know."""
    pending: dict[str, PendingLine] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    heard: datetime | None = None
    """When the caller last wrote or told a place; never put back: it was said, stored or not."""
    asked: datetime | None = None
    """When a dispatcher first wrote after the caller's last word; None: nobody has since."""
    wrote: bool = False
    """Whether the caller ever wrote a line."""
    silence_watched: bool = False
    """Whether a look at the caller's silence is waited for."""
    rule_watched: bool = False
    """Whether a look is waited for whether the silence counts as a disaster."""
    touched: datetime = _LONG_AGO
    """When somebody last asked for the call; one that is closed leaves memory some time after."""
    version: str | None = None
    """Which version of its row this is, where another process writes it."""
    seqs: frozenset[int] = frozenset()
    """Numbers stored, at the callee, above ``last_seq``: lines that came before an earlier one."""

    def __post_init__(self) -> None:
        self.key = str(self.call_id)
        """The call's id as it is stored."""

    def touched_by(self, tx: Transaction) -> None:
        """It is written to, upon what is known of it now."""
        if tx.shared and self.key not in tx.touched:
            tx.touched[self.key] = self.level()

    def level(self) -> Known:
        """What is known of it, as other processes' writes are found by."""
        return Known(self.key, self.version, self.last_seq)

    def known(self) -> Call:
        """The call, where it must be there."""
        if self.call is None:
            raise LookupError(f"call {self.call_id} is not known here")
        return self.call


def new_id() -> UUID:
    """A message id."""
    return uuid4()


def digest_of(content: Content) -> int:
    """What a repeat must have in common with the first.

    Python's own hash will do: 64 bits, under a key that each process draws anew, and kept by none.
    """
    return hash((content.text, content.options, content.choice))


def load(connection: Connection, call_id: UUID) -> Live:
    """Read a call, or what counters there are of one that is not recorded."""
    key = str(call_id)
    live = Live(call_id)
    document = connection.scalar(
        sa.select(schema.calls.c.document).where(schema.calls.c.call_id == key)
    )
    # Only a recorded call has lines and acts (foreign keys); the first offer of one must not wait
    # for queries that can find nothing.
    if document is not None:
        live.call = Call.model_validate_json(document)
        _load_lines(connection, live)
        _load_trail(connection, live)
        live.asked = _asked(live)
        _load_pending(connection, live)
    for peer, n in connection.execute(
        sa.select(schema.outbox.c.peer, sa.func.max(schema.outbox.c.n))
        .where(schema.outbox.c.call_id == key)
        .group_by(schema.outbox.c.peer)
    ):
        live.n_out[peer] = n
    for row in connection.execute(
        sa.select(schema.inbox).where(schema.inbox.c.call_id == key).order_by(schema.inbox.c.n)
    ):
        if row.held is not None:
            live.held[row.sender, row.n] = Received(
                row.sender, Channel(row.channel), decode(row.held), row.digest
            )
        else:
            live.handled[row.sender, UUID(row.message_id)] = row.digest
            live.n_in[row.sender] = max(row.n, live.n_in.get(row.sender, 0))
    return live


def _load_trail(connection: Connection, live: Live) -> None:
    acts = schema.call_acts
    places = connection.scalars(
        sa.select(acts.c.document)
        .where(acts.c.call_id == str(live.call_id), acts.c.kind == ActKind.LOCATION.value)
        .order_by(acts.c.number.desc())
        .limit(TRAIL)
    )
    live.trail = tuple(TrailPoint.model_validate_json(each) for each in places)[::-1]
    if live.trail:
        told = live.trail[-1].at
        live.heard = told if live.heard is None else max(live.heard, told)


def _asked(live: Live) -> datetime | None:
    """When a dispatcher first wrote after the caller's last word or place, by the stored lines."""
    dispatchers = (each.at for each in live.recent if each.sender is SenderRole.DISPATCHER)
    return next((at for at in dispatchers if live.heard is None or at > live.heard), None)


def _load_pending(connection: Connection, live: Live) -> None:
    pending = schema.pending_lines
    for row in connection.execute(sa.select(pending).where(pending.c.call_id == str(live.call_id))):
        live.pending[row.client_id] = PendingLine.model_validate_json(row.document)


def _load_lines(connection: Connection, live: Live) -> None:
    for row in connection.execute(
        sa.select(schema.lines)
        .where(schema.lines.c.call_id == str(live.call_id))
        .order_by(schema.lines.c.seq)
    ):
        line = ChatLine.model_validate_json(row.document)
        remember(live, row.author, line, moment(row.at))


def remember(live: Live, author: str, line: ChatLine, at: datetime) -> None:
    """Enter a stored line into memory."""
    enter(live, author, line, Said(line.seq, at, digest_of(line)))


def enter(live: Live, author: str, line: ChatLine, said: Said) -> Callable[[], None]:
    """Enter a line into memory; what is returned takes it out again."""
    key = (author, line.client_id)
    before = (live.said.get(key), live.last_seq, live.seqs)
    live.said[key] = said
    if author == CALLER:
        live.heard, live.asked, live.wrote = said.at, None, True
    if line.options:
        live.options[line.seq] = frozenset(option.id for option in line.options)
    live.recent.append(line)
    dropped = live.recent.popleft() if len(live.recent) > RECENT else None
    if line.seq == live.last_seq + 1 and not live.seqs:
        live.last_seq = line.seq
    else:
        live.last_seq, live.seqs = gapless(live.last_seq, live.seqs | {line.seq})
    return functools.partial(_take_out, live, key, line, before, dropped)


def _take_out(
    live: Live,
    key: tuple[str, str],
    line: ChatLine,
    before: tuple[Said | None, int, frozenset[int]],
    dropped: ChatLine | None,
) -> None:
    said, live.last_seq, live.seqs = before
    if said is None:
        live.said.pop(key, None)
    else:
        live.said[key] = said
    if line.options:
        live.options.pop(line.seq, None)
    live.recent.pop()
    if dropped is not None:
        live.recent.appendleft(dropped)


def unfinished(connection: Connection) -> list[UUID]:
    """Ids of the calls that are open, or of which messages of a peer wait for an earlier one.

    A closed call may be among the latter: what is missing may be what opens it again.
    """
    still = sa.select(schema.calls.c.call_id).where(schema.calls.c.state != CallState.CLOSED.value)
    waits = sa.select(schema.inbox.c.call_id).where(schema.inbox.c.held.is_not(None))
    return [UUID(key) for key in connection.scalars(sa.union(still, waits))]


def lines_after(
    connection: Connection, call_id: UUID, seq: int, most: int | None = None
) -> tuple[ChatLine, ...]:
    """Committed lines with a number above ``seq``, in order; the first ``most`` of them."""
    rows = connection.scalars(
        sa.select(schema.lines.c.document)
        .where(schema.lines.c.call_id == str(call_id), schema.lines.c.seq > seq)
        .order_by(schema.lines.c.seq)
        .limit(most)
    )
    return tuple(ChatLine.model_validate_json(document) for document in rows)


def gapless(last_seq: int, seqs: frozenset[int]) -> tuple[int, frozenset[int]]:
    """The last number without a gap before it, and the numbers beyond a gap."""
    while last_seq + 1 in seqs:
        last_seq += 1
        seqs -= {last_seq}
    return last_seq, seqs
