"""Everything the SUT sent to a peer, and waiting for it."""

from collections.abc import Callable, Collection
from uuid import UUID

from net119_protocol.interconnect import MessageType, bodies

from net119_simulators.line_log import Violation
from net119_simulators.peer.errors import MessageRefused
from net119_simulators.peer.messages import Received, Unreadable, same_content
from net119_simulators.waiting import Watch

Types = MessageType | Collection[MessageType]
Where = Callable[[Received], bool]

_SHOWN = 8


def the_types(types: Types) -> frozenset[MessageType]:
    """One type or several, as a set."""
    return frozenset((types,) if isinstance(types, MessageType) else types)


def said(types: Types, call_id: UUID | None) -> str:
    """What is waited for, in words."""
    names = " or ".join(sorted(kind.value for kind in the_types(types)))
    return f"{names}{f' of call {call_id}' if call_id else ''}"


class Inbox:
    """Messages in the order in which they came; ``messages`` and ``unreadable`` keep them all."""

    def __init__(self, watch: Watch, state: Callable[[], str]) -> None:
        self.messages: list[Received] = []
        self.unreadable: list[Unreadable] = []
        self.violations: list[Violation] = []
        self._watch = watch
        self._state = state
        self._first: dict[UUID, Received] = {}

    def add(self, received: Received) -> None:
        """A readable message came; its ``repeat`` is set here."""
        first = self._first.setdefault(received.message_id, received)
        received.repeat = first is not received
        if received.repeat and not same_content(first.envelope, received.envelope):
            self.broken("id", f"messageId {received.message_id} came again with another content")
        self.messages.append(received)
        self._watch.changed()

    def add_unreadable(self, unreadable: Unreadable) -> None:
        """Bytes came that are no message."""
        self.unreadable.append(unreadable)
        self.broken("frame", f"a message that cannot be read: {unreadable.reason}")
        self._watch.changed()

    def broken(self, rule: str, what: str) -> None:
        """The SUT broke a rule."""
        self.violations.append(Violation(rule, what))

    def find(
        self,
        types: Types,
        call_id: UUID | None = None,
        where: Where | None = None,
        repeats: bool | None = None,
    ) -> list[Received]:
        """All messages that fit, expected before or not; ``repeats`` None takes both kinds."""
        wanted = the_types(types)
        return [
            each
            for each in self.messages
            if each.type in wanted
            and (call_id is None or each.call_id == call_id)
            and (repeats is None or each.repeat is repeats)
            and (where is None or where(each))
        ]

    def take(
        self,
        types: Types,
        call_id: UUID | None = None,
        where: Where | None = None,
        repeats: bool | None = False,
    ) -> Received | None:
        """The oldest that fits and was not expected before; it is now."""
        for each in self.find(types, call_id, where, repeats):
            if not each.expected:
                each.expected = True
                return each
        return None

    async def expect(
        self,
        types: Types,
        call_id: UUID | None = None,
        *,
        within: float = 5.0,
        where: Where | None = None,
        repeats: bool | None = False,
        answers: UUID | None = None,
    ) -> Received:
        """Wait for one that fits.

        ``answers`` is a message of ours whose refusal ends the wait.

        Raises:
            MessageRefused: the SUT answered that message with ``error``.
            Waited: none came in time.
        """

        def look() -> Received | None:
            if answers is not None:
                self._raise_refusal(answers, said(types, call_id))
            return self.take(types, call_id, where, repeats)

        return await self._watch.until(look, said(types, call_id), within, self.seen)

    def unexpected(self) -> list[Received]:
        """What nobody expected and the peer made no use of; no repeats, no ``status.report``."""
        return [
            each
            for each in self.messages
            if not (each.expected or each.handled or each.repeat)
            and each.type is not MessageType.STATUS_REPORT
        ]

    def seen(self) -> str:
        """What came last, and the state of the connections, in words."""
        shown = [each.label for each in self.messages[-_SHOWN:]]
        if self.unreadable:
            shown.append(f"{len(self.unreadable)} unreadable ({self.unreadable[-1].reason})")
        earlier = len(self.messages) - _SHOWN
        more = f" (and {earlier} before)" if earlier > 0 else ""
        return f"{', '.join(shown) or 'no message'}{more}; {self._state()}"

    def _raise_refusal(self, answers: UUID, what: str) -> None:
        refusal = self.take(
            MessageType.ERROR, where=lambda each: each.envelope.in_reply_to == answers
        )
        if refusal is not None:
            report = refusal.body_as(bodies.ErrorReport)
            raise MessageRefused(f"waiting for {what}", refusal, report)
