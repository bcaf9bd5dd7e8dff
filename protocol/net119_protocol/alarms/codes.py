"""The code lists of the home alarm service, with their words for people."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from net119_protocol.labels import Label


class SignalKind(StrEnum):
    """What an alarm unit says of itself."""

    ALARM = "alarm"
    """The emergency button, or a detector joined to the unit."""
    TEST = "test"
    """A test alarm: it checks the way to the center and is never dispatched (KYO-04)."""
    CONSULTATION = "consultation"
    """The consultation button: matters that are no emergency (KYO-23)."""
    HEARTBEAT = "heartbeat"
    BATTERY_LOW = "battery-low"
    BATTERY_GOOD = "battery-good"
    LINE_FAILURE = "line-failure"
    """The unit lost its line and tells so by another way, or when the line is back."""
    LINE_BACK = "line-back"


class UnitTrouble(StrEnum):
    """What is wrong with a unit; shown at the alarm desk until it is good again."""

    SILENT = "silent"
    """Nothing was heard of it for several heart-beats."""
    BATTERY = "battery"
    LINE = "line"


class IncidentKind(StrEnum):
    """What an incident began with."""

    ALARM = "alarm"
    TEST = "test"
    CONSULTATION = "consultation"


class IncidentState(StrEnum):
    """Where an incident stands; the table of changes is the reference's ``alarms.machine``."""

    HAILING = "hailing"
    """An alarm: the user is called out to, to find out what it is (KYO-05)."""
    CHECKING = "checking"
    """A test alarm: the center checks its own equipment (KYO-04)."""
    CONSULTING = "consulting"
    """The consultation button: somebody talks with the user (KYO-23)."""
    DISPATCHED = "dispatched"
    """Crews are on their way or at the house (KYO-06, KYO-07)."""
    INVESTIGATING = "investigating"
    """No disaster, but the fire service's matter: somebody looks, or a section is told (KYO-08)."""
    INFORMING = "informing"
    """Somebody else's matter: those whom it concerns are told (KYO-09)."""
    CLOSED = "closed"


class Finding(StrEnum):
    """What calling out to the user has shown."""

    DISASTER = "disaster"
    NO_ANSWER = "no-answer"
    """Counts as a disaster (KYO-07)."""
    UNCLEAR = "unclear"
    """Somebody answered, and it cannot be confirmed what it is: counts as a disaster (KYO-07)."""
    FIRE_SERVICE = "fire-service"
    """No disaster, but the fire service's matter (KYO-08)."""
    OTHER = "other"
    """Not the fire service's matter (KYO-09)."""
    MISTAKE = "mistake"
    """The user answered and said that nothing is the matter."""


DISPATCHING: frozenset[Finding] = frozenset({Finding.DISASTER, Finding.NO_ANSWER, Finding.UNCLEAR})
"""Findings upon which crews are sent."""


class Accident(StrEnum):
    """Kind of accident, as the report to the ward office names it (KYO-12)."""

    FIRE = "fire"
    ILLNESS = "illness"
    INJURY = "injury"
    OTHER = "other"
    UNKNOWN = "unknown"
    """Not known (yet): nobody answered."""


class Recipient(StrEnum):
    """Who can be told of a matter that is not the fire service's (KYO-09)."""

    WARD_OFFICE = "ward-office"
    POLICE = "police"
    RELATIVE = "relative"
    OTHER_AGENCY = "other-agency"


class Desk(StrEnum):
    """Where a recipient is reached."""

    OFFICE = "office"
    """At the ward office's section, in its hours."""
    CHIEF_AT_HOME = "chief-at-home"
    """The section chief's home: nights and holidays, urgent and important matters only."""
    DIRECTOR_AT_HOME = "director-at-home"
    """The director's home, where the chief cannot be reached."""
    DIRECT = "direct"
    """Police, relatives and others, who have no office hours here."""


class HelperAnswer(StrEnum):
    """What a neighbour helper says when asked to look (KYO-10)."""

    GOES = "goes"
    CANNOT = "cannot"
    NO_ANSWER = "no-answer"
    ARRIVED = "arrived"


class SceneEvent(StrEnum):
    """What is reported from the house (KYO-11, KYO-25)."""

    HELPER_TOLD = "helper-told"
    """What a helper who came first had found out."""
    FORCED_ENTRY = "forced-entry"
    HELPER_INJURED = "helper-injured"
    URGENT_CONTACT = "urgent-contact"
    """Somebody must be told urgently."""
    HANDED_OVER = "handed-over"
    """The house, empty now, was put into somebody's care."""
    ARRIVED = "arrived"
    NOTHING_FOUND = "nothing-found"


AT_ONCE: frozenset[SceneEvent] = frozenset(
    {SceneEvent.FORCED_ENTRY, SceneEvent.HELPER_INJURED, SceneEvent.URGENT_CONTACT}
)
"""Reports that the center gets at once (KYO-11)."""


class AlarmOutcome(StrEnum):
    """How an incident ended."""

    DISPATCHED = "dispatched"
    INVESTIGATED = "investigated"
    PASSED_ON = "passed-on"
    """Those whom it concerned were told."""
    NO_ACTION = "no-action"
    """Since the button was pressed last nobody was sent, told or spoken with; the reason says why
    that was not needed: article 10 has somebody look, or others told, "as needed" (KYO-08, KYO-09).
    """
    MISTAKE = "mistake"
    EQUIPMENT_GOOD = "equipment-good"
    """A test alarm: everything at the center worked."""
    EQUIPMENT_FAULTY = "equipment-faulty"
    CONSULTED = "consulted"


_LABELS: Mapping[type[StrEnum], Mapping[StrEnum, Label]] = MappingProxyType(
    {
        SignalKind: {
            SignalKind.ALARM: Label("緊急通報", "Alarm"),
            SignalKind.TEST: Label("試験通報", "Test alarm"),
            SignalKind.CONSULTATION: Label("相談", "Consultation"),
            SignalKind.HEARTBEAT: Label("定期通信", "Heart-beat"),
            SignalKind.BATTERY_LOW: Label("電池残量低下", "Battery low"),
            SignalKind.BATTERY_GOOD: Label("電池回復", "Battery good"),
            SignalKind.LINE_FAILURE: Label("回線断", "Line failure"),
            SignalKind.LINE_BACK: Label("回線復旧", "Line back"),
        },
        UnitTrouble: {
            UnitTrouble.SILENT: Label("定期通信なし", "Silent"),
            UnitTrouble.BATTERY: Label("電池残量低下", "Battery low"),
            UnitTrouble.LINE: Label("回線断", "Line failure"),
        },
        IncidentKind: {
            IncidentKind.ALARM: Label("緊急通報", "Alarm"),
            IncidentKind.TEST: Label("試験通報", "Test alarm"),
            IncidentKind.CONSULTATION: Label("相談", "Consultation"),
        },
        IncidentState: {
            IncidentState.HAILING: Label("呼び掛け中", "Calling out to the user"),
            IncidentState.CHECKING: Label("機器確認中", "Checking the equipment"),
            IncidentState.CONSULTING: Label("相談対応中", "Consultation"),
            IncidentState.DISPATCHED: Label("出動中", "Dispatched"),
            IncidentState.INVESTIGATING: Label("調査中", "Investigating"),
            IncidentState.INFORMING: Label("関係先へ連絡中", "Telling those concerned"),
            IncidentState.CLOSED: Label("終了", "Closed"),
        },
        Finding: {
            Finding.DISASTER: Label("災害", "Disaster"),
            Finding.NO_ANSWER: Label("応答なし", "No answer"),
            Finding.UNCLEAR: Label("内容を確認できない", "Cannot be made out"),
            Finding.FIRE_SERVICE: Label("災害以外の消防の用件", "A matter for the fire service"),
            Finding.OTHER: Label("消防以外の用件", "Somebody else's matter"),
            Finding.MISTAKE: Label("誤報（本人が応答）", "Mistake (the user answered)"),
        },
        Accident: {
            Accident.FIRE: Label("火災", "Fire"),
            Accident.ILLNESS: Label("急病", "Illness"),
            Accident.INJURY: Label("けが", "Injury"),
            Accident.OTHER: Label("その他", "Other"),
            Accident.UNKNOWN: Label("不明", "Not known"),
        },
        Recipient: {
            Recipient.WARD_OFFICE: Label("区役所等所管課", "Ward office"),
            Recipient.POLICE: Label("警察", "Police"),
            Recipient.RELATIVE: Label("親族等", "Relatives"),
            Recipient.OTHER_AGENCY: Label("その他の関係機関", "Another agency"),
        },
        Desk: {
            Desk.OFFICE: Label("開庁時間の窓口", "The office, in its hours"),
            Desk.CHIEF_AT_HOME: Label("課長の自宅", "The section chief's home"),
            Desk.DIRECTOR_AT_HOME: Label("部長の自宅", "The director's home"),
            Desk.DIRECT: Label("直接", "Directly"),
        },
        HelperAnswer: {
            HelperAnswer.GOES: Label("向かう", "Goes"),
            HelperAnswer.CANNOT: Label("行けない", "Cannot go"),
            HelperAnswer.NO_ANSWER: Label("応答なし", "No answer"),
            HelperAnswer.ARRIVED: Label("到着", "Arrived"),
        },
        SceneEvent: {
            SceneEvent.HELPER_TOLD: Label("先着の協力員からの情報", "Told by a helper there first"),
            SceneEvent.FORCED_ENTRY: Label("建物の破壊", "Forced entry"),
            SceneEvent.HELPER_INJURED: Label("協力員の負傷", "A helper is injured"),
            SceneEvent.URGENT_CONTACT: Label("緊急の連絡が必要", "Somebody must be told urgently"),
            SceneEvent.HANDED_OVER: Label("不在宅の引継ぎ", "The empty house was handed over"),
            SceneEvent.ARRIVED: Label("現場到着", "Arrived"),
            SceneEvent.NOTHING_FOUND: Label("異状なし", "Nothing found"),
        },
        AlarmOutcome: {
            AlarmOutcome.DISPATCHED: Label("出動", "Dispatched"),
            AlarmOutcome.INVESTIGATED: Label("調査", "Investigated"),
            AlarmOutcome.PASSED_ON: Label("関係先へ連絡", "Passed on"),
            AlarmOutcome.NO_ACTION: Label("措置なし（理由を記録）", "No action (reason on record)"),
            AlarmOutcome.MISTAKE: Label("誤報", "Mistake"),
            AlarmOutcome.EQUIPMENT_GOOD: Label("試験・機器正常", "Test, equipment good"),
            AlarmOutcome.EQUIPMENT_FAULTY: Label("試験・機器異常", "Test, equipment faulty"),
            AlarmOutcome.CONSULTED: Label("相談に応じた", "Consultation given"),
        },
    }
)

LABELLED: tuple[type[StrEnum], ...] = tuple(_LABELS)
"""The code lists that have words for people."""


def label_of(member: StrEnum) -> Label:
    """Both labels of a code of this service.

    Raises:
        KeyError: the list it belongs to is not among ``LABELLED``.
    """
    return _LABELS[type(member)][member]
