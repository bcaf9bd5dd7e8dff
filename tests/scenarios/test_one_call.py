"""The scenario against real providers: it ends as it must, and says so when it does not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from net119_protocol.codes import CallState, CloseOutcome, Kind, Mode
from net119_scenarios import call_checks, one_call
from net119_scenarios.call_checks import Seen, judge
from net119_scenarios.happening import Happening, Role, What
from net119_scenarios.observer import Observer
from net119_scenarios.plan import CallRequest, Ending, Plan, plan_call
from net119_scenarios.result import Result
from net119_scenarios.words import Words
from net119_simulators.errors import Unreachable
from net119_simulators.line_log import Violation
from net119_simulators.phone_call import PhoneCall
from net119_simulators.smartphone import Smartphone

IN_TOMAKOMAI = CallRequest(42.6341, 141.6055, pace_s=0.0)
IN_SAPPORO = CallRequest(43.06, 141.35, pace_s=0.0)
IN_SEOUL = CallRequest(37.5665, 126.978, pace_s=0.0)


@dataclass
class Run:
    """A played call: its result, what was told, and what the judge was shown."""

    result: Result
    told: list[Happening]
    plan: Plan
    seen: Seen

    def first(self, what: What, role: Role | None = None) -> Happening:
        return next(h for h in self.told if h.what is what and role in (None, h.role))

    def messages(self) -> list[str]:
        return [h.details["message"] for h in self.told if h.what is What.WIRE]

    def failed(self) -> set[str]:
        return {check.name for check in self.result.checks if not check.held}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[CallRequest], Run]:
    """Plays a call; leaves nothing in the temporary folder."""
    shown: list[tuple[Plan, Seen]] = []

    def keep(plan: Plan, seen: Seen) -> Result:
        shown.append((plan, seen))
        return judge(plan, seen)

    def perform(request: CallRequest) -> Run:
        monkeypatch.setattr(one_call, "judge", keep)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        told: list[Happening] = []
        began: list[datetime] = []
        result = asyncio.run(one_call.play(request, told.append, began.append))
        assert not list(tmp_path.glob("net119-call-*"))
        assert len(set(began)) == 1
        times = [happening.at for happening in told if happening.at is not None]
        assert times
        assert min(times) >= began[0].replace(microsecond=0)
        return Run(result, told, *shown[-1])

    return perform


@pytest.mark.slow
def test_a_call_goes_on_through_a_hand_over_of_the_radio(run: Callable[[CallRequest], Run]) -> None:
    played = run(replace(IN_TOMAKOMAI, pace_s=1.0, radio="hand-over", seed=3))
    assert played.failed() == set()
    assert "radio" in {check.name for check in played.result.checks}
    assert played.first(What.RADIO).details == {"radio": "hand-over", "seconds": 0.0}
    whats = [each.what for each in played.told]
    assert whats.index(What.CALLED) < whats.index(What.DROPPED) < whats.index(What.RESUMED)
    assert whats.count(What.CALLED) == 1


def test_a_connection_that_does_not_come_back_fails_the_check_of_the_radio() -> None:
    closed = SimpleNamespace(state=CallState.CLOSED, notices=())
    lost = [Happening(What.RADIO, Role.CALLER), Happening(What.DROPPED, Role.CALLER)]
    back = Happening(What.RESUMED, Role.CALLER)
    end = Happening(What.CALLER_SEES, Role.CALLER, None, {"state": "closed"})
    for happenings, held in (
        (lost, False),
        ([*lost, back, end], True),
        ([*lost, end, back], False),
    ):
        result = Result(Words("", ""))
        seen = Seen(consoles={}, happenings=tuple(happenings))
        call_checks._radio(result, seen, cast(PhoneCall, SimpleNamespace(view=closed)))
        assert [check.held for check in result.checks] == [held]


@pytest.mark.slow
def test_chitose_registrant_answered_in_tomakomai(run: Callable[[CallRequest], Run]) -> None:
    played = run(IN_TOMAKOMAI)
    assert played.failed() == set()
    assert played.plan.receiver is not None
    assert played.plan.receiver.code == "tomakomai"
    assert played.first(What.ROUTED).details["rule"] == "other-running"
    assert played.first(What.SHOWN).role is Role.LOCAL_DISPATCHER
    assert played.first(What.ANSWER_PRESSED).role is Role.LOCAL_DISPATCHER
    assert played.messages() == []
    order = [happening.what for happening in played.told]
    assert order.index(What.ROUTED) < order.index(What.SHOWN) < order.index(What.LINE)
    lines = [h.details["seq"] for h in played.told if h.what is What.LINE]
    assert lines == list(range(1, len(lines) + 1))
    fails_when_something_is_wrong(played)


def fails_when_something_is_wrong(played: Run) -> None:
    """The checks see what they are there for: each damage is noticed by the check it is for."""
    plan, seen = played.plan, played.seen
    role, record = next(iter(seen.records.items()))

    def failed(**changes: Any) -> set[str]:
        result = judge(plan, replace(seen, **changes))
        return {check.name for check in result.checks if not check.held}

    def call(**changes: Any) -> Any:
        real = seen.call
        names = ("id", "view", "views", "lines", "violations", "unseen", "unacknowledged")
        values = {name: getattr(real, name) for name in names}
        return SimpleNamespace(**(values | changes))

    def with_record(**changes: Any) -> dict[Role, Any]:
        return {role: record.model_copy(update=changes)}

    def with_call(**changes: Any) -> dict[Role, Any]:
        return with_record(call=record.call.model_copy(update=changes))

    assert failed() == set()
    assert seen.call is not None
    lost = seen.call.lines[:-1]
    assert failed(records=with_record(lines=lost)) == {"transcripts"}
    assert failed(records={}) >= {"closed"}
    assert failed(records=with_call(mode=Mode.LIVE)) == {"exercise"}
    assert failed(records=with_call(outcome=CloseOutcome.DISPATCHED)) == {"exercise"}
    assert failed(call=call(violations=[Violation("I4", "line 1 came twice")])) == {"nothing-lost"}
    assert failed(call=call(unseen=lambda: ("x",))) == {"nothing-lost"}
    elsewhere = seen.call.view.model_copy(update={"receiver": None})
    assert failed(call=call(view=elsewhere)) == {"receiver-told"}
    unpressed = tuple(h for h in seen.happenings if h.what is not What.ANSWER_PRESSED)
    assert failed(happenings=unpressed) == {"human-act"}
    early = tuple(sorted(seen.happenings, key=lambda h: h.what is not What.CALLER_SEES))
    assert failed(happenings=early) == {"human-act"}
    assert failed(consoles={}) >= {"shown", "human-act", "rule"}
    assert failed(call=None) == {"taken"}
    wrong = replace(plan, rules=("home-center",))
    assert {c.name for c in judge(wrong, seen).checks if not c.held} == {"rule"}
    elsewhere_planned = judge(replace(plan, receiver=plan.home), seen)
    named = {check.name for check in elsewhere_planned.checks if not check.held}
    assert named >= {"shown", "human-act", "receiver-told"}
    refused = replace(plan, ending=Ending.REFUSED)
    assert {c.name for c in judge(refused, seen).checks if not c.held} >= {"refused", "no-call"}
    unheard = replace(plan, ending=Ending.UNHEARD)
    assert {c.name for c in judge(unheard, seen).checks if not c.held} >= {"told-unheard"}


@pytest.mark.slow
def test_aso_registrant_in_tomakomai_over_two_providers(run: Callable[[CallRequest], Run]) -> None:
    played = run(replace(IN_TOMAKOMAI, home="aso", kind=Kind.AMBULANCE, mode=Mode.DRILL))
    assert played.failed() == set()
    assert set(played.seen.records) == {Role.HOME_DISPATCHER, Role.LOCAL_DISPATCHER}
    messages = played.messages()
    wanted = ["call.offer", "call.accept", "call.assign", "call.ringing", "call.answered"]
    assert set(wanted) | {"chat.message", "call.close"} == set(messages)
    # The ringing and the answer are recorded by the one, the other steps by the other provider.
    for earlier, later in (("offer", "accept"), ("accept", "assign"), ("assign", "answered")):
        assert messages.index(f"call.{earlier}") < messages.index(f"call.{later}")
    offer = played.first(What.WIRE).details
    assert (offer["source"], offer["target"]) == ("akane", "aoba")


@pytest.mark.slow
def test_sapporo_goes_home_with_the_advice_whom_to_phone(run: Callable[[CallRequest], Run]) -> None:
    played = run(IN_SAPPORO)
    assert played.failed() == set()
    advice = played.first(What.DISPATCHER_TOLD).details
    assert advice["code"] == "home-not-adopted"
    assert [each["phone"] for each in advice["phone_to"]] == ["0000-01-0100"]
    closing = played.first(What.CLOSE_PRESSED).details
    assert closing == {
        "outcome": "relayed-by-phone",
        "relayed_to": "札幌市を管轄する消防本部",
    }
    other = replace(played.plan.phone_to[0], phone="0000-99-9999")
    wrong = judge(replace(played.plan, phone_to=(other,)), played.seen)
    assert {check.name for check in wrong.checks if not check.held} == {"whom-to-phone"}


@pytest.mark.slow
def test_seoul_is_refused(run: Callable[[CallRequest], Run]) -> None:
    played = run(IN_SEOUL)
    assert played.failed() == set()
    refusal = played.first(What.REFUSED).details
    assert refusal["code"] == "outside-japan"
    assert "通報は消防に届いていません" in refusal["message_ja"]
    assert "no-call" in {check.name for check in played.result.checks}
    # Were it expected to be answered, the refusal would be a failure.
    answered = judge(replace(played.plan, ending=Ending.ANSWERED), played.seen)
    assert {check.name for check in answered.checks if not check.held} == {"taken"}


@pytest.mark.slow
def test_nobody_at_the_other_providers_center(run: Callable[[CallRequest], Run]) -> None:
    played = run(replace(IN_TOMAKOMAI, home="aso", console=False))
    assert played.failed() == set()
    assert played.messages() == ["call.offer", "call.reject"]
    assert played.first(What.UNSTAFFED).role is Role.LOCAL_DISPATCHER
    assert played.first(What.HOME_TAKES_OVER).role is Role.HOME_PROVIDER
    phones = [each["phone"] for each in played.first(What.DISPATCHER_TOLD).details["phone_to"]]
    assert phones == ["0000-00-0101"]


@pytest.mark.slow
def test_nobody_anywhere_is_told_to_the_caller(run: Callable[[CallRequest], Run]) -> None:
    played = run(CallRequest(42.82, 141.65, console=False, pace_s=0.0))
    assert played.failed() == set()
    assert played.first(What.CALLER_TOLD).details["code"] == "not-received"
    assert played.seen.records == {}


class DeadPhone:
    """A phone that cannot reach its provider."""

    async def call(self, *_: object, **__: object) -> PhoneCall:
        raise Unreachable("connection refused", "POST /calls at https://127.0.0.2:1")


def test_what_breaks_off_is_told_and_fails() -> None:
    plan = plan_call(IN_SAPPORO, date(2026, 4, 1))
    told: list[Happening] = []
    phone = cast(Smartphone, DeadPhone())
    scene = one_call._OneCall(plan, phone, {}, Observer({}), told.append, lambda _: None)
    result = asyncio.run(scene.run())
    assert {check.name for check in result.checks if not check.held} == {"course", "taken"}
    assert [happening.what for happening in told] == [What.BROKEN_OFF]
    assert "connection refused" in result.checks[0].seen
