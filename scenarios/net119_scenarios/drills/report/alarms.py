"""The alarms of a drill in its report: times, helpers, what was said, and what the office gets."""

from dataclasses import dataclass

from net119_protocol.alarms.codes import HelperAnswer, SceneEvent, label_of
from net119_protocol.alarms.incident import Incident
from net119_protocol.directory.model import JAPAN

from net119_scenarios.acted.alarms.marks import by_of, machine_acted, words_of
from net119_scenarios.acted.alarms.persons import offices, stations
from net119_scenarios.drills.alarms.record import AlarmKept, MarkKept
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.report.times import holes_of, without
from net119_scenarios.drills.report.words import Speaker
from net119_scenarios.words import Words

FIRST_HAIL, FIRST_WORD, TAKEN, FOUND, DISPATCHED, ASKED, GOING, HELPER_THERE, CREW_THERE = range(9)
FIGURES: tuple[tuple[Words, Words], ...] = (
    (
        Words("自動の呼び掛けまで", "until the machine's hail"),
        Words("機械が最初に呼び掛けるまで", "the first one, by the machine"),
    ),
    (
        Words("指令員の最初の声まで", "until a dispatcher's first word"),
        Words("指令員が呼び掛けるか、話すまで", "a hail or words over the unit"),
    ),
    (
        Words("受け持つまで", "until it was taken"),
        Words("指令員が受け持つまで", "until a dispatcher took it"),
    ),
    (
        Words("判断まで", "until it was classified"),
        Words("何であるかを決めるまで（時間切れを含む）", "what it is; also by time"),
    ),
    (
        Words("出動まで", "until the dispatch"),
        Words("災害として最初に出動させるまで", "the first, to a disaster"),
    ),
    (
        Words("最初の協力員への依頼まで", "until the first helper was to be asked"),
        Words("依頼する協力員が示されるまで", "until the desk named one"),
    ),
    (
        Words("向かう協力員が決まるまで", "until a helper goes"),
        Words("「向かう」という答えが記録されるまで", "until one was noted to go"),
    ),
    (
        Words("協力員の到着まで", "until a helper was there"),
        Words("到着が記録されるまで", "until it was noted"),
    ),
    (
        Words("隊の到着まで", "until a crew was there"),
        Words("現場到着が記録されるまで", "until it was noted"),
    ),
)
"""Name and meaning of each time, from the alarm."""


@dataclass(frozen=True)
class AlarmTime:
    """A time from the alarm: ``seconds`` without pauses, ``ended_s`` of the drill with them."""

    seconds: float
    ended_s: float


@dataclass(frozen=True)
class AlarmTimes:
    """The times of one alarm, in the order of ``FIGURES``."""

    alarm: AlarmKept
    times: tuple[AlarmTime | None, ...]

    def seconds(self, figure: int) -> float | None:
        """One of them; None for what did not happen."""
        found = self.times[figure]
        return None if found is None else found.seconds


def times_of_alarm(record: DrillRecord, alarm: AlarmKept) -> AlarmTimes:
    """The times, with pauses taken out."""
    incident, holes = alarm.incident, holes_of(record.pauses)
    raised = alarm.first("raised")
    begin = raised.at_s if raised is not None else 0.0

    def own(mark: MarkKept) -> bool:
        return bool(by_of(mark.mark, incident))

    by_people = [e for e in alarm.marks if e.what in ("hail", "said") and own(e)]
    hails = [e for e in alarm.marks if e.what == "hail" and not own(e)]
    orders = [
        e
        for e in alarm.marks
        if e.what == "dispatched" and not incident.dispatches[e.number].to_investigate
    ]
    crews = [
        e
        for e in alarm.marks
        if e.what == "scene" and incident.scene[e.number].event is SceneEvent.ARRIVED
    ]
    goes = [HelperAnswer.GOES.value, HelperAnswer.ARRIVED.value]
    going = [e for e in alarm.marks if e.what == "answered" and e.detail in goes]
    ends: tuple[MarkKept | None, ...] = (
        _first(hails),
        _first(by_people),
        alarm.first("taken"),
        alarm.first("found"),
        _first(orders),
        alarm.first("asked"),
        _first(going),
        alarm.first("answered", HelperAnswer.ARRIVED.value),
        _first(crews),
    )
    return AlarmTimes(
        alarm,
        tuple(
            None
            if end is None
            else AlarmTime(without((begin, end.at_s), holes), max(begin, end.at_s))
            for end in ends
        ),
    )


def _first(marks: list[MarkKept]) -> MarkKept | None:
    return min(marks, key=lambda each: each.at_s, default=None)


# --- in words -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AlarmTimeRow:
    """A time of an alarm in words."""

    name: str
    meaning: str
    took: str
    at: str


@dataclass(frozen=True)
class HelperRow:
    """A helper who was to be asked, and what was noted."""

    order: int
    name: str
    asked: str
    answer: str
    answered: str


@dataclass(frozen=True)
class SpokenRow:
    """Words over the unit, or what happened between them."""

    at: str
    sort: str
    who: str
    text: str


@dataclass(frozen=True)
class AlarmSection:
    """Everything of one alarm that the report shows."""

    title: str
    about: tuple[tuple[str, str], ...]
    times: tuple[AlarmTimeRow, ...]
    helpers: tuple[HelperRow, ...]
    rows: tuple[SpokenRow, ...]
    report: tuple[tuple[str, str], ...]
    """The report to the ward office, by its fields; empty where none is owed."""
    tellings: tuple[str, ...]


def section_of(record: DrillRecord, times: AlarmTimes, speaker: Speaker) -> AlarmSection:
    """One alarm."""
    alarm, fine = times.alarm, record.length_s < 60
    incident = alarm.incident
    rows = []
    for (name, meaning), each in zip(FIGURES, times.times, strict=True):
        took = speaker.t("never")
        at = speaker.t("none")
        if each is not None:
            took, at = speaker.long(each.seconds), speaker.at(each.ended_s, fine=fine)
        rows.append(AlarmTimeRow(name.of(speaker.language), meaning.of(speaker.language), took, at))
    return AlarmSection(
        title=_t(speaker, f"{alarm.user_name}さんの緊急通報", f"Alarm of {alarm.user_name}"),
        about=_about(alarm, speaker),
        times=tuple(rows),
        helpers=tuple(_helpers(alarm, speaker, fine=fine)),
        rows=tuple(_spoken(record, alarm, each, speaker, fine=fine) for each in _ordered(alarm)),
        report=_report(incident, speaker),
        tellings=tuple(
            _said(words_of(each.mark, incident), speaker)
            for each in alarm.marks
            if each.what in ("telling", "told", "home-told")
        ),
    )


def _t(speaker: Speaker, ja: str, en: str) -> str:
    return ja if speaker.language == "ja" else en


def _said(words: Words, speaker: Speaker) -> str:
    return words.of(speaker.language)


def _about(alarm: AlarmKept, speaker: Speaker) -> tuple[tuple[str, str], ...]:
    incident = alarm.incident
    state = label_of(incident.state)
    ended = label_of(incident.outcome) if incident.outcome else None
    number = str(incident.registration) if incident.registration else speaker.t("none")
    shown = f"{incident.raised_at.astimezone(JAPAN):%m/%d %H:%M:%S}"
    state_ja = f"{state.ja}{f'（{ended.ja}）' if ended else ''}"
    state_en = f"{state.en}{f' ({ended.en})' if ended else ''}"
    found = incident.finding
    return (
        (_t(speaker, "通報番号", "Incident"), incident.number),
        (_t(speaker, "訓練の中の日時", "When, in the drill"), shown),
        (_t(speaker, "登録番号", "Registration"), number),
        (_t(speaker, "登録された住所", "Registered address"), alarm.place),
        (
            _t(speaker, "発信設備の場所", "Where the unit stands"),
            _where(incident, speaker),
        ),
        (
            _t(speaker, "判断", "Found"),
            speaker.t("none")
            if found is None
            else _t(speaker, label_of(found).ja, label_of(found).en),
        ),
        (_t(speaker, "最後の状態", "In the end"), _t(speaker, state_ja, state_en)),
        *_further(incident, speaker),
    )


def _where(incident: Incident, speaker: Speaker) -> str:
    """Where crews go: the house where the unit hangs, which a moved user has left."""
    station = stations().get(incident.crew_area, incident.crew_area)
    area = _t(speaker, f"{station}の管内", f"area of station {incident.crew_area}")
    if incident.house is None:
        return area
    moved = _t(speaker, "、登録の住所とは別の家", ", not the registered address")
    return f"{incident.house.address.one_line()}（{area}{moved if incident.moved else ''}）"


def _further(incident: Incident, speaker: Speaker) -> tuple[tuple[str, str], ...]:
    """The presses that are too many to be listed."""
    more = incident.further
    if more is None:
        return ()
    first, last = (f"{each.astimezone(JAPAN):%H:%M:%S}" for each in (more.first_at, more.last_at))
    ja, en = f"{more.count}回（{first}～{last}）", f"{more.count} ({first} to {last})"
    return ((_t(speaker, "一覧に載せていない信号", "Signals not listed"), _t(speaker, ja, en)),)


def _helpers(alarm: AlarmKept, speaker: Speaker, *, fine: bool) -> list[HelperRow]:
    asked = {e.number: e.at_s for e in alarm.marks if e.what == "asked"}
    answered: dict[int, list[MarkKept]] = {}
    for each in alarm.marks:
        if each.what == "answered":
            answered.setdefault(each.number, []).append(each)
    rows = []
    for n, helper in enumerate(alarm.incident.helpers):
        own = answered.get(n, [])
        said = "、".join(label_of(HelperAnswer(e.detail)).ja for e in own)
        english = ", ".join(label_of(HelperAnswer(e.detail)).en for e in own)
        none = _t(speaker, "× 答えが記録されていない", "× no answer was noted")
        rows.append(
            HelperRow(
                helper.order,
                helper.name,
                speaker.at(asked[n], fine=fine) if n in asked else speaker.t("none"),
                _t(speaker, said, english) or none,
                _t(speaker, "、", ", ").join(speaker.at(each.at_s, fine=fine) for each in own)
                or speaker.t("none"),
            )
        )
    return rows


def _ordered(alarm: AlarmKept) -> list[MarkKept]:
    return sorted(alarm.marks, key=lambda each: each.at_s)


def _spoken(
    record: DrillRecord, alarm: AlarmKept, mark: MarkKept, speaker: Speaker, *, fine: bool
) -> SpokenRow:
    incident, by = alarm.incident, by_of(mark.mark, alarm.incident)
    who = by or ("" if mark.what != "said" else alarm.user_name)
    if not by and machine_acted(mark.mark, incident):
        who = _t(speaker, "（自動）", "(machine)")
    sort = "event"
    if mark.what == "said":
        sort = "dispatcher" if by else "caller"
    at = speaker.at(mark.at_s, fine=fine)
    return SpokenRow(at, sort, who, _said(words_of(mark.mark, incident), speaker))


def _report(incident: Incident, speaker: Speaker) -> tuple[tuple[str, str], ...]:
    made = incident.ward_report
    if made is None:
        return ()
    office = offices().get(made.ward_office, {}).get("name", made.ward_office)
    kind = label_of(made.accident)
    happened = made.happened_at.astimezone(JAPAN)
    due = made.due.astimezone(JAPAN)
    if made.sent_at is not None:
        sent = made.sent_at.astimezone(JAPAN)
        state = _t(speaker, f"○ 送った（{sent:%m/%d %H:%M}）", f"○ sent ({sent:%m/%d %H:%M})")
    else:
        state = _t(
            speaker,
            f"未送付。期限は次の開庁 {due:%m/%d %H:%M}",
            f"not sent yet; due when it opens next, {due:%m/%d %H:%M}",
        )
    return (
        (_t(speaker, "あて先", "To"), office),
        (_t(speaker, "発生日時", "When it happened"), f"{happened:%Y-%m-%d %H:%M}"),
        (_t(speaker, "登録番号", "Registration"), str(made.registration or speaker.t("none"))),
        (_t(speaker, "氏名", "Name"), made.name or speaker.t("none")),
        (_t(speaker, "事故の種別", "Kind of accident"), _t(speaker, kind.ja, kind.en)),
        (
            _t(speaker, "協力員の活動", "Helpers"),
            _t(
                speaker,
                "あり" if made.helpers_acted else "なし",
                "acted" if made.helpers_acted else "did nothing",
            ),
        ),
        (_t(speaker, "その他", "Other"), made.other or speaker.t("none")),
        (_t(speaker, "送付", "State"), state),
    )


__all__ = [
    "DISPATCHED",
    "FIGURES",
    "FIRST_WORD",
    "GOING",
    "AlarmSection",
    "AlarmTimes",
    "section_of",
    "times_of_alarm",
]
