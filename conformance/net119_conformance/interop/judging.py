"""What a purpose of a pair asks for, with the side named that did not do its part."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from net119_simulators.errors import Waited

from net119_conformance.checks import show
from net119_conformance.drivers.actors import Console
from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.errors import SUT_ANSWERS, DriverFailed, TrialEnded
from net119_conformance.held_up import owed_by
from net119_conformance.interop.blame import Fault, Side, Step, at_fault
from net119_conformance.interop.links import Links
from net119_conformance.interop.members import PROFILE, Member
from net119_conformance.interop.wire import PairWire
from net119_conformance.sut.options import Option
from net119_conformance.verdict import Verdict
from net119_conformance.wire_rules import judge_wire
from net119_conformance.world.plan import Ground
from net119_conformance.world.standing_world import StandingWorld

T = TypeVar("T")
Steps = Callable[[], Sequence[Step]]
_LOOK_EVERY_S = 0.01
"""Much less than it takes to start again and connect, lest a break be missed."""


class PairJudging(StandingWorld):
    """``home`` is a department of the originating system, ``there`` one of the receiving system.

    What a purpose expects it asks for by `shows` and `holds`, which find out whose fault it is
    that it did not come; ``faults`` holds those found.
    """

    def __init__(
        self,
        *arguments: Any,
        originating: Member,
        receiving: Member,
        wire: PairWire,
        faults: list[Fault],
        states: Mapping[tuple[str, str], str],
        links: Links,
        again_s: float,
        **more: Any,
    ) -> None:
        super().__init__(*arguments, **more)
        self.trial.held_up = self._owed
        self.members = {Side.ORIGINATING: originating, Side.RECEIVING: receiving}
        self.wire = wire
        self.faults = faults
        self._states = states
        self._links = links
        self._pair = frozenset({originating.code, receiving.code})
        self.again_s = again_s
        """How long the two may take to connect again."""
        self.patience = max(
            originating.profile.timers.patience_s, receiving.profile.timers.patience_s
        )

    @property
    def _registers(self) -> bool:
        """As elsewhere; a simulated system has a driver of its own, which no profile can name."""
        return self.members[Side.ORIGINATING].simulated is not None or super()._registers

    def _owed(self) -> DriverFailed | None:
        """What operates one of the two and has not answered for long."""
        return self.driver.owed() or (self._partner.owed() if self._partner is not None else None)

    @property
    def there(self) -> Ground:
        """The department of the receiving system."""
        return self.ground("partner")

    def partner(self) -> Driver:
        """The driver of the receiving system."""
        return self.trial.require("there is a receiving system", self._partner)

    async def there_console(self) -> Console:
        """A dispatcher at the receiving system."""
        with self.trial.waiting(f"the console of {self.there.center}"):
            return await self.partner_console()

    async def linked(self) -> None:
        """Wait until the two are connected both ways, and the originating one counts on the other.

        Ends the purpose as INCONCLUSIVE, and says which connection is missing.
        """
        try:
            await self._links.up(self._pair, self.again_s)
        except Waited as missing:
            one, other = (self.members[side].key for side in Side)
            self._end(
                f"{one} and {other} are not connected at interface B: {missing.what}, "
                f"{missing.seen}. Look whether both have loaded their directory and peers, and "
                "trust the prepared authority",
                f"{one} と {other} が事業者間の接点でつながっていません: {missing.seen}。双方に"
                "管轄表と事業者の一覧が読み込まれ、準備した認証局が信頼されているか確かめてください",
            )
        await self.seen_running(self.members[Side.RECEIVING].code)

    async def cut_link(self) -> None:
        """Cut every connection between the two, as when the line breaks; they may connect again."""
        self.trial.evidence.note("the suite cuts the connections between the two")
        await self._links.cut(self._pair)

    async def hold_link(self) -> bool:
        """Let nothing pass between the two until one was killed; False: the suite cannot do that.

        Their connections stand, so that neither knows of it.
        """
        held = self._links.hold(self._pair)
        if held:
            self.trial.evidence.note("the suite lets nothing pass between the two from here on")
            self._stack.push_async_callback(self._links.release, self._pair)
        return held

    async def linked_again(self, killed: Side | None = None) -> None:
        """See that the two connect again after a break, each within the pause that it declares.

        Ends the purpose where they do not: with the side named that stays away, or as
        INCONCLUSIVE where the wire does not tell. ``killed`` was started again by others: that
        nobody reaches its endpoint may be their fault, and so may be all that it does not do then.
        """
        name, ja = "the two connect again after the break", "切れた後に、双方がつなぎ直す"
        with self.trial.waiting(ja):
            missing = await self._links.absences(self._pair, self.again_s)
        expected = f"connected within {self.again_s:g} s"
        if not missing:
            self.trial.check(name, True, expected=expected, seen="connected", ja=ja)
            await self.seen_running(self.members[Side.RECEIVING].code)
            return
        # A system whose endpoint is not there is not running, and may owe that to others: nor can
        # it connect then.
        down = {self._side_of(each.operator) for each in missing if each.endpoint}
        for each in missing:
            side = self._side_of(each.operator)
            if side is None or (side is killed and side in down):
                at = f"{each.operator} " if each.operator else ""
                self.trial.conclude(
                    Verdict.INCONCLUSIVE,
                    en=f"the two are not connected again: {at}{each.seen.en}; which of the two is "
                    "at fault cannot be told from outside",
                    ja=f"双方がつなぎ直していません: {at}{each.seen.ja}。どちらの側の原因かは外から"
                    "は分かりません",
                )
                continue
            self._at_fault(name, expected, "not connected", Fault(side, each.seen), ja)
        raise TrialEnded("the two are not connected again")

    def _side_of(self, operator: str) -> Side | None:
        sides = (side for side, member in self.members.items() if member.code == operator)
        return next(sides, None)

    async def crash_of(self, side: Side) -> None:
        """Kill one of the two and start it again.

        Who says that it was killed is not believed: the connections of a system that died break.
        Ends the purpose as INCONCLUSIVE where those between the two stand on.
        """
        member = self.members[side]
        if not self._is_linked():
            await self._links.release(self._pair)
            await self.linked()
        broke = asyncio.ensure_future(self._link_breaks())
        self.trial.evidence.note(f"the suite kills {member.key} and starts it again")
        driver = self.driver if side is Side.ORIGINATING else self.partner()
        try:
            with self.trial.waiting(f"{member.key} to serve again"):
                if member.crash is not None:
                    await member.crash()
                else:
                    await driver.crash()
            with self.trial.waiting(f"the connections of {member.key} to break"):
                done, _ = await asyncio.wait({broke}, timeout=self.patience)
        finally:
            broke.cancel()
            await self._links.release(self._pair)
        if not done:
            self._end(
                f"{member.key} is said to have been killed, but its connections at interface B "
                f"stood on for {self.patience:g} s: look what the driver's crash does",
                f"{member.key} を強制終了したはずですが、事業者間の接続が {self.patience:g} 秒"
                "たっても切れません。ドライバーの crash が何をするか確かめてください",
            )

    def _is_linked(self) -> bool:
        return self._links.are_up(self._pair)

    async def _link_breaks(self) -> None:
        """Return once a connection between the two is not there."""
        while True:
            if not self._is_linked():
                # What was held is lost with the connections; whoever is up again can connect.
                await self._links.release(self._pair)
                return
            await asyncio.sleep(_LOOK_EVERY_S)

    def can_crash(self, side: Side) -> bool:
        """Whether one of the two can be killed: by the suite, or by a driver that may."""
        member = self.members[side]
        if member.crash is not None:
            return True
        driver = self.driver if side is Side.ORIGINATING else self.partner()
        return Verb.CRASH in driver.verbs and member.profile.claims.exclusive

    def says_it_runs(self) -> bool:
        """Whether the receiving system last told the other that its state is normal."""
        there, here = self.members[Side.RECEIVING].code, self.members[Side.ORIGINATING].code
        return self._states.get((there, here), "normal") == "normal"

    def needs_crash(self, side: Side) -> None:
        """End the purpose as NOT_APPLICABLE where one of the two cannot be killed."""
        if self.can_crash(side):
            return
        key = self.members[side].key
        self.trial.not_applicable(
            f"{key}: neither the suite nor its driver may kill it (verb 'crash', claims.exclusive)",
            ja=f"{key}: 試験側からもドライバーからも強制終了できません（crash、claims.exclusive）",
        )

    def needs_mail(self) -> None:
        """End the purpose where nobody could read the originating system's mail.

        It claims callbacks, so that it is INCONCLUSIVE where something is missing for them; NOT
        APPLICABLE where it does not claim the profile of the departments that have them.
        """
        member = self.members[Side.ORIGINATING]
        if member.no_mail is None:
            return
        en, ja = f"{member.key}: {member.no_mail.en}", f"{member.key}: {member.no_mail.ja}"
        if PROFILE not in member.profile.claims.department_profiles:
            self.trial.not_applicable(en, ja=ja)
        self._end(en, ja)

    def needs_real(self, side: Side) -> None:
        """End the purpose as NOT_APPLICABLE where the suite plays a side that it asks too much."""
        member = self.members[side]
        if member.simulated is None:
            return
        self.trial.not_applicable(
            f"{member.key}: the suite plays it, and its people do not do what this asks for",
            ja=f"{member.key}: 試験側が演じる相手で、この試験の操作をする人がいません",
        )

    def claims_option(self, side: Side, option: Option) -> None:
        """End the purpose as NOT_APPLICABLE where a side does not claim an option."""
        member = self.members[side]
        if option in member.profile.claims.options:
            return
        self.trial.not_applicable(
            f"{member.key}: the profile's options do not claim {option.value!r}",
            ja=f"{member.key}: プロファイルの options に {option.value!r} がありません",
        )

    # --- judging ------------------------------------------------------------------------------

    async def shows(
        self,
        name: str,
        awaitable: Awaitable[T],
        within: float,
        *,
        expected: object,
        side: Side,
        steps: Steps,
        ja: str,
    ) -> T | None:
        """Await what the system of a side must show in time; a named check either way.

        ``steps`` lead up to it, and tell whose fault it is that it did not come. Returns what
        came, or None; what comes late has `looking` look for longer. Where what operates one of
        the two has itself not answered yet, nobody is at fault, and its `DriverFailed` is raised.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        with self.trial.waiting(ja):
            try:
                async with self.trial.limited(asyncio.timeout(within)):
                    got = await awaitable
            except TimeoutError as late:
                if (owed := owed_by(late) or self._owed()) is not None:
                    raise owed from late
                seen = f"nothing within {within:g} s" + (f" ({late})" if str(late) else "")
            except SUT_ANSWERS as refusal:
                seen = f"{type(refusal).__name__}: {refusal}"
            else:
                self.trial.slowest_s = max(self.trial.slowest_s, clock() - began)
                self.trial.check(name, True, expected=expected, seen=show(got), ja=ja)
                return got
        self.missed(name, expected, seen, side, steps(), ja)
        return None

    def holds(
        self,
        name: str,
        condition: bool,
        *,
        expected: object,
        seen: object,
        side: Side,
        steps: Sequence[Step] = (),
        ja: str,
    ) -> bool:
        """Check what the system of a side must show; ``steps`` as for `shows`."""
        if condition:
            return self.trial.check(name, True, expected=expected, seen=seen, ja=ja)
        self.missed(name, expected, show(seen), side, steps, ja)
        return False

    def missed(
        self, name: str, expected: object, seen: str, side: Side, steps: Sequence[Step], ja: str
    ) -> None:
        """Record that something did not hold, and whose fault it is as far as that can be told."""
        # Over a way that stands and is recorded, silence is something that was heard, too.
        fault = at_fault(steps, side, heard=self.wire.heard or self._is_linked())
        if fault is None and self._one_broke_rules():
            self.trial.check(name, False, expected=expected, seen=seen, ja=ja)
            return
        if fault is None:
            self.trial.conclude(
                Verdict.INCONCLUSIVE,
                en=f"{name}: {seen}; which of the two is at fault cannot be told from outside",
                ja=f"{ja}: 起きませんでした（{seen}）。どちらの側の原因かは外からは分かりません",
            )
            return
        self._at_fault(name, expected, seen, fault, ja)

    def _at_fault(self, name: str, expected: object, seen: str, fault: Fault, ja: str) -> None:
        doubt = self.trial.missed_since(asyncio.get_running_loop().time())
        if doubt is not None or self.trial.in_doubt:
            # The suite itself may have missed it, so nobody is named.
            self.trial.check(name, False, expected=expected, seen=seen, ja=ja, doubt=doubt)
            return
        self.faults.append(fault)
        key = self.members[fault.side].key
        self.trial.check(
            name,
            False,
            expected=expected,
            seen=f"{seen}; at fault: {key} ({fault.side.value}): it {fault.why.en}",
            ja=ja,
        )

    def _one_broke_rules(self) -> bool:
        """Whether exactly one side sent what breaks a rule, for which it is named at the end."""
        lines = self.trial.evidence.spoken()
        broke = [bool(judge_wire(lines, each.code).breaches) for each in self.members.values()]
        return sum(broke) == 1

    def _end(self, en: str, ja: str) -> NoReturn:
        self.trial.conclude(Verdict.INCONCLUSIVE, en=en, ja=ja)
        raise TrialEnded(en)
