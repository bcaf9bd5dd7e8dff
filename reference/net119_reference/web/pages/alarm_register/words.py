"""Words of the register's pages for the codes of the home alarm service."""

from collections.abc import Mapping

from net119_protocol.alarms import codes
from net119_protocol.alarms.people import (
    EntryKind,
    EntryState,
    GuidancePoint,
    HeardBy,
    HelperProblem,
    LedgerState,
)
from net119_protocol.labels import Label
from net119_protocol.person import Sex

PURPOSES: Mapping[str, Label] = {
    "processing": Label("登録・変更・返還の事務", "Registration, change or return"),
    "guidance": Label("防火安全指導・立会い", "Safety guidance, attendance"),
    "survey": Label("現地調査", "Survey"),
    "inquiry": Label("区役所からの照会", "Inquiry of the ward office"),
    "fire-fighting": Label("警防活動", "Fire-fighting"),
    "evacuation": Label("在宅避難困難者台帳", "Record of those who cannot evacuate"),
}
VISITS: Mapping[str, Label] = {
    "guidance": Label("防火安全指導", "Safety guidance"),
    "installation": Label("設置の立会い", "Attendance at the installation"),
    "survey": Label("現地調査", "Survey"),
}
TO_TELL: Mapping[str, Label] = {
    "city-section": Label("市民安全課", "City safety section"),
    "bureau": Label("保健福祉局（要綱所管課）", "Welfare bureau"),
    "station": Label("消防署", "Fire station"),
    "user": Label("利用者（届出の指導）", "The user (told to notify it)"),
    "ward-office": Label("区役所等所管課", "Ward office"),
}
_WORDS: Mapping[str, Mapping[str, Label]] = {
    "purpose": PURPOSES,
    "visit": VISITS,
    "to": TO_TELL,
    "entry": {
        EntryKind.NEW: Label("新規登録", "New user"),
        EntryKind.CHANGE: Label("登録内容の変更", "Change"),
        EntryKind.MOVE: Label("転居", "Move"),
        EntryKind.UNIT_RETURNED: Label("発信設備の返還", "Return of the unit"),
    },
    "entry-state": {
        EntryState.RECEIVED: Label("処理中", "In hand"),
        EntryState.CONSULTING: Label("区役所と協議中", "Ward office is consulted"),
        EntryState.RETURNED: Label("返送済み", "Returned"),
        EntryState.ENDED: Label("設備の返還により終了", "Ended by the unit's return"),
    },
    "state": {
        LedgerState.ENTERED: Label("設置待ち", "Waits for the unit"),
        LedgerState.INSTALLED: Label("設置済み", "Unit in the house"),
        LedgerState.REMOVED: Label("返還済み（情報は削除）", "Unit returned, data removed"),
    },
    "problem": {
        HelperProblem.TOO_FEW: Label(
            "近隣協力員が2名に足りません。", "There are fewer than two helpers."
        ),
        HelperProblem.NOBODY_NEAR: Label(
            "おおむね5分以内に駆け付けられる人がいません。",
            "Nobody can be there within about five minutes.",
        ),
        HelperProblem.SAME_TWICE: Label(
            "同じ人が二度書かれています（1名と数えます）。",
            "The same person stands there twice, and counts once.",
        ),
    },
    "point": {
        GuidancePoint.UNIT_EXPLAINED: Label("発信設備の機能の説明", "What the unit does"),
        GuidancePoint.HOW_TO_CALL: Label(
            "緊急通報の要領と救急車の適正な利用", "How to raise an alarm; when to call an ambulance"
        ),
        GuidancePoint.DETECTORS_ADVISED: Label(
            "連動火災警報器の勧奨", "Fire detectors joined to the unit are advised"
        ),
        GuidancePoint.CONSULTATION_BUTTON: Label("相談ボタンの活用", "The consultation button"),
        GuidancePoint.WHOM_TO_ASK: Label(
            "福祉の相談先（区役所・地域包括支援センター）", "Whom to ask about welfare"
        ),
        GuidancePoint.HELPERS_INSTRUCTED: Label("近隣協力員への指導", "Helpers are instructed"),
        GuidancePoint.LEDGER_CHECKED: Label(
            "個別台帳に変更がないかの確認", "Whether the ledger still holds"
        ),
    },
    "heard-by": {
        HeardBy.CENTER: Label("指令センター", "Command center"),
        HeardBy.STATION: Label("消防署", "Fire station"),
    },
    "sex": {
        Sex.MALE: Label("男", "Male"),
        Sex.FEMALE: Label("女", "Female"),
        Sex.UNSTATED: Label("記載なし", "Not stated"),
    },
    "action": {
        "alarm-raised": Label("通報を受信した", "alarm received"),
        "alarm-pressed-again": Label("ボタンがもう一度押された", "the button was pressed again"),
        "alarm-dispatched": Label("時間の経過により出動した", "dispatched by time"),
        "alarms-listed": Label("通報の一覧を見た", "incidents listed"),
        "alarm-shown": Label(
            "新しい通報が指令台に表示された", "a new incident was shown at a console"
        ),
        "unit-replaced": Label("発信設備を取り替えた", "unit replaced by another"),
        "alarms-shown": Label("通報を指令台に表示した", "incidents shown at a console"),
        "alarm-units-listed": Label("発信設備の一覧を見た", "units listed"),
        "alarm-read": Label("通報と利用者を見た", "incident and user read"),
        "alarm-taken": Label("通報の担当になった", "incident taken"),
        "alarm-hailed": Label("利用者に呼び掛けた", "user hailed"),
        "alarm-spoken": Label("利用者に話した", "spoke to the user"),
        "alarm-decided": Label("通報の扱いを決めた", "decided on an incident"),
        "alarm-helper": Label("協力員の返事を記録した", "helper's answer noted"),
        "alarm-reported": Label("現場の報告を記録した", "report from the house noted"),
        "alarm-disclosed": Label("情報を提供した", "disclosed"),
        "alarm-told": Label("連絡の結果を記録した", "result of a telling noted"),
        "alarm-ward-report": Label("区役所への報告に追記した", "ward report added to"),
        "alarm-equipment": Label("機器の作動を確認した", "equipment checked"),
        "alarm-closed": Label("通報を終えた", "incident ended"),
        "alarm-change-heard": Label("登録内容の変更を聞いた", "change heard of"),
        "ledgers-listed": Label("台帳の一覧を見た", "ledgers listed"),
        "ledger-read": Label("台帳を見た", "ledger read"),
        "evacuation-record-read": Label(
            "在宅避難困難者台帳を見た", "record of those who cannot evacuate read"
        ),
        "card-entered": Label("登録票を入力した", "card entered"),
        "card-returned": Label("登録票を返送した", "card returned"),
        "ledger-change": Label("変更を入力した", "change entered"),
        "ledger-move": Label("転居を入力した", "move entered"),
        "consultation-answered": Label("協議の回答を記録した", "consultation answered"),
        "ledger-at-section": Label("台帳が市民安全課に届いた", "ledger at the section"),
        "ledger-at-station": Label("台帳を消防署に送付した", "ledger sent to the station"),
        "unit-installed": Label("発信設備を設置した", "unit installed"),
        "unit-returned": Label("発信設備の返還を処理した", "unit returned"),
        "visited-guidance": Label("防火安全指導をした", "guidance given"),
        "visited-installation": Label("設置に立ち会った", "installation attended"),
        "visited-survey": Label("現地調査をした", "survey made"),
        "attendance-asked": Label("設置の立会いを求められた", "asked to attend"),
        "attendance-declined": Label("立ち会えない理由を記録した", "attendance declined"),
        "change-heard": Label("変更を聞いた", "change heard of"),
        "change-passed-on": Label("変更を伝えた", "change passed on"),
        "inquiry-answered": Label("照会に回答した", "inquiry answered"),
        "opinion-sent": Label("意見書を送った", "opinion sent"),
        "opinions-read": Label("意見書を見た", "opinions read"),
        "audited": Label("閲覧の記録を見た", "audit log read"),
        "log-in": Label("ログインした", "logged in"),
        "log-in-refused": Label("ログインに失敗した", "log-in refused"),
    },
}
_OFFICES = ("課", "署", "局", "庁", "室", "係", "役所", "役場", "センター")
"""What names of offices end with; 部 and 所 alone end people's names, too."""


def of(table: str, code: object) -> Label:
    """Both words of a code; the code itself where there are none."""
    text = str(getattr(code, "value", code))
    if table == "code":
        return codes.label_of(code)  # type: ignore[arg-type]  # templates pass members
    return _WORDS[table].get(text, Label(text, text))


def to_whom(name: str) -> Label:
    """The word below which an answer goes to a person (様) or to an office (御中)."""
    return Label("　御中" if name.rstrip().endswith(_OFFICES) else "　様", "")
