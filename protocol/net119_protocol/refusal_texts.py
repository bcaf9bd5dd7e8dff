"""Texts of the refusals: what a caller reads when a call, or a line, is not taken."""

from net119_protocol.codes import Refusal
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.registration_refusals import REGISTRATION_REFUSALS, RefusalText

OTHER_MEANS_JA = (
    "近くの人に画面を見せて、119番の電話を頼んでください。ひとりのときは、"
    "電話リレーサービス（手話・文字で119番につながります）、FAX119、"
    "家族や知人へのメール・SMSを使ってください。"
)
"""Other means for somebody who cannot speak on the telephone (CNB-38, CNB-46, A78)."""
OTHER_MEANS_EN = (
    "Show this to someone nearby and ask them to phone 119. If you are alone, use the telephone"
    " relay service (119 by sign language or text), FAX119, or a message to family or friends."
)


_NOT_CALLED_JA = "通報は消防に届いていません。"
_NOT_CALLED_EN = "Your call was NOT received."
_NOT_SENT_JA = "送れませんでした。"
_NOT_SENT_EN = "This was NOT sent."
_STILL_JA = f"急いでいて送れないときは、ほかの方法を使ってください。{OTHER_MEANS_JA}"
_STILL_EN = f"If it is urgent and you cannot send it, use another way. {OTHER_MEANS_EN}"
_NEW_CALL_JA = f"まだ助けが必要なときは、新しく通報してください。できないときは、{OTHER_MEANS_JA}"
_NEW_CALL_EN = f"If you still need help, make a new call. If you cannot: {OTHER_MEANS_EN}"


REFUSALS: dict[str, RefusalText] = {
    Refusal.NOT_AUTHENTICATED: RefusalText(
        "ログインできていません。登録完了メールのIDとパスワードで、もう一度ログインしてください。",
        "You are not logged in. Log in again with the ID and password from your registration mail.",
        f"緊急のときは、待たずにほかの方法を使ってください。{OTHER_MEANS_JA}",
        f"In an emergency do not wait; use another way. {OTHER_MEANS_EN}",
    ),
    Refusal.REGISTRANT_REFUSED: RefusalText(
        f"{_NOT_CALLED_JA}利用が認められていません。登録した消防本部にメールやFAXで"
        "問い合わせてください。",
        f"{_NOT_CALLED_EN} You are not admitted to this service. Ask your fire department by mail"
        " or fax.",
    ),
    Refusal.REGISTRANT_SUSPENDED: RefusalText(
        f"{_NOT_CALLED_JA}利用が停止されています。登録した消防本部にメールやFAXで"
        "問い合わせてください。",
        f"{_NOT_CALLED_EN} Your registration is suspended. Ask your fire department by mail or"
        " fax.",
    ),
    Refusal.NOT_IN_SERVICE: RefusalText(
        f"{_NOT_CALLED_JA}登録した消防本部では、今日はNET119を使えません"
        "（まだ始まっていないか、終わっています）。",
        f"{_NOT_CALLED_EN} Your fire department has no NET119 today: it has not started yet, or it"
        " has ended.",
    ),
    Refusal.POSITIONING_OFF: RefusalText(
        f"{_NOT_CALLED_JA}端末の位置情報がオフか、許可されていません。設定で位置情報をオンにし、"
        "ブラウザーに許可してから、もう一度通報してください。",
        f"{_NOT_CALLED_EN} Location is off or not allowed on your device. Turn it on in the"
        " settings, allow it for the browser, and call again.",
        f"オンにできないときは、近くの人や家族に設定を頼んでください。急ぐときは、{OTHER_MEANS_JA}",
        "If you cannot turn it on, ask someone nearby or your family to do it. If it is urgent:"
        f" {OTHER_MEANS_EN}",
    ),
    Refusal.OUTSIDE_JAPAN: RefusalText(
        f"{_NOT_CALLED_JA}NET119は日本国内でだけ使えます。",
        f"{_NOT_CALLED_EN} NET119 works in Japan only.",
        "近くの人に、その国の緊急通報を頼んでください。"
        "文字で通報できる国もあります（EUの一部は112、米国は911へのSMSなど）。",
        "Ask someone nearby to make an emergency call in that country. Some countries take text"
        " (112 in parts of the EU, SMS to 911 in parts of the USA).",
    ),
    Refusal.PLAINTEXT_NOT_ALLOWED: RefusalText(
        f"{_NOT_CALLED_JA}この端末は暗号化通信ができないため、NET119を使えません。"
        "新しい端末があれば、そちらで通報してください。",
        f"{_NOT_CALLED_EN} This device cannot use an encrypted connection, so NET119 does not work"
        " on it. Use a newer device if you have one.",
    ),
    Refusal.MODE_NOT_ACCEPTED: RefusalText(
        f"{_NOT_CALLED_JA}この区分（本番・練習・訓練・試験）の通報は、今は受け付けていません。",
        f"{_NOT_CALLED_EN} Calls of this mode (live, practice, drill, test) are not accepted now.",
        f"本当の緊急のときは、ほかの方法を使ってください。{OTHER_MEANS_JA}",
        f"In a real emergency use another way. {OTHER_MEANS_EN}",
    ),
    Refusal.NO_DISPATCH: RefusalText(
        "練習・試験の通報には出動を記録できません。",
        "No dispatch is recorded for a practice or test call.",
        "本当に助けが必要な通報だとわかったときは、NET119とは別に、いつもの手順で出動させてください。",
        "If the caller turns out to need help, send a crew the usual way, apart from NET119.",
    ),
    Refusal.UNKNOWN_CALL: RefusalText(
        "この通報は見つかりません。通報の一覧から選び直してください。",
        "There is no such call. Choose it again from the list of calls.",
        _NEW_CALL_JA,
        _NEW_CALL_EN,
    ),
    Refusal.NOT_YOUR_CALL: RefusalText(
        "この通報を見ることはできません。自分の通報の一覧から選び直してください。",
        "You cannot see this call. Choose it again from your own list of calls.",
        _NEW_CALL_JA,
        _NEW_CALL_EN,
    ),
    Refusal.CALL_CLOSED: RefusalText(
        f"{_NOT_SENT_JA}この通報は終了しています。",
        f"{_NOT_SENT_EN} This call is closed.",
        _NEW_CALL_JA,
        _NEW_CALL_EN,
    ),
    Refusal.NOT_ANSWERED: RefusalText(
        "この通報にはまだ誰も応答していません。先に応答してください。",
        "Nobody has answered this call yet. Answer it first.",
        _STILL_JA,
        _STILL_EN,
    ),
    Refusal.OWNED_BY_OTHER: RefusalText(
        "この通報は今、別の消防本部が受け持っています。必要なことは、その消防本部へ電話で伝えてください。",
        "Another fire department has this call now. Phone that department with what it must know.",
        "通報者への連絡は、受け持つ消防本部がチャットで行います。"
        f"通報者の方で連絡がつかないときは、{OTHER_MEANS_JA}",
        "That department writes to the caller in the chat. If you are the caller and get no reply:"
        f" {OTHER_MEANS_EN}",
    ),
    Refusal.NOT_OWNER: RefusalText(
        "この通報は、同じ指令センターのほかの指令員が受け持っています。"
        "書くには、先に引き継いでください。",
        "A colleague of your center has this call. Take it over before you write.",
        _STILL_JA,
        _STILL_EN,
    ),
    Refusal.WRONG_STATE: RefusalText(
        "通報の状態が変わったため、この操作はできません。画面の表示を確認してください。",
        "This is not possible now, because the call has changed. Look at the page again.",
        _STILL_JA,
        _STILL_EN,
    ),
    Refusal.INVALID: RefusalText(
        f"{_NOT_SENT_JA}内容に誤りがあります。直して、もう一度送ってください。",
        f"{_NOT_SENT_EN} Something in it is wrong. Correct it and send it again.",
        _STILL_JA,
        _STILL_EN,
    ),
    Refusal.TOO_LONG: RefusalText(
        f"{_NOT_SENT_JA}長すぎます。{TEXT_LIMIT}文字以内に分けて送ってください。",
        f"{_NOT_SENT_EN} It is too long. Send it in parts of at most {TEXT_LIMIT:,} characters.",
        _STILL_JA,
        _STILL_EN,
    ),
    Refusal.TOO_LARGE: RefusalText(
        f"{_NOT_SENT_JA}データが大きすぎます。短くして、もう一度送ってください。",
        f"{_NOT_SENT_EN} It is too large. Make it shorter and send it again.",
        _STILL_JA,
        _STILL_EN,
    ),
    Refusal.TOO_MANY: RefusalText(
        f"{_NOT_SENT_JA}今の操作は消防に届いていません。短い間に送りすぎです。少し待って、もう一度送ってください。"
        "通報を何度も始めたときは、つながっている通報で続けてください。",
        f"{_NOT_SENT_EN} It has not reached the fire department: too much was sent in a short"
        " time. Wait a moment and send it again. If you"
        " have started several calls, go on in the one that is open.",
        _STILL_JA,
        _STILL_EN,
    ),
    Refusal.ID_REUSED: RefusalText(
        f"{_NOT_SENT_JA}同じ番号で違う内容が送られました。画面を読み込み直して、もう一度送ってください。",
        f"{_NOT_SENT_EN} Something else was sent under the same number. Reload the page and send"
        " it again.",
        _STILL_JA,
        _STILL_EN,
    ),
    Refusal.STORAGE_FAILED: RefusalText(
        f"{_NOT_SENT_JA}システムに問題があり、受け付けられませんでした。もう一度試してください。",
        f"{_NOT_SENT_EN} The system has a problem and could not take it. Try again.",
        f"もう一度でも届かないときは、待たずにほかの方法を使ってください。{OTHER_MEANS_JA}",
        f"If it fails again, do not wait; use another way. {OTHER_MEANS_EN}",
    ),
    Refusal.NOT_CONFIRMED: RefusalText(
        "届いたことをまだ確認できていません。確認できるまでシステムが送り直します。",
        "It is not yet confirmed that this arrived. The system sends it again until it is.",
        _STILL_JA,
        _STILL_EN,
    ),
    Refusal.OVERLOAD: RefusalText(
        f"{_NOT_CALLED_JA}通報が混み合っていて、今は新しい通報を受け付けられません。",
        f"{_NOT_CALLED_EN} Too many calls are coming in; no new one can be taken now.",
        f"待たずに、ほかの方法を使ってください。{OTHER_MEANS_JA}"
        "ほかの方法がないときは、少し待って、もう一度試してください。",
        f"Do not wait; use another way. {OTHER_MEANS_EN} If there is none, wait a moment and try"
        " again.",
    ),
    Refusal.FORBIDDEN: RefusalText(
        "この操作は許可されていません。正しい利用者でログインしているか確認してください。",
        "You are not allowed to do this. Check that you are logged in as the right user.",
        _NEW_CALL_JA,
        _NEW_CALL_EN,
    ),
    Refusal.NOT_FOUND: RefusalText(
        "見つかりません。アドレスを確認するか、最初のページからやり直してください。",
        "This does not exist. Check the address, or start again from the first page.",
        f"緊急のときは、{OTHER_MEANS_JA}",
        f"In an emergency: {OTHER_MEANS_EN}",
    ),
    Refusal.INTERNAL: RefusalText(
        "システムに誤りが起きました。届いていないおそれがあります。もう一度試してください。",
        "The system made an error, and this may NOT have been received. Try again.",
        f"もう一度でも届かないときは、待たずにほかの方法を使ってください。{OTHER_MEANS_JA}",
        f"If it fails again, do not wait; use another way. {OTHER_MEANS_EN}",
    ),
} | REGISTRATION_REFUSALS
"""Texts by code; every code of ``Refusal`` is a key."""
