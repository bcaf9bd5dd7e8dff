"""Which phone asks: its carrier, its charset, and the name it gives itself."""

import re
from dataclasses import dataclass

from net119_protocol.codes import LinkSecurity
from net119_protocol.gps import Carrier
from starlette.requests import Request

from net119_reference.web.link import link_of
from net119_reference.web.pages.mobile.charset import Charset

_CARRIERS = (
    (Carrier.DOCOMO, re.compile(r"DoCoMo/")),
    (Carrier.AU, re.compile(r"KDDI-|UP\.Browser/")),
    (Carrier.WILLCOM, re.compile(r"Mozilla/[0-9.]+ ?\((?:WILLCOM|DDIPOCKET);")),
    (Carrier.SOFTBANK, re.compile(r"J-PHONE/|Vodafone/|SoftBank/|MOT-[A-Z0-9]+/")),
)
"""By the start of the User-Agent (jpmobile, ``lib/jpmobile/mobile``)."""
_SHIFT_JIS = frozenset({Carrier.DOCOMO, Carrier.AU, Carrier.WILLCOM})
# Serial numbers that a phone adds only where a link or its owner's settings ask for them.
_SERIAL = re.compile(r";(?:ser|icc)[0-9A-Za-z]*|/SN[0-9A-Za-z]+")
_LONGEST = 500


@dataclass(frozen=True)
class Phone:
    """The phone of a request."""

    carrier: Carrier
    charset: Charset
    name: str
    """Its User-Agent without serial numbers."""
    link: LinkSecurity

    @property
    def plaintext(self) -> bool:
        """Whether others can overhear it (ASO-08)."""
        return self.link is LinkSecurity.PLAINTEXT

    @property
    def binding(self) -> str:
        """What a session is bound to: the phone's name and its link's security."""
        return f"{self.link.value}\n{self.name}"


def carrier_named(user_agent: str) -> Carrier:
    """The carrier whose phones call themselves so; :attr:`Carrier.OTHER` for everything else."""
    found = (carrier for carrier, start in _CARRIERS if start.match(user_agent))
    return next(found, Carrier.OTHER)


def is_feature_phone(request: Request) -> bool:
    """Whether a phone names itself as one that needs these pages."""
    return carrier_named(request.headers.get("user-agent", "")) is not Carrier.OTHER


def charset_for(carrier: Carrier) -> Charset:
    """The charset in which pages for a carrier's phones are written (jpmobile)."""
    return Charset.SHIFT_JIS if carrier in _SHIFT_JIS else Charset.UTF_8


def phone_of(request: Request) -> Phone:
    """The phone that sent a request."""
    user_agent = request.headers.get("user-agent", "")[:_LONGEST]
    carrier = carrier_named(user_agent)
    return Phone(
        carrier,
        charset_for(carrier),
        _SERIAL.sub("", user_agent),
        link_of(request.scope).security,
    )
