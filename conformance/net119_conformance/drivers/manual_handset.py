"""A caller's handset in a person's hand."""

from collections.abc import Callable, Sequence
from uuid import UUID

from net119_protocol.api.common import CallView, LineStored
from net119_protocol.api.handset import LocationRequestFrame, NewLocation
from net119_protocol.api.problems import Problem
from net119_protocol.chat import ChatLine
from net119_protocol.chat import Option as Choice
from net119_protocol.codes import (
    CallState,
    Kind,
    Mode,
    PlaceChoice,
    Positioning,
    Refusal,
    SenderRole,
)
from net119_protocol.person import DepartmentRef
from net119_protocol.places import Fix, Point
from net119_simulators.errors import CallRefused, SafetyInterlock, Waited

from net119_conformance.catalogue import Text
from net119_conformance.drivers import manual_handset_words as words
from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.drivers.manual_asking import Asking, in_words
from net119_conformance.drivers.manual_calls import (
    KINDS,
    MODES,
    Calls,
    KnownCall,
    as_line,
    look_at_lines,
    say_line,
)
from net119_conformance.drivers.manual_seen import SeenView, not_asked, seen
from net119_conformance.drivers.manual_wire import Said, Wire
from net119_conformance.errors import DriverFailed
from net119_conformance.manual.steps import Fact, Option, Question


class ManualCall:
    """A call from its caller's side, as a person tells of it."""

    def __init__(
        self,
        asking: Asking,
        calls: Calls,
        wire: Wire,
        call: KnownCall,
        departments: Sequence[DepartmentRef],
        patience_s: float,
        first: CallView | None = None,
    ) -> None:
        self._asking = asking
        self._calls = calls
        self._wire = wire
        self._first = first
        self._call = call
        self._departments = departments
        self._patience_s = patience_s

    @property
    def id(self) -> UUID:
        """The call."""
        return self._call.id

    @property
    def view(self) -> CallView:
        """Who has the call, where that was told when it was placed; nothing else of it."""
        if self._first is None:
            raise not_asked("view")
        return self._first

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """Nobody is asked for them in passing."""
        raise not_asked("lines")

    @property
    def last_seq(self) -> int:
        """A person reads no numbers."""
        raise not_asked("last_seq")

    @property
    def violations(self) -> Sequence[object]:
        """A person cannot watch every line."""
        raise not_asked("violations")

    async def say(
        self,
        text: str,
        *,
        options: Sequence[Choice] = (),
        client_id: str | None = None,
        within: float = 10.0,
    ) -> LineStored:
        """Have the line written; returns once the handset shows it as sent."""
        if options or client_id is not None:
            raise not_asked("say with options, or a line again")
        return await say_line(
            self._asking,
            self._calls,
            self._wire,
            self._call,
            text,
            SenderRole.CALLER,
            words.SCREEN,
            self._patience_s,
        )

    async def choose(
        self, seq: int, option_id: str, *, client_id: str | None = None, within: float = 10.0
    ) -> LineStored:
        """Not asked of a person."""
        raise not_asked("choose")

    def drop(self) -> None:
        """Not asked of a person."""
        raise not_asked("drop")

    async def resume(self, *, within: float = 10.0) -> None:
        """Not asked of a person."""
        raise not_asked("resume")

    async def wait_for_line(
        self, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line that fits, as the person sees it."""
        lines = fitting(self._calls.lines(self.id), wanted)
        found = await look_at_lines(self._asking, self._call, lines, words.SCREEN)
        for line in found:
            if fits(line, wanted):
                return line
        texts = [line.text for line in found]
        raise Waited("a certain line at the handset", within, f"the tester saw {texts}")

    async def wait_for_view(
        self, wanted: Callable[[CallView], bool], within: float = 10.0
    ) -> CallView:
        """What the person sees, if it fits."""
        view, told = await self._look()
        if not wanted(view):
            raise Waited("a certain state at the handset", within, f"the tester saw {told}")
        return view

    async def wait_for_drop(self, within: float = 10.0) -> str:
        """Not asked of a person."""
        raise not_asked("wait_for_drop")

    async def tell_location(self, where: NewLocation) -> None:
        """Not asked of a person."""
        raise not_asked("tell_location")

    async def wait_for_location_request(self, within: float = 10.0) -> LocationRequestFrame:
        """Not asked of a person."""
        raise not_asked("wait_for_location_request")

    async def _look(self) -> tuple[SeenView, str]:
        states = tuple(Option(value=each.value, label=text) for each, text in words.STATES.items())
        questions = (
            Question(
                name="state", label=Text(ja="通報の状態", en="State of the call"), options=states
            ),
            words.receiver_question(self._departments),
        )
        values, _ = await self._asking.ask(
            Text(ja="通報者の端末の表示を見る", en="Look at the caller’s handset"),
            [
                Text(
                    ja="通報者の端末で、この通報の画面を見てください。",
                    en="Look at the screen of this call on the caller’s handset.",
                ),
                Text(
                    ja=f"表示が変わりそうなら {self._patience_s:g} 秒ほど待ってから、"
                    "そのときの表示を答えてください。",
                    en=f"If it may still change, wait for about {self._patience_s:g} s. Then say "
                    "what it shows.",
                ),
            ],
            Text(
                ja="通報がどうなったか、だれが受けているかが、通報者に正しく見えるかを確かめます。",
                en="The caller must see what became of the call, and who has it.",
            ),
            facts=self._call.facts(),
            questions=questions,
        )
        told = f"{values['state']}, {values['receiver']}"
        self._asking.review(
            Text(
                ja="通報者の端末の表示は、試験者だけが見ました",
                en="only the tester saw what the handset shows",
            ),
            in_words(questions, values),
        )
        receiver = words.receiver_of(values["receiver"], self._departments)
        view = seen(SeenView, call_id=self.id, state=CallState(values["state"]), receiver=receiver)
        return view, told


class ManualHandset:
    """A registrant's handset; ``who`` and ``keys`` are what the person logs in with."""

    def __init__(
        self,
        asking: Asking,
        calls: Calls,
        wire: Wire,
        who: str,
        keys: Sequence[Fact],
        departments: Sequence[DepartmentRef],
        patience_s: float,
        *,
        with_peer: bool,
    ) -> None:
        self._asking = asking
        self._calls = calls
        self._wire = wire
        self._who = who
        self._keys = keys
        self._departments = departments
        self._patience_s = patience_s
        self._with_peer = with_peer

    async def call(
        self,
        kind: Kind,
        place: PlaceChoice,
        *,
        mode: Mode = Mode.TEST,
        fix: Fix | None = None,
        positioning: Positioning = Positioning.ON,
        corrected_pin: Point | None = None,
        client_call_id: str | None = None,
    ) -> HandsetCall:
        """Have a call placed; a refusal is raised as ``CallRefused``.

        An offer on the wire ends the step: the peer has to answer it before a person confirms.
        """
        if mode is Mode.LIVE:
            raise SafetyInterlock(
                "no person is asked to place a live call",
                "the manual driver",
                "Use the mode test, drill or practice",
            )
        if corrected_pin is not None or client_call_id is not None:
            raise not_asked("call with a corrected pin, or again")
        since = self._wire.now
        # Where the wire may end the step, nobody has the time to look for it.
        receiver = (
            () if self._with_peer else (words.receiver_question(self._departments, words.TAKEN),)
        )
        questions = (*words.CALL_QUESTIONS, *receiver)
        values, call_id = await self._asking.ask(
            Text(ja="通報する", en="Place a call"),
            [
                words.LOG_IN,
                words.POSITIONING[positioning] if fix is None else words.AT,
                words.PLACES[place],
                Text(
                    ja=f"種類「{KINDS[kind].ja}」、通報の扱い「{MODES[mode].ja}」で通報してください。"
                    "本番の通報にしないでください。",
                    en=f"Call: kind “{KINDS[kind].en}”, mode “{MODES[mode].en}”. Never place a "
                    "live call.",
                ),
            ],
            Text(
                ja="この通報がどこに、どう届くかを判定します。",
                en="Where this call goes, and what goes along, is what is judged.",
            ),
            facts=[
                Fact(label=Text(ja="通報者", en="Caller"), value=self._who),
                *self._keys,
                *([] if fix is None else words.position(fix)),
            ],
            questions=questions,
            until=(lambda: self._wire.offered_by_sut(since)) if self._with_peer else None,
        )
        if values.get("result") == "refused":
            self._refused(values)
        if call_id is None and self._with_peer:
            call_id = await self._wire.until(
                lambda: self._wire.offered_by_sut(since), self._patience_s
            )
        if call_id is None:
            self._asking.review(
                Text(
                    ja="通報が受け付けられたことは、試験者だけが見ました",
                    en="only the tester saw that the call was taken",
                ),
                self._who,
            )
        call = self._calls.placed(call_id, self._who, kind, fix)
        first = None
        if "receiver" in values:
            has_it = words.receiver_of(values["receiver"], self._departments)
            first = seen(SeenView, call_id=call.id, receiver=has_it)
        return ManualCall(
            self._asking, self._calls, self._wire, call, self._departments, self._patience_s, first
        )

    async def come_back(self, url: str) -> HandsetCall:
        """Not asked of a person."""
        raise not_asked("come_back")

    def _refused(self, values: dict[str, str]) -> None:
        self._asking.review(
            Text(
                ja="通報が断られたことと、その案内は、試験者だけが見ました",
                en="only the tester saw that the call was refused, and what was said",
            ),
            f"{values['reason']}: {values['shown']} (other means: {values['means']})",
        )
        raise CallRefused(
            Problem(
                title="refused",
                status=0,
                code=Refusal(values["reason"]),
                detail="as a person saw it",
                message_ja=values["shown"],
                other_means_ja=values["shown"] if values["means"] == "yes" else "",
            ),
            "the handset in a person's hand",
        )


def fitting(lines: Sequence[Said], wanted: Callable[[ChatLine], bool]) -> list[Said]:
    """The lines that are waited for, or all where none of them is."""
    some = [each for each in lines if fits(as_line(each), wanted)]
    return some or list(lines)


def fits(line: ChatLine, wanted: Callable[[ChatLine], bool]) -> bool:
    """Whether a line is the one; one whose number nobody knows is not one with a number."""
    try:
        return wanted(line)
    except DriverFailed:
        return False
