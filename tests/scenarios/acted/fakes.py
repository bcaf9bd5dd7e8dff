"""Actors of a scenario that only show what a test gives them: no network, no time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, CloseOutcome, Kind, Mode, SenderRole
from net119_scenarios.acted.model import Scenario
from net119_simulators.line_log import Violation

AT = datetime(2026, 11, 28, 3, 4, 5, tzinfo=UTC)
"""12:04:05 in Japan."""
CALL = uuid4()


def line(seq: int, text: str, sender: SenderRole = SenderRole.CALLER) -> ChatLine:
    return ChatLine(seq=seq, client_id=f"c-{seq}", sender=sender, text=text, at=AT)


LINES = (
    line(1, "胸が苦しいです。"),
    line(2, "救急車が向かいます。", SenderRole.DISPATCHER),
)


def department(code: str) -> SimpleNamespace:
    return SimpleNamespace(code=code, name_ja=f"{code}の本部", name_en=code)


def notice(code: str, *phone_to: str) -> SimpleNamespace:
    return SimpleNamespace(
        code=SimpleNamespace(value=code),
        text_ja="お知らせ",
        text_en="notice",
        phone_to=[department(each) for each in phone_to],
    )


def console_view(**other: Any) -> SimpleNamespace:
    """A call as a console has it: answered by Chitose, whose it is."""
    values = {
        "mine": True,
        "state": CallState.CLOSED,
        "outcome": CloseOutcome.DISPATCHED,
        "mode": Mode.DRILL,
        "owner": department("chitose"),
        "routing": SimpleNamespace(rule="other-running", ambiguous=False),
        "notices": [],
        "kind": Kind.AMBULANCE,
        "registrant": SimpleNamespace(name="髙橋　𠮷子"),
        "epoch": 2,
    }
    return SimpleNamespace(**(values | other))


class FakeConsole:
    """A console that knows the calls it is given."""

    def __init__(self, *views: SimpleNamespace, connected: bool = True) -> None:
        self.connected = connected
        self.views: dict[UUID, list[SimpleNamespace]] = {CALL: list(views)}
        self.violations: list[Violation] = []
        self.silences: list[datetime | None] = []
        self.unseen: list[Any] = []
        """Its own lines that were acknowledged and did not come."""
        self.kept: Any = SimpleNamespace(
            call=console_view(),
            lines=LINES,
            trail=(),
            transfers=(),
            callbacks=(),
            dispatches=(),
            discrepancies=(),
        )

    @property
    def calls(self) -> list[SimpleNamespace]:
        return [self.call(each) for each in self.views]

    def call(self, call_id: UUID) -> SimpleNamespace:
        views = self.views.get(call_id, [])
        log = SimpleNamespace(unseen=lambda: self.unseen if views else ())
        return SimpleNamespace(
            id=call_id,
            views=views,
            view=views[-1] if views else None,
            log=log,
            silences=self.silences,
        )

    async def record(self, call_id: UUID) -> Any:
        if not self.views.get(call_id):
            raise LookupError("no such call here")
        return self.kept


class Silent:
    """The staff of a department who never announce anything."""

    async def announcements(self, _department: str) -> tuple[()]:
        return ()


def fake_phone() -> SimpleNamespace:
    """The caller's screen, at the end of a call that Chitose has closed."""
    view = SimpleNamespace(
        state=CallState.CLOSED,
        outcome=CloseOutcome.DISPATCHED,
        receiver=department("chitose"),
        mode=Mode.DRILL,
        notices=[notice("ambiguous")],
    )
    return SimpleNamespace(
        view=view, views=[view], lines=LINES, violations=[], unseen=lambda: (), id=CALL
    )


@dataclass
class FakeTroupe:
    """What a judge looks at: a call of ``tourist``, closed by ``chitose``, never at ``aso``."""

    scenario: Scenario
    consoles: dict[str, FakeConsole] = field(default_factory=dict)
    peers: dict[str, Any] = field(default_factory=dict)
    earlier: dict[str, frozenset[UUID]] = field(default_factory=dict)
    announced: dict[str, frozenset[UUID]] = field(default_factory=dict)
    company: Any = field(
        default_factory=lambda: SimpleNamespace(alarms={}, homes={}, is_open=False)
    )
    venue: Any = field(default_factory=lambda: SimpleNamespace(now=AT))

    def of_alarms(self, name: str) -> bool:
        """Nobody is of the home alarm service."""
        return False

    def __post_init__(self) -> None:
        rung = console_view(state=CallState.RINGING)
        self.consoles = {"chitose": FakeConsole(rung, console_view()), "aso": FakeConsole()}
        self.venue.network = SimpleNamespace(operation=lambda _: Silent())
        self.earlier = {"chitose": frozenset(), "aso": frozenset()}
        self.phone = fake_phone()
        self.people = {
            "tourist": SimpleNamespace(
                card=("火事です。", "千歳市です。"), home=SimpleNamespace(center="chitose")
            )
        }
        self.calls = {
            "tourist": SimpleNamespace(
                name="tourist",
                id=CALL,
                caller="tourist",
                mode=Mode.DRILL,
                phones=[self.phone],
                phone=self.phone,
            )
        }

    def view(self) -> Any:
        """A directory in which every department has a center of its own."""
        return SimpleNamespace(
            department=lambda code: SimpleNamespace(center=code, provider="aoba")
        )


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)
