"""Whether what must hold of alarms does: by the incidents as the desk shows them."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from net119_protocol.alarms.codes import IncidentKind, label_of
from net119_protocol.alarms.incident import Incident, Telling
from net119_protocol.codes import Mode

from net119_scenarios.acted.alarms import musts
from net119_scenarios.acted.alarms.company import Alarm, Company
from net119_scenarios.acted.alarms.persons import offices
from net119_scenarios.acted.always import Held, Look
from net119_scenarios.acted.check import Check
from net119_scenarios.acted.reasons import Unseen
from net119_scenarios.acted.troupe import Troupe
from net119_scenarios.words import Words

_REACHED = {
    True: Words("連絡した", "told"),
    False: Words("つながらなかった", "not reached"),
    None: Words("まだ", "not yet"),
}
NEVER = (musts.AlarmNotDispatched, musts.NobodyTold)
"""What must not happen until the end."""


async def held(troupe: Troupe, must: Check) -> Held:
    """One check; raises `LookupError` while the alarm is not there."""
    company = troupe.company
    alarm = company.alarms[must.call] if must.call else _first(company)
    incident = alarm.incident
    match must:
        case musts.AlarmState():
            right = incident.state is must.state
            right &= must.outcome is None or incident.outcome is must.outcome
            return Held(right, _listed([incident.state, incident.outcome]))
        case musts.AlarmDispatched():
            return _dispatched(must, incident)
        case musts.AlarmNotDispatched():
            right = not incident.dispatched and bool(incident.reason)
            sent = Words("出動している", "crews were sent")
            none = Words("理由の記録がない", "no reason is recorded")
            return Held(right, sent if incident.dispatched else none)
        case musts.HelpersAsked():
            return _helpers(troupe, must, incident)
        case musts.SceneReported():
            found = [each for each in incident.scene if each.event is must.event]
            right = bool(found)
            if must.witness is not None:
                right = right and any(bool(each.witness) is must.witness for each in found)
            return Held(right, _listed([each.event for each in incident.scene]))
        case musts.AlarmTold():
            own = [e for e in incident.tellings if e.recipient is must.recipient]
            right = any(e.desk is must.desk and e.reached == must.reached for e in own)
            return Held(right, _tellings(own))
        case musts.NobodyTold():
            own = [e for e in incident.tellings if e.desk is must.desk]
            return Held(not own, _tellings(own))
        case musts.WardReported():
            return _reported(must, incident)
        case musts.HomeStationTold():
            told = incident.home_station_report
            station = told.station if told is not None else ""
            seen = Words(station or "知らせていない", station or "it was not told")
            return Held(station == must.station, seen)
        case musts.ChangeHeard():
            heard = await company.heard_changes(alarm)
            right = any(must.text in each.what and each.to_tell for each in heard)
            noted = "、".join(each.what for each in heard)
            return Held(right, Words(noted or "記録がない", noted or "nothing is noted"))
    raise TypeError(f"no check {must}")


def _first(company: Company) -> Alarm:
    if not company.alarms:
        raise Unseen("緊急通報がなかった", "no alarm was raised")
    return next(iter(company.alarms.values()))


def _dispatched(must: musts.AlarmDispatched, incident: Incident) -> Held:
    orders = [each for each in incident.dispatches if not each.to_investigate]
    if not orders:
        return Held(False, Words("出動していない", "nobody was sent"))
    first = orders[0]
    took = (first.at - incident.raised_at).total_seconds()
    right = first.because is must.because and bool(first.by) is (must.by == "dispatcher")
    if must.within is not None:
        right &= first.at - incident.raised_at <= timedelta(seconds=must.within)
    why = label_of(first.because)
    return Held(
        right,
        Words(
            f"{why.ja}、{first.by or '時間切れ'}、通報から{took:.1f}秒",
            f"{why.en}, by {first.by or 'time'}, {took:.1f} s after the alarm",
        ),
    )


def _helpers(troupe: Troupe, must: musts.HelpersAsked, incident: Incident) -> Held:
    phones = [troupe.scenario.helpers()[each.helper].phone for each in must.helpers]
    asked = [each.phone for each in incident.helpers]
    right = asked == phones and all(
        wanted.answer is None or wanted.answer is each.answer
        for wanted, each in zip(must.helpers, incident.helpers, strict=False)
    )
    ja = "、".join(
        f"{e.name}（{label_of(e.answer).ja if e.answer else '―'}）" for e in incident.helpers
    )
    en = ", ".join(
        f"{e.name} ({label_of(e.answer).en if e.answer else '-'})" for e in incident.helpers
    )
    return Held(right, Words(ja or "だれにも依頼していない", en or "nobody was asked"))


def _reported(must: musts.WardReported, incident: Incident) -> Held:
    made = incident.ward_report
    if made is None:
        return Held(False, Words("報告がない", "there is no report"))
    right = (made.ward_office, made.accident, made.helpers_acted) == (
        must.office,
        must.accident,
        must.helpers_acted,
    )
    right &= (made.sent_at is not None) is must.sent
    right &= made.registration is not None and bool(made.name)
    kind = label_of(made.accident)
    acted = Words("協力員の活動あり", "helpers acted")
    if not made.helpers_acted:
        acted = Words("協力員の活動なし", "no helper acted")
    sent = Words("送付済み", "sent") if made.sent_at else Words("未送付", "not sent")
    return Held(
        right,
        Words(
            f"{offices()[made.ward_office]['name']}、{kind.ja}、{acted.ja}、{sent.ja}",
            f"{made.ward_office}, {kind.en}, {acted.en}, {sent.en}",
        ),
    )


def _listed(codes: Sequence[StrEnum | None]) -> Words:
    labels = [label_of(each) for each in codes if each is not None]
    ja, en = "、".join(each.ja for each in labels), ", ".join(each.en for each in labels)
    return Words(ja or "なし", en or "none")


def _tellings(tellings: Sequence[Telling]) -> Words:
    ja, en = [], []
    for each in tellings:
        desk = label_of(each.desk)
        end = _REACHED[each.reached]
        ja.append(f"{desk.ja}: {end.ja}")
        en.append(f"{desk.en}: {end.en}")
    return Words("、".join(ja) or "連絡の記録がない", ", ".join(en) or "nobody was told")


def _numbers(incidents: Sequence[Incident]) -> Words:
    found = ", ".join(each.number for each in incidents)
    return Words(found, found)


# --- whatever the scenario says -------------------------------------------------------------------


def always_of_alarms(troupe: Troupe) -> tuple[tuple[str, Words, Look], ...]:
    """What must hold of every alarm: its name, its words, and how to look."""
    found = _Always(troupe.company, troupe.scenario.exercise)
    return (
        (
            "reason",
            Words(
                "出動も、出動しない理由の記録もないまま終わった緊急通報はない",
                "no alarm has ended without a dispatch or a recorded reason why not",
            ),
            found.dispatched_or_reason,
        ),
        (
            "test-alarms",
            Words("試験通報では出動していない", "no test alarm was dispatched"),
            found.no_test_dispatched,
        ),
        (
            "mode",
            Words("区分は訓練のまま変わらない", "the mode never changed"),
            found.mode,
        ),
    )


class _Always:
    def __init__(self, company: Company, mode: Mode) -> None:
        self._company, self._mode = company, mode

    def _all(self) -> list[Incident]:
        found = [each.incident for each in self._company.alarms.values()]
        if not found:
            raise Unseen("緊急通報がなかった", "no alarm was raised")
        return found

    async def dispatched_or_reason(self) -> Held:
        wrong = [
            each
            for each in self._all()
            if not each.open and not each.dispatched and not each.reason
        ]
        return Held(not wrong, _numbers(wrong))

    async def no_test_dispatched(self) -> Held:
        tests = [each for each in self._all() if each.kind is IncidentKind.TEST]
        wrong = [each for each in tests if each.dispatches]
        return Held(not wrong, _numbers(wrong))

    async def mode(self) -> Held:
        modes = sorted({each.mode.value for each in self._all()})
        return Held(modes == [self._mode.value], Words("、".join(modes), ", ".join(modes)))


__all__ = ["NEVER", "always_of_alarms", "held"]
