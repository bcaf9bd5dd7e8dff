"""Mail carriers: the order of their filters, what a refused sender learns, which addresses exist.

They are data (``carriers.toml``, which names its sources); only test domains are allowed there.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

_TEST_DOMAIN = re.compile(r"([a-z0-9-]+\.)*(example|test|invalid|localhost)")
"""Names that RFC 2606 keeps for tests: no person has an address there."""


class FilterStep(StrEnum):
    """One filter of a carrier; a customer's :class:`~.filters.Filters` switch it on."""

    VIRUS = "virus"
    MUST_RECEIVE = "must-receive"
    """Senders that get through whatever the later filters say."""
    SPOOF = "spoof"
    """The sender claims to be a mobile phone or another domain than the one that sends."""
    DENY = "deny"
    ALLOW = "allow"
    ADDRESS_BOOK = "address-book"
    HTML = "html"
    URL = "url"
    """Every mail with a URL, whoever sends it."""
    NON_MOBILE = "non-mobile"
    """Every mail whose sender is no mobile phone."""
    AUTOMATIC = "automatic"
    """The carrier's own guess that a sender floods."""
    NOT_LISTED = "not-listed"
    """Only listed senders are wanted, and this one is on none of the lists."""


class Refused(StrEnum):
    """What the sender of a filtered mail learns."""

    BOUNCE = "bounce"
    """The mail is taken, and a delivery report (RFC 3464) comes back."""
    REJECT = "reject"
    """550 in the dialogue."""
    SILENT = "silent"
    """The mail is taken and thrown away: nothing."""


class Dotted(StrEnum):
    """What a carrier makes of local parts such as ``a..b.`` that RFC 5321 wants quoted."""

    EITHER = "either"
    QUOTED = "quoted"
    NEVER = "never"


@dataclass(frozen=True)
class MailCarrier:
    """One carrier; ``order`` is that of its filters, ``silent`` those that tell nobody.

    ``automatic_per_minute``: mails of one sender within 60 s that the automatic filter lets pass.
    """

    code: str
    title_ja: str
    title_en: str
    domains: tuple[str, ...]
    mobile: bool
    order: tuple[FilterStep, ...]
    silent: frozenset[FilterStep]
    refused: Refused
    dotted: Dotted
    charset: str
    automatic_per_minute: int

    def told(self, step: FilterStep) -> Refused:
        """What the sender learns of a mail that this step stopped."""
        return Refused.SILENT if step in self.silent else self.refused


NOBODY = MailCarrier(
    code="",
    title_ja="ほかのメール",
    title_en="other mail",
    domains=(),
    mobile=False,
    order=tuple(FilterStep),
    silent=frozenset(),
    refused=Refused.SILENT,
    dotted=Dotted.EITHER,
    charset="utf-8",
    automatic_per_minute=1_000_000,
)
"""The carrier of all other domains: takes any spelling, and filters only what a rule names."""


class Carriers:
    """All carriers, found by the domain of an address.

    Raises:
        ValueError: a domain is no test domain, or two carriers share it.
    """

    def __init__(self, carriers: Iterable[MailCarrier]) -> None:
        self.all = tuple(carriers)
        self._of: dict[str, MailCarrier] = {}
        for carrier in self.all:
            for domain in carrier.domains:
                if not _TEST_DOMAIN.fullmatch(domain):
                    raise ValueError(
                        f"carrier {carrier.code}: {domain!r} is no test domain; "
                        "use one below .example, .test or .invalid"
                    )
                if domain in self._of:
                    raise ValueError(
                        f"carriers {self._of[domain].code} and {carrier.code} share {domain}"
                    )
                self._of[domain] = carrier

    def of(self, address: str) -> MailCarrier:
        """The carrier of an address; :data:`NOBODY` if its domain is nobody's."""
        return self._of.get(address.rpartition("@")[2].lower(), NOBODY)

    def is_mobile(self, address: str) -> bool:
        """Whether an address claims to be that of a mobile phone."""
        return self.of(address).mobile


def load_carriers() -> Carriers:
    """The carriers of ``carriers.toml``."""
    text = files("net119_simulators.mailbox").joinpath("carriers.toml").read_text("utf-8")
    return Carriers(_read(each) for each in tomllib.loads(text)["carrier"])


def _read(said: Mapping[str, object]) -> MailCarrier:
    def texts(key: str) -> tuple[str, ...]:
        value = said[key]
        if not isinstance(value, list):
            raise ValueError(f"carrier {said['code']}: {key} is no list")
        return tuple(str(each) for each in value)

    return MailCarrier(
        code=str(said["code"]),
        title_ja=str(said["title_ja"]),
        title_en=str(said["title_en"]),
        domains=texts("domains"),
        mobile=bool(said["mobile"]),
        order=tuple(FilterStep(each) for each in texts("order")),
        silent=frozenset(FilterStep(each) for each in texts("silent")),
        refused=Refused(str(said["refused"])),
        dotted=Dotted(str(said["dotted"])),
        charset=str(said["charset"]),
        automatic_per_minute=int(str(said["automatic_per_minute"])),
    )
