"""A smartphone's owner at the call pages, without a browser engine: as conformance drives them."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from net119_protocol.codes import Kind, Mode, PlaceChoice, Positioning
from net119_protocol.places import Point
from net119_simulators.errors import SafetyInterlock
from net119_simulators.gps import Position, fixed, searching
from net119_simulators.pages.errors import NotOnPage
from net119_simulators.pages.page import Page
from net119_simulators.pages.smartphone import (
    CallRefusedAtPage,
    SmartphoneAtPages,
    fill_position,
    refusal_code,
)
from net119_simulators.pages.window import new_browser

from tests.reference.pages.to_call.caller import SCHOOL, Caller, close, known

MEASURED = datetime(2026, 4, 1, 3, 0, 0, 123000, UTC)
HERE = fixed(42.634123456789, 141.6055, 12.5, taken_at=MEASURED)
Story = Callable[[SmartphoneAtPages], Awaitable[None]]


def on_phone(caller: Caller, story: Story) -> None:
    """Run a story on the caller's own device."""

    async def told() -> None:
        tls = ssl.create_default_context(cafile=str(caller.site.certificates.ca))
        async with new_browser(tls) as browser:
            url = f"{caller.site.base_url}{caller.path}"
            browser.set_cookie(url, "net119_device", caller.client.cookies["net119_device"])
            await story(SmartphoneAtPages(browser, url))

    asyncio.run(told())


def test_it_calls_with_what_the_phone_measured(somebody: Caller) -> None:
    async def story(phone: SmartphoneAtPages) -> None:
        pin = Point(lat=42.6355, lon=141.6066)
        placed = await phone.call(Kind.FIRE, HERE, pin=pin)
        assert phone.taps == 3
        call = known(somebody.site, placed.call_id)
        assert (call.kind, call.mode) == (Kind.FIRE, Mode.TEST)
        assert HERE.fix is not None
        assert call.place.fix is not None
        assert call.place.fix.model_dump(exclude={"source"}) == HERE.fix.model_dump(
            exclude={"source"}
        )
        assert call.place.corrected_pin == pin
        assert await phone.unfinished() == (placed.call_id,)
        close(somebody.site, placed.call_id)
        assert await phone.unfinished() == ()

    on_phone(somebody, story)


def test_home_frequent_place_and_practice(somebody: Caller) -> None:
    async def story(phone: SmartphoneAtPages) -> None:
        home = await phone.call(Kind.OTHER, searching(), place=PlaceChoice.HOME)
        assert known(somebody.site, home.call_id).place.choice is PlaceChoice.HOME
        school = await phone.call(Kind.OTHER, HERE, frequent=SCHOOL.label, practice=True)
        call = known(somebody.site, school.call_id)
        assert call.mode is Mode.PRACTICE
        assert call.place.frequent is not None
        assert call.place.frequent.label == SCHOOL.label
        await phone.open()
        await phone.choose_kind(Kind.FIRE)
        with pytest.raises(NotOnPage):
            await phone.choose_place(frequent="ﾋﾞｮｳｲﾝ")

    on_phone(somebody, story)


def test_a_refusal_is_told_with_its_code(somebody: Caller) -> None:
    async def story(phone: SmartphoneAtPages) -> None:
        for position, code in (
            (Position(Positioning.OFF), "positioning-off"),
            (Position(Positioning.DENIED), "positioning-off"),
            (fixed(37.5665, 126.9780), "outside-japan"),
        ):
            with pytest.raises(CallRefusedAtPage) as refused:
                await phone.call(Kind.FIRE, position)
            assert (refused.value.code, refused.value.page.name) == (code, "call-refused")
        assert await phone.unfinished() == ()

    on_phone(somebody, story)


MAP = """<body data-page="call-map"><form id="call" method="post" action="/c/x/calls">{practice}
<input type="hidden" name="fix.lat"><input type="hidden" name="fix.lon">
<input type="hidden" name="fix.accuracy_m"><input type="hidden" name="fix.taken_at">
<input type="radio" name="positioning" value="on">
<input type="radio" name="positioning" value="off">
<button name="action" value="call">通報</button></form></body>"""


def test_a_real_call_stays_on_this_machine() -> None:
    """The page decides whether a call is live: another machine's is never pressed."""

    async def story() -> None:
        async with new_browser(None, declared_test_hosts=["sut.example"]) as browser:
            url = "https://sut.example/c/x/map"
            browser._page = Page(url, MAP.format(practice="").encode())
            with pytest.raises(SafetyInterlock):
                await SmartphoneAtPages(browser, url).send(HERE)

    asyncio.run(story())


def test_without_a_fix_the_fields_are_empty() -> None:
    form = Page("https://127.0.0.1/c/x/map", MAP.format(practice="").encode()).form("call")
    fill_position(form, HERE)
    assert form.value("fix.lat") == "42.634123456789"
    fill_position(form, Position(Positioning.OFF, HERE.fix))
    assert (form.value("positioning"), form.value("fix.lat")) == ("off", "")
    assert refusal_code(Page("https://127.0.0.1/", b"<p>nothing</p>")) == ""
