"""The calls of one purpose, as the manual driver speaks of them to a person."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from net119_protocol.api.common import LineStored
from net119_protocol.codes import Kind, Mode, SenderRole
from net119_protocol.places import Fix
from net119_simulators.errors import Waited
from net119_simulators.line_sender import new_client_id

from net119_conformance.catalogue import Text
from net119_conformance.drivers.manual_asking import Asking
from net119_conformance.drivers.manual_seen import SeenLine, not_asked, seen
from net119_conformance.drivers.manual_wire import Said, Wire
from net119_conformance.manual.steps import Fact, Option, Question

YES = Option(value="yes", label=Text(ja="はい", en="Yes"))
NO = Option(value="no", label=Text(ja="いいえ", en="No"))
KINDS = {
    Kind.FIRE: Text(ja="火事", en="fire"),
    Kind.AMBULANCE: Text(ja="救急", en="ambulance"),
    Kind.OTHER: Text(ja="その他", en="other"),
}
MODES = {
    Mode.TEST: Text(ja="試験", en="test"),
    Mode.PRACTICE: Text(ja="練習", en="practice"),
    Mode.DRILL: Text(ja="訓練", en="drill"),
    Mode.LIVE: Text(ja="本番", en="live"),
}


@dataclass
class KnownCall:
    """A call that a person placed or that a peer offered; ``fix`` where the handset had one."""

    id: UUID
    who: str
    kind: Kind
    placed: bool
    fix: Fix | None = None
    own: list[Said] = field(default_factory=list)
    """Lines that were said and did not show on the wire."""

    def facts(self) -> list[Fact]:
        """By what a person recognises it."""
        kind = KINDS[self.kind]
        return [
            Fact(label=Text(ja="通報者", en="Caller"), value=self.who),
            Fact(label=Text(ja="通報の種類", en="Kind of call"), value=f"{kind.ja} ({kind.en})"),
        ]


class Calls:
    """All of them, and their lines."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: dict[UUID, KnownCall] = {}

    def placed(self, call_id: UUID | None, who: str, kind: Kind, fix: Fix | None) -> KnownCall:
        """A call that a person placed; one that stays at home gets a name of our own."""
        call = KnownCall(call_id or uuid4(), who, kind, placed=True, fix=fix)
        self._known[call.id] = call
        return call

    def all_placed(self) -> list[KnownCall]:
        """Those that a person placed and that were taken, in their order."""
        return [each for each in self._known.values() if each.placed]

    def get(self, call_id: UUID) -> KnownCall:
        """A call by its identifier.

        Raises:
            DriverFailed: nobody placed it, and it was not offered on the wire.
        """
        if call_id not in self._known:
            offer = self._wire.offer(call_id)
            if offer is None:
                raise not_asked(f"call {call_id}")
            who = offer.registrant.name
            self._known[call_id] = KnownCall(call_id, who, offer.kind, placed=False)
        return self._known[call_id]

    def lines(self, call_id: UUID) -> list[Said]:
        """Its lines, in their order: those on the wire, and those that only people saw."""
        heard = self._wire.lines(call_id)
        texts = {each.text for each in heard}
        own = [each for each in self.get(call_id).own if each.text not in texts]
        return sorted([*heard, *own], key=lambda each: each.seq if each.seq is not None else 1e9)

    async def said(
        self, call_id: UUID, text: str, sender: SenderRole, since: int, within: float
    ) -> LineStored:
        """A line that a person has just said, with its number.

        Raises:
            Waited: it was on the wire, and nobody has numbered it.
        """
        if self._wire.line_by_sut(call_id, text, since):

            def numbered() -> int | None:
                found = [one for one in self._wire.lines(call_id) if one.text == text]
                return found[-1].seq if found else None

            seq = await self._wire.until(numbered, within)
            if seq is None:
                raise Waited(f"the number of the line {text!r}", within, "the line without one")
        else:
            seq = max((each.seq or 0 for each in self.lines(call_id)), default=0) + 1
            self.get(call_id).own.append(Said(seq, text, sender))
        return LineStored(client_id=new_client_id(), seq=seq, at=datetime.now(UTC))


def as_line(said: Said) -> SeenLine:
    """A line as a person can tell of it; without a number where nobody gave it one."""
    values = {"text": said.text} | ({} if said.seq is None else {"seq": said.seq})
    return seen(SeenLine, **values)


async def look_at_lines(
    asking: Asking, call: KnownCall, lines: list[Said], screen: Text
) -> tuple[SeenLine, ...]:
    """Ask which of these lines stand on a screen."""
    questions = [
        Question(
            name=f"line{n}",
            label=Text(
                ja=f"「{each.text}」が、書かれたとおりに一度だけ出ている",
                en=f"“{each.text}” stands there as written, once",
            ),
            options=(YES, NO),
        )
        for n, each in enumerate(lines)
    ]
    if not questions:
        return ()
    values, _ = await asking.ask(
        Text(ja=f"{screen.ja}で文字のやりとりを見る", en=f"Look at the chat on {screen.en}"),
        [
            Text(
                ja=f"{screen.ja}で、この通報の文字のやりとりを見てください。",
                en=f"Look at the chat of this call on {screen.en}.",
            ),
            Text(
                ja="次の文が出ているか、一つずつ答えてください。出る順が下の順と違うときや、"
                "二度出ているときは「いいえ」です。",
                en="Say of each line below whether it is there. Where the order differs from the "
                "one below, or a line stands there twice, answer No.",
            ),
        ],
        Text(
            ja="書かれた文が、相手に抜けや重なりなく、同じ順で届くかを確かめます。",
            en="Each line must reach the other side once, in the same order.",
        ),
        facts=call.facts(),
        questions=questions,
    )
    found = tuple(as_line(each) for n, each in enumerate(lines) if values[f"line{n}"] == "yes")
    asking.review(
        Text(
            ja=f"{screen.ja}に出ていた文は、試験者が見たものです",
            en=f"only the tester saw which lines stand on {screen.en}",
        ),
        " / ".join(each.text for each in found) or Text(ja="なし", en="none"),
    )
    return found


async def say_line(
    asking: Asking,
    calls: Calls,
    wire: Wire,
    call: KnownCall,
    text: str,
    sender: SenderRole,
    screen: Text,
    within: float,
) -> LineStored:
    """Have a person write a line; returns once the screen shows it as sent."""
    since = wire.now
    await asking.ask(
        Text(ja=f"{screen.ja}で一言書く", en=f"Write a line on {screen.en}"),
        [
            Text(
                ja=f"{screen.ja}で、この通報に次の文を書いて送ってください。",
                en=f"Write the line below to this call on {screen.en}, and send it.",
            ),
            Text(
                ja="送れたことが画面で分かったら「できた」を押してください。"
                "送れないと表示されたら「違うものが見えた」を選んでください。",
                en="Once the screen shows it as sent, choose Done. If it says that it could not "
                "be sent, choose that you saw something else.",
            ),
        ],
        Text(
            ja="書いた人に「届いた」と見えた文は、必ず記録に残っていなければなりません。",
            en="A line that its writer sees as sent must be on record.",
        ),
        facts=[*call.facts(), Fact(label=Text(ja="書く文", en="Line"), value=text)],
    )
    stored = await calls.said(call.id, text, sender, since, within)
    if not wire.line_by_sut(call.id, text, since):
        asking.review(
            Text(
                ja=f"{screen.ja}で文が送れたことは、試験者だけが見ました",
                en=f"only the tester saw that a line was sent on {screen.en}",
            ),
            text,
        )
    return stored
