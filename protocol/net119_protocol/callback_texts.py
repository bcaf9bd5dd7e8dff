"""What a dispatcher reads of a callback, and what the chat says of it (CNB-31)."""

from typing import Literal, NamedTuple

from net119_protocol.codes import CallbackFailure, Mode
from net119_protocol.labels import label

CallbackState = Literal["queued", "sent", "failed", "opened"]
"""States of a callback, as :class:`~net119_protocol.api.console_acts.Callback` describes them."""


class CallbackText(NamedTuple):
    """One text in both languages."""

    ja: str
    en: str


STATES: dict[CallbackState, CallbackText] = {
    "queued": CallbackText(
        "呼び返しのメールを送っています。",
        "The callback mail is being sent.",
    ),
    "sent": CallbackText(
        "通報者のメールサーバーが、呼び返しのメールを受け取りました。"
        "通報者がもう読んだとは限りません。",
        "The caller's mail server has taken the callback mail. The caller may not have read it.",
    ),
    "failed": CallbackText(
        "呼び返しのメールは届きませんでした。",
        "The callback mail did not arrive.",
    ),
    "opened": CallbackText(
        "通報者が呼び返しのメールを開き、チャットに戻りました。",
        "The caller came back to the chat by the callback mail.",
    ),
}

FAILURES: dict[CallbackFailure, CallbackText] = {
    CallbackFailure.UNDELIVERABLE: STATES["failed"],
    CallbackFailure.NO_ADDRESS: CallbackText(
        "呼び返しのメールを送れる宛先がありません。",
        "There is no address to which a callback mail could be sent.",
    ),
    CallbackFailure.NOT_ALLOWED: CallbackText(
        "登録地の消防本部は、呼び返しのメールを使わないことにしています。",
        "The home department does not use callback mail.",
    ),
    CallbackFailure.TOO_MANY: CallbackText(
        "この通報では、呼び返しのメールをもう何度も送りました。しばらく待ってください。",
        "Many callback mails were sent in this call already. Wait a while.",
    ),
    CallbackFailure.TEMPORARY: CallbackText(
        "通報者のメールサーバーが、呼び返しのメールをまだ受け取りません。送り直しています。",
        "The caller's mail server does not take the callback mail yet. It is tried again.",
    ),
    CallbackFailure.UNSUPPORTED: CallbackText(
        "登録地のNET119は、呼び返しのメールを送れません。登録地の消防本部に電話してください。",
        "The home provider cannot send callback mail. Phone the home department.",
    ),
}
"""Why a callback failed, or is not sent yet; every failure has its text."""

_CONTACTS = CallbackText(
    "緊急連絡先に、上から順に連絡してください。",
    "Try the emergency contacts in their order.",
)
_NO_CONTACTS = CallbackText(
    "緊急連絡先は登録されていません。",
    "No emergency contact is registered.",
)
_NOT_LIVE = CallbackText(
    "これは{mode}です。緊急連絡先には連絡しないでください。",
    "This is a {mode}: do not contact the emergency contacts.",
)
_CAME_BACK = CallbackText(
    "通報者が、呼び返しのメールからチャットに戻りました。",
    "The caller came back to the chat by the callback mail.",
)


def callback_text(
    state: CallbackState, failure: CallbackFailure | None, mode: Mode, *, contacts: bool
) -> CallbackText:
    """What a dispatcher reads of a callback in this state.

    Args:
        failure: why it failed, or (``temporary``, still ``queued``) why it takes time.
        mode: of the call; outside live calls nobody is told to contact anybody (I5).
        contacts: whether there are emergency contacts to try (CNB-20).
    """
    text = STATES[state] if failure is None else FAILURES[failure]
    if failure is None:
        return _marked(text, mode)
    advice = _CONTACTS if contacts else _NO_CONTACTS
    if mode is not Mode.LIVE:
        advice = CallbackText(
            _NOT_LIVE.ja.format(mode=label(mode, "ja")),
            _NOT_LIVE.en.format(mode=label(mode, "en").lower()),
        )
    return _marked(CallbackText(f"{text.ja}{advice.ja}", f"{text.en} {advice.en}"), mode)


def came_back(mode: Mode) -> CallbackText:
    """The line of the machine in the chat once the caller has come by the mail's URL."""
    return _marked(_CAME_BACK, mode)


def mark(mode: Mode, language: Literal["ja", "en"] = "ja") -> str:
    """What stands in front of every text of a call that is not live; empty for a live one."""
    if mode is Mode.LIVE:
        return ""
    word = label(mode, language)
    return f"【{word}】" if language == "ja" else f"[{word}] "


def _marked(text: CallbackText, mode: Mode) -> CallbackText:
    return CallbackText(f"{mark(mode)}{text.ja}", f"{mark(mode, 'en')}{text.en}")
