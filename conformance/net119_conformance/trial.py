"""What a test purpose is handed: it checks, requires and observes through its `Trial`.

Nothing here raises because of what the SUT did, save to leave the purpose after the verdict is
recorded; so all mismatches are reported, and a purpose cannot turn a failure into a pass by
catching an exception.
"""

import asyncio
import inspect
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NoReturn, TypeVar

from net119_simulators.wiretap import WireEvent

from net119_conformance.catalogue import Text
from net119_conformance.checks import Check, CheckLevel, show
from net119_conformance.errors import SUT_ANSWERS, TrialEnded
from net119_conformance.evidence import EvidenceLog
from net119_conformance.held_up import owed_by
from net119_conformance.purpose import Purpose
from net119_conformance.record import SEEN, Reason
from net119_conformance.silent_look import look_for
from net119_conformance.standstill import Standstill
from net119_conformance.still_offered import accepted_too_late
from net119_conformance.verdict import Verdict, worst

T = TypeVar("T")


class Trial:
    """One run of one purpose: its checks, its conclusions, its evidence.

    `evidence` is a `Wiretap`: hand it to everything that talks. `derived_binds` is true if the
    SUT's profile claims the derived parts of requirements; then failing them is a FAIL.
    """

    def __init__(
        self, purpose: Purpose, evidence: EvidenceLog, *, derived_binds: bool = False
    ) -> None:
        self.purpose = purpose
        self.evidence = evidence
        self.derived_binds = derived_binds
        self._checks: list[Check] = []
        self._silences = 0
        self._reasons: list[Reason] = []
        self._waiting_for: list[str] = []
        self._running: asyncio.Task[object] | None = None
        self._broken_off: Exception | None = None
        self._limits: list[asyncio.Timeout] = []
        self.slowest_s = 0.0
        """How long the SUT took at most for what was observed, so far."""
        self.held_up: Callable[[], Exception | None] = lambda: None
        """Asked when something did not come: whether what operates the SUT owes an answer."""
        self.standstill = Standstill()
        """How long the suite itself stood still, so far."""
        self.offers_hold_s: float | None = None
        """For how long the SUT's offers surely hold, seconds, if that is known."""
        self.in_doubt = False
        """Whether something was not seen that the suite itself may have missed: what does not hold
        from then on counts as INCONCLUSIVE."""
        self.work_limit_s: float | None = None
        """Seconds that the purpose's function may take where people act, without what they take;
        None: as the engine says."""

    # -- what a purpose says ---------------------------------------------------------------------

    def check(
        self,
        name: str,
        condition: bool,
        *,
        expected: object,
        seen: object,
        level: CheckLevel | str | None = None,
        offending: WireEvent | str | None = None,
        ja: str = "",
        doubt: Text | None = None,
        surely: bool = False,
    ) -> bool:
        """Record a named check and return `condition`.

        `name` is a short statement of what must hold, the same in every run; `ja` says it in
        Japanese. `level` is by default `derived` in a purpose that judges derived parts only, else
        `must`. `offending` names the message to look at: the event itself, or a text in it such as
        a message ID. `doubt` says why the suite itself may be at fault if it does not hold;
        what was seen whole, such as a message against the rules, is `surely` so in any doubt.
        Anything but a bool as `condition` (a coroutine not awaited is always true)
        is recorded as a fault of the purpose.
        """
        if not isinstance(condition, bool):
            if inspect.iscoroutine(condition):
                condition.close()
            self.conclude(
                Verdict.HARNESS_ERROR,
                en=f"check {name!r} got a {type(condition).__name__} instead of a bool",
                ja=f"検査「{name}」に真偽値でなく {type(condition).__name__} が渡されました",
            )
            return False
        if doubt is not None and not condition:
            self.doubt(doubt)
        if level is None:
            level = CheckLevel.DERIVED if self.purpose.only_derived else CheckLevel.MUST
        check = Check(
            name=name,
            name_ja=ja,
            passed=condition,
            level=CheckLevel(level),
            counts_as=self._counts_as(condition, CheckLevel(level), surely=surely),
            expected=self.evidence.redact(show(expected)),
            seen=self.evidence.redact(show(seen)),
            offset_s=round(self.evidence.elapsed(), 6),
            after_event=self.evidence.count,
            offending=None if offending is None else self.evidence.index_of(offending),
        )
        self._checks.append(check)
        self.evidence.check(check)
        return condition

    def require(self, prerequisite: str, seen: T | None, *, ja: str = "") -> T:
        """Return `seen` if it is there (truthy), else end the purpose as INCONCLUSIVE.

        `prerequisite` is the sentence that must hold before anything can be judged: "the console
        of center chitose is connected". A prerequisite that is met is no evidence for a PASS.
        """
        if inspect.iscoroutine(seen):
            seen.close()
            self.conclude(
                Verdict.HARNESS_ERROR,
                en=f"prerequisite {prerequisite!r} got a coroutine that nobody awaited",
                ja=f"前提「{prerequisite}」に await されていないコルーチンが渡されました",
            )
            raise TrialEnded(prerequisite)
        if not seen:
            text = show(seen)
            self.conclude(
                Verdict.INCONCLUSIVE,
                en=f"prerequisite missing: {prerequisite} (seen: {text})",
                ja=f"前提が満たされていません: {ja or prerequisite} (実際: {text})",
            )
            raise TrialEnded(prerequisite)
        return seen

    async def observe(
        self,
        name: str,
        awaitable: Awaitable[T],
        within: float,
        *,
        expected: object,
        level: CheckLevel | str | None = None,
        refusals: tuple[type[Exception], ...] = (),
        offending: WireEvent | str | None = None,
        ja: str = "",
    ) -> T | None:
        """Await what the SUT must show within `within` seconds; a named check either way.

        Returns what came, or None: it did not come in time (or the simulator's own deadline
        passed), or the SUT answered with one of `SUT_ANSWERS` or of `refusals`. The purpose goes
        on, so that everything that can still be judged is. Where what operates the SUT has itself
        not answered yet, nothing is judged, and its `DriverFailed` is raised.
        """
        refused = (*SUT_ANSWERS, *refusals)
        doubt: Text | None = None
        clock = asyncio.get_running_loop().time
        began = clock()
        with self.waiting(ja or name):
            try:
                async with self.limited(asyncio.timeout(within)):
                    got = await awaitable
            except TimeoutError as late:
                if (owed := owed_by(late) or self.held_up()) is not None:
                    raise owed from late
                detail = f" ({late})" if str(late) else ""
                seen, passed, result = f"nothing within {within:g} s{detail}", False, None
                doubt = self.missed_since(began)
            except refused as refusal:
                seen, passed, result = f"{type(refusal).__name__}: {refusal}", False, None
                doubt = self.too_late(refusal) or self.missed_since(began)
            else:
                seen, passed, result = show(got), True, got
                self.slowest_s = max(self.slowest_s, clock() - began)
        self.check(
            name,
            passed,
            expected=expected,
            seen=seen,
            level=level,
            offending=offending,
            ja=ja,
            doubt=doubt,
        )
        return result

    async def observe_nothing(
        self,
        name: str,
        awaitable: Awaitable[object],
        within: float,
        *,
        expected: object,
        level: CheckLevel | str | None = None,
        offending: WireEvent | str | None = None,
        ja: str = "",
    ) -> bool:
        """Check that `awaitable` does not come within `within` seconds. True if it stayed away.

        Judge something positive besides: silence alone is also what a dead system shows, and is
        INCONCLUSIVE. A wait of `awaitable` that ends before `within` is no silence, and is raised.
        While what operates the SUT owes an answer, the look goes on: the answer may show it. So it
        does for as long as the suite itself stood still; what comes only then is in doubt.
        """
        with self.waiting(ja or name):
            looked = await look_for(
                awaitable,
                within,
                limited=self.limited,
                owed=self.held_up,
                standstill=self.standstill,
            )
            self._silences += not looked.came
        if looked.doubtful:
            self.doubt(self.standstill.words())
        return self.check(
            name,
            not looked.came,
            expected=expected,
            seen=looked.seen,
            level=level,
            offending=offending,
            ja=ja,
        )

    def not_applicable(self, reason: str, *, ja: str = "") -> NoReturn:
        """End the purpose: the SUT does not claim what it judges. Probe the claim first."""
        self.conclude(Verdict.NOT_APPLICABLE, en=reason, ja=ja or reason)
        raise TrialEnded(reason)

    def needs_review(
        self, question: str, seen: object = "", *, ja: str = "", seen_ja: object = ""
    ) -> None:
        """Record that only a person can judge what was seen; the purpose goes on."""
        text = show(seen)
        text_ja = show(seen_ja) or text
        self.conclude(
            Verdict.NEEDS_REVIEW,
            en=question + (f"{SEEN}{text})" if text else ""),
            ja=(ja or question) + (f" (実際: {text_ja})" if text_ja else ""),
        )

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Say what is being waited for, so that a time-out of the whole purpose can name it."""
        self._waiting_for.append(what)
        yield
        # Not in a `finally`: what was being waited for must still be known after a time-out.
        self._waiting_for.remove(what)

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """While a person acts, no time limit goes by, be it of an observation or of the whole
        purpose: a step has a limit of its own.

        A tester who is slow must never look like a system that is silent.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        running = [each for each in self._limits if not each.expired()]
        held = [(each, when) for each in running if (when := each.when()) is not None]
        for each, _ in held:
            each.reschedule(None)
        try:
            yield
        finally:
            for each, when in held:
                if each in self._limits and not each.expired():
                    each.reschedule(when + clock() - began)

    @asynccontextmanager
    async def limited(self, limit: asyncio.Timeout) -> AsyncIterator[None]:
        """Hold to a limit that stands still while a person acts."""
        async with limit:
            self._limits.append(limit)
            try:
                yield
            finally:
                self._limits.remove(limit)

    # -- what the engine asks --------------------------------------------------------------------

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks so far, in order."""
        return tuple(self._checks)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """What is being waited for now, the outermost first."""
        return tuple(self._waiting_for)

    def break_off(self, problem: Exception) -> bool:
        """End the purpose, wherever it waits: something that it started cannot go on.

        Of several problems the first one counts. False if no purpose is under way.
        """
        if self._running is None:
            return False
        if self._broken_off is None:
            self._broken_off = problem
            self._running.cancel()
        return True

    async def go_through(self, work: Awaitable[None]) -> None:
        """Await what the purpose does, until it ends or is broken off; raises why it was."""
        task = self._running = asyncio.current_task()
        try:
            await work
        except asyncio.CancelledError:
            if self._broken_off is None:
                raise
        finally:
            self._running = None
        if self._broken_off is not None:
            if task is not None:
                task.uncancel()
            raise self._broken_off

    def conclude(self, verdict: Verdict, *, en: str, ja: str) -> None:
        """Record a verdict that does not come from a check, with its reason in both languages."""
        redact = self.evidence.redact
        reason = Reason(verdict=verdict, en=redact(en), ja=redact(ja))
        self._reasons.append(reason)
        self.evidence.note(f"{verdict}: {reason.en}")

    def doubt(self, why: Text) -> None:
        """Record that the suite itself may have missed what it did not see, once for a purpose."""
        if not self.in_doubt:
            self.in_doubt = True
            self.conclude(Verdict.INCONCLUSIVE, en=why.en, ja=why.ja)

    def doubt_if_still(self) -> None:
        """As `doubt`, if the suite itself stood still in this purpose: it waited in vain."""
        if self.standstill.bounded and self.standstill.longest_s(-math.inf):
            self.doubt(self.standstill.words())

    def end_in_doubt(self, why: Text) -> NoReturn:
        """End the purpose: what would be seen now may be the suite's own fault."""
        self.doubt(why)
        raise TrialEnded(why.en)

    def missed_since(self, began: float) -> Text | None:
        """Why the suite itself may have missed what it waited for since this time of its loop."""
        return self.standstill.words() if self.standstill.too_long(began) else None

    def too_late(self, answer: Exception) -> Text | None:
        """Why an answer may be right that the SUT gave to an acceptance; None if it cannot be."""
        return accepted_too_late(answer, self.offers_hold_s)

    @property
    def suspect(self) -> bool:
        """True if nothing could be told for what the suite itself may have missed; not where people
        act, who would have to do it all again."""
        told = self.verdict() is not Verdict.INCONCLUSIVE
        return self.in_doubt and not told and self.work_limit_s is None

    def reasons(self) -> tuple[Reason, ...]:
        """The recorded conclusions; "no evidence" if there are none, and no check but silences."""
        if self._reasons or len(self._checks) > self._silences:
            return tuple(self._reasons)
        none = Text(
            en="no evidence: nothing was seen but silence, which a dead system shows as well",
            ja="証拠なし: 何も起きないことしか見ていません。停止した試験対象でも同じです",
        )
        if not self._checks:
            none = Text(
                en="no evidence: the purpose ended without a single check",
                ja="証拠なし: 検査が一つも行われずに終わりました",
            )
        return (Reason(verdict=Verdict.INCONCLUSIVE, en=none.en, ja=none.ja),)

    def verdict(self) -> Verdict:
        """The verdict as things stand: the worst of all checks and conclusions."""
        parts = [check.counts_as for check in self._checks]
        return worst([*parts, *(reason.verdict for reason in self.reasons())])

    def _counts_as(self, passed: bool, level: CheckLevel, *, surely: bool) -> Verdict:
        if passed:
            return Verdict.PASS
        binds = level is CheckLevel.MUST or (level is CheckLevel.DERIVED and self.derived_binds)
        if not binds:
            return Verdict.WARN
        return Verdict.INCONCLUSIVE if self.in_doubt and not surely else Verdict.FAIL
