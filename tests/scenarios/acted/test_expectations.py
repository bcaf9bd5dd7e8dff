"""Each kind of expectation can fail, and then says which line, who saw what, and when."""

import asyncio
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, get_args
from uuid import uuid4

import pytest
from net119_protocol.codes import (
    CallbackFailure,
    TrailCause,
    TransferFailure,
)
from net119_scenarios.acted.alarms.musts import OF_ALARMS
from net119_scenarios.acted.judging import Judge
from net119_scenarios.acted.musts import Must
from net119_scenarios.acted.reading import read_scenario
from net119_scenarios.result import Check, Result
from net119_scenarios.words import Words
from net119_simulators.peer import TakenCall

from tests.scenarios.acted.fakes import (
    AT,
    CALL,
    LINES,
    FakeTroupe,
    console_view,
    department,
    line,
    notice,
)

SCENARIO = """\
format: 1
title: {ja: 例, en: example}
purpose: {ja: 例, en: example}
network: {providers: [aoba, akane]}
actors:
  tourist: {role: caller, name: {ja: 旅の人, en: tourist}, home: chitose, position: POSITION}
  chitose: {role: dispatcher, name: {ja: 千歳, en: chitose}, center: chitose}
  aso: {role: dispatcher, name: {ja: 阿蘇, en: aso}, center: aso}
  office: {role: staff, name: {ja: 連絡係, en: office}, department: chitose}
  midori: {role: peer, name: {ja: みどり, en: midori}, provider: midori, to: aoba}
timeline:
  - {id: called, actor: tourist, do: call, kind: ambulance}
  - {id: answered, actor: chitose, do: answer}
must:
  - MUST
"""
ANNOUNCED = uuid4()
POSITION = "{lat: 42.82, lon: 141.65}"
LINE = 15


def judged(
    must: str,
    arrange: Callable[[FakeTroupe], object] = lambda _: None,
    moments: dict[str, float] | None = None,
    *,
    quiet_s: float = 0.0,
) -> Result:
    scenario = read_scenario(SCENARIO.replace("MUST", must).replace("POSITION", POSITION), "x.yaml")
    troupe = FakeTroupe(scenario)
    arrange(troupe)
    result = Result(Words("", ""))
    found = {"called": 0.0, "answered": 3.0} if moments is None else moments
    judge: Any = Judge(troupe, found, settles_within_s=0.0, quiet_s=quiet_s)  # type: ignore[arg-type]  # what it reads
    asyncio.run(judge.judge(result))
    return result


def of_must(result: Result) -> Check:
    assert [each.name for each in result.checks if not each.held][:-1] == []
    return result.checks[-1]


def record(**kept: Any) -> Callable[[FakeTroupe], None]:
    def arrange(troupe: FakeTroupe) -> None:
        vars(troupe.consoles["chitose"].kept).update(kept)

    return arrange


TRANSFER = SimpleNamespace(department=department("aso"), ended_at=AT, failure=TransferFailure.BUSY)
CALLBACK = SimpleNamespace(
    number=1,
    state="failed",
    failure=CallbackFailure.UNDELIVERABLE,
    contacts=(SimpleNamespace(name="渡邊"), SimpleNamespace(name="大輔")),
)
POINT = SimpleNamespace(
    cause=TrailCause.MOVED,
    place=SimpleNamespace(point=SimpleNamespace(lat=42.8213, lon=141.6510)),
)

CASES: list[tuple[str, str, tuple[str, ...], Callable[[FakeTroupe], object]]] = [
    # What holds, what does not, what the message must say of it, and what there is.
    (
        "owner, department: chitose",
        "owner, department: aso",
        ("tourist: chitose, chitose: chitose",),
        lambda _: None,
    ),
    (
        "state, state: closed, outcome: dispatched",
        "state, state: answered",
        ("tourist: Closed (",),
        lambda _: None,
    ),
    (
        "state, actor: chitose, state: closed",
        "state, actor: chitose, state: closed, outcome: prank",
        ("chitose: Closed (", "ispatched"),
        lambda _: None,
    ),
    (
        "rule, rule: other-running",
        "rule, rule: far-at-sea",
        ("chitose: the department of the place (other-running)",),
        lambda _: None,
    ),
    (
        "rule, rule: other-running, ambiguous: false",
        "rule, rule: other-running, ambiguous: true",
        ("(other-running)",),
        lambda _: None,
    ),
    (
        "told, actor: tourist, notice: ambiguous",
        "told, actor: tourist, notice: home-at-sea",
        ("tourist: shown instead: ambiguous position",),
        lambda _: None,
    ),
    (
        "told, actor: chitose, notice: home-at-sea, phone: aso",
        "told, actor: chitose, notice: home-at-sea, phone: chita-handa",
        ("chitose: shown, but to phone: aso",),
        lambda t: (
            t.consoles["chitose"].views[CALL][-1].notices.append(notice("home-at-sea", "aso"))
        ),
    ),
    (
        "kept, actor: chitose, at_least: 2",
        "kept, actor: chitose, at_least: 3",
        ("chitose: 「胸が苦しいです。」",),
        lambda _: None,
    ),
    (
        "order, texts: [胸が, 救急車]",
        "order, texts: [救急車, 胸が]",
        ("“胸が”", "is not there, or too early"),
        lambda _: None,
    ),
    ("rang, actor: chitose", "rang, actor: aso", ("aso: it never rang",), lambda _: None),
    ("never-rang, actor: aso", "never-rang, actor: chitose", ("chitose: it rang",), lambda _: None),
    (
        "transfer, actor: chitose, to: aso, failure: busy",
        "transfer, actor: chitose, to: aso",
        ("chitose: not transferred to aso (another transfer",),
        record(transfers=(TRANSFER,)),
    ),
    (
        "callback, actor: chitose, state: failed, failure: undeliverable, contacts: [渡邊, 大輔]",
        "callback, actor: chitose, state: failed, failure: undeliverable, contacts: [大輔, 渡邊]",
        ("chitose: callback mail: failed (the mail cannot", "渡邊、大輔"),
        record(callbacks=(CALLBACK,)),
    ),
    (
        "callback, actor: chitose, number: 1, state: failed, failure: undeliverable",
        "callback, actor: chitose, number: 2, state: failed, failure: undeliverable",
        ("chitose: nobody called back",),
        record(callbacks=(CALLBACK,)),
    ),
    (
        "trail, actor: chitose, cause: moved, municipality: '01224'",
        "trail, actor: chitose, cause: moved, municipality: '01213'",
        ("chitose: the last place: moved", "141.651"),
        record(trail=(POINT,)),
    ),
    (
        "reported, actor: chitose, text: 場所",
        "reported, actor: chitose, text: 時刻",
        ("chitose: ", "場所が違う"),
        record(discrepancies=(SimpleNamespace(detail="場所が違う"),)),
    ),
    (
        "address-differs, actor: tourist, department: tomakomai",
        "address-differs, actor: tourist, department: aso",
        ("tourist: moe..ogawa.@docomo.example", "there allowed"),
        lambda t: address(t, "aso"),
    ),
    ("epoch, epoch: 2", "epoch, epoch: 3", ("chitose: epoch 2",), lambda _: None),
    (
        "epoch, actor: chitose, epoch: 2",
        "epoch, actor: chitose, epoch: 1",
        ("epoch 2",),
        lambda _: None,
    ),
    (
        "in-time, begin: called, end: answered, seconds: 5",
        "in-time, begin: called, end: answered, seconds: 2",
        ("it took 3.00 s",),
        lambda _: None,
    ),
    (
        "card, actor: tourist, texts: [火事, 千歳市]",
        "card, actor: tourist, texts: [救急]",
        ("tourist: 「火事です。",),
        lambda _: None,
    ),
]
"""What differs is the expectation."""

SPOILT: list[tuple[str, tuple[str, ...], Callable[[FakeTroupe], object]]] = [
    (
        "same-transcript, actors: [tourist, chitose]",
        ("tourist: 「胸が苦しいです。」「救急車が向かいます。」", "chitose: 「胸が苦しい"),
        record(lines=LINES[:1]),
    ),
    (
        "same-transcript, actors: [tourist, chitose]",
        ("別の人",),
        record(lines=(line(1, "別の人"), LINES[1])),
    ),
    ("withdrawn, actor: midori", ("never was offered",), lambda t: taken(t, None)),
    ("withdrawn, actor: midori", ("midori: it was not told",), lambda t: taken(t, withdrawal=None)),
    ("no-dispatch", ("crews sent: 救急隊",), record(dispatches=(SimpleNamespace(units="救急隊"),))),
    (
        "nothing-else-rang, actor: aso",
        ("aso: call of 髙橋　𠮷子 (Ambulance)",),
        lambda t: t.consoles["aso"].views.update({uuid4(): [console_view()]}),
    ),
    (
        "in-time, begin: called, end: answered, seconds: 5",
        ("the call of tourist, the answer of chitose was not reached",),
        lambda _: None,
    ),
    (
        "owner, department: chitose",
        ("chitose: aso",),
        lambda t: setattr(t.consoles["chitose"].views[CALL][-1], "owner", department("aso")),
    ),
    ("told, actor: tourist, notice: ambiguous", ("shown, but",), lambda t: untranslated(t)),
    (
        "kept, actor: chitose, at_least: 1",
        ("別の人",),
        record(lines=(line(1, "別の人"),)),
    ),
    ("rang, actor: aso", ("opened no console",), lambda t: t.consoles.pop("aso")),
    ("never-rang, actor: aso", ("no console that is open",), lambda t: t.consoles.pop("aso")),
    ("never-rang, actor: aso", ("no console that is open",), lambda t: gone(t, "aso")),
    ("nothing-else-rang, actor: aso", ("no console that is open",), lambda t: gone(t, "aso")),
    ("no-dispatch", ("no record was read",), lambda t: gone(t, "chitose")),
    ("rule, rule: other-running", ("no console was told",), lambda t: t.consoles.pop("chitose")),
    ("transfer, actor: chitose, to: aso", ("chitose: no transfer was asked for",), lambda _: None),
    ("trail, actor: chitose, cause: moved", ("chitose: no place is recorded",), lambda _: None),
    ("card, actor: tourist, texts: [火事]", ("no card was shown",), lambda t: no_card(t)),
    ("silence, actor: chitose", ("chitose: no silence",), lambda _: None),
    ("silence, actor: chitose", ("chitose: its end was not shown",), lambda t: silences(t, AT)),
    ("order, texts: [胸が]", ("no call was placed",), lambda t: t.calls.clear()),
    ("announced, actor: office", ("nothing was announced",), lambda _: None),
    (
        "announced, actor: office",
        ("nothing was announced",),
        lambda t: tells(t, "障害", before=True),
    ),
    (
        "announced, actor: office, at_least: 2",
        ("only 1 announced: 「障害」",),
        lambda t: tells(t, "障害"),
    ),
    (
        "announced, actor: office, to: [tourist]",
        ("it did not come to tourist",),
        lambda t: tells(t, "障害", "ほかの題"),
    ),
    (
        "announced, actor: office, to: [tourist], texts: [知多]",
        ("do not say 「知多」",),
        lambda t: tells(t, "障害", "障害"),
    ),
]
"""What differs is what there is, in an expectation that otherwise holds."""


def tells(troupe: FakeTroupe, subject: str, *mailed: str, before: bool = False) -> None:
    """The staff have announced something; the tourist has mails of these subjects."""
    told = (SimpleNamespace(announcement_id=ANNOUNCED, subject=subject),)

    async def announcements(_department: str) -> Any:
        return told

    if before:
        troupe.announced["chitose"] = frozenset({ANNOUNCED})
    letters = [SimpleNamespace(subject=each, text="半田の皆さんへ") for each in mailed]
    troupe.people["tourist"].data = SimpleNamespace(mail="a@docomo.example")
    troupe.venue.network = SimpleNamespace(
        operation=lambda _: SimpleNamespace(announcements=announcements)
    )
    troupe.venue.boxes = SimpleNamespace(letters=lambda _: letters)


def address(troupe: FakeTroupe, home: str) -> None:
    person = troupe.people["tourist"]
    person.data = SimpleNamespace(mail="moe..ogawa.@docomo.example")
    person.actor = SimpleNamespace(home=home)


def taken(troupe: FakeTroupe, call: object = TakenCall, **told: object) -> None:
    """A played provider, withdrawn from the call; ``told`` instead of that."""
    found: Any = None
    if call is not None:
        found = TakenCall.__new__(TakenCall)
        vars(found).update(
            {"withdrawal": "withdrawn", "assignment": None, "closing": None, "transferred": None}
        )
        vars(found).update(told)
    troupe.peers["midori"] = SimpleNamespace(calls={CALL: found}, violations=[])


def untranslated(troupe: FakeTroupe) -> None:
    troupe.phone.view.notices[0].text_en = ""


def gone(troupe: FakeTroupe, name: str, *unseen: Any) -> None:
    troupe.consoles[name].connected = False
    troupe.consoles[name].unseen += unseen


def silences(troupe: FakeTroupe, *told: Any) -> None:
    troupe.consoles["chitose"].silences += told


def no_card(troupe: FakeTroupe) -> None:
    troupe.people["tourist"].card = ()


def says(check: Check, words: tuple[str, ...]) -> None:
    assert not check.held
    assert check.where == f"x.yaml:{LINE}"
    assert check.seen.startswith("12:04:05 "), "the time, in Japan"
    for each in words:
        assert each in check.seen
    in_japanese(check)


_QUOTED = re.compile("「.*?」|“.*?”|髙橋　𠮷子|救急隊|渡邊、大輔")


def in_japanese(check: Check) -> None:
    """The reason is a Japanese one: of English only what is quoted."""
    assert check.instead.ja == check.seen_ja
    assert re.search("[ぁ-んァ-ヶ一-龠]", check.seen_ja), check.seen_ja
    own = re.sub("「.*?」|（.*?）", "", check.seen_ja)
    assert not re.search("[a-z]+ [a-z]+ [a-z]+", own), check.seen_ja
    assert not re.search("[ぁ-ん]", _QUOTED.sub("", check.seen)), check.seen


@pytest.mark.parametrize(("right", "wrong", "words", "arrange"), CASES)
def test_a_wrong_expectation_fails(
    right: str, wrong: str, words: tuple[str, ...], arrange: Callable[[FakeTroupe], object]
) -> None:
    assert judged(f"{{check: {right}}}", arrange).ok
    says(of_must(judged(f"{{check: {wrong}}}", arrange)), words)


@pytest.mark.parametrize(("must", "words", "arrange"), SPOILT)
def test_what_is_not_there_fails(
    must: str, words: tuple[str, ...], arrange: Callable[[FakeTroupe], object]
) -> None:
    moments: dict[str, float] | None = {} if "in-time" in must else None
    says(judged(f"{{check: {must}}}", arrange, moments).checks[-1], words)


def test_every_kind_of_expectation_is_among_them() -> None:
    kinds = {
        get_args(each.model_fields["check"].annotation)[0]
        for each in get_args(get_args(Must)[0])
        if each not in OF_ALARMS  # see test_alarms
    }
    tried = {each.partition(",")[0] for each in [case[1] for case in CASES]}
    tried |= {must.partition(",")[0] for must, _, _ in SPOILT}
    assert tried == kinds
    # One that holds, of those that are only spoilt.
    for must in (
        "same-transcript, actors: [tourist, chitose]",
        "no-dispatch",
        "nothing-else-rang, actor: aso",
    ):
        assert judged(f"{{check: {must}}}").ok
    assert judged("{check: withdrawn, actor: midori}", taken).ok
    must = "{check: announced, actor: office, to: [tourist], texts: [半田, 障害]}"
    assert judged(must, lambda t: tells(t, "障害", "障害")).ok
    assert judged("{check: silence, actor: chitose}", lambda t: silences(t, AT, None)).ok
