"""What has happened in an incident, one mark for each thing, and in words.  Pure."""

from dataclasses import dataclass

from net119_protocol.alarms.codes import Desk, Finding, HelperAnswer, IncidentKind, label_of
from net119_protocol.alarms.incident import Incident
from net119_protocol.directory.model import JAPAN

from net119_scenarios.words import Words


@dataclass(frozen=True)
class Mark:
    """One thing: ``what`` with its number in the incident (from 0), and ``detail``.

    ``raised``, ``again`` (the button once more), ``further`` (more signals than are listed),
    ``taken``, ``hail``, ``said``, ``found``, ``dispatched``, ``asked`` and ``answered`` (helpers),
    ``scene``, ``telling``, ``told``, ``report-noted``, ``report-sent``, ``home-told``, ``ended``.
    """

    what: str
    number: int = 0
    detail: str = ""


def marks_of(incident: Incident) -> tuple[Mark, ...]:
    """Everything that has happened so far, in the order of the incident's parts."""
    found = [Mark("raised")]
    found += [Mark("again", n) for n in range(1, len(incident.signals))]
    if incident.further is not None:
        found.append(Mark("further"))
    if incident.taken_by:
        found.append(Mark("taken", 0, incident.taken_by))
    found += [Mark("hail", n) for n in range(len(incident.hails))]
    found += [Mark("said", n) for n in range(len(incident.speech))]
    if incident.finding is not None:
        found.append(Mark("found", 0, incident.finding.value))
    found += [Mark("dispatched", n) for n in range(len(incident.dispatches))]
    for n, helper in enumerate(incident.helpers):
        found.append(Mark("asked", n))
        if helper.answer is not None:
            found.append(Mark("answered", n, helper.answer.value))
    found += [Mark("scene", n) for n in range(len(incident.scene))]
    for n, telling in enumerate(incident.tellings):
        found.append(Mark("telling", n))
        if telling.reached is not None:
            found.append(Mark("told", n))
    if incident.ward_report is not None and incident.ward_report.other:
        found.append(Mark("report-noted", 0, incident.ward_report.other))
    if incident.ward_report is not None and incident.ward_report.sent_at is not None:
        found.append(Mark("report-sent"))
    if incident.home_station_report is not None:
        found.append(Mark("home-told"))
    if not incident.open:
        found.append(Mark("ended"))
    return tuple(found)


def by_of(mark: Mark, incident: Incident) -> str:
    """Who did it, by the name at the desk; empty for the machine, the user, or nobody."""
    n = mark.number
    match mark.what:
        case "taken":
            return mark.detail
        case "hail":
            return incident.hails[n].by
        case "said":
            return incident.speech[n].by
        case "dispatched":
            return incident.dispatches[n].by
        case "told":
            return incident.tellings[n].by
        case "report-sent" if incident.ward_report is not None:
            return incident.ward_report.sent_by
        case "home-told" if incident.home_station_report is not None:
            return incident.home_station_report.by
        case "found" if incident.dispatches:
            return incident.dispatches[0].by
        case "found" | "answered" | "scene" | "telling" | "report-noted" | "ended":
            return incident.taken_by
    return ""


def words_of(mark: Mark, incident: Incident) -> Words:
    """The mark in words; what was said stands without quotation marks."""
    n = mark.number
    match mark.what:
        case "raised":
            kind = label_of(incident.kind)
            late_ja = "（遅れて届いた）" if incident.late else ""
            late_en = " (it comes late)" if incident.late else ""
            return Words(f"{kind.ja}が届いた{late_ja}", f"{kind.en} has come{late_en}")
        case "again":
            return Words("ボタンがもう一度押された", "the button was pressed again")
        case "further":
            return Words(
                "ボタンが押され続け、一覧に載らなくなった",
                "the button is pressed on, more often than is listed",
            )
        case "taken":
            return Words("受け持つ", "takes it")
        case "hail":
            own = bool(incident.hails[n].by)
            return Words(
                "もう一度呼び掛ける" if own else "自動で呼び掛けた",
                "calls out again" if own else "the machine calls out",
            )
        case "said":
            return Words(incident.speech[n].text, incident.speech[n].text)
        case "found":
            label = label_of(Finding(mark.detail))
            return Words(f"判断: {label.ja}", f"found: {label.en}")
        case "dispatched":
            return _dispatched(incident, n)
        case "ended" if incident.outcome is not None:
            label = label_of(incident.outcome)
            why = f"。{incident.reason}" if incident.reason else ""
            return Words(f"終了（{label.ja}）{why}", f"ended ({label.en}){why}")
    return _helped(mark, incident) or _followed(mark, incident)


def _dispatched(incident: Incident, n: int) -> Words:
    order = incident.dispatches[n]
    if order.to_investigate:
        return Words(f"調査に向かわせた: {order.units}", f"sent to look: {order.units}")
    timer_ja = "" if order.by else "（時間切れによる自動出動）"
    timer_en = "" if order.by else " (by time, nobody had decided)"
    return Words(f"出動: {order.units}{timer_ja}", f"dispatched: {order.units}{timer_en}")


def _helped(mark: Mark, incident: Incident) -> Words | None:
    if mark.what not in ("asked", "answered"):
        return None
    helper = incident.helpers[mark.number]
    if mark.what == "asked":
        ja = f"協力員{helper.order}番 {helper.name}さんに依頼"
        return Words(ja, f"helper {helper.order}, {helper.name}, is to be asked")
    label = label_of(HelperAnswer(mark.detail))
    return Words(f"{helper.name}さん: {label.ja}", f"{helper.name}: {label.en}")


def _followed(mark: Mark, incident: Incident) -> Words:
    n = mark.number
    match mark.what:
        case "scene":
            report = incident.scene[n]
            label = label_of(report.event)
            seen_ja = f"（立会い: {report.witness}）" if report.witness else ""
            seen_en = f" (witnessed by {report.witness})" if report.witness else ""
            text = f" {report.text}" if report.text else ""
            return Words(
                f"現場から: {label.ja}{seen_ja}{text}（{report.by}）",
                f"from the house: {label.en}{seen_en}{text} ({report.by})",
            )
        case "telling":
            telling = incident.tellings[n]
            to, desk = label_of(telling.recipient), label_of(telling.desk)
            due = f"{telling.due.astimezone(JAPAN):%m/%d %H:%M}"
            later = telling.desk is Desk.OFFICE and telling.reached is None
            return Words(
                f"連絡先: {to.ja}（{desk.ja}）" + (f" 期限 {due}" if later else ""),
                f"to be told: {to.en} ({desk.en})" + (f", by {due}" if later else ""),
            )
        case "told":
            telling = incident.tellings[n]
            to, desk = label_of(telling.recipient), label_of(telling.desk)
            done = telling.reached is True
            return Words(
                f"{to.ja}（{desk.ja}）に{'連絡した' if done else 'つながらなかった'}",
                f"{to.en} ({desk.en}) {'was told' if done else 'was not reached'}",
            )
        case "report-noted":
            return Words(
                f"区役所への報告に書き足した: {mark.detail}",
                f"added to the report to the ward office: {mark.detail}",
            )
        case "report-sent":
            return Words("区役所への報告を送った", "the report to the ward office was sent")
        case "home-told":
            return Words("住所地の消防署に知らせた", "the station of the user's home was told")
    raise ValueError(f"no words for {mark}")


def machine_acted(mark: Mark, incident: Incident) -> bool:
    """Whether the machine did it by itself."""
    if mark.what in ("hail", "dispatched"):
        return not by_of(mark, incident)
    if mark.what == "found":
        return bool(incident.dispatches) and not incident.dispatches[0].by
    return mark.what in ("raised", "asked", "further")


def is_test(incident: Incident) -> bool:
    """Whether it began with a test alarm."""
    return incident.kind is IncidentKind.TEST
