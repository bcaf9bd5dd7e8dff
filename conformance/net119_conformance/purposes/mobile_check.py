"""The check page for feature phones: whether a phone can be used, and if not, why."""

from net119_simulators.handsets.model import Handset
from net119_simulators.handsets.walking import Verdict
from net119_simulators.pages.page import Page

from net119_conformance.at_phones import (
    AU,
    DOCOMO,
    DOCOMO_WITHOUT_SHA2,
    NO_WAY_ON,
    STEP_S,
    walking,
    without_position,
    words_of,
)
from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_REMEDIES = ("設定", "有効", "オンに", "許可", "替え", "ください", "試して", "相談", "連絡")
"""Whatever is advised, one of these words is in it."""


@purpose(
    id="MOBILE-CHECK",
    requirements=("CTS-04", "ASO-07", "TOM-05", "CTS-13"),
    derived=("CTS-04",),
    interfaces="A",
    role=Role.HOME,
    needs=Needs(phones=True, profile="aso"),
    timeout_s=120.0,
    title_ja="確認ページは、フィーチャーフォンが使えるかどうかと、使えない理由を示す",
    title_en="The check page tells whether a feature phone can be used, and if not, why",
    stimulus_ja="すべての機能を備えた端末、位置を測れない端末、httpsでCookieを使えない端末、暗号化"
    "できない端末が、確認ページで現在位置確認の操作をする。",
    stimulus_en="A phone with every ability, one that cannot find its position, one without "
    "cookies over https and one that cannot encrypt press the check page's button for the "
    "present position.",
    expected_ja="備えた端末には使えると示される。欠いた端末には使えると示されず、欠けている機能と"
    "することが示される。",
    expected_en="The first is told that it can be used. The others are not, and learn which "
    "ability is missing and what to do.",
    why_ja="使えると誤って示された端末の持ち主は、緊急のときに初めて通報できないことを知る。",
    why_en="Whoever is told wrongly that the phone works finds out in the emergency.",
)
async def mobile_check(t: Trial, w: World) -> None:
    await _judged(t, w, DOCOMO, "with every ability", "すべての機能を備えた端末")
    lost = without_position(DOCOMO)
    await _judged(t, w, lost, "without a position", "位置を測れない端末", "gps", "位置")
    cookies = "Cookieを使えない端末"
    await _judged(t, w, AU, "without cookies", cookies, "cookie", "Cookie")
    if w.handset_side().plaintext_url:
        old, ja = DOCOMO_WITHOUT_SHA2, "暗号化できない端末"
        await _judged(t, w, old, "without encryption", ja, "link", "暗号", plaintext=True)


async def _judged(
    t: Trial,
    w: World,
    kind: str | Handset,
    what: str,
    ja: str,
    lacks: str = "",
    word: str = "",
    *,
    plaintext: bool = False,
) -> None:
    """One phone at the check page; ``lacks`` is the test that it must not pass."""
    walk = await walking(w, kind, plaintext=plaintext)
    checked = await t.observe(
        f"a phone {what} gets through the check",
        walk.check(),
        STEP_S,
        expected="a verdict",
        refusals=NO_WAY_ON,
        ja=f"{ja}で、確認を最後まで行える",
    )
    if checked is None:
        return
    page = walk.phone.page
    if not lacks:
        t.check(
            f"a phone {what} is told that it can be used",
            checked.verdict is Verdict.USABLE and set(checked.tests.values()) == {"ok"},
            expected="usable, each test ok",
            seen=f"{checked.verdict.value}, {dict(checked.tests)}",
            ja=f"{ja}に、使えると示される",
        )
        here = w.home.municipality_name
        words = words_of(page, "[data-test=gps]")
        t.check(
            "the page shows where the phone is",
            here in words,
            expected=here,
            seen=words,
            level=CheckLevel.DERIVED,
            ja="端末がいる場所が示される",
        )
        return
    t.check(
        f"a phone {what} is not told that it can be used",
        checked.verdict is not Verdict.USABLE,
        expected="limited or unusable",
        seen=f"{checked.verdict.value}, {dict(checked.tests)}",
        ja=f"{ja}に、使えるとは示されない",
    )
    reason = words_of(page, f"[data-test={lacks}]")
    others = [name for name, result in checked.tests.items() if result != "ok" and name != lacks]
    t.check(
        f"a phone {what} learns the reason",
        checked.tests.get(lacks) in ("no", "limited") and word in reason and "使え" in page.text,
        expected=f"{lacks}: no or limited, with words about {word}",
        seen=f"{lacks}: {checked.tests.get(lacks)}, {reason!r}",
        level=CheckLevel.DERIVED,
        ja=f"{ja}に、理由が示される",
    )
    said = _result_of(page)
    t.check(
        f"a phone {what} learns what to do",
        any(each in said for each in _REMEDIES),
        expected=f"one of {', '.join(_REMEDIES)}",
        seen=said,
        level=CheckLevel.DERIVED,
        ja=f"{ja}に、することが示される",
    )
    t.check(
        f"nothing else is blamed on a phone {what}",
        not others,
        expected=f"{lacks} alone",
        seen=others,
        level=CheckLevel.DERIVED,
        ja=f"{ja}に、ほかの理由は示されない",
    )


def _result_of(page: Page) -> str:
    """What the page says of the phone: without what stands on other pages, too."""
    said = page.text
    for each in ("#means", "#contact", "#departments"):
        said = said.replace(words_of(page, each), "")
    return said
