"""Texts of the refusals about registrations: mailed URLs, applications and call pages."""

from typing import NamedTuple

from net119_protocol.codes import Refusal


class RefusalText(NamedTuple):
    """One refusal; empty other means stand for the general ones."""

    ja: str
    en: str
    other_means_ja: str = ""
    other_means_en: str = ""


_LOG_IN_JA = "登録完了メールのIDとパスワードでログインし、通報ページを作り直してください。"
_LOG_IN_EN = "Log in with the ID and password from your registration mail and make a new call page."
_ASK_JA = "わからないときは、登録した消防本部に問い合わせてください。"
_ASK_EN = "If you do not know why, ask your fire department."

REGISTRATION_REFUSALS: dict[str, RefusalText] = {
    Refusal.LINK_UNKNOWN: RefusalText(
        "このURLは正しくありません。メールのURLを、最後の文字まで開いてください。",
        "This URL is not right. Open the URL of the mail, up to its last character.",
    ),
    Refusal.LINK_USED: RefusalText(
        "このURLは使用済みです。手続きは受け付けられています。"
        f"続きがあるときは、届いたメールを見てください。{_ASK_JA}",
        "This URL has been used, and what you did with it has been received. See your mail for"
        f" what comes next. {_ASK_EN}",
    ),
    Refusal.LINK_EXPIRED: RefusalText(
        "このURLは期限が切れています。はじめの手続きから、もう一度URLのメールを受け取ってください。",
        "This URL has expired. Begin again, to be mailed a new one.",
    ),
    Refusal.LINK_REVOKED: RefusalText(
        "このURLは使えなくなりました。新しいメールが届いているときは、そのURLを開いてください。"
        f"{_ASK_JA}",
        "This URL is no longer valid. If a newer mail has come, open the URL in it. " + _ASK_EN,
    ),
    Refusal.NOT_ACCEPTED: RefusalText(
        "申請は受け付けられていません。示された項目を直して、もう一度送ってください。",
        "The application was NOT received. Correct what is named and send it again.",
    ),
    Refusal.IMAGE_REFUSED: RefusalText(
        "この画像は受け付けられません。理由を見て、別の画像を選んでください。",
        "This image cannot be taken. See the reason and choose another one.",
    ),
    Refusal.CALL_PAGE_UNKNOWN: RefusalText(
        f"この通報ページはありません。{_LOG_IN_JA}{_ASK_JA}",
        f"There is no such call page. {_LOG_IN_EN} {_ASK_EN}",
    ),
    Refusal.CALL_PAGE_REPLACED: RefusalText(
        "通報ページは別の端末に移りました。この端末からは通報できません。"
        f"心当たりのないときは、登録した消防本部に知らせてください。{_LOG_IN_JA}",
        "The call page has moved to another device; this one cannot call. If that was not you,"
        f" tell your fire department. {_LOG_IN_EN}",
    ),
    Refusal.CALL_PAGE_REVOKED: RefusalText(
        f"この通報ページは使えなくなりました。{_LOG_IN_JA}{_ASK_JA}",
        f"This call page is no longer valid. {_LOG_IN_EN} {_ASK_EN}",
    ),
    Refusal.CALL_PAGE_OTHER_DEVICE: RefusalText(
        f"この通報ページは、作った端末でだけ使えます。この端末で使うには、{_LOG_IN_JA}",
        f"A call page works only on the device that it was made on. To use this device: "
        f"{_LOG_IN_EN}",
    ),
    Refusal.CALL_PAGE_ENDED: RefusalText(
        f"登録が終わっているため、この通報ページは使えません。{_ASK_JA}",
        f"Your registration has ended, so this call page no longer works. {_ASK_EN}",
    ),
    Refusal.CALL_PAGE_DEVICE_CHANGE: RefusalText(
        "機種変更の申請があったため、この端末からは通報できません。"
        "申請が認められると、新しい端末で使えるようになります。",
        "A change of device was applied for, so this device can no longer call. Once it is"
        " approved, the new device can.",
    ),
}
"""Texts by code, for the codes about registrations."""
