"""How a phone follows a position link: it knows its own kind, measures, and calls the page back."""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urljoin, urlsplit

from bs4 import Tag

from net119_simulators.errors import SimulatorError
from net119_simulators.handsets.model import Dialect, Positioning
from net119_simulators.handsets.position import Measured, position_query
from net119_simulators.pages.errors import NotOnPage
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute, text_of

_AREA = "http://w1m.docomo.ne.jp/cp/iarea?"
_AU_GPS, _AU_SIMPLE = "device:gpsone?", "device:location?"
_SOFTBANK = "location:"
_WILLCOM = "http://location.request/dummy.cgi?"
_WILLCOM_PLACE = "$location"


class NoPosition(SimulatorError):
    """The phone shows an error of its own and asks the provider nothing."""

    def __init__(self, where: str) -> None:
        super().__init__(
            "the phone cannot find its position", where, "Take a phone whose positioning works"
        )


def called_back(page: Page, positioning: Positioning, here: Measured) -> str:
    """The URL that the phone opens once it has measured: the page's link of its kind is followed.

    Raises:
        NotOnPage: the page has no link that this phone measures by; those there are, are named.
        NoPosition: the link is followed, but the phone's positioning no longer works.
    """
    dialect = positioning.dialect
    for tag in _anchors(page):
        back = _callback(dialect, tag, page.url)
        if back is None:
            continue
        if not positioning.working:
            raise NoPosition(page.where)
        url, asked = back
        return _joined(url, position_query(dialect, here, asked))
    links = [
        f"「{text_of(tag)}」 {attribute(tag, 'href')}{' lcs' if tag.has_attr('lcs') else ''}"
        for tag in _anchors(page)
    ]
    raise NotOnPage(f"a position link for {dialect}", page.where, links)


def _anchors(page: Page) -> Iterator[Tag]:
    yield from page.document.find_all("a", href=True)


def _callback(dialect: Dialect, tag: Tag, base: str) -> tuple[str, Mapping[str, str]] | None:
    """The URL to call back and the link's own parameters; None if the link is of another kind."""
    href = (attribute(tag, "href") or "").strip()
    match dialect:
        case Dialect.DOCOMO_GPS | Dialect.DOCOMO_GPS_UPPER:
            return (urljoin(base, href), {}) if tag.has_attr("lcs") else None
        case Dialect.DOCOMO_AREA:
            return _parameter(href, _AREA, "nl")
        case Dialect.AU_GPS:
            return _parameter(href, _AU_GPS, "url")
        case Dialect.AU_SIMPLE:
            return _parameter(href, _AU_SIMPLE, "url")
        case Dialect.SOFTBANK:
            return _softbank(href)
        case Dialect.WILLCOM:
            return _willcom(href)
        case _:
            return None


def _parameter(href: str, prefix: str, name: str) -> tuple[str, Mapping[str, str]] | None:
    if not href.startswith(prefix):
        return None
    asked = dict(parse_qsl(href.removeprefix(prefix), keep_blank_values=True))
    url = asked.pop(name, "")
    return (url, asked) if urlsplit(url).scheme in ("http", "https") else None


def _softbank(href: str) -> tuple[str, Mapping[str, str]] | None:
    """``location:auto?url=URL``, whose own query follows with ``&`` in place of ``?``."""
    kind, _, rest = href.partition("?")
    if kind not in (f"{_SOFTBANK}auto", f"{_SOFTBANK}gps", f"{_SOFTBANK}cell"):
        return None
    if not rest.startswith("url="):
        return None
    url, _, query = rest.removeprefix("url=").partition("&")
    return (_joined(url, query) if query else url), {}


def _willcom(href: str) -> tuple[str, Mapping[str, str]] | None:
    """The phone opens what ``my`` names, with ``$location`` filled in."""
    if not href.startswith(_WILLCOM) or not href.endswith(f"&pos={_WILLCOM_PLACE}"):
        return None
    inner = href.removeprefix(_WILLCOM).removesuffix(f"&pos={_WILLCOM_PLACE}")
    return (inner.removeprefix("my="), {}) if inner.startswith("my=") else None


def _joined(url: str, query: str) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"
