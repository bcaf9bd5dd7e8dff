"""Somebody with a feature phone at the pages below ``/m``, as purposes need them.

The pages are known by the markup that `docs/page-driver.md` describes.
"""

import contextlib
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from net119_protocol.places import Fix
from net119_simulators.errors import SimulatorError
from net119_simulators.handsets import find_handset
from net119_simulators.handsets.handshake import HandshakeFailed
from net119_simulators.handsets.model import Handset
from net119_simulators.handsets.walk_mobile import MobileWalk
from net119_simulators.handsets.walking import Stuck, Walk
from net119_simulators.pages import Browser, Page
from net119_simulators.pages.reading import text_of
from net119_simulators.registration import MailedKeys

from net119_conformance.polling import until
from net119_conformance.world.plan import Ground
from net119_conformance.world.world import Registered, World

NO_WAY_ON = (Stuck, SimulatorError, HandshakeFailed)
"""What a user meets who gets no further; each tells what was seen."""
STEP_S = 30.0
"""Any few pages come within this; the phones' handshakes are computed, not accelerated."""
NEAR_M = 15.0
"""Figures of hundredths of a second and a conversion between datums are off by less."""
DOCOMO, DOCOMO_WITHOUT_SHA2 = "docomo-f-01g-updated", "docomo-f-01g"
SOFTBANK, AU, WILLCOM = "softbank-202sh", "au-sh011", "willcom-wx01sh-updated"
OTHER_MEANS = ("近く", "FAX", "ファクス", "電話リレー")
"""Any of these words names another means of calling the fire service."""


def with_sha2(name: str) -> Handset:
    """A phone of the matrix as it would be if it could verify certificates signed with SHA-2."""
    found = find_handset(name)
    taught = found.encryption.model_copy(update={"sha2_certificates": True})
    return found.model_copy(update={"encryption": taught})


def without_position(name: str) -> Handset:
    """A phone of the matrix that cannot find its position."""
    found = find_handset(name)
    lost = found.position.model_copy(update={"working": False})
    return found.model_copy(update={"position": lost})


async def walking(
    w: World, kind: str | Handset, ground: Ground | None = None, *, plaintext: bool = False
) -> MobileWalk:
    """A phone at the SUT's pages, in the middle of an area (of ``home`` by default)."""
    side = w.handset_side()
    facts = find_handset(kind) if isinstance(kind, str) else kind
    phone = await w.phone(facts, ground or w.home)
    accuracy = facts.position.accuracy_m
    phone.here = replace(phone.here, accuracy_m=accuracy, at=datetime.now(UTC))
    url = side.encrypted_url
    if plaintext:
        url = w.trial.require("the SUT has a plaintext link for handsets", side.plaintext_url)
    return MobileWalk(phone, url)


async def logged_in(w: World, walk: MobileWalk, who: Registered, name: str = "") -> Page:
    """The menu of a registrant, whom the page must greet by a ``name`` that is given."""
    walk.phone.browser.keep_secret(who.credentials.password)
    w.trial.evidence.redact.hide(who.credentials.password)
    keys = MailedKeys("", who.credentials.login_id, who.credentials.password)
    return await walk.log_in(keys, name)


async def chat_with(w: World, walk: Walk, wanted: Callable[[Page], object]) -> Page:
    """The page of the chat, looked at again until it is as wanted; the last one, if it never is."""
    with contextlib.suppress(TimeoutError):
        return await until(w, walk.refresh, wanted)
    return walk.phone.browser.page


async def ended_of(w: World, browser: Browser) -> Page:
    """The page of a call that was closed, loaded until it says so; the last one, if it never does.

    A screen may be a moment behind.
    """
    with contextlib.suppress(TimeoutError):
        return await until(w, browser.reload, lambda page: page.name == "m-ended")
    return browser.page


def words_of(page: Page, selector: str) -> str:
    """The text of the first element that fits; empty without one."""
    found = page.document.select_one(selector)
    return text_of(found) if found is not None else ""


def names_other_means(page: Page) -> bool:
    """Whether the page names another means of calling, besides whom to ask about the service."""
    said = page.text.replace(words_of(page, "#contact"), "")
    return any(means in said for means in OTHER_MEANS)


def metres_off(fix: Fix, ground: Ground) -> float:
    """Metres between a position and the middle of an area, on a sphere."""
    north = math.radians(fix.lat - ground.lat)
    east = math.radians(fix.lon - ground.lon) * math.cos(math.radians(ground.lat))
    return 6_371_008.8 * math.hypot(north, east)
