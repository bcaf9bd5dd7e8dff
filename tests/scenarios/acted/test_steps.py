"""A step that goes otherwise than the scenario says ends the run, and names its line."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from net119_protocol.api.problems import Problem
from net119_protocol.codes import CallbackFailure, Refusal, RejectReason, TransferFailure
from net119_scenarios.acted import performance
from net119_scenarios.acted.performance import Outcome, Performance
from net119_scenarios.acted.reading import read_scenario
from net119_simulators.errors import CallRefused, Waited
from net119_simulators.peer import OfferedCall

from tests.scenarios.acted.fakes import AT, FakeTroupe

SCENARIO = """\
format: 1
title: {ja: 例, en: example}
purpose: {ja: 例, en: example}
network: {providers: [aoba]}
actors:
  tourist: {role: caller, home: chitose, position: {lat: 42.82, lon: 141.65}}
  chitose: {role: dispatcher, center: chitose}
  midori: {role: peer, provider: midori, to: aoba}
timeline:
  - {actor: tourist, do: call, kind: ambulance}
  - STEP
must:
  - {check: owner, department: chitose}
  - {check: never-rang, actor: chitose}
"""


class Phone:
    """Places a call, or is refused; afterwards hears nothing."""

    base_url = "https://127.0.0.1"

    def __init__(self, refused: Refusal | None) -> None:
        self.refused = refused
        self.id = uuid4()

    async def call(self, *_: object, **__: object) -> "Phone":
        refuse(self.refused)
        return self

    async def connect(self) -> None:
        """At once."""

    async def say(self, text: str, within: float) -> None:
        refuse(self.refused)

    async def wait_for_line(self, wanted: object, within: float) -> None:
        raise Waited("a certain line", within, "no line")


def refuse(code: Refusal | None) -> None:
    if code is not None:
        raise CallRefused(Problem(title="refused", status=409, code=code), "POST calls")


class Api:
    """Answers each act at a console with what it was given."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    async def ask(self, *_: object, **__: object) -> object:
        return self.answer


def run(step: str, monkeypatch: pytest.MonkeyPatch, **there: Any) -> Outcome:
    """Act the scenario with this second step; ``there``: what the fakes show."""
    scenario = read_scenario(SCENARIO.replace("STEP", step), "x.yaml")

    @asynccontextmanager
    async def troupe(_scenario: object, _venue: object, timeline: object, *_: object) -> Any:
        fake: Any = FakeTroupe(scenario)
        phone = Phone(None)
        fake.calls.clear()
        fake.timeline = timeline
        fake.people["tourist"] = SimpleNamespace(
            phone=phone,
            logged_in=True,
            radio=None,
            position=scenario.callers()["tourist"].position,
            actor=scenario.callers()["tourist"],
            data=SimpleNamespace(mail="a@example.jp"),
            used=set(),
        )

        def placed(name: str, caller: str, call_id: object, mode: object = None) -> object:
            fake.calls[name] = SimpleNamespace(
                name=name, id=call_id, caller=caller, mode=mode, phones=[], phone=phone
            )
            phone.refused = there.get("refused")
            return fake.calls[name]

        fake.placed = placed
        fake.call = lambda name: fake.calls[name or "tourist"]
        fake.consoles["chitose"].api = Api(there.get("answer"))
        fake.peers = {
            "midori": SimpleNamespace(operator="midori", calls={phone.id: there.get("offered")})
        }
        fake.venue.boxes = SimpleNamespace(letters=lambda _: there.get("letters", []))
        yield fake

    async def nothing(*_: object) -> None:
        """The venue is nobody's."""

    class NoJudge:
        """What holds at the end is looked at elsewhere."""

        def __init__(self, *_: object) -> None: ...

        async def judge(self, result: object) -> None: ...

    monkeypatch.setattr(performance, "Troupe", troupe)
    monkeypatch.setattr(performance, "Judge", NoJudge)
    venue: Any = SimpleNamespace(now=AT, begin=nothing, restore=nothing)
    return asyncio.run(Performance(scenario, venue).run())


def broken_off(outcome: Outcome) -> str:
    """What the run says of its end."""
    assert not outcome.result.ok
    course, *others = outcome.result.checks
    assert course.name == "course"
    assert not course.held
    assert course.seen.startswith("12:04:05 ")
    assert [(each.reached, each.held) for each in others] == [(False, False)] * 2
    assert [each.where for each in others] == ["x.yaml:13", "x.yaml:14"]
    assert "x.yaml:11: step 2" in outcome.timeline.entries[-1].words.ja
    return course.seen


def offered(reason: RejectReason) -> OfferedCall:
    """A call that is rejected for this reason."""
    call = OfferedCall.__new__(OfferedCall)

    async def rejected(within: float = 5.0) -> SimpleNamespace:
        return SimpleNamespace(reason=reason, detail="")

    vars(call)["rejected"] = rejected
    return call


@pytest.mark.parametrize(
    ("step", "there", "words"),
    [
        (
            "{actor: tourist, do: hear, text: 向かいます}",
            {},
            ("x.yaml:11: step 2 (tourist hear)", "no line"),
        ),
        (
            "{actor: tourist, do: say, text: あ}",
            {"refused": Refusal.CALL_CLOSED},
            ("x.yaml:11: step 2 (tourist say)", "call-closed"),
        ),
        (
            "{actor: tourist, do: say, text: あ, refused: not-authenticated}",
            {"refused": Refusal.CALL_CLOSED},
            ("x.yaml:11: step 2 (tourist say)", "call-closed"),
        ),
        (
            "{actor: tourist, do: say, text: あ, refused: call-closed}",
            {},
            ("x.yaml:11: step 2 (tourist say)", "the refusal call-closed", "it was done"),
        ),
        (
            "{actor: tourist, do: hear, text: あ, meanwhile: true}",
            {},
            ("x.yaml:11: step 2 (tourist hear)", "no line"),
        ),
        (
            "{actor: chitose, do: transfer, to: aso}",
            {"answer": SimpleNamespace(failure=TransferFailure.SILENT, detail="midori")},
            ("x.yaml:11: step 2 (chitose transfer)", "silent", "not with success"),
        ),
        (
            "{actor: chitose, do: transfer, to: aso, fails: busy}",
            {"answer": SimpleNamespace(failure=None, detail="")},
            ("x.yaml:11: step 2 (chitose transfer)", "success", "not with busy"),
        ),
        (
            "{actor: chitose, do: call-back, fails: undeliverable}",
            {"answer": SimpleNamespace(failure=CallbackFailure.NO_ADDRESS, detail="")},
            ("x.yaml:11: step 2 (chitose call-back)", "no-address", "not with undeliverable"),
        ),
        (
            "{actor: midori, do: be-rejected, reason: expired}",
            {"offered": offered(RejectReason.OVERLOAD)},
            ("x.yaml:11: step 2 (midori be-rejected)", "overload, not expired"),
        ),
        (
            "{actor: midori, do: be-rejected, reason: expired}",
            {},
            ("x.yaml:11: step 2 (midori be-rejected)", "has not offered it"),
        ),
        (
            "{actor: midori, do: say, text: あ}",
            {},
            ("x.yaml:11: step 2 (midori say)", "has not the call"),
        ),
        (
            "{actor: tourist, do: open-callback, reachable: false}",
            {"letters": [SimpleNamespace(urls=("https://a.example/b/" + "x" * 32,))]},
            ("x.yaml:11: step 2 (tourist open-callback)", "no callback mail", "there is one"),
        ),
    ],
)
def test_a_step_that_goes_otherwise_ends_the_run(
    step: str, there: dict[str, Any], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = broken_off(run(step, monkeypatch, **there))
    for each in words:
        assert each in seen


def test_a_refusal_that_is_expected_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    step = "{actor: tourist, do: say, text: あ, refused: call-closed}"
    outcome = run(step, monkeypatch, refused=Refusal.CALL_CLOSED)
    assert outcome.result.checks[0].held
    assert outcome.timeline.entries[-1].words.en.startswith("refused: ")
