"""Where no call can be made: each page says why, whom to ask and what else to do (CNB-38)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from net119_protocol.api.admin import SetState
from net119_protocol.codes import Mode, ProviderState
from net119_reference.config.model import Limits, Modes
from net119_reference.ports import StorageFailed

from tests.reference.pages.site import Site
from tests.reference.pages.to_call.caller import (
    SEOUL,
    TOMAKOMAI,
    Caller,
    caller,
    known,
    look_of,
    measured,
    page,
)

MEANS = ("近くの人", "電話リレーサービス", "FAX119")


@contextmanager
def configured(site: Site, **changes: object) -> Iterator[None]:
    """The provider with other settings, for a while."""
    core = site.town.provider.core
    before = core.config
    core.config = before.model_copy(update=changes)
    try:
        yield
    finally:
        core.config = before


@pytest.mark.parametrize("state", ["off", "denied"])
def test_with_positioning_off_the_page_says_how_to_turn_it_on(somebody: Caller, state: str) -> None:
    """CNB-13, ASO-10."""
    answer = somebody.send(somebody.map(), **measured(None, state))
    shown = page(answer).expect("call-refused")
    assert (answer.status_code, shown.tag("refused")["data-code"]) == (403, "positioning-off")
    for text in ("iPhone", "Android", "位置情報サービス", "正確な位置情報", *MEANS):
        assert text in shown.text
    assert "苫小牧市消防本部 NET119担当" in shown.element("contact")
    # Once it is on, one tap leads back to the same attempt.
    again = somebody.follow(shown, "href*='/map?'").expect("call-map")
    assert somebody.calls() == ()
    assert known(somebody.site, somebody.call(here=again)).client_call_id == again.form(
        "call"
    ).value("client_call_id")


def test_abroad_there_is_guidance_for_abroad(somebody: Caller) -> None:
    """CNB-35, ASO-21."""
    answer = somebody.send(somebody.map(), **measured(SEOUL))
    shown = page(answer).expect("call-refused")
    assert (answer.status_code, shown.tag("refused")["data-code"]) == (403, "outside-japan")
    assert "日本国内でだけ" in shown.text
    assert "その国の緊急通報" in shown.text
    assert "119番に電話してください" not in shown.text


def test_overload_offers_to_try_again_and_the_other_means(somebody: Caller) -> None:
    somebody.call(here=somebody.map("other"))
    here = somebody.map()
    with configured(somebody.site, limits=Limits(open_calls=1)):
        answer = somebody.send(here, **measured(TOMAKOMAI))
    shown = page(answer).expect("call-refused")
    assert (answer.status_code, shown.tag("refused")["data-code"]) == (503, "overload")
    assert all(text in shown.text for text in MEANS)
    assert "もう一度通報する" in shown.text


def test_a_mode_that_is_not_taken_is_told(somebody: Caller) -> None:
    here, practice = somebody.map(), somebody.map(practice=True)
    with configured(somebody.site, modes=Modes(accepted=frozenset({Mode.DRILL}))):
        for each in (here, practice):
            shown = page(somebody.send(each, **measured(TOMAKOMAI))).expect("call-refused")
            assert shown.tag("refused")["data-code"] == "mode-not-accepted"


def test_a_refused_practice_sends_nobody_to_the_telephone(somebody: Caller) -> None:
    """I5: a bystander must not phone 119 for a practice call."""
    answer = somebody.send(somebody.map(practice=True), **measured(None, "denied"))
    shown = page(answer).expect("call-refused")
    assert "119番には電話しないでください" in shown.text
    assert shown.document.select_one(".plea") is None
    assert look_of(shown) == ["practice"]


def test_a_suspended_registrant_gets_no_buttons_and_the_other_means(here: Site) -> None:
    """ASO-20, CNB-34."""
    with caller(here) as somebody:
        open_before = somebody.map()

        async def suspend() -> None:
            town = here.town
            key = somebody.person.registrant_id
            version = await town.version(key)
            await town.desk.suspend_registration(town.clerk, key, version, "いたずら")

        here.do(suspend)
        start = somebody.open().expect("call")
        assert start.document.select("a[data-kind]") == []
        assert "いたずら" in start.text
        assert all(text in start.text for text in MEANS)
        answer = somebody.send(open_before, **measured(TOMAKOMAI))
        shown = page(answer).expect("call-refused")
        assert (answer.status_code, shown.tag("refused")["data-code"]) == (
            403,
            "registrant-suspended",
        )


@pytest.mark.parametrize(
    "state", [ProviderState.MAINTENANCE, ProviderState.STOPPING, ProviderState.OVERLOADED]
)
def test_a_stop_of_the_service_is_told_before_anything_is_tapped(
    somebody: Caller, state: ProviderState
) -> None:
    """ASO-22: the buttons stay, for a call may still reach somebody."""
    provider = somebody.site.town.provider
    somebody.site.do(lambda: provider.set_state(SetState(state=state)))
    try:
        start = somebody.open()
    finally:
        somebody.site.do(lambda: provider.set_state(SetState(state=ProviderState.NORMAL)))
    (told,) = start.document.select(f"[data-code={state.value}]")
    assert all(text in told.get_text() for text in MEANS)
    assert len(start.document.select("a[data-kind]")) == 3
    assert not somebody.open().document.select(f"[data-code={state.value}]")


def test_a_full_disk_is_told(somebody: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise StorageFailed

    here = somebody.map()
    monkeypatch.setattr(somebody.site.town.provider, "place_call", full)
    answer = somebody.send(here, **measured(TOMAKOMAI))
    shown = page(answer).expect("call-refused")
    assert (answer.status_code, shown.tag("refused")["data-code"]) == (503, "storage-failed")


def test_frequent_places_that_were_changed_meanwhile_are_chosen_again(somebody: Caller) -> None:
    answer = somebody.send(
        somebody.map("fire", "frequent"), **measured(TOMAKOMAI), frequent__label="職場"
    )
    shown = page(answer).expect("call-place")
    assert (answer.status_code, somebody.calls()) == (422, ())
    assert [tag["data-path"] for tag in shown.document.select("#errors li")] == ["frequent"]


# --- without a connection -----------------------------------------------------------------------


def test_the_worker_keeps_a_page_that_tells_nothing_of_anybody(somebody: Caller) -> None:
    """CNB-36."""
    with somebody.site.http() as stranger:
        worker = stranger.get("/c/sw.js")
        offline = stranger.get("/c/offline")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["service-worker-allowed"] == "/c/"
    assert worker.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in offline.headers["content-security-policy"]
    kept = re.search(r"var FILES = (\[.*\]);", worker.text)
    assert kept is not None
    assert '"/c/offline"' in kept.group(1)
    own = somebody.client.get("/c/offline").text
    assert own == offline.text
    assert somebody.path not in own
    shown = page(offline)
    assert shown.name == "call-offline"
    assert all(text in shown.text for text in MEANS)
