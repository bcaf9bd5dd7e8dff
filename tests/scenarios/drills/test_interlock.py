"""The interlock: what does not let a drill begin."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from net119_protocol.alarms.codes import IncidentState
from net119_protocol.api.alarms import IncidentList
from net119_protocol.codes import Mode
from net119_scenarios.drills.interlock import InterlockRefuses, look
from net119_scenarios.drills.lookout import Lookout
from net119_simulators.api_client import ApiClient
from net119_simulators.errors import SimulatorError

from tests.scenarios.acted.test_alarms import incident

HERE = {"aoba": "https://127.0.0.2:8443", "midori": "http://localhost:8120"}
CALL = UUID("12345678-0000-0000-0000-000000000000")


def venue_of(network: Any, alarms: Any = None) -> Any:
    """A venue without centers of NET119."""
    return SimpleNamespace(
        network=network,
        view=lambda: SimpleNamespace(centers={}),
        settings=SimpleNamespace(alarms=alarms),
    )


def call(mode: Mode, *, closed: bool = False) -> Any:
    return SimpleNamespace(
        call_id=CALL,
        mode=mode,
        closed_at="then" if closed else None,
        owner=SimpleNamespace(name_ja="苫小牧市消防本部"),
    )


@pytest.mark.parametrize("mode", ["drill", "practice", "test"])
def test_an_exercise_on_this_machine_may_begin(mode: str) -> None:
    calls = [call(Mode.DRILL), call(Mode.PRACTICE), call(Mode.LIVE, closed=True)]
    view = look(mode, HERE, calls)
    assert view.safe
    assert view.reasons == ()


@pytest.mark.parametrize("mode", ["live", "", "LIVE"])
def test_no_other_mode(mode: str) -> None:
    view = look(mode, HERE, [])
    assert not view.safe
    assert [each.code for each in view.reasons] == ["mode"]


@pytest.mark.parametrize(
    "url", ["https://192.168.1.10:8443", "https://net119.example.jp", "https://0.0.0.0", "nonsense"]
)
def test_no_address_elsewhere_unless_it_is_declared(url: str) -> None:
    view = look("drill", HERE | {"akane": url}, [])
    assert [each.code for each in view.reasons] == ["address"]
    assert "akane" in view.reasons[0].what.ja
    host = url.removeprefix("https://").partition(":")[0]
    declared = look("drill", HERE | {"akane": url}, [], declared_test_hosts=[host])
    assert declared.safe is (url != "nonsense")


def test_no_drill_beside_a_live_call() -> None:
    view = look("drill", HERE, [call(Mode.DRILL), call(Mode.LIVE)])
    assert [each.code for each in view.reasons] == ["live-call"]
    assert view.live_calls == ("苫小牧市消防本部 12345678",)
    error = InterlockRefuses(view)
    assert "a live call" in error.what
    assert error.view is view


def test_no_drill_at_a_provider_that_takes_live_calls() -> None:
    exercises = [Mode.DRILL, Mode.PRACTICE, Mode.TEST]
    assert look("drill", HERE, [], accepted={"aoba": exercises, "midori": exercises}).safe
    view = look("drill", HERE, [], accepted={"aoba": exercises, "midori": [*exercises, Mode.LIVE]})
    assert [each.code for each in view.reasons] == ["accepts-live"]
    assert "midori" in view.reasons[0].what.ja
    assert "midori" in view.reasons[0].what.en
    assert view.live_calls == ()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((Mode.DRILL, Mode.TEST), None),
        ((Mode.DRILL, Mode.LIVE), "accepts-live"),
        (SimulatorError("no answer", "aoba", "Start it"), "unseen"),
    ],
)
def test_each_running_provider_is_asked_whether_it_takes_live_calls(
    answer: Any, code: str | None
) -> None:
    async def accepted_modes() -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    network = SimpleNamespace(
        specs={"aoba": None, "dead": None},
        supervisor=lambda code: SimpleNamespace(pid=None if code == "dead" else 1),
        operation=lambda code: {"aoba": SimpleNamespace(accepted_modes=accepted_modes)}[code],
        base_url=HERE.__getitem__,
    )
    venue = venue_of(network)
    view = asyncio.run(Lookout(venue, "drill").look())
    assert [each.code for each in view.reasons] == ([code] if code else [])
    assert view.safe is (code is None)


def test_what_breaks_the_looking_makes_it_unsafe() -> None:
    """Otherwise the "safe" of the look before would stay."""
    network = SimpleNamespace(specs={"aoba": None})  # everything else is missing
    view = asyncio.run(Lookout(venue_of(network), "drill").look())
    assert not view.safe
    (reason,) = view.reasons
    assert reason.code == "unseen"
    assert view.looked_at is not None
    for text in (reason.what.ja, reason.what.en):
        assert "AttributeError" in text


@pytest.mark.parametrize(
    ("mode", "state", "safe"),
    [
        (Mode.DRILL, IncidentState.HAILING, True),
        (Mode.LIVE, IncidentState.CLOSED, True),
        (Mode.LIVE, IncidentState.HAILING, False),
    ],
)
def test_no_drill_beside_a_live_alarm(
    mode: Mode, state: IncidentState, safe: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = incident(mode=mode, state=state, outcome=None)
    asked: list[tuple[str, str]] = []

    async def token(provider: str, center: str, name: str) -> str:
        asked.append((provider, center))
        return "token"

    async def ask(_api: ApiClient, name: str, _answer: Any) -> Any:
        assert name == "alarm_incidents"
        return IncidentList(incidents=(alarm,))

    async def accepted_modes() -> Any:
        return (Mode.DRILL,)

    monkeypatch.setattr(ApiClient, "ask", ask)
    network = SimpleNamespace(
        specs={"aoba": None},
        supervisor=lambda _: SimpleNamespace(pid=1),
        operation=lambda _: SimpleNamespace(accepted_modes=accepted_modes),
        base_url=HERE.__getitem__,
        dispatcher_token=token,
        tls=None,
    )
    venue = venue_of(network, SimpleNamespace(provider="aoba"))
    view = asyncio.run(Lookout(venue, "drill").look())
    assert asked == [("aoba", "kyoto")]
    assert view.safe is safe
    assert [each.code for each in view.reasons] == ([] if safe else ["live-alarm"])
    assert all(
        "20261130-1" in text for each in view.reasons for text in (each.what.ja, each.what.en)
    )


def test_no_drill_where_nobody_can_look() -> None:
    view = look("drill", HERE, [], unseen={"tomakomai": "no answer"})
    assert [each.code for each in view.reasons] == ["unseen"]
    assert "tomakomai" in view.reasons[0].what.en


def test_all_reasons_are_told_in_both_languages() -> None:
    view = look("live", {"x": "https://192.0.2.1"}, [call(Mode.LIVE)], unseen={"y": "down"})
    assert [each.code for each in view.reasons] == ["mode", "address", "live-call", "unseen"]
    for reason in view.reasons:
        assert any("ぁ" <= each <= "鿿" for each in reason.what.ja)
        assert reason.what.en.isascii() or reason.code == "live-call"
