"""What is done with a ledger: which acts, for whom, when, and what each asks for."""

from collections.abc import Callable
from dataclasses import dataclass

from net119_protocol.alarms.people import (
    EntryKind,
    EntryState,
    GuidancePoint,
    Ledger,
    LedgerState,
)
from net119_protocol.labels import Label

from net119_reference.web.pages.alarm_register import words

LONG = 2000


@dataclass(frozen=True)
class Field:
    """One field of an act's form; ``kind``: day, planned (a day that may lie
    ahead, or be left out), text, area, yes, choice or points."""

    name: str
    kind: str
    label: Label
    required: bool = False
    hint: Label | None = None
    options: tuple[tuple[str, Label], ...] = ()

    @property
    def limit(self) -> int:
        """Most characters."""
        return LONG if self.kind == "area" else 200


@dataclass(frozen=True)
class Act:
    """One act; ``danger``: it cannot be undone, and is asked for once more.

    ``of`` says what beside the ledger it is about: an ``entry``, a change that was ``heard`` of,
    or nothing.
    """

    code: str
    label: Label
    effect: Label
    done: Label
    may: Callable[[bool, Ledger], bool]
    fields: tuple[Field, ...] = ()
    danger: bool = False
    of: str = ""


ON = Label("日付", "Day")
DAY = Label("例: 2026-04-01、令和8年4月1日", "For example 2026-04-01 or 令和8年4月1日")
_NUMBER = Label("英数字と「-」", "Letters, digits and -")
_NONE = Label("", "")


def _has_user(_section: bool, ledger: Ledger) -> bool:
    return ledger.user is not None


def _entries(state: EntryState) -> Callable[[bool, Ledger], bool]:
    return lambda _section, ledger: any(each.state is state for each in ledger.entries)


ACTS = (
    Act(
        "consultation",
        Label("協議の回答を記録する", "Note the ward office's answer"),
        Label(
            "近隣協力員についての協議に、区役所等所管課が回答した内容を記録します。"
            "認められると、登録票を返送できるようになります。",
            "Notes what the ward office answered about the helpers. Once it agrees, list and card "
            "can go back.",
        ),
        Label("協議の回答を記録しました。", "The answer is on record."),
        _entries(EntryState.CONSULTING),
        (
            Field(
                "accepted",
                "choice",
                Label("回答", "Answer"),
                required=True,
                options=(
                    ("yes", Label("このまま登録してよい", "Enter the user as it is")),
                    ("no", Label("協力員を探す（協議を続ける）", "Helpers are looked for")),
                ),
            ),
            Field(
                "answer", "area", Label("回答の内容・理由", "What it said, and why"), required=True
            ),
        ),
        of="entry",
    ),
    Act(
        "give-back",
        Label("区役所へ返送する", "Send list and card back"),
        Label(
            "住宅世帯番号を書き入れて、連絡リストと登録票を区役所等所管課へ返送したことを記録します。",
            "Notes that list and card went back to the ward office with the household number.",
        ),
        Label("返送を記録しました。", "The return is on record."),
        _entries(EntryState.RECEIVED),
        (
            Field("household", "text", Label("住宅世帯番号", "Household number"), hint=_NUMBER),
            Field("on", "day", Label("返送した日", "Sent back on"), required=True, hint=DAY),
            Field("survey", "area", Label("現地調査の結果", "What a survey showed")),
        ),
        of="entry",
    ),
    Act(
        "section-way",
        Label("市民安全課に個別台帳が届いた", "The ledger came to the section"),
        Label(
            "保健福祉局から個別台帳が届いた日を記録します。",
            "Notes the day on which the ledger came from the welfare bureau.",
        ),
        Label("届いた日を記録しました。", "The day is on record."),
        lambda section, ledger: section and ledger.user is not None and ledger.way is None,
        (Field("on", "day", Label("届いた日", "Came on"), required=True, hint=DAY),),
    ),
    Act(
        "station-way",
        Label("消防署へ個別台帳を送付した", "The ledger was sent to the station"),
        Label(
            "個別台帳を関係する消防署へ送付した日を記録します。",
            "Notes the day on which the ledger was sent on to the station.",
        ),
        Label("送付した日を記録しました。", "The day is on record."),
        lambda section, ledger: (
            section and ledger.way is not None and ledger.way.station_on is None
        ),
        (Field("on", "day", Label("送付した日", "Sent on"), required=True, hint=DAY),),
    ),
    Act(
        "unit",
        Label("発信設備を設置した", "A unit was put up"),
        Label(
            "設置した発信設備を記録します。設備に入れる符号（トークン）は、次の画面に一度だけ表示します。"
            "番号が今の設備と違うときは取り替えとなり、今の設備はこの利用者のものでなくなります。",
            "Notes the unit. Its token, which goes into the unit, is shown once, on the next page. "
            "With another number than that of the unit in the house it is a replacement: the one "
            "that was there is this user's no more.",
        ),
        Label("設置を記録しました。", "The unit is on record."),
        lambda _section, ledger: ledger.state in (LedgerState.ENTERED, LedgerState.INSTALLED),
        (
            Field("unit_id", "text", Label("設備の番号", "Number of the unit"), True, _NUMBER),
            Field("on", "day", Label("設置した日", "Put up on"), required=True, hint=DAY),
        ),
    ),
    Act(
        "visit",
        Label("訪問を記録する", "Note a visit"),
        Label(
            "防火安全指導、設置の立会い、現地調査を記録します。指導では、話した項目に印をつけてください。",
            "Notes safety guidance, attendance at the installation, or a survey. For guidance tick "
            "the points that were spoken of.",
        ),
        Label("訪問を記録しました。", "The visit is on record."),
        _has_user,
        (
            Field(
                "kind",
                "choice",
                Label("訪問の種類", "Kind of visit"),
                required=True,
                options=tuple(words.VISITS.items()),
            ),
            Field("on", "day", Label("訪問した日", "Visited on"), required=True, hint=DAY),
            Field("by", "text", Label("訪問した職員", "Who visited"), required=True),
            Field(
                "points",
                "points",
                Label("指導した項目（防火安全指導のとき）", "Points of the guidance"),
                options=tuple((each.value, words.of("point", each)) for each in GuidancePoint),
            ),
            Field("corps_attended", "yes", Label("消防団員が立ち会った", "The corps attended")),
            Field("note", "area", Label("メモ", "Note")),
            Field(
                "opinion",
                "area",
                Label(
                    "保健福祉局への防災上の意見（立会いのとき）",
                    "Opinion for the welfare bureau (at an installation)",
                ),
            ),
            Field(
                "changes_heard",
                "area",
                Label("聞いた変更", "Changes that were heard of"),
                hint=Label(
                    "本人に届出を指導し、区役所等所管課へ連絡する事務になります。",
                    "The user is told to notify them, and the ward office is told.",
                ),
            ),
        ),
    ),
    Act(
        "attendance",
        Label("設置の立会いを求められた", "Asked to attend the installation"),
        Label(
            "発信設備の設置に立ち会うよう求められたことを記録します。"
            "立会いの訪問を記録するまで、事務として残ります。",
            "Notes that the station was asked to attend; it waits until the visit is on record.",
        ),
        Label("立会いの求めを記録しました。", "The question is on record."),
        lambda _section, ledger: (
            ledger.user is not None and (ledger.attendance is None or not ledger.attendance.waits)
        ),
        (
            Field("asked_on", "day", Label("求められた日", "Asked on"), required=True, hint=DAY),
            Field("planned_on", "planned", Label("工事の予定日", "Day of the work"), hint=DAY),
        ),
    ),
    Act(
        "attendance-declined",
        Label("立ち会えない", "The station cannot attend"),
        Label(
            "求められた設置に立ち会えない理由を記録します。",
            "Notes why the station cannot attend the installation.",
        ),
        Label("理由を記録しました。", "The reason is on record."),
        lambda _section, ledger: ledger.attendance is not None and ledger.attendance.waits,
        (Field("why", "area", Label("立ち会えない理由", "Why it cannot"), required=True),),
    ),
    Act(
        "heard",
        Label("変更を聞いた", "A change was heard of"),
        Label(
            "登録内容の変更を聞いたことを記録します。本人への届出の指導と区役所等所管課への連絡が、"
            "事務として残ります。",
            "Notes that the data have changed. Telling the user to notify it, and the ward office, "
            "waits as work.",
        ),
        Label("聞いた変更を記録しました。", "The change is on record."),
        _has_user,
        (Field("what", "area", Label("変更の内容", "What has changed"), required=True),),
    ),
    Act(
        "told",
        Label("変更を伝えた", "Somebody was told of a change"),
        Label(
            "聞いた変更を伝えた相手を記録します。指令センターが聞いた変更は、市民安全課が先です。",
            "Notes who was told. What the center heard goes to the city section first.",
        ),
        Label("伝えたことを記録しました。", "It is on record."),
        lambda _section, ledger: any(each.to_tell for each in ledger.heard),
        (
            Field(
                "to",
                "choice",
                Label("伝えた相手", "Who was told"),
                required=True,
                options=tuple(words.TO_TELL.items()),
            ),
        ),
        of="heard",
    ),
    Act(
        "inquiry",
        Label("区役所の照会に回答する", "Answer an inquiry of the ward office"),
        Label(
            "警防活動についての照会に、本人の権利利益を害さない範囲で回答します。"
            "照会した人と目的は記録に残ります。",
            "Answers a question about activity without harming the person. Who asked and what for "
            "is recorded.",
        ),
        Label("照会に回答しました。", "The inquiry is answered."),
        lambda _section, _ledger: True,
        (
            Field("by", "text", Label("照会した人（課と氏名）", "Who asks (section, name)"), True),
            Field("use", "text", Label("回答の使いみち", "What the answer is for"), True),
        ),
    ),
    Act(
        "unit-return",
        Label("発信設備の返還を処理する", "The unit was returned"),
        Label(
            "利用者、協力員、住宅世帯番号の情報を、この台帳とデータベースから削除します。"
            "元に戻せません。",
            "The data of user, helpers and household are removed from this ledger and from the "
            "database. This cannot be undone.",
        ),
        Label("返還を処理し、情報を削除しました。", "The data are removed."),
        _has_user,
        (
            Field(
                "received_on",
                "day",
                Label("返還の通知を受けた日", "Notice of the return came on"),
                required=True,
                hint=DAY,
            ),
        ),
        danger=True,
    ),
)
"""In the order in which the page offers them."""


def offered(section: bool, ledger: Ledger) -> tuple[Act, ...]:
    """The acts that can be done now, by the section's staff or a station's."""
    return tuple(each for each in ACTS if each.may(section, ledger))


def entry_needs_household(ledger: Ledger, number: int) -> bool:
    """Whether an entry goes back with a household number on it (KYO-03)."""
    return any(
        each.number == number and each.kind is not EntryKind.UNIT_RETURNED
        for each in ledger.entries
    )
