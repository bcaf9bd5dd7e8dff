"""Mail addresses as mail uses them: one spelling for each, and which ones mail can be sent to.

Old carrier addresses break RFC 5321 (``a..b.@``, ``.a@``: fact A54).  They are kept unquoted, as
their holders write them; quoted and unquoted spellings are one address.
"""

import re
from enum import StrEnum
from typing import Final

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]"
_LOCAL: Final = re.compile(rf"{_ATOM}{{1,64}}")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_MAX: Final = 254

_NOBODYS: Final = frozenset({"example", "test", "invalid", "localhost"})
"""Top-level names that RFC 2606 keeps for tests: no person has an address there."""
_CARRIERS: Final = (
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "softbank.jp",
    "vodafone.ne.jp",
    "disney.ne.jp",
    "ymobile.ne.jp",
    "ymobile1.ne.jp",
    "emobile.ne.jp",
    "emnet.ne.jp",
    "willcom.com",
    "pdx.ne.jp",
    "uqmobile.jp",
    "rakumail.jp",
    "rakuten.jp",
    "mineo.jp",
)
"""Mail domains of mobile carriers, where real subscribers are: never written to."""


class NeverSent(StrEnum):
    """Why the safety interlock forbids to write to an address, in English."""

    CARRIER = "belongs to a mobile carrier, to which this software never sends"
    OUTSIDE = (
        "is outside .example, .test, .invalid and localhost; declare [test_systems] if the relay "
        "is one"
    )


def canonical(address: str) -> str:
    """An address without angle brackets and quotes, its domain in small letters.

    Never raises: what is no address comes back trimmed, and :func:`unsendable` says what is wrong.
    """
    text = address.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    local, at, domain = text.rpartition("@")
    if not at:
        return text
    if len(local) >= 2 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1], flags=re.DOTALL)
    return f"{local}@{domain.lower().rstrip('.')}"


def key_of(address: str) -> str:
    """What all spellings of one address have in common; carriers ignore the case of letters."""
    return canonical(address).casefold()


def domain_of(address: str) -> str:
    """The domain in small letters, empty if there is none."""
    return canonical(address).rpartition("@")[2] if "@" in address else ""


def unsendable(address: str) -> str | None:
    """Why no mail can be sent to a canonical address, in English; ``None`` if it can.

    Whatever stands here would be truncated or mangled on its way through SMTP libraries, so that
    somebody else might get the mail.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return "is no mail address of the form local@domain"
    if len(address) > _MAX or len(local) > 64:
        return "is longer than a mail address can be (64 characters before the @, 254 in all)"
    if not _LOCAL.fullmatch(local):
        return "has a character before the @ that mail cannot carry"
    if not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        return "has a domain that is not one"
    return None


def forbidden(address: str, *, test_systems: bool) -> NeverSent | None:
    """Why the safety interlock forbids to write to an address; ``None`` if it does not.

    Args:
        test_systems: the configuration declares that other hosts are test systems.
    """
    domain = domain_of(address)
    if any(domain == carrier or domain.endswith(f".{carrier}") for carrier in _CARRIERS):
        return NeverSent.CARRIER
    if test_systems or domain.rpartition(".")[2] in _NOBODYS:
        return None
    return NeverSent.OUTSIDE


def breaks_dots(address: str) -> bool:
    """Whether the local part has periods where RFC 5321 wants it quoted (fact A54)."""
    local = address.rpartition("@")[0]
    return local.startswith(".") or local.endswith(".") or ".." in local


def quoted(address: str) -> str:
    """The RFC 5321 spelling: quoted where the periods demand it."""
    if not breaks_dots(address):
        return address
    local, _, domain = address.rpartition("@")
    return f'"{local}"@{domain}'
