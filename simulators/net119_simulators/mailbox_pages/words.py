"""Fates, and the rules that decided, as people read them."""

from typing import Literal

from net119_simulators.mailbox import Decision, Fate

Language = Literal["ja", "en"]

FATES: dict[Fate, tuple[str, str]] = {
    Fate.DELIVERED: ("届きました", "delivered"),
    Fate.DELAYED: ("遅れて届きます", "will come late"),
    Fate.DEFERRED: ("後回し（再送待ち）", "put off: sent again later"),
    Fate.REFUSED: ("受け取り拒否", "refused"),
    Fate.DROPPED: ("消えました", "lost"),
    Fate.BOUNCED: ("差出人へ返送", "returned to the sender"),
}

RULES: dict[str, tuple[str, str]] = {
    "virus": ("ウイルス対策", "virus check"),
    "must-receive": ("必ず受信するリスト", "list of senders that must get through"),
    "spoof": ("なりすまし規制", "spoofing filter"),
    "deny": ("拒否リスト", "list of refused senders"),
    "allow": ("受信許可リスト", "list of allowed senders"),
    "address-book": ("アドレス帳", "address book"),
    "html": ("HTML メール規制", "refusal of HTML mail"),
    "url": ("URL 付きメールの拒否", "refusal of mail with a URL"),
    "non-mobile": ("携帯電話以外からのメールの拒否", "refusal of mail not from mobile phones"),
    "automatic": ("迷惑メールの自動判定", "automatic filter"),
    "not-listed": ("許可した相手だけを受信", "only listed senders are wanted"),
    "senders": ("決めた差出人だけを受信", "only certain senders are let through"),
    "urls": ("URL 付きメールの削除", "mail with a URL is thrown away"),
    "full": ("容量がいっぱい", "mailbox full"),
    "greylist": ("初めての差出人を待たせる設定", "an unknown sender has to wait"),
    "defer-first": ("はじめの数回を後回し", "the first attempts are put off"),
    "quoting": ("アドレスの書き方", "spelling of the address"),
    "outcome": ("このメールボックスの状況", "situation of this mailbox"),
    "none": ("なし", "none"),
}

_TOLD: dict[Fate, tuple[str, str]] = {
    Fate.DEFERRED: (
        "差出人のサーバーは、時間をおいて送り直します。",
        "The sender's server tries again after a while.",
    ),
    Fate.REFUSED: (
        "差出人のサーバーには、届かないことがその場で伝わりました。",
        "The sender's server knows at once that it did not arrive.",
    ),
    Fate.DROPPED: (
        "差出人にも本人にも、何も知らされません。",
        "Neither the sender nor the owner is told.",
    ),
    Fate.BOUNCED: (
        "いったん受け取られ、配送不能の通知が差出人へ送られます。",
        "It was taken, and a report goes back to the sender.",
    ),
}


def fate(decision: Decision, lang: Language) -> str:
    """What became of a mail."""
    return _pick(FATES[decision.fate], lang)


def rule(decision: Decision, lang: Language) -> str:
    """The rule that decided; its code if it has no words."""
    return _pick(RULES.get(decision.rule, (decision.rule, decision.rule)), lang)


def told(decision: Decision, lang: Language) -> str:
    """Who learns of it, for mails that do not arrive; else empty."""
    return _pick(_TOLD.get(decision.fate, ("", "")), lang)


def reported(decision: Decision, lang: Language) -> str:
    """What became of the delivery report; empty while there is none."""
    if not decision.report:
        return ""
    if decision.reported:
        return _pick(
            ("差出人のサーバーが通知を受け取りました。", "The sender's server took the report."),
            lang,
        )
    failed = _pick(("通知を送れませんでした", "The report could not be sent"), lang)
    return f"{failed} ({decision.report})"


def _pick(words: tuple[str, str], lang: Language) -> str:
    return words[0] if lang == "ja" else words[1]
