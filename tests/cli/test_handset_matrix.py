"""The matrix: every phone at the reference's pages comes as the facts predict, and no other way.

One provider refuses phones that cannot encrypt (Tomakomai), the other takes them (Aso). Trials that
go wrong on purpose show that a step does not count by itself.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from net119_cli.handset_running import trials_at
from net119_protocol.codes import CallState, SenderRole
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.handsets import (
    Expected,
    Handset,
    Outcome,
    Reason,
    Step,
    find_handset,
    load_handsets,
    position,
)
from net119_simulators.handsets.bench import Bench
from net119_simulators.handsets.datum import tokyo_of
from net119_simulators.handsets.model import Dialect
from net119_simulators.handsets.remote import try_elsewhere
from net119_simulators.handsets.trial import ASKED, SAID, TrialResult

REFUSES, TAKES = "tomakomai", "aso"
REGISTER = frozenset(
    {
        ("docomo-sh903i", TAKES),
        ("au-sh011", TAKES),
        ("softbank-202sh", REFUSES),
        ("willcom-wx01sh-updated", TAKES),
        ("ios-9-safari", REFUSES),
    }
)
"""Phones that register by mail and pages themselves; of the others staff key the owner in."""


@dataclass
class Running:
    """A bench in an event loop of the module's own."""

    runner: asyncio.Runner
    bench: Bench

    def trial(self, handset: Handset, department: str, seed: int) -> TrialResult:
        act = self.bench.trial(handset, department, seed=seed, register=False)
        return self.runner.run(act)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with asyncio.Runner() as runner:
        bench = Bench([REFUSES, TAKES])
        runner.run(bench.__aenter__())
        try:
            yield Running(runner, bench)
        finally:
            runner.run(bench.__aexit__())


def test_every_phone_comes_as_predicted(running: Running) -> None:
    handsets = load_handsets().values()
    before = {call.id for desk in running.bench.dispatchers for call in desk.calls}
    pairs = [(each, TAKES) for each in handsets]
    # What a department allows phones that cannot encrypt is of no matter to smartphones.
    old = [each for each in handsets if each.is_feature_phone or each.name == "ios-9-safari"]
    pairs += [(each, REFUSES) for each in old]
    act = trials_at(
        running.bench, pairs, 1, registers=lambda phone, where: (phone.name, where) in REGISTER
    )
    entries = running.runner.run(act)

    wrong = [
        f"{each.handset.name} at {each.department}, {step}: predicted {one}, happened {other}; "
        f"{next(s.seen for s in each.result.steps if s.step is step)}"
        for each in entries
        for step, (one, other) in each.differences.items()
    ]
    assert not wrong, "\n".join(wrong)
    assert len(entries) == len(pairs)
    by_phone = {(e.handset.name, e.department) for e in entries if Step.REGISTER not in e.skipped}
    assert by_phone == REGISTER
    for each in entries:
        assert [step.step for step in each.result.steps] == list(Step)
    # As many calls as phones that got through, each answered, each with two lines, none live.
    through = [each for each in entries if each.result.usable]
    assert len(through) > 30
    consoles = running.bench.dispatchers
    calls = [call for desk in consoles for call in desk.calls if call.id not in before]
    assert len(calls) == len(through)
    for call in calls:
        assert call.view is not None
        assert call.view.state is CallState.CLOSED
        said = [line.text for line in call.log.lines if line.sender is not SenderRole.SYSTEM]
        assert said == [ASKED, SAID]
        assert not call.violations


def test_a_phone_that_mixes_up_the_datum_is_found_out(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says WGS 84 and sends Tokyo's figures: the call lands 450 m off."""
    right = position._WRITERS[Dialect.AU_GPS]

    def mixed_up(here: position.Measured, asked: dict[str, str]) -> str:
        lat, lon = tokyo_of(here.lat, here.lon)
        return right(position.Measured(lat, lon, here.accuracy_m), asked)

    monkeypatch.setitem(position._WRITERS, Dialect.AU_GPS, mixed_up)
    result = running.trial(find_handset("au-w52ca"), TAKES, seed=2)
    assert result.table[Step.LOG_IN].outcome is Outcome.PLAINTEXT
    assert result.table[Step.CALL] == Expected(Outcome.STUCK, Reason.WRONG_POSITION)
    assert not result.usable


def test_a_phone_without_the_pages_charset_is_found_out(running: Running) -> None:
    phone = find_handset("softbank-202sh").model_copy(update={"charsets": ("EUC-JP",)})
    result = running.trial(phone, REFUSES, seed=2)
    assert result.table[Step.CONNECT] == Expected(Outcome.STUCK, Reason.GARBLED)


def test_what_is_garbled_on_the_way_is_found_out(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that arrives otherwise than it was written is no chat."""
    from net119_simulators.pages import submission

    right = submission.encoded

    def without_marks(text: str, charset: str) -> bytes:
        return right(text.replace("①", "1") if "台所" in text else text, charset)

    monkeypatch.setattr(submission, "encoded", without_marks)
    result = running.trial(find_handset("docomo-f-08a"), TAKES, seed=3)
    assert result.table[Step.CALL].outcome is Outcome.PLAINTEXT
    assert result.table[Step.CHAT] == Expected(Outcome.STUCK, Reason.GARBLED)


def test_a_call_that_nobody_answers_does_not_count(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unanswered(self: Dispatcher, call_id: object, **_: object) -> object:
        return self.call(call_id).view  # type: ignore[arg-type]  # an UUID, as the trial gives

    monkeypatch.setattr(Dispatcher, "answer", unanswered)
    result = running.trial(find_handset("docomo-l-01b"), TAKES, seed=4)
    assert result.table[Step.CALL] == Expected(Outcome.STUCK, Reason.UNEXPECTED)
    assert result.table[Step.CHAT] == Expected(Outcome.UNREACHED)


def test_a_phone_whose_browser_measures_nothing_is_limited(running: Running) -> None:
    """The page places a call without a position then."""
    phone = find_handset("android-current-chrome")
    none = phone.position.model_copy(update={"dialect": Dialect.NONE})
    result = running.trial(phone.model_copy(update={"position": none}), TAKES, seed=5)
    seen = [each.seen for each in result.steps]
    assert result.table[Step.CALL] == Expected(Outcome.LIMITED, Reason.NO_SCRIPT), seen


def test_a_provider_that_runs_elsewhere(running: Running) -> None:
    """With a log-in and a console the trial goes to the end; without, it ends where it must."""
    bench, phone = running.bench, find_handset("docomo-f-02a")

    async def act() -> list[TrialResult]:
        known = await bench.elsewhere(TAKES, phone, seed=7)
        here = position.Measured(32.95, 131.12)
        without_console = replace(known, dispatcher_token="")
        nobody = replace(without_console, login_id="")
        only_tls = replace(known, plaintext_url=None)
        return [
            await try_elsewhere(each, phone, here)
            for each in (known, without_console, nobody, only_tls)
        ]

    whole, no_console, no_log_in, no_plaintext = running.runner.run(act())
    assert whole.table[Step.REGISTER] == Expected(Outcome.NOT_OFFERED)
    assert whole.table[Step.CHAT] == Expected(Outcome.PLAINTEXT, Reason.NOT_ENCRYPTED)
    assert no_console.table[Step.LOG_IN].outcome is Outcome.PLAINTEXT
    assert no_console.table[Step.CALL] == Expected(Outcome.NOT_TRIED, Reason.NO_CONSOLE)
    assert no_console.table[Step.CHAT] == Expected(Outcome.UNREACHED)
    assert not no_console.usable
    assert no_log_in.table[Step.LOG_IN] == Expected(Outcome.NOT_TRIED, Reason.NO_LOGIN_ID)
    assert no_plaintext.table[Step.CONNECT].reason is Reason.SHA2_CERTIFICATE


def test_a_department_that_refuses_says_so_to_phones_that_cannot_encrypt(running: Running) -> None:
    """CNB-11: the way in without encryption ends at the check page, with why."""
    result = running.trial(find_handset("docomo-f-02a"), REFUSES, seed=8)
    assert result.table[Step.CONNECT] == Expected(Outcome.PLAINTEXT, Reason.NOT_ENCRYPTED)
    assert result.table[Step.CHECK] == Expected(Outcome.STUCK, Reason.PLAINTEXT_REFUSED)
    assert "通報できません" in next(s.seen for s in result.steps if s.step is Step.CHECK)
    assert not result.usable
