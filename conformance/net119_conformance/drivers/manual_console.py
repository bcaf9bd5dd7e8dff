"""A dispatcher's console at which a person sits."""

from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from net119_protocol.api.common import LineStored
from net119_protocol.api.console import CallRecord, ConsoleCall, ReminderFrame
from net119_protocol.api.console_acts import (
    Blocked,
    Callback,
    CallDisclosure,
    Discrepancy,
    Dispatch,
    LocationAsked,
    Transfer,
)
from net119_protocol.chat import ChatLine
from net119_protocol.chat import Option as Choice
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    DiscrepancyKind,
    ReceiverKind,
    SenderRole,
)
from net119_protocol.interconnect import MessageType
from net119_protocol.person import DepartmentRef
from net119_simulators.errors import Waited

from net119_conformance.drivers import manual_console_words as words
from net119_conformance.drivers.manual_asking import Asking, in_words
from net119_conformance.drivers.manual_calls import Calls, KnownCall, look_at_lines, say_line
from net119_conformance.drivers.manual_handset import fits, fitting
from net119_conformance.drivers.manual_seen import (
    SeenCall,
    SeenPerson,
    SeenPlace,
    SeenRecord,
    not_asked,
    seen,
)
from net119_conformance.drivers.manual_wire import Wire
from net119_conformance.errors import TrialEnded
from net119_conformance.manual.steps import Fact

_LOOK_AGAIN_S = 2.0
"""For what has been done at the console to show on the wire."""
_ANOTHER = DepartmentRef(code="another", name_ja="ほかの消防本部", name_en="another", phone="")


class ManualConsole:
    """A dispatcher of ``center``, whose calls are those of ``department``."""

    def __init__(
        self,
        asking: Asking,
        calls: Calls,
        wire: Wire,
        center: str,
        department: DepartmentRef,
        name: str,
        patience_s: float,
    ) -> None:
        self._asking = asking
        self._calls = calls
        self._wire = wire
        self._center = center
        self._department = department
        self._name = name
        self._patience_s = patience_s
        self._screen = words.screen(center, department.name_ja)

    async def open(self) -> None:
        """Have the console opened."""
        await self._asking.ask(
            words.OPEN,
            words.open_console(self._screen),
            words.OPEN_WHY,
            facts=[
                Fact(label=words.CENTER, value=self._center),
                Fact(
                    label=words.DEPARTMENT,
                    value=f"{self._department.name_ja} ({self._department.code})",
                ),
            ],
        )

    @property
    def violations(self) -> Sequence[object]:
        """A person cannot watch every line."""
        raise not_asked("violations")

    def lines(self, call_id: UUID) -> tuple[ChatLine, ...]:
        """Nobody is asked for them in passing."""
        raise not_asked("lines")

    async def wait_for_call(
        self,
        call_id: UUID,
        within: float = 10.0,
        wanted: Callable[[ConsoleCall], bool] = lambda _: True,
    ) -> ConsoleCall:
        """The call as the person sees it, if it is there and fits."""
        call = self._calls.get(call_id)
        found, told = await self._look(call)
        if found is None or not wanted(found):
            raise Waited(f"a certain state of the call at {self._center}", within, told)
        return found

    async def answer(
        self, call_id: UUID, *, within: float = 10.0, over_http: bool = False
    ) -> ConsoleCall:
        """Have the call taken; ``call.answered`` on the wire ends the step."""
        call, since = self._calls.get(call_id), self._wire.now

        def told() -> bool | None:
            sent = self._wire.sent_by_sut(MessageType.CALL_ANSWERED, call_id, since)
            return True if sent else None

        _, on_the_wire = await self._asking.ask(
            words.ANSWER,
            words.answer(self._screen),
            words.ANSWER_WHY,
            facts=call.facts(),
            # Of a call of its own callers the system tells nobody.
            until=None if call.placed else told,
        )
        if on_the_wire is None and not call.placed:
            # Done may be pressed a moment before the message shows.
            on_the_wire = await self._wire.until(told, min(self._patience_s, _LOOK_AGAIN_S))
        if on_the_wire is None:
            self._asking.review(words.answered_question(self._screen), call.who)
        return seen(SeenCall, call_id=call_id, state=CallState.ANSWERED)

    async def take_over(self, call_id: UUID) -> ConsoleCall:
        """Not asked of a person."""
        raise not_asked("take_over")

    async def say(
        self,
        call_id: UUID,
        text: str,
        options: Sequence[Choice] = (),
        *,
        client_id: str | None = None,
        within: float = 10.0,
    ) -> LineStored:
        """Have the line written; returns once the console shows it as sent."""
        if options or client_id is not None:
            raise not_asked("say with options, or a line again")
        return await say_line(
            self._asking,
            self._calls,
            self._wire,
            self._calls.get(call_id),
            text,
            SenderRole.DISPATCHER,
            self._screen,
            self._patience_s,
        )

    async def close(
        self, call_id: UUID, outcome: CloseOutcome, *, note: str = "", within: float = 10.0
    ) -> ConsoleCall:
        """Have the call closed; what the console shows then is told by the person."""
        if note:
            raise not_asked("close with a note")
        call = self._calls.get(call_id)
        values, _ = await self._asking.ask(
            words.CLOSE,
            words.close(self._screen, outcome),
            words.CLOSE_WHY,
            facts=call.facts(),
            questions=words.CLOSE_QUESTIONS,
        )
        told = in_words(words.CLOSE_QUESTIONS, values)
        self._asking.review(words.closed_question(self._screen), told)
        shown = values["outcome"]
        return seen(
            SeenCall,
            call_id=call_id,
            state=CallState(values["state"]),
            outcome=None if shown == words.NONE else CloseOutcome(shown),
        )

    async def close_without_outcome(self, call_id: UUID) -> ConsoleCall:
        """Not asked of a person."""
        raise not_asked("close_without_outcome")

    async def transfer(self, call_id: UUID, department: str, reason: str = "") -> Transfer:
        """Not asked of a person."""
        raise not_asked("transfer")

    async def ask_location(self, call_id: UUID) -> LocationAsked:
        """Not asked of a person."""
        raise not_asked("ask_location")

    async def report_discrepancy(
        self, call_id: UUID, kind: DiscrepancyKind, detail: str, department: str | None = None
    ) -> Discrepancy:
        """Not asked of a person."""
        raise not_asked("report_discrepancy")

    async def call_back(self, call_id: UUID) -> Callback:
        """Not asked of a person."""
        raise not_asked("call_back")

    async def wait_for_callback(
        self,
        call_id: UUID,
        wanted: Callable[[Callback], bool] = lambda _: True,
        within: float = 10.0,
    ) -> Callback:
        """Not asked of a person."""
        raise not_asked("wait_for_callback")

    async def disclose(
        self, call_id: UUID, receiver: ReceiverKind, receiver_name: str, what: str, why: str = ""
    ) -> CallDisclosure:
        """Not asked of a person."""
        raise not_asked("disclose")

    async def record_dispatch(self, call_id: UUID, units: str, note: str = "") -> Dispatch:
        """Not asked of a person."""
        raise not_asked("record_dispatch")

    async def block_caller(self, call_id: UUID, reason: str) -> Blocked:
        """Not asked of a person."""
        raise not_asked("block_caller")

    async def wait_for_reminder(self, call_id: UUID, within: float = 10.0) -> ReminderFrame:
        """Not asked of a person."""
        raise not_asked("wait_for_reminder")

    async def record(self, call_id: UUID) -> CallRecord:
        """The call with its lines as the person sees them; nothing else of it."""
        call = self._calls.get(call_id)
        lines = self._calls.lines(call_id)
        found = await look_at_lines(self._asking, call, lines, self._screen)
        return seen(SeenRecord, lines=found)

    async def center_calls(self) -> tuple[ConsoleCall, ...]:
        """The calls that came to the center since the test began, as the person counts them."""
        placed = self._calls.all_placed()
        values, _ = await self._asking.ask(
            words.COUNT,
            words.count(self._screen),
            words.COUNT_WHY,
            facts=[fact for each in placed for fact in each.facts()],
            questions=words.COUNT_QUESTIONS,
        )
        told = in_words(words.COUNT_QUESTIONS, values)
        self._asking.review(words.count_question(self._screen), told)
        found = [] if values["calls"] == words.NONE else [each.id for each in placed]
        if values["calls"] == words.MORE:
            found.append(uuid4())  # some other call, of which nothing is known
        return tuple(seen(SeenCall, call_id=each) for each in found)

    async def calls_before(self) -> frozenset[UUID]:
        """None: the person is asked for those that came since the test began."""
        return frozenset()

    async def wait_for_line(
        self, call_id: UUID, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line that fits, as the person sees it."""
        lines = fitting(self._calls.lines(call_id), wanted)
        call = self._calls.get(call_id)
        found = await look_at_lines(self._asking, call, lines, self._screen)
        for line in found:
            if fits(line, wanted):
                return line
        texts = [line.text for line in found]
        raise Waited(f"a certain line at {self._center}", within, f"the tester saw {texts}")

    async def _look(self, call: KnownCall) -> tuple[SeenCall | None, str]:
        questions = words.look_questions(call)
        values, _ = await self._asking.ask(
            words.LOOK,
            words.look(self._screen, self._patience_s),
            words.LOOK_WHY,
            facts=call.facts(),
            questions=questions,
        )
        told = ", ".join(f"{name}: {value}" for name, value in values.items())
        self._asking.review(words.look_question(self._screen), in_words(questions, values))
        if values["shown"] != "yes":
            return None, "the tester saw no such call"
        mine = values["mine"] == "yes"
        # Blanks are typed as people like; every other character counts.
        name = values["name"]
        if "".join(name.split()) == "".join(call.who.split()):
            name = call.who
        given = {
            "call_id": call.id,
            "mine": mine,
            "owner": self._department if mine else _ANOTHER,
            "state": words.STATES[values["state"]],
            "mode": words.MODE_OF[values["mode"]],
            "kind": words.KIND_OF[values["kind"]],
            "registrant": seen(SeenPerson, name=name),
        }
        if "position" in values:
            given["place"] = self._place(call, values)
        return seen(SeenCall, **given), told

    def _place(self, call: KnownCall, values: dict[str, str]) -> SeenPlace:
        """The place, where it is the handset's; anything else is a failure with what was seen."""
        if values["position"] == "as-set":
            return seen(SeenPlace, fix=call.fix)
        if values["position"] == words.NONE:
            return seen(SeenPlace, fix=None)
        fix = call.fix
        self._asking.trial.check(
            "the console shows the position as it was set at the handset",
            False,
            expected="no position" if fix is None else f"{fix.lat}, {fix.lon}, {fix.accuracy_m} m",
            seen=values["other-position"],
            ja="指令台に、端末に設定したとおりの位置が表示される",
        )
        raise TrialEnded("the position")
