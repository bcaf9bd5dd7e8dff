"""Texts of the notices: one table for callers, one for dispatchers, and what differs in practice.

``{departments}`` is filled with the departments a notice is about, ``{rule_of}`` with the one whose
rule it tells, ``{until}`` and ``{since}`` with
the time that it is about, in Japan and as part of a sentence, or left out.  The caller is usually
deaf: nothing here tells them to telephone by voice without another way.
"""

from typing import NamedTuple

from net119_protocol.api.common import NoticeCode
from net119_protocol.refusal_texts import OTHER_MEANS_EN, OTHER_MEANS_JA


class Template(NamedTuple):
    """A text with blanks, in both languages."""

    ja: str
    en: str


PARAMETERS: dict[NoticeCode, frozenset[str]] = {
    NoticeCode.EMOJI_REPLACED: frozenset({"characters"}),
}
"""Blanks beside ``{departments}``."""

_STAY_JA = "あなたが電話をかける必要はありません。このままチャットを続けてください。"
_STAY_EN = "You do not have to phone anyone. Stay in this chat."

FOR_CALLER: dict[NoticeCode, Template] = {
    NoticeCode.CALL_HOME_NOT_ADOPTED: Template(
        "登録地の消防本部につなぎます。今いる場所ではNET119が使えないため、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. NET119 is not available where you"
        f" are, so the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_ADOPTED_SOON: Template(
        "登録地の消防本部につなぎます。今いる場所ではまだNET119が使えないため{since}、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. NET119 is not available yet where"
        f" you are{{since}}, so the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_PLANNED_STOP: Template(
        "登録地の消防本部につなぎます。今いる場所のNET119が計画停止中のため{until}、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. NET119 is stopped for planned work"
        f" where you are{{until}}; the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_MAINTENANCE: Template(
        "登録地の消防本部につなぎます。今いる場所のNET119が保守中のため、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. NET119 is under maintenance where"
        f" you are, so the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_OVERLOADED: Template(
        "登録地の消防本部につなぎます。今いる場所のNET119が混み合っているため、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. NET119 is too busy where you are,"
        f" so the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_NO_CONSOLE: Template(
        "登録地の消防本部につなぎます。今いる場所の消防本部では今、NET119の担当者が画面の前にいないため、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. Nobody is at NET119 in the one"
        f" where you are, so the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_OFFER_EXPIRED: Template(
        "登録地の消防本部につなぎます。今いる場所の消防本部にすぐつながらなかったため、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. The one where you are could not be"
        f" reached in time, so the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_DOWN: Template(
        "登録地の消防本部につなぎます。今いる場所のNET119が止まっているため、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. NET119 is down where you are, so"
        f" the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_REJECTED: Template(
        "登録地の消防本部につなぎます。今いる場所の消防本部がNET119で受けられないため、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. The one where you are cannot take"
        f" NET119 calls now, so the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_SILENT: Template(
        "登録地の消防本部につなぎます。今いる場所のNET119から返事がないため、"
        f"{{departments}}へは指令員が連絡します。{_STAY_JA}",
        "You are being connected to your home fire department. NET119 where you are did not"
        f" respond, so the dispatcher will contact {{departments}}. {_STAY_EN}",
    ),
    NoticeCode.CALL_HOME_NO_POSITION: Template(
        "位置がわからないため、登録地の消防本部につなぎます。"
        "今いる場所（住所や目印）をチャットで教えてください。",
        "Your position is unknown, so you are being connected to your home fire department."
        " Write where you are (address or landmark) in the chat.",
    ),
    NoticeCode.CALL_HOME_PLAINTEXT: Template(
        "この端末の通信は暗号化されていないため、登録地の消防本部につなぎます。"
        "内容を他人に見られるおそれがあります。今いる場所をチャットで教えてください。",
        "This device's connection is not encrypted, so you are being connected to your home fire"
        " department. Others may be able to read it. Write where you are in the chat.",
    ),
    NoticeCode.CALL_HOME_AT_SEA: Template(
        "海の上にいるようなので、登録地の消防本部につなぎます。指令員が海上保安庁（118）や"
        f"{{departments}}に連絡できます。{_STAY_JA}",
        "You seem to be at sea, so you are being connected to your home fire department. The"
        " dispatcher can contact the coast guard (118) and {departments}. " + _STAY_EN,
    ),
    NoticeCode.TAKEN_HOME: Template(
        "接続先から応答がないため、登録地の消防本部が通報を引き取りました。"
        "送った内容は引き継がれています。このままチャットを続けてください。",
        "There was no response, so your home fire department has taken over the call. What you"
        " wrote has been passed on. Stay in this chat.",
    ),
    NoticeCode.TAKEN_HOME_UNANSWERED: Template(
        "呼び出した消防本部の指令員が応答しないため、登録地の消防本部が通報を引き取りました。"
        "送った内容は引き継がれています。このままチャットを続けてください。",
        "No dispatcher answered at the department that was called, so your home fire department"
        " has taken over the call. What you wrote has been passed on. Stay in this chat.",
    ),
    NoticeCode.TRANSFERRED: Template(
        "この通報は{departments}に引き継がれました。これまでの内容も伝わっています。"
        "指令員が応答するまで、画面はこのままにしてください。",
        "Your call has been passed to {departments}, with everything written so far. Keep this"
        " page open until a dispatcher answers.",
    ),
    NoticeCode.NOBODY_ANSWERS: Template(
        "まだ指令員が応答していません。呼び出しを続けています。画面はこのままにしてください。"
        f"待てないときは、ほかの方法も使ってください。{OTHER_MEANS_JA}",
        "No dispatcher has answered yet. It is still ringing; keep this page open. If you cannot"
        f" wait, use another way as well. {OTHER_MEANS_EN}",
    ),
    NoticeCode.NOT_RECEIVED: Template(
        f"通報は消防に届いていません。すぐに、ほかの方法で通報してください。{OTHER_MEANS_JA}",
        "Your call was NOT received by the fire service. Use another way at once."
        f" {OTHER_MEANS_EN}",
    ),
    NoticeCode.AMBIGUOUS: Template(
        "今いる場所を正確に確かめられませんでした。住所や近くの目印をチャットで教えてください。",
        "Your exact position could not be determined. Write the address or a landmark nearby in"
        " the chat.",
    ),
    NoticeCode.HOME_DIFFERS: Template(
        "「自宅」を選びましたが、端末の位置は自宅から離れています。"
        "来てほしい場所をチャットで教えてください。",
        'You chose "at home", but your device is away from it. Write in the chat where help is'
        " needed.",
    ),
    NoticeCode.PLACE_DIFFERS: Template(
        "「よく行く場所」を選びましたが、端末の位置はそこから離れています。"
        "来てほしい場所をチャットで教えてください。",
        "You chose one of your frequent places, but your device is away from it. Write in the chat"
        " where help is needed.",
    ),
    NoticeCode.EMOJI_REPLACED: Template(
        "相手の画面に表示できない文字{characters}を「〓」などに置き換えて送りました。"
        "伝わらないときは、言葉で書いてください。",
        "Characters{characters} that the other side cannot show were replaced. If the meaning is"
        " lost, write it in words.",
    ),
}
"""What a caller reads."""

DISPATCHER_ONLY = frozenset({NoticeCode.SILENT_DISASTER})
"""Notices that no caller gets: nobody has been sent yet, a dispatcher has to decide it."""

_PHONE_JA = "{departments}へ電話で引き継いでください。"
_PHONE_EN = "Phone {departments} and pass the call on."

FOR_DISPATCHER: dict[NoticeCode, Template] = {
    NoticeCode.CALL_HOME_NOT_ADOPTED: Template(
        f"通報地はNET119未導入です。{_PHONE_JA}",
        f"NET119 is not adopted at the place of the call. {_PHONE_EN}",
    ),
    NoticeCode.CALL_HOME_ADOPTED_SOON: Template(
        f"通報地ではNET119がまだ使えません{{since}}。今は、{_PHONE_JA}",
        f"NET119 is not available yet at the place of the call{{since}}. {_PHONE_EN}",
    ),
    NoticeCode.CALL_HOME_PLANNED_STOP: Template(
        f"通報地のNET119は計画停止中です{{until}}。{_PHONE_JA}",
        "NET119 at the place of the call is stopped for planned work{until}. " + _PHONE_EN,
    ),
    NoticeCode.CALL_HOME_PEER_MAINTENANCE: Template(
        f"通報地のNET119は保守中です。{_PHONE_JA}",
        f"NET119 at the place of the call is under maintenance. {_PHONE_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_OVERLOADED: Template(
        f"通報地のNET119は混み合っていて、新しい通報を受けていません。{_PHONE_JA}",
        f"NET119 at the place of the call is overloaded and takes no new calls. {_PHONE_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_NO_CONSOLE: Template(
        f"通報地の指令センターで、NET119の受付画面が開かれていません。{_PHONE_JA}",
        f"No NET119 console is open in the command center there. {_PHONE_EN}",
    ),
    NoticeCode.CALL_HOME_OFFER_EXPIRED: Template(
        "通報地のNET119に受け入れを頼みましたが、期限切れとして断られました"
        f"（双方の時計のずれか、通信の遅れが考えられます）。{_PHONE_JA}",
        "NET119 at the place of the call refused the offer as expired (the two clocks may differ,"
        f" or the link is slow). {_PHONE_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_DOWN: Template(
        f"通報地のNET119が停止しています。{_PHONE_JA}",
        f"NET119 is down at the place of the call. {_PHONE_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_REJECTED: Template(
        f"通報地の消防本部がNET119で受けられません。{_PHONE_JA}",
        f"The department at the place of the call did not take it. {_PHONE_EN}",
    ),
    NoticeCode.CALL_HOME_PEER_SILENT: Template(
        f"通報地のNET119から返事がありません。{_PHONE_JA}",
        f"NET119 at the place of the call did not respond. {_PHONE_EN}",
    ),
    NoticeCode.CALL_HOME_NO_POSITION: Template(
        "位置情報がありません。登録住所を参考に、今いる場所をチャットで確認してください。",
        "There is no position. Ask in the chat where the caller is; the registered address may"
        " help.",
    ),
    NoticeCode.CALL_HOME_PLAINTEXT: Template(
        "暗号化されていない通信です。管轄の検索はしていません。"
        "今いる場所をチャットで確認し、必要なら管轄の消防本部へ電話で引き継いでください。",
        "The connection is not encrypted, so the responsible department was not searched. Ask in"
        " the chat where the caller is and, if needed, phone the department responsible.",
    ),
    NoticeCode.CALL_HOME_AT_SEA: Template(
        "通報地は海上です。海上保安庁（118）か、最寄りの{departments}へ電話で引き継いでください。",
        "The caller is at sea. Phone the coast guard (118) or the nearest department:"
        " {departments}.",
    ),
    NoticeCode.TAKEN_HOME: Template(
        "接続先が応答しないため、登録地消防本部がこの通報を引き取りました。"
        "通報者と話し、{departments}への電話連絡が必要か判断してください。",
        "The other side did not respond, so the home department has taken this call. Talk to the"
        " caller and decide whether to phone {departments}.",
    ),
    NoticeCode.TAKEN_HOME_UNANSWERED: Template(
        "呼び出した指令センターで誰も応答しないため、登録地消防本部がこの通報を引き取りました。"
        "通報者と話し、{departments}への電話連絡が必要か判断してください。",
        "Nobody answered at the center that was called, so the home department has taken this"
        " call. Talk to the caller and decide whether to phone {departments}.",
    ),
    NoticeCode.TRANSFERRED: Template(
        "この通報は{departments}へ転送されました。今の担当は転送先です。",
        "This call was transferred to {departments}, which is responsible for it now.",
    ),
    NoticeCode.NOBODY_ANSWERS: Template(
        "この通報に誰も応答していません。すぐに応答してください。",
        "Nobody has answered this call. Answer it now.",
    ),
    NoticeCode.NOT_RECEIVED: Template(
        "通報者には「通報は届いていない」と表示し、ほかの方法を案内しました。"
        "まだ接続していれば、応答してください。",
        "The caller was told that the call was not received and what else to do. Answer it if the"
        " caller is still connected.",
    ),
    NoticeCode.AMBIGUOUS: Template(
        "位置の誤差の範囲に複数の管轄があります。住所や目印をチャットで確認してください。"
        "ほかの候補: {departments}",
        "The position is uncertain and several areas are possible. Ask for the address or a"
        " landmark. Other candidates: {departments}",
    ),
    NoticeCode.HOME_DIFFERS: Template(
        "通報者は「自宅」を選びましたが、端末の位置は自宅から離れています。"
        "どちらへ向かうかチャットで確認してください。端末の位置の管轄: {departments}",
        'The caller chose "at home", but the handset is away from it. Ask in the chat where help'
        " is needed. Responsible for the handset's position: {departments}",
    ),
    NoticeCode.PLACE_DIFFERS: Template(
        "通報者は「よく行く場所」を選びましたが、端末の位置はそこから離れています。"
        "どちらへ向かうかチャットで確認してください。端末の位置の管轄: {departments}",
        "The caller chose a frequent place, but the handset is away from it. Ask in the chat where"
        " help is needed. Responsible for the handset's position: {departments}",
    ),
    NoticeCode.EMOJI_REPLACED: Template(
        "表示できない文字{characters}が置き換えられています。意味はチャットで確認してください。",
        "Characters{characters} that cannot be shown were replaced. Ask in the chat what was"
        " meant.",
    ),
    NoticeCode.SILENT_DISASTER: Template(
        "通報者の反応がありません。{rule_of}の規則により、災害として扱います。"
        "まだなら、出動を指令してください（自動では出動しません）。",
        "The caller does not react. By the rule of {rule_of} this counts as a disaster: dispatch,"
        " unless you already have. Nothing is dispatched by the system.",
    ),
}
"""What a dispatcher reads."""

_NO_NEED_JA = "これは{mode}なので、電話などで通報する必要はありません。"
_NO_NEED_EN = "This is only a {mode} call: there is no need to call in another way."

NOT_LIVE_FOR_CALLER: dict[NoticeCode, Template] = {
    NoticeCode.NOBODY_ANSWERS: Template(
        "【{mode}】まだ指令員が応答していません。呼び出しを続けています。"
        f"画面はこのままにしてください。{_NO_NEED_JA}",
        "[{MODE}] No dispatcher has answered yet. It is still ringing; keep this page open."
        f" {_NO_NEED_EN}",
    ),
    NoticeCode.NOT_RECEIVED: Template(
        f"【{{mode}}】通報は消防に届いていません。{_NO_NEED_JA}",
        f"[{{MODE}}] Your call was NOT received by the fire service. {_NO_NEED_EN}",
    ),
}
"""What the caller of a practice, drill or test call reads instead (CTS-11, invariant I5).

Nobody may call for real because of such a call, so no other means are named.
"""

NOT_LIVE_FOR_DISPATCHER: dict[NoticeCode, Template] = {
    NoticeCode.NOT_RECEIVED: Template(
        "【{mode}】通報者には「通報は届いていない」と表示し、{mode}なので"
        "ほかの方法で通報しなくてよいと伝えました。まだ接続していれば、応答してください。",
        "[{MODE}] The caller was told that the call was not received and that a {mode} call needs"
        " no other means. Answer it if the caller is still connected.",
    ),
    NoticeCode.SILENT_DISASTER: Template(
        "【{mode}】通報者の反応がありません。実際の通報なら、{rule_of}の規則により災害として扱い、"
        "出動を指令する場面です。{mode}なので、実際には出動しません。",
        "[{MODE}] Exercise: the caller does not react. In a real call this would count as a"
        " disaster by the rule of {rule_of}, and you would dispatch. Nobody is sent to a {mode}"
        " call.",
    ),
}
"""What a dispatcher reads of it."""
