"""What callers and dispatchers read, as far as this provider says it; from docs/fallback.md."""

from typing import Any

Json = dict[str, Any]

MEANS = (
    "近くの人に画面を見せて、119番の電話を頼んでください。ひとりのときは、電話リレーサービス"
    "（手話・文字で119番につながります）、FAX119、家族や知人へのメール・SMSを使ってください。"
)
_TO_HOME = (
    "登録地の消防本部につなぎます。{why}、{name}へは指令員が連絡します。"
    "あなたが電話をかける必要はありません。このままチャットを続けてください。"
)
_PHONE = "{why}。{name}（電話 {phone}）へ電話で引き継いでください。"
_TAKEN = (
    "登録地の消防本部が通報を引き取りました。送った内容は引き継がれています。"
    "このままチャットを続けてください。"
)

NOTICES: dict[str, tuple[str, str, str]] = {
    "home-not-adopted": (
        _TO_HOME.format(why="今いる場所ではNET119が使えないため", name="{name}"),
        _PHONE.format(why="通報地はNET119未導入です", name="{name}", phone="{phone}"),
        "NET119 is not adopted at the place of the call.",
    ),
    "home-planned-stop": (
        _TO_HOME.format(why="今いる場所のNET119が計画停止中のため", name="{name}"),
        _PHONE.format(why="通報地のNET119は計画停止中です", name="{name}", phone="{phone}"),
        "NET119 is stopped for planned work there.",
    ),
    "home-peer-down": (
        _TO_HOME.format(why="今いる場所のNET119が動いていないため", name="{name}"),
        _PHONE.format(why="通報地のNET119が動いていません", name="{name}", phone="{phone}"),
        "NET119 is down there.",
    ),
    "home-peer-maintenance": (
        _TO_HOME.format(why="今いる場所のNET119が保守中のため", name="{name}"),
        _PHONE.format(why="通報地のNET119は保守中です", name="{name}", phone="{phone}"),
        "NET119 is under maintenance there.",
    ),
    "home-peer-overloaded": (
        _TO_HOME.format(why="今いる場所のNET119が混み合っているため", name="{name}"),
        _PHONE.format(why="通報地のNET119は混み合っています", name="{name}", phone="{phone}"),
        "NET119 is overloaded there.",
    ),
    "home-peer-no-console": (
        _TO_HOME.format(why="今いる場所の担当者が画面の前にいないため", name="{name}"),
        _PHONE.format(
            why="通報地でNET119の受付画面が開かれていません", name="{name}", phone="{phone}"
        ),
        "No NET119 console is open there.",
    ),
    "home-offer-expired": (
        _TO_HOME.format(why="今いる場所の消防本部にすぐつながらなかったため", name="{name}"),
        _PHONE.format(why="期限切れとして断られました", name="{name}", phone="{phone}"),
        "The offer was refused as expired.",
    ),
    "home-peer-rejected": (
        _TO_HOME.format(why="今いる場所の消防本部がNET119で受けられないため", name="{name}"),
        _PHONE.format(
            why="通報地の消防本部がNET119で受けられません", name="{name}", phone="{phone}"
        ),
        "The department there did not take the call.",
    ),
    "home-peer-silent": (
        _TO_HOME.format(why="今いる場所のNET119から返事がないため", name="{name}"),
        _PHONE.format(why="通報地のNET119から返事がありません", name="{name}", phone="{phone}"),
        "NET119 there did not respond.",
    ),
    "home-no-position": (
        "位置が分からないため、登録地の消防本部につなぎます。どこにいるかを書いてください。",
        "通報者の位置が分かりません。どこにいるかを尋ねてください。",
        "There is no position.",
    ),
    "home-at-sea": (
        "海の上のため、登録地の消防本部につなぎます。海の事故は118番（海上保安庁）です。",
        "通報地は海上です。海上保安庁（118）と、最寄りの{name}（電話 {phone}）に伝えてください。",
        "The call comes from the sea: coast guard 118.",
    ),
    "taken-home": (
        f"接続先から応答がないため、{_TAKEN}",
        "接続先が応答しないため、登録地消防本部がこの通報を引き取りました。通報者と話し、"
        "{name}（電話 {phone}）への電話連絡が必要か判断してください。",
        "The other side did not respond; the home department has taken this call.",
    ),
    "taken-home-unanswered": (
        f"呼び出した消防本部の指令員が応答しないため、{_TAKEN}",
        "呼び出した指令センターで誰も応答しないため、登録地消防本部がこの通報を引き取りました。"
        "{name}（電話 {phone}）への電話連絡が必要か判断してください。",
        "Nobody answered there; the home department has taken this call.",
    ),
    "nobody-answers": (
        "まだ指令員が応答していません。呼び出しを続けています。画面はこのままにしてください。"
        f"待てないときは、ほかの方法も使ってください。{MEANS}",
        "この通報に誰も応答していません。すぐに応答してください。",
        "Nobody has answered yet.",
    ),
    "not-received": (
        f"通報は消防に届いていません。すぐに、ほかの方法で通報してください。{MEANS}",
        "通報者には「通報は届いていない」と表示し、ほかの方法を案内しました。"
        "まだ接続していれば、応答してください。",
        "The call was NOT received by the fire service.",
    ),
    "ambiguous": (
        "位置の誤差が消防本部の境目にかかっています。",
        "位置の誤差の範囲が、ほかの消防本部（{name}、電話 {phone}）の管轄にもかかっています。",
        "The circle of uncertainty covers other departments, too.",
    ),
    "home-differs": (
        "「自宅」からの通報として受け付けました。",
        "通報者は「自宅」を選びましたが、測位は{name}（電話 {phone}）の管轄です。",
        "The caller chose home, and the fix lies elsewhere.",
    ),
}
"""By code: to the caller, to the dispatcher, and in English."""

NO_NEED = "これは試験・練習・訓練です。ほかの方法で通報する必要はありません。"
"""A notice of such a call never sends anybody to other means."""

_NOT = "通報は消防に届いていません。"
NOT_DONE = "この操作はできません。"
REFUSALS: dict[str, str] = {
    "not-authenticated": f"{_NOT}ログインしていないため、通報できません。",
    "registrant-suspended": f"{_NOT}利用が停止されています。"
    "登録した消防本部に問い合わせてください。",
    "positioning-off": f"{_NOT}位置情報（GPS）を使えません。端末の設定で位置情報をオンにして、"
    "もう一度通報してください。",
    "outside-japan": f"{_NOT}国外からは通報できません。その国の緊急通報を使ってください。",
    "mode-not-accepted": f"{_NOT}この種類の通報（本番・練習など）は受け付けていません。",
    "overload": f"{_NOT}通報が混み合っていて、今は新しい通報を受け付けられません。",
    "not-in-service": f"{_NOT}登録した消防本部では、今日はNET119を使えません。",
    "owned-by-other": "この通報は、ほかの消防本部が受け持っています。",
    "not-owner": "この通報は、ほかの指令員が受け持っています。",
    "not-confirmed": "相手の事業者から確認がありません。",
    "no-dispatch": "練習・試験の通報に、出動は記録できません。",
}


def notice(code: str, mode: str, phone_to: list[Json], *, for_caller: bool) -> Json:
    """A notice as a view shows it."""
    caller, dispatcher, english = NOTICES[code]
    text = caller if for_caller else dispatcher
    if for_caller and mode != "live" and MEANS in text:
        text = text.replace(MEANS, NO_NEED)
    name = "・".join(each["nameJa"] for each in phone_to) or "管轄の消防本部"
    phone = "・".join(each["phone"] for each in phone_to) or "不明"
    return {
        "code": code,
        "textJa": text.replace("{name}", name).replace("{phone}", phone),
        "textEn": english,
        "phoneTo": phone_to,
    }
