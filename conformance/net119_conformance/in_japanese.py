"""Whether a page is in Japanese: what it says of itself, and what is read on it (ASO-21)."""

import re

from bs4 import BeautifulSoup
from net119_simulators.pages import Page
from net119_simulators.pages.reading import attribute, text_of

from net119_conformance.at_smartphones import Smartphone
from net119_conformance.trial import Trial

_FOREIGN = re.compile(r"(?:\b[A-Za-z]{2,}[,.;:]? +){3,}[A-Za-z]{2,}")
"""Four words of another language in a row: names of products are shorter."""
_WORDS = re.compile(r"\b[A-Za-z]{2,}[,.;:]? +[A-Za-z]{2,}")
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def in_japanese(t: Trial, page: Page, name: str, ja: str, *, titled: bool = True) -> None:
    """Check that a page is in Japanese; one that is not ``titled`` may have a name as its title."""
    foreign = _FOREIGN.findall(_own_text(page))
    read = (page.title, " ".join(page.headings)) if titled else (_own_text(page),)
    t.check(
        f"the {name} is in Japanese",
        page.language.split("-")[0] == "ja"
        and all(_JAPANESE.search(each) is not None for each in read)
        and not foreign,
        expected='lang="ja", Japanese words, no foreign sentence',
        seen=f"lang={page.language!r}, {page.title!r}, foreign: {foreign}",
        ja=f"{ja}は日本語である",
    )


async def shown_in_japanese(t: Trial, phone: Smartphone, name: str, ja: str) -> None:
    """Check that what a real browser shows of a page, by its scripts too, is in Japanese.

    Stricter than `in_japanese`: what scripts say is short.  A line without any Japanese may be a
    name or a number, not words.
    """
    language, lines = await phone.said_in()
    foreign = [
        each
        for each in lines
        if _FOREIGN.search(each) or (_WORDS.search(each) and not _JAPANESE.search(each))
    ]
    t.check(
        f"what the {name} says with its scripts is in Japanese",
        language.lower().split("-")[0] == "ja"
        and any(_JAPANESE.search(each) for each in lines)
        and not foreign,
        expected='lang="ja", Japanese words, no line in another language',
        seen=f"lang={language!r}, {len(lines)} lines, foreign: {foreign}",
        ja=f"{ja}がスクリプトで示す文は日本語である",
    )


def _own_text(page: Page) -> str:
    """What is seen of the page without the parts that say that they are in another language."""
    copy = BeautifulSoup(str(page.document), "html.parser")
    for tag in copy.find_all("body")[0].find_all(lang=True):
        if not tag.decomposed and (attribute(tag, "lang") or "").split("-")[0] != "ja":
            tag.decompose()
    return text_of(copy)
