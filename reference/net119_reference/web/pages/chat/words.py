"""What the chat page says of the call and of the connection, in both languages.

One table for the server's page and for its script, so that they never say different things.
``{receiver}`` is the department that has the call.
"""

from collections.abc import Mapping

from net119_protocol.api.common import CallView, NoticeCode
from net119_protocol.codes import CallState, CloseOutcome, Refusal, SenderRole
from net119_protocol.labels import Label, Language
from net119_protocol.refusal_texts import OTHER_MEANS_EN, OTHER_MEANS_JA
from net119_protocol.texts import refusal_texts
from net119_protocol.unreachable_texts import UNANSWERED

_TAKEN = Label(
    "通報を受け付けました。つなぐ消防本部を調べています。",
    "Your call was taken. Looking for the fire department to connect you to.",
)
_ANSWERED = Label(
    "{receiver}の指令員が応答しました。",
    "A dispatcher of {receiver} has answered.",
)
_ENDED = Label("この通報は終わりました。", "This call has ended.")

STATES: Mapping[CallState, Label] = {
    CallState.OPEN: _TAKEN,
    CallState.LOCATING: _TAKEN,
    CallState.OFFERING: Label(
        "場所を受け持つ消防本部につないでいます。",
        "Connecting you to the fire department responsible for the place.",
    ),
    CallState.RINGING: Label(
        "{receiver}を呼び出しています。指令員は、まだ応答していません。"
        "画面は、このままにしてください。",
        "Calling {receiver}. No dispatcher has answered yet. Keep this page open.",
    ),
    CallState.ANSWERED: _ANSWERED,
    # The handset was away; whoever reads this is back.
    CallState.INTERRUPTED: _ANSWERED,
    CallState.TRANSFERRING: Label(
        "ほかの消防本部に引き継いでいます。画面は、このままにしてください。",
        "Your call is being passed on to another fire department. Keep this page open.",
    ),
    CallState.CLOSED: _ENDED,
}

OUTCOMES: Mapping[CloseOutcome, Label] = {
    CloseOutcome.DISPATCHED: Label(
        "{receiver}が出動します。チャットは終わりました。",
        "{receiver} is sending help. The chat has ended.",
    ),
    CloseOutcome.RELAYED_BY_PHONE: Label(
        "指令員が、受け持ちの消防本部に電話で引き継ぎました。チャットは終わりました。",
        "The dispatcher has passed your call on by telephone to the department in charge."
        " The chat has ended.",
    ),
    CloseOutcome.OTHER_MEANS_ADVISED: Label(
        "指令員が、ほかの方法を案内しました。チャットを読んでください。この通報は終わりました。",
        "The dispatcher has told you another way: read the chat. This call has ended.",
    ),
    CloseOutcome.NO_EMERGENCY: Label(
        "緊急ではないとして、この通報は終わりました。",
        "This call has ended as no emergency.",
    ),
    CloseOutcome.PRACTICE_DONE: Label("練習は終わりました。", "The practice has ended."),
}
"""Words of a closed call by what came of it; of the others no more is told than the end."""

COMING = frozenset({CloseOutcome.DISPATCHED, CloseOutcome.RELAYED_BY_PHONE})
"""Outcomes after which somebody comes, so that the handset must stay on (ASO-15)."""

ONLY_UNANSWERED = frozenset({NoticeCode.NOBODY_ANSWERS, NoticeCode.NOT_RECEIVED})
"""Notices that are no longer true once somebody has answered."""

SENDERS: Mapping[SenderRole, Label] = {
    SenderRole.CALLER: Label("あなた", "You"),
    SenderRole.DISPATCHER: Label("指令員", "Dispatcher"),
    SenderRole.SYSTEM: Label("自動メッセージ", "Automatic message"),
}

QUICK: tuple[Label, ...] = (
    Label("はい", "Yes"),
    Label("いいえ", "No"),
    Label("わかりません", "I do not know"),
    Label(
        "文字を打てません。「はい」か「いいえ」で答えられるように聞いてください。",
        "I cannot type. Ask so that I can answer yes or no.",
    ),
    Label("大丈夫です", "I am all right"),
)
"""Plain lines that are sent with one tap; always in Japanese, the chat's language (CNB-09)."""

STORED = Label("消防のシステムに届きました", "Received by the fire service's system")
"""Of a line of the caller's, once it is acknowledged and not before (I9)."""

_SCRIPT: Mapping[str, Label] = {
    "sending": Label("送信中…", "Sending…"),
    "waiting": Label(
        "まだ届いていません。つながると、自動で送ります。",
        "Not received yet. It is sent as soon as there is a connection.",
    ),
    "stored": STORED,
    "failed": Label("届いていません。", "NOT received."),
    "again": Label("もう一度送る", "Send again"),
    "edit": Label("書き直す", "Edit"),
    "chosen": Label("「{label}」と答えました。", "You answered “{label}”."),
    "connecting": Label("消防とつないでいます…", "Connecting to the fire service…"),
    "connected": Label("消防とつながっています。", "Connected to the fire service."),
    "connected-system": Label(
        "システムとつながっています。指令員の応答を待っています。",
        "Connected to the system. Waiting for a dispatcher to answer.",
    ),
    "lost": Label(
        "通信が切れました。つなぎ直しています…", "The connection is lost. Connecting again…"
    ),
    "offline": Label(
        "圏外か、通信できない状態です。つながるのを待っています…",
        "There is no network. Waiting for it…",
    ),
    "unreachable": Label(
        "消防とつながりません。ほかの方法を使ってください。",
        "The fire service cannot be reached. Use another way.",
    ),
    "count": Label("あと{n}文字書けます。", "{n} characters left."),
    "too-long": Label(
        "{n}文字多すぎます。短くするか、分けて送ってください。",
        "{n} characters too many. Shorten it, or send it in parts.",
    ),
    "emoji": Label(
        "絵文字は、指令員の画面で見えないことがあります。ことばで書いてください。",
        "The dispatcher may not see emoji. Please write it in words.",
    ),
    "empty": Label("何も書かれていません。", "Nothing is written."),
    "no-code": Label(
        "送れませんでした。もう一度送ってください。", "It could not be sent. Send it again."
    ),
}
"""What only the script says."""
UNMEASURED = Label(
    "位置を送れないことを、消防に伝えました。いる場所を、ことばで書いて送ってください。",
    "The fire service was told that your position cannot be sent. Write where you are.",
)
_WHERE: Mapping[str, Label] = {
    "measuring": Label(
        "位置を測っています… 端末が聞いたら、「許可」を選んでください。",
        "Measuring your position… Choose “allow” if your device asks.",
    ),
    "sending": Label("位置を送っています…", "Sending your position…"),
    "waiting": Label(
        "まだ届いていません。つながると、自動で送ります。",
        "Not received yet. It is sent as soon as there is a connection.",
    ),
    "stored": Label(
        "今いる場所を送りました。消防のシステムに届きました。",
        "Your position was sent. The fire service's system has received it.",
    ),
    "denied": Label(
        "位置情報が許可されていません。測れないことを、消防に伝えました。"
        "設定で許可して、もう一度押すか、いる場所を書いて送ってください。",
        "Location is not permitted; the fire service was told so."
        " Permit it in the settings and press again, or write where you are.",
    ),
    "off": Label(
        "位置情報がオフのようです。測れないことを、消防に伝えました。"
        "設定でオンにして、もう一度押すか、いる場所を書いて送ってください。",
        "Location seems to be off; the fire service was told so."
        " Turn it on in the settings and press again, or write where you are.",
    ),
    "timeout": Label(
        "まだ位置がわかりません。測れないことを、消防に伝えました。"
        "空が見える所でもう一度押すか、いる場所を書いて送ってください。",
        "There is no position yet; the fire service was told so."
        " Press again where you see the sky, or write where you are.",
    ),
    "failed": Label("位置は届いていません。", "Your position was NOT received."),
}
"""What is said while the caller tells where they are; by the code of a position's problem."""
_PRACTICE_UNREACHABLE = Label(
    "【練習】消防とつながりません。電話などで通報する必要はありません。",
    "[PRACTICE] The fire service cannot be reached. There is no need to call in another way.",
)


def said(label: Label, lang: Language, **blanks: str) -> str:
    """A label in one language with its blanks filled."""
    text = label.ja if lang == "ja" else label.en
    for name, value in blanks.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def state_label(call: CallView) -> Label:
    """The words of a call's state, with ``{receiver}`` to be filled."""
    if call.state is CallState.CLOSED and call.outcome is not None:
        return OUTCOMES.get(call.outcome, _ENDED)
    return STATES[call.state]


def state_words(call: CallView, lang: Language) -> str:
    """What the page says of a call's state."""
    receiver = call.receiver
    unknown = Label("消防本部", "the fire department")
    name = Label(receiver.name_ja, receiver.name_en) if receiver else unknown
    return said(state_label(call), lang, receiver=said(name, lang))


def notices(call: CallView, lang: Language) -> list[tuple[str, str]]:
    """Code and text of what the machine tells about the call, as far as it still holds."""
    answered = call.state not in UNANSWERED
    return [
        (each.code.value, each.text_ja if lang == "ja" else each.text_en)
        for each in call.notices
        if not (answered and each.code in ONLY_UNANSWERED)
    ]


def means(lang: Language) -> str:
    """The other means of somebody who cannot telephone (CNB-38)."""
    return OTHER_MEANS_JA if lang == "ja" else OTHER_MEANS_EN


def script_words(lang: Language, *, practice: bool) -> dict[str, object]:
    """Everything that the page's script says, by key.

    ``practice``: nothing of it may send anybody to call for real (CTS-11, I5).
    """
    own = {**_SCRIPT, "unreachable": _PRACTICE_UNREACHABLE} if practice else _SCRIPT
    return {
        **{key: said(label, lang) for key, label in own.items()},
        "states": {state.value: said(label, lang) for state, label in STATES.items()},
        "outcomes": {code.value: said(label, lang) for code, label in OUTCOMES.items()},
        "coming": sorted(code.value for code in COMING),
        "refusals": {
            code.value: said(Label(*refusal_texts(code.value)[:2]), lang) for code in Refusal
        },
        "where": {key: said(label, lang) for key, label in _WHERE.items()},
        "senders": {role.value: said(label, lang) for role, label in SENDERS.items()},
        "only-unanswered": sorted(code.value for code in ONLY_UNANSWERED),
        "unanswered": sorted(state.value for state in UNANSWERED),
    }
