"""Which mail addresses a department can register (fact A53, TOM-06, CTS-14, CNB-16)."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from net119_protocol.labels import Label
from net119_protocol.profile.model import MailRule

_SENDABLE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_DOMAIN = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))+")
_SYMBOL = re.compile(r"[^A-Za-z0-9]")
_TWO_SYMBOLS = re.compile(r"[^A-Za-z0-9]{2}")
_WHITELISTED = re.compile(r"[A-Za-z0-9._-]+")

TEXTS: Mapping[str, Label] = MappingProxyType(
    {
        "not-an-address": Label(
            "メールアドレスの形になっていません。例:hanako@mail.example",
            "This is not a mail address, such as hanako@mail.example.",
        ),
        "unsendable": Label(
            "このメールアドレスにはメールを送れない文字が入っています。別のアドレスを使ってください。",
            "The address holds a character that mail cannot be sent to. Use another address.",
        ),
        "symbol-at-edge": Label(
            "＠の直前や先頭に記号（ピリオドやハイフンなど）があるアドレスは使えません。",
            "An address with a symbol, such as a period or hyphen, at its start or right before "
            "the @ cannot be used.",
        ),
        "symbols-doubled": Label(
            "記号（ピリオドやハイフンなど）が続くアドレスは使えません。",
            "An address with two symbols, such as periods or hyphens, in a row cannot be used.",
        ),
        "not-allowed-character": Label(
            "使える文字は、英字・数字と . - _ だけです。",
            "Only letters, digits and . - _ can be used.",
        ),
        "doubled-period": Label(
            "ピリオドが続くアドレスは使えません。",
            "An address with two periods in a row cannot be used.",
        ),
        "period-before-at": Label(
            "＠の直前にピリオドがあるアドレスは使えません。",
            "An address with a period right before the @ cannot be used.",
        ),
    }
)
"""What is told to the person for each code of `address_problem`."""


def address_problem(rule: MailRule, address: str) -> str | None:
    """Why a mail address cannot be registered under a rule, as a key of `TEXTS`; None if it can.

    ``address`` is without quotes, as it is dialled: ``a..b.@docomo.example``.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not _DOMAIN.fullmatch(domain) or len(address) > 254:
        return "not-an-address"
    if not _SENDABLE.fullmatch(local) or len(local) > 64:
        return "unsendable"
    if rule is MailRule.SYMBOLS:
        if _SYMBOL.match(local) or _SYMBOL.match(local[-1]):
            return "symbol-at-edge"
        if _TWO_SYMBOLS.search(local):
            return "symbols-doubled"
    if rule is MailRule.WHITELIST:
        if not _WHITELISTED.fullmatch(local):
            return "not-allowed-character"
        if ".." in local:
            return "doubled-period"
        if local.endswith("."):
            return "period-before-at"
    return None
