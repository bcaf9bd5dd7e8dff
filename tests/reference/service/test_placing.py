"""A caller's request for help: where each row of the routing table leads, and its repeats."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.api.handset import NewCall
from net119_protocol.codes import (
    CallState,
    Kind,
    LinkSecurity,
    Mode,
    PlaceChoice,
    Positioning,
    Refusal,
)
from net119_protocol.profile.load import load_profiles
from net119_reference.config import Config, Home
from net119_reference.config.model import Limits
from net119_reference.ports import Channel, DispatcherIdentity, Refused

from tests.reference.service.support import (
    CHITOSE,
    CLOSED,
    HOME,
    PERSON,
    SAPPORO,
    SEOUL,
    TOKONAME,
    TOMAKOMAI,
    ManualClock,
    Site,
    Tape,
    new_call,
    new_line,
)
from tests.reference.service.test_registration import on_site, refused

PLAIN = LinkSecurity.PLAINTEXT


@pytest.mark.parametrize(
    ("body", "rule", "notices", "phone"),
    [
        (new_call(CHITOSE), "home-center", [], []),
        (new_call(SAPPORO, place=PlaceChoice.HOME), "home-center", ["home-differs"], []),
        (new_call(SAPPORO), "not-adopted", ["home-not-adopted"], ["0000"]),
        (new_call(None), "no-position", ["home-no-position"], []),
        (new_call(TOKONAME), "other-not-running", ["home-peer-down"], ["0000-00-0233"]),
    ],
)
def test_calls_that_the_home_department_gets(
    folder: Path, body: NewCall, rule: str, notices: list[str], phone: list[str]
) -> None:
    async def work(site: Site) -> None:
        tape = Tape()
        await site.console(tape)
        view = await site.call(await site.registrant(), body)
        assert view.state is CallState.RINGING
        assert view.receiver is not None
        assert view.receiver.code == "chitose"
        call = site.live(view.call_id).known()
        assert call.routing.rule == rule
        assert (call.epoch, call.owner) == (1, call.home)
        assert [notice.code.value for notice in view.notices] == notices
        shown = tape.calls()[-1]
        assert shown.mine
        assert [notice.code.value for notice in shown.notices] == notices
        numbers = [each.phone for notice in call.told[:1] for each in notice.phone_to]
        assert all(number.startswith("0000") for number in numbers)
        for number in phone:
            assert any(each.startswith(number) for each in numbers)

    on_site(folder, work)


def test_a_call_from_home_shows_address_and_fix(folder: Path) -> None:
    async def work(site: Site) -> None:
        view = await site.call(await site.registrant(), new_call(SAPPORO, place=PlaceChoice.HOME))
        place = site.live(view.call_id).known().place
        assert place.fix == SAPPORO
        assert place.registered is not None
        assert (place.registered.lat, place.registered.lon) == (HOME.lat, HOME.lon)
        assert place.point is not None
        assert (place.point.lat, place.point.lon) == (HOME.lat, HOME.lon)

    on_site(folder, work)


@pytest.mark.parametrize(
    ("body", "link", "code"),
    [
        (new_call(SEOUL), LinkSecurity.ENCRYPTED, Refusal.OUTSIDE_JAPAN),
        (new_call(positioning=Positioning.OFF), LinkSecurity.ENCRYPTED, Refusal.POSITIONING_OFF),
        (new_call(positioning=Positioning.DENIED), LinkSecurity.ENCRYPTED, Refusal.POSITIONING_OFF),
        (new_call(CHITOSE), PLAIN, Refusal.PLAINTEXT_NOT_ALLOWED),
        (new_call(mode=Mode.LIVE), LinkSecurity.ENCRYPTED, Refusal.MODE_NOT_ACCEPTED),
    ],
)
def test_requests_that_are_no_call(
    folder: Path, body: NewCall, link: LinkSecurity, code: Refusal
) -> None:
    async def work(site: Site) -> None:
        tape = Tape()
        await site.console(tape)
        who = await site.registrant()
        assert await refused(site.service.place_call(who, body, link)) is code
        assert site.service.core.open_calls() == []
        assert (await site.service.calls_of(who)).calls == ()
        assert len(tape.frames) == 1  # the welcome
        # The same request id may be used again once the cause is gone.
        view = await site.call(who, new_call(client_call_id=body.client_call_id))
        assert view.state is CallState.RINGING

    on_site(folder, work)


def test_a_plaintext_link_is_allowed_where_the_home_department_says_so(folder: Path) -> None:
    async def work(site: Site) -> None:
        who = await site.registrant("tomakomai")
        view = await site.call(who, new_call(CHITOSE), PLAIN)
        call = site.live(view.call_id).known()
        assert (call.routing.rule, call.owner.department.code) == ("plaintext-home", "tomakomai")
        assert call.link is PLAIN
        assert call.told[0].code is NoticeCode.CALL_HOME_PLAINTEXT

    on_site(folder, work)


@pytest.mark.parametrize(
    ("department", "override", "allowed"),
    [("chitose", None, False), ("chitose", True, True), ("aso", None, True), ("aso", False, False)],
)
def test_the_profile_decides_about_plaintext_unless_the_settings_do(
    folder: Path, department: str, override: bool | None, allowed: bool
) -> None:
    homes = {department: Home(plaintext_allowed=override)}
    config = Config(operator="aoba", data_dir=folder, homes=homes)
    assert config.plaintext_allowed(load_profiles()[department]) is allowed


def test_a_call_that_goes_on_in_plaintext_is_marked_and_told_once(folder: Path) -> None:
    async def work(site: Site) -> None:
        tape = Tape()
        await site.console(tape)
        who = await site.registrant()
        view = await site.call(who, new_call(CHITOSE))
        assert [call.link for call in tape.calls()] == [LinkSecurity.ENCRYPTED]
        overheard = replace(who, link=PLAIN)
        await site.service.caller_says(overheard, view.call_id, new_line("a"))
        await site.service.caller_says(who, view.call_id, new_line("b"))
        attachment = await site.service.attach_handset(overheard, view.call_id, 0, Tape())
        assert tape.calls()[-1].link is PLAIN
        assert site.live(view.call_id).known().link is PLAIN
        notices = [text for text in tape.texts(view.call_id) if "暗号化なし" in text]
        assert len(notices) == 1
        # Looking for its place again would need an encrypted call: it stays where it was sent.
        assert site.live(view.call_id).known().routing.rule == "home-center"
        await attachment.detach()

    on_site(folder, work)


@pytest.mark.parametrize("console", [True, False])
def test_another_department_of_the_same_provider(folder: Path, console: bool) -> None:
    async def work(site: Site) -> None:
        home, there = Tape(), Tape()
        await site.console(home)
        if console:
            await site.console(there, center="tomakomai")
        view = await site.call(await site.registrant(), new_call(TOMAKOMAI))
        call = site.live(view.call_id).known()
        assert call.routing.rule == ("other-running" if console else "peer-rejected")
        if console:
            assert (call.owner.center, call.epoch) == ("tomakomai", 2)
            assert (call.centers, home.calls()) == (("tomakomai",), [])
            assert there.calls()[-1].mine
            stranger = site.service.answer(site.dispatcher, view.call_id)
            assert await refused(stranger) is Refusal.UNKNOWN_CALL
            # Nobody takes it there: it comes home, and both centers see that.
            await site.advance(120)
            call = site.live(view.call_id).known()
            assert (call.owner, call.epoch) == (call.home, 3)
            assert home.calls()[-1].mine
            assert not there.calls()[-1].mine
            taken = site.service.answer(DispatcherIdentity("tomakomai", "late"), view.call_id)
            assert await refused(taken) is Refusal.OWNED_BY_OTHER
        else:
            assert (call.owner.center, call.epoch) == ("chitose", 1)
            assert [each.code for each in call.told] == [NoticeCode.CALL_HOME_PEER_NO_CONSOLE]
            assert home.calls()[-1].mine

    on_site(folder, work)


def test_another_provider_that_is_running_is_offered_the_call(folder: Path) -> None:
    async def work(site: Site) -> None:
        site.service.peer_session("midori", Channel.CLIENT, True)
        view = await site.call(await site.registrant(), new_call(TOKONAME))
        assert view.state is CallState.OFFERING
        sent = await site.service.outgoing("midori", Channel.CLIENT, 0, 10)
        assert [item.type for item in sent if item.type != "status.report"] == ["call.offer"]
        # T3 without a sign of life, and it is not asked any more.
        await site.advance(30)
        view = await site.call(await site.registrant(), new_call(TOKONAME))
        assert view.state is CallState.RINGING

    on_site(folder, work)


def test_nobody_at_the_home_console_is_told_to_the_caller_at_once(folder: Path) -> None:
    async def work(site: Site) -> None:
        who = await site.registrant()
        view = await site.call(who, new_call())
        assert [notice.code for notice in view.notices] == [NoticeCode.NOT_RECEIVED]
        (line,) = (await site.service.lines_of(who, view.call_id, 0)).lines
        assert line.sender == "system"

    on_site(folder, work)


def test_the_same_request_finds_the_same_call(folder: Path) -> None:
    async def work(site: Site) -> None:
        who, other = await site.registrant(), await site.registrant()
        body = new_call(client_call_id="once")
        found = await asyncio.gather(*(site.call(who, body) for _ in range(5)))
        assert len({view.call_id for view in found}) == 1
        assert len(site.service.core.open_calls()) == 1
        # The name is the caller's own: another caller's is another call.
        assert (await site.call(other, body)).call_id != found[0].call_id
        await site.restart()
        assert (await site.call(who, body)).call_id == found[0].call_id
        await site.service.close(site.dispatcher, found[0].call_id, CLOSED)
        assert (await site.call(who, body)).state is CallState.CLOSED

    on_site(folder, work)


def test_another_request_under_the_name_of_a_call_is_refused(folder: Path) -> None:
    """Whoever makes a live call is never told that a practice call stands for it."""

    async def work(site: Site) -> None:
        who = await site.registrant()
        body = new_call(CHITOSE, mode=Mode.PRACTICE, client_call_id="once")
        made = await site.call(who, body)
        for other in (
            {"mode": Mode.TEST},
            {"kind": Kind.AMBULANCE if body.kind is Kind.FIRE else Kind.FIRE},
            {"place": PlaceChoice.HOME},
        ):
            with pytest.raises(Refused) as no:
                await site.call(who, body.model_copy(update=other))
            assert (no.value.code, no.value.field) == (Refusal.ID_REUSED, "clientCallId")
            assert f"{next(iter(other))} " in no.value.detail
            await site.restart()
        # Measured again for the repeat, the position is no other request.
        again = await site.call(who, body.model_copy(update={"fix": TOKONAME}))
        assert again.call_id == made.call_id
        assert len(site.service.core.open_calls()) == 1

    on_site(folder, work)


def test_calls_of_a_caller_are_its_own(folder: Path) -> None:
    async def work(site: Site) -> None:
        who, other = await site.registrant(), await site.registrant()
        first = await site.call(who, new_call())
        site.clock.advance(1)
        second = await site.call(who, new_call())
        calls = (await site.service.calls_of(who)).calls
        assert [view.call_id for view in calls] == [second.call_id, first.call_id]
        assert (await site.service.calls_of(other)).calls == ()
        for attempt in (
            site.service.call_of(other, first.call_id),
            site.service.lines_of(other, first.call_id, 0),
            site.service.caller_says(other, first.call_id, new_line("x")),
            site.service.attach_handset(other, first.call_id, 0, Tape()),
        ):
            assert await refused(attempt) is Refusal.UNKNOWN_CALL

    on_site(folder, work)


def test_only_so_many_calls_are_open_at_once(folder: Path) -> None:
    async def main() -> None:
        site = await Site("aoba", folder, ManualClock(), Limits(open_calls=2)).start()
        who = await site.registrant()
        first = await site.call(who, new_call())
        await site.call(who, new_call())
        with pytest.raises(Refused) as found:
            await site.call(who, new_call())
        assert found.value.code is Refusal.OVERLOAD
        await site.service.close(site.dispatcher, first.call_id, CLOSED)
        await site.call(who, new_call())
        await site.stop()

    asyncio.run(main())


def test_one_registrant_cannot_take_the_place_of_everybody(folder: Path) -> None:
    """Pressing again and again works for a while; then it is refused, and others are not."""

    async def main() -> None:
        site = await Site("aoba", folder, ManualClock(), Limits()).start()
        who, other = await site.registrant(), await site.registrant()
        limits = site.service.core.config.limits
        first = new_call()
        made = [await site.call(who, first)]
        for _ in range(limits.registrant_calls - 1):
            made.append(await site.call(who, new_call()))
        assert await refused(site.call(who, new_call())) is Refusal.TOO_MANY
        # What was asked for already is found, and nobody else is hindered.
        assert (await site.call(who, first)).call_id == made[0].call_id
        await site.call(other, new_call())
        for call in made[:4]:
            await site.service.close(site.dispatcher, call.call_id, CLOSED)
        # Not so many are open, but too many were made in a short time.
        assert await refused(site.call(who, new_call())) is Refusal.TOO_MANY
        site.clock.advance(limits.registrant_call_every_s)
        await site.call(who, new_call())
        assert await refused(site.call(who, new_call())) is Refusal.TOO_MANY
        # Those that are open count after a restart, too, however long ago they were made.
        await site.restart()
        site.clock.advance(3600)
        for _ in range(3):
            await site.call(who, new_call())
        assert await refused(site.call(who, new_call())) is Refusal.TOO_MANY
        await site.stop()

    asyncio.run(main())


def test_a_call_that_did_not_come_about_does_not_count(folder: Path) -> None:
    async def work(site: Site) -> None:
        who = await site.registrant()
        for _ in range(3 * site.service.core.config.limits.registrant_call_burst):
            off = site.call(who, new_call(None, positioning=Positioning.OFF))
            assert await refused(off) is Refusal.POSITIONING_OFF
        await site.call(who, new_call())

    on_site(folder, work)


@pytest.mark.parametrize("confirmed", [None, True, False])
def test_a_home_that_nobody_confirmed_on_a_map_is_shown_as_that(
    folder: Path, confirmed: bool | None
) -> None:
    """A dispatcher must not take some point of the municipality for the house (TOM-13)."""

    async def work(site: Site) -> None:
        await site.console(Tape())
        address = PERSON.address.model_copy(update={"position_confirmed": confirmed})
        who = await site.registrant(data=PERSON.model_copy(update={"address": address}))
        view = await site.call(who, new_call(CHITOSE, place=PlaceChoice.HOME))
        place = site.live(view.call_id).known().place
        assert place.registered is not None
        assert place.registered.confirmed is confirmed
        assert place.point is not None
        assert place.radius_m == (None if confirmed is False else 0.0)

    on_site(folder, work)


def test_an_address_too_long_for_a_call_is_cut_visibly_and_the_call_goes_on(folder: Path) -> None:
    async def work(site: Site) -> None:
        await site.console(Tape())
        address = PERSON.address.model_copy(update={"street": "丁" * 200, "flat": "101"})
        who = await site.registrant(data=PERSON.model_copy(update={"address": address}))
        view = await site.call(who, new_call(CHITOSE, place=PlaceChoice.HOME))
        registered = site.live(view.call_id).known().place.registered
        assert registered is not None
        assert len(registered.address) == 200
        assert registered.address.endswith("丁…")

    on_site(folder, work)
