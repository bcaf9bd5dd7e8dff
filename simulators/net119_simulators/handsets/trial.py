"""One phone's trial: connect, check, register, log in, call, chat, and what came of each step.

A step's outcome is what the pages and the console at the other side showed; what is predicted of
the phone is not looked at here.
"""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import CallState, CloseOutcome, Kind, LinkSecurity, Mode, SenderRole
from net119_protocol.places import Point

from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import NotConnected, SimulatorError
from net119_simulators.handsets.handshake import HandshakeFailed
from net119_simulators.handsets.model import Family
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.steps import Expected, Outcome, Reason, Step
from net119_simulators.handsets.walk_mobile import MobileWalk
from net119_simulators.handsets.walk_smart import SmartWalk
from net119_simulators.handsets.walking import Checked, Stuck, Verdict, Walk, lines_of, shows
from net119_simulators.mailbox.sending import MailNotTaken
from net119_simulators.pages.errors import PageNotShown
from net119_simulators.pages.reading import attribute
from net119_simulators.registration.urls import MailedKeys

SAID = "台所から火が出ています。髙①"
ASKED = "どこから火が出ていますか。㈱①"
_NEAR_M = 15.0
"""Farther off than rounding the figures explains, the position is not the phone's."""
_WITHIN_S = 20.0
_ANSWERED = frozenset({CallState.ANSWERED.value, CallState.INTERRUPTED.value})
"""Without a lasting connection an answered call counts as interrupted between two requests."""
_TESTS = {
    "link": Reason.NOT_ENCRYPTED,
    "gps": Reason.NO_POSITION,
    "cookie": Reason.NO_COOKIES,
    "charset": Reason.GARBLED,
}


@dataclass(frozen=True)
class Happened:
    """What came of a step, and what was seen of it (evidence, in English)."""

    step: Step
    expected: Expected
    seen: str = ""


@dataclass
class TrialResult:
    """A phone's steps, in order; steps that were not reached stand in it, too."""

    steps: list[Happened] = field(default_factory=list)

    @property
    def table(self) -> dict[Step, Expected]:
        """What came of each step."""
        return {each.step: each.expected for each in self.steps}

    @property
    def usable(self) -> bool:
        """Whether the user got through: called, and chatted."""
        last = self.table.get(Step.CHAT)
        good = (Outcome.WORKS, Outcome.PLAINTEXT, Outcome.LIMITED)
        return last is not None and last.outcome in good


class TrialFailed(SimulatorError):
    """The trial's own side failed (staff, console): nothing is known of the phone."""


class Desk(Protocol):
    """What a trial needs of the provider's side."""

    base_url: str
    plaintext_url: str | None
    dispatcher: Dispatcher | None
    name: str
    """The registrant's name, as the pages must greet; empty if it is not known."""

    def is_mine(self, call: ConsoleCall) -> bool:
        """Whether a call at the console is of the phone's owner."""

    async def register(self, phone: Phone, base_url: str) -> MailedKeys | None:
        """ID and password of the phone's owner, registered with it; None if it was not done here.

        Raises:
            Stuck: the registration did not succeed. TrialFailed: staff could not approve it.
        """

    async def keys(self) -> MailedKeys | None:
        """ID and password of somebody registered otherwise, where ``register`` does nothing."""


def walk_for(phone: Phone, base_url: str) -> Walk:
    """The pages that are meant for this phone."""
    if phone.handset.is_feature_phone and phone.handset.family is not Family.FEATURE_4G:
        return MobileWalk(phone, base_url)
    return SmartWalk(phone, base_url)


class Trial:
    """Drives one phone through all steps."""

    def __init__(self, phone: Phone, desk: Desk, tell: Callable[[Happened], None]) -> None:
        self._phone = phone
        self._desk = desk
        self._tell = tell
        self._result = TrialResult()
        self._walk = walk_for(phone, desk.base_url)
        self._plaintext = desk.base_url.startswith("http:")
        self._keys: MailedKeys | None = None
        self._call: ConsoleCall | None = None

    async def run(self) -> TrialResult:
        """Take the steps until one gets the user stuck, or cannot be tried.

        Raises:
            TrialFailed: not the phone, but the trial's own side failed.
        """
        steps: dict[Step, Callable[[], Awaitable[Happened]]] = {
            Step.CONNECT: self._connect,
            Step.CHECK: self._check,
            Step.REGISTER: self._register,
            Step.LOG_IN: self._log_in,
            Step.CALL: self._place,
            Step.CHAT: self._chat,
        }
        stuck = False
        for step, act in steps.items():
            if stuck:
                happened = Happened(step, Expected(Outcome.UNREACHED))
            else:
                happened = await self._taken(step, act)
            stuck = stuck or happened.expected.outcome in (Outcome.STUCK, Outcome.NOT_TRIED)
            self._result.steps.append(happened)
            self._tell(happened)
        return self._result

    async def _taken(self, step: Step, act: Callable[[], Awaitable[Happened]]) -> Happened:
        try:
            return await act()
        except TrialFailed:
            raise
        except NotConnected as gone:
            raise TrialFailed(gone.what, gone.where, "Try again; the console was cut off") from gone
        except Stuck as stuck:
            return Happened(step, Expected(Outcome.STUCK, stuck.reason), stuck.seen)
        except HandshakeFailed as failed:
            return Happened(step, Expected(Outcome.STUCK, failed.reason), str(failed))
        except PageNotShown as other:
            return Happened(step, Expected(Outcome.STUCK, Reason.UNEXPECTED), str(other))
        except (SimulatorError, MailNotTaken) as wrong:
            reason = Reason.UNREACHABLE if isinstance(wrong, ConnectionError) else Reason.UNEXPECTED
            return Happened(step, Expected(Outcome.STUCK, reason), str(wrong))

    def _done(self, step: Step, seen: str, *limits: Reason) -> Happened:
        """It worked: limited where something restricts it, plaintext where it is not encrypted."""
        if limits:
            return Happened(step, Expected(Outcome.LIMITED, limits[0]), seen)
        if self._plaintext:
            return Happened(step, Expected(Outcome.PLAINTEXT, Reason.NOT_ENCRYPTED), seen)
        return Happened(step, Expected(Outcome.WORKS), seen)

    # --- steps ----------------------------------------------------------------------------------

    async def _connect(self) -> Happened:
        try:
            page = await self._walk.connect()
        except HandshakeFailed as failed:
            url = self._desk.plaintext_url
            if url is None or not isinstance(self._walk, MobileWalk):
                raise
            self._walk, self._plaintext = MobileWalk(self._phone, url), True
            page = await self._walk.connect()
            return self._done(Step.CONNECT, f"{failed}; then {page.described()} at {url}")
        return self._done(Step.CONNECT, f"{page.described()}; {self._phone.transport.chosen}")

    async def _check(self) -> Happened:
        checked = await self._walk.check()
        if checked is None:
            return Happened(Step.CHECK, Expected(Outcome.NOT_OFFERED))
        reason = _reason_of(checked)
        match checked.verdict:
            case Verdict.USABLE:
                return Happened(Step.CHECK, Expected(Outcome.WORKS), checked.words)
            case Verdict.LIMITED:
                return Happened(Step.CHECK, Expected(Outcome.LIMITED, reason), checked.words)
            case Verdict.UNUSABLE:
                raise Stuck(reason, checked.words)

    async def _register(self) -> Happened:
        self._keys = await self._desk.register(self._phone, self._base)
        if self._keys is None:
            seen = "registered otherwise: there is no mail here"
            return Happened(Step.REGISTER, Expected(Outcome.NOT_OFFERED), seen)
        return self._done(Step.REGISTER, f"registered, ID {self._keys.login_id}")

    async def _log_in(self) -> Happened:
        keys = self._keys or await self._desk.keys()
        if keys is None:
            seen = "there is no ID to log in with: nobody is registered"
            return Happened(Step.LOG_IN, Expected(Outcome.NOT_TRIED, Reason.NO_LOGIN_ID), seen)
        self._phone.browser.keep_secret(keys.password)
        page = await self._walk.log_in(keys, self._desk.name)
        return self._done(Step.LOG_IN, page.described())

    async def _place(self) -> Happened:
        """The call counts as made once a dispatcher has answered it and the page says so."""
        dispatcher = self._desk.dispatcher
        if dispatcher is None:
            seen = "no console at the other side: no call was made"
            return Happened(Step.CALL, Expected(Outcome.NOT_TRIED, Reason.NO_CONSOLE), seen)
        known = {each.id for each in dispatcher.calls}
        placed = await self._walk.call(Kind.FIRE)
        call = await dispatcher.wait_for_any_call(
            lambda each: each.call_id not in known and self._desk.is_mine(each),
            within=_WITHIN_S,
        )
        if call.mode is Mode.LIVE:
            raise Stuck(Reason.UNEXPECTED, f"call {call.call_id} is live: this is a trial")
        if call.kind is not Kind.FIRE:
            raise Stuck(Reason.UNEXPECTED, f"the kind is {call.kind}, not fire")
        self._marked(call)
        if Reason.NO_SCRIPT not in placed.limits:
            self._located(call)
        self._call = await dispatcher.answer(call.call_id, within=_WITHIN_S)
        page = await self._walk.refresh()
        state = page.document.select_one("#state")
        said = attribute(state, "data-state") if state is not None else None
        if said not in _ANSWERED:
            seen = f"{page.where}: the state is {said!r}, though it was answered"
            raise Stuck(Reason.UNEXPECTED, seen)
        return self._done(Step.CALL, f"answered: {page.described()}", *placed.limits)

    def _marked(self, call: ConsoleCall) -> None:
        """The console must see whether the link is encrypted (ASO-08, ASO-17)."""
        expected = LinkSecurity.PLAINTEXT if self._plaintext else LinkSecurity.ENCRYPTED
        if call.link is not expected:
            raise Stuck(Reason.UNEXPECTED, f"the console sees a {call.link} link")

    def _located(self, call: ConsoleCall) -> None:
        point: Point | None = call.place.point
        fix, here = call.place.fix, self._phone.here
        if fix is None or point is None:
            raise Stuck(Reason.NO_POSITION, f"the console sees no position: {call.place}")
        for lat, lon in ((fix.lat, fix.lon), (point.lat, point.lon)):
            off = _metres(lat, lon, here.lat, here.lon)
            if off > _NEAR_M:
                seen = f"{lat:.6f}, {lon:.6f} at the console is {off:.0f} m from the phone"
                raise Stuck(Reason.WRONG_POSITION, seen)

    async def _chat(self) -> Happened:
        dispatcher, call = self._desk.dispatcher, self._call
        if dispatcher is None or call is None:
            raise Stuck(Reason.UNEXPECTED, "there is no call")
        await dispatcher.say(call.call_id, ASKED, within=_WITHIN_S)
        page = await self._walk.refresh()
        if not shows(page, ASKED):
            shown = [each.text for each in lines_of(page)]
            raise Stuck(Reason.GARBLED, f"{ASKED!r} is not on the page: {shown}")
        await self._walk.say(SAID)
        line = await dispatcher.wait_for_line(
            call.call_id, lambda each: each.sender is SenderRole.CALLER, within=_WITHIN_S
        )
        if line.text != SAID:
            raise Stuck(Reason.GARBLED, f"{line.text!r} arrived, not {SAID!r}")
        await dispatcher.close(call.call_id, CloseOutcome.PRACTICE_DONE, within=_WITHIN_S)
        return self._done(Step.CHAT, f"line {line.seq} arrived: {line.text}")

    # --------------------------------------------------------------------------------------------

    @property
    def _base(self) -> str:
        plaintext = self._desk.plaintext_url if self._plaintext else None
        return plaintext or self._desk.base_url


def _reason_of(checked: Checked) -> Reason:
    """The first test that failed, else the first that was not passed."""
    for result in ("no", "limited", "untested"):
        for name, reason in _TESTS.items():
            if checked.tests.get(name) == result:
                if result == "no" and name == "link":
                    return Reason.PLAINTEXT_REFUSED
                return reason
    return Reason.UNEXPECTED


def _metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    north = math.radians(lat - other_lat)
    east = math.radians(lon - other_lon) * math.cos(math.radians(lat))
    return 6_371_008.8 * math.hypot(north, east)
