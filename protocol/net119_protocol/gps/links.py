"""What a page must hold so that a carrier's phone measures and comes back with a position."""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote

from net119_protocol.gps.carrier import Carrier, Dialect, carrier_of

_LCS: Mapping[str, str] = MappingProxyType({"lcs": ""})


@dataclass(frozen=True, slots=True)
class PositionLink:
    """A link ``<a href=...>``: the phone measures and fetches the page's URL with ``method``.

    ``attributes`` are further attributes of the element; one with an empty value stands alone
    (``lcs``).
    """

    href: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    method: str = "get"

    @property
    def attribute_text(self) -> str:
        """All attributes as HTML, escaped: ``href="..." lcs``."""
        pairs = {"href": self.href, **self.attributes}
        return " ".join(f'{k}="{html.escape(v)}"' if v else k for k, v in pairs.items())


def position_link(carrier: Carrier, dialect: Dialect | None, back_url: str) -> PositionLink:
    """The link for a phone that shall come back to ``back_url`` (absolute) with its position.

    ``dialect`` None takes the carrier's most exact one. ValueError for a dialect of another
    carrier; for a carrier without one (`dialects_of` is empty); for open-iArea, whose link goes
    through a gateway of docomo with an area code given out by contract; for a URL that holds a
    fragment; and for one with a query string where the carrier cannot keep it (au, Willcom): state
    goes into the path there.
    """
    if dialect is None:
        dialect = _DEFAULT.get(carrier)
    if dialect is None or carrier_of(dialect) is not carrier:
        raise ValueError(f"a phone of {carrier} has no position link of {dialect}")
    if "#" in back_url or "://" not in back_url:
        raise ValueError(f"{back_url!r}: an absolute URL without a fragment")
    if "?" in back_url and carrier in (Carrier.AU, Carrier.WILLCOM):
        raise ValueError(f"{back_url!r}: a phone of {carrier} comes back without a query string")
    match dialect:
        case Dialect.DOCOMO_GPS:
            return PositionLink(back_url, _LCS)
        case Dialect.AU_GPSONE:
            asked = "&ver=1&datum=0&unit=0&acry=0&number=0"
            return PositionLink(f"device:gpsone?url={quote(back_url, safe='')}{asked}")
        case Dialect.AU_SIMPLE:
            return PositionLink(f"device:location?url={quote(back_url, safe='')}")
        case Dialect.SOFTBANK:
            return PositionLink(f"location:auto?url={back_url.replace('?', '&', 1)}")
        case Dialect.WILLCOM:
            return PositionLink(f"http://location.request/dummy.cgi?my={back_url}&pos=$location")
        case Dialect.DOCOMO_IAREA:
            raise ValueError(
                "open-iArea is reached through docomo's gateway, not by a link of ours"
            )


_DEFAULT: Mapping[Carrier, Dialect] = MappingProxyType(
    {
        Carrier.DOCOMO: Dialect.DOCOMO_GPS,
        Carrier.AU: Dialect.AU_GPSONE,
        Carrier.SOFTBANK: Dialect.SOFTBANK,
        Carrier.WILLCOM: Dialect.WILLCOM,
    }
)
