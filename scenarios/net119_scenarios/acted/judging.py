"""Whether what must hold at the end of a scenario does."""

import asyncio

from net119_protocol.api.common import CallView
from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState
from net119_protocol.unreachable_texts import UNREACHABLE
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import SimulatorError
from net119_simulators.peer import TakenCall
from net119_simulators.person import jurisdictions

from net119_scenarios.acted import musts
from net119_scenarios.acted.always import Held, Look, always
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.phrases import of_must
from net119_scenarios.acted.registrable import address_differs
from net119_scenarios.acted.timeline import in_japan
from net119_scenarios.acted.troupe import Placed, Troupe
from net119_scenarios.result import Result
from net119_scenarios.words import Words

_LOOK_EVERY_S = 0.05
_LOOK_FOR_NEVER_EVERY_S = 0.25
_NEVER = (musts.Never, musts.NothingElse, musts.NoDispatch)
"""What must not happen until the end."""


class Judge:
    """Looks at phones, consoles and records until everything holds, or time is up.

    ``moments`` are the ends of the steps that have an id, in seconds of the scenario;
    ``settles_within_s`` is how long each thing may take until it holds, ``quiet_s`` how long what
    must never happen is looked at when all the rest is over.
    """

    def __init__(
        self,
        troupe: Troupe,
        moments: dict[str, float],
        names: Names | None = None,
        *,
        settles_within_s: float = 10.0,
        quiet_s: float = 1.0,
    ) -> None:
        self._troupe = troupe
        self._names = names
        self._moments = moments
        self._settles_within_s = settles_within_s
        self._quiet_s = quiet_s

    async def judge(self, result: Result) -> None:
        """Add a check for each thing that must hold."""
        scenario = self._troupe.scenario
        names = self._names or Names(scenario)
        for name, words, look in always(self._troupe):
            await self._check(result, name, words, look)
        for number, must in enumerate(scenario.must):
            words, where = of_must(must, names), scenario.where("must", number)
            if not isinstance(must, _NEVER):
                await self._check(result, must.check, words, self._look(must), where)
        # Last: whatever comes late has had the time that all the others took.
        for number, must in enumerate(scenario.must):
            words, where = of_must(must, names), scenario.where("must", number)
            if isinstance(must, _NEVER):
                await self._check(result, must.check, words, self._look(must), where, never=True)

    async def _check(
        self,
        result: Result,
        name: str,
        words: Words,
        look: Look,
        where: str = "",
        *,
        never: bool = False,
    ) -> None:
        """Look until it holds; at what must ``never`` happen, until it has been quiet for long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (self._quiet_s if never else self._settles_within_s)
        while True:
            seen: object
            try:
                held, seen = await look()
                decided = held is not never
            except (SimulatorError, LookupError) as wrong:
                held, seen, decided = False, wrong, False
            if decided or loop.time() >= deadline:
                at = in_japan(self._troupe.venue.now)
                result.check(name, held, words.ja, words.en, f"{at} {seen}", where)
                return
            await asyncio.sleep(_LOOK_FOR_NEVER_EVERY_S if never else _LOOK_EVERY_S)

    # --- what the scenario says -----------------------------------------------------------------

    def _look(self, must: musts.Check) -> Look:
        async def look() -> Held:
            if isinstance(must, musts.InTime):
                return self._in_time(must)
            placed = None
            if not isinstance(must, musts.NothingElse | musts.Card):
                placed = self._placed(must)
            found = await self._found(must, placed)
            who = getattr(must, "actor", None)
            if who is None and placed is not None and isinstance(must, musts.State):
                who = placed.caller
            return Held(found.held, f"{who}: {found.seen}") if who else found

        return look

    async def _found(self, must: musts.Check, placed: Placed | None) -> Held:
        if isinstance(must, musts.NothingElse):
            return self._nothing_else(must)
        if isinstance(must, musts.Card):
            said = "".join(self._troupe.people[must.actor].card)
            missing = [text for text in must.texts if text not in said]
            return Held(bool(said) and not missing, said or "no card was shown")
        if placed is None:
            raise TypeError(f"{must} is about a call")
        return await self._of_call(must, placed)

    def _placed(self, must: musts.Check) -> Placed:
        calls = self._troupe.calls
        if must.call is not None:
            return calls[must.call]
        if not calls:
            raise LookupError("no call was placed")
        return next(iter(calls.values()))

    async def _of_call(self, must: musts.Check, placed: Placed) -> Held:
        match must:
            case musts.Owner():
                return self._owner(must, placed)
            case musts.State():
                view = self._shown(must.actor, placed)
                right = view.state is must.state
                right &= must.outcome is None or view.outcome is must.outcome
                return Held(right, f"{view.state.value}, {view.outcome}")
            case musts.Rule():
                name, view = self._any_view(placed)
                note = view.routing
                right = note.rule == must.rule
                right &= must.ambiguous is None or note.ambiguous is must.ambiguous
                return Held(right, f"{name}: {note.rule}, ambiguous {note.ambiguous}")
            case musts.Told():
                return self._told(must, placed)
            case musts.SameTranscript():
                lines = {name: await self._lines(name, placed) for name in must.actors}
                first, *rest = lines.values()
                shown = {name: [text for _, _, text in each] for name, each in lines.items()}
                return Held(bool(first) and all(each == first for each in rest), shown)
            case musts.Kept():
                kept = await self._lines(must.actor, placed)
                whole = await self._lines(placed.caller, placed)
                right = len(kept) >= must.at_least and kept == whole[: len(kept)]
                return Held(right, [text for _, _, text in kept])
            case musts.Order():
                return self._order(must, placed)
            case musts.Withdrawn():
                return self._withdrawn(must, placed)
            case musts.AddressDiffers():
                return address_differs(self._troupe.people[must.actor], must)
            case musts.Rang():
                rang = self._rang(must.actor, placed)
                return Held(rang, "it never rang there")
            case musts.Silence():
                told = self._console(must.actor).call(placed.id).silences
                return Held(bool(told) and told[-1] is None, told or "no silence")
            case musts.Never():
                console = self._troupe.consoles.get(must.actor)
                if console is None or not console.connected:
                    raise LookupError(
                        f"{must.actor} has no console that is open, so nobody saw whether it rang"
                    )
                return Held(not self._rang(must.actor, placed), "it rang")
            case _:
                return await self._of_record(must, placed)

    async def _of_record(self, must: musts.Check, placed: Placed) -> Held:
        match must:
            case musts.NoDispatch():
                knowing = self._knowing(placed)
                sent = {name: (await self._record(name, placed)).dispatches for name in knowing}
                # Without a record that was read, nothing says that no crew was sent.
                right = bool(sent) and not any(sent.values())
                return Held(right, sent or "no record was read")
            case musts.Transferred():
                transfers = (await self._record(must.actor, placed)).transfers
                asked = [each for each in transfers if each.department.code == must.to]
                last = asked[-1] if asked else None
                right = last is not None and last.ended_at is not None
                right = right and last is not None and last.failure == must.failure
                return Held(right, last or transfers)
            case musts.CalledBack():
                backs = (await self._record(must.actor, placed)).callbacks
                if must.number is not None:
                    backs = tuple(each for each in backs if each.number == must.number)
                back = backs[-1] if backs else None
                right = back is not None and (back.state, back.failure) == (
                    must.state,
                    must.failure,
                )
                if back is not None and must.contacts is not None:
                    right &= tuple(each.name for each in back.contacts) == must.contacts
                return Held(right, back)
            case musts.Trail():
                trail = (await self._record(must.actor, placed)).trail
                point = trail[-1] if trail else None
                right = point is not None and point.cause is must.cause
                if right and point is not None and must.municipality is not None:
                    at = point.place.point
                    hit = jurisdictions().at(at.lon, at.lat) if at is not None else None
                    right = hit is not None and hit.municipality == must.municipality
                return Held(right, point)
            case musts.Reported():
                told = (await self._record(must.actor, placed)).discrepancies
                return Held(any(must.text in each.detail for each in told), told)
            case musts.Epoch():
                if must.actor is not None:
                    epoch = (await self._record(must.actor, placed)).call.epoch
                    return Held(epoch == must.epoch, epoch)
                home = self._troupe.people[placed.caller].home
                for name in self._knowing(placed):
                    if self._troupe.scenario.dispatchers()[name].center == home.center:
                        epoch = (await self._record(name, placed)).call.epoch
                        return Held(epoch == must.epoch, f"{name}: {epoch}")
                return Held(False, "no dispatcher of the home center knows the call")
        raise TypeError(f"no check {must}")

    def _owner(self, must: musts.Owner, placed: Placed) -> Held:
        receiver = placed.phone.view.receiver
        told = {
            name: view.owner.code
            for name in self._knowing(placed)
            if (view := self._troupe.consoles[name].call(placed.id).view) is not None and view.mine
        }
        right = receiver is not None and receiver.code == must.department
        right &= all(code == must.department for code in told.values())
        return Held(right, f"caller: {receiver and receiver.code}, consoles: {told}")

    def _told(self, must: musts.Told, placed: Placed) -> Held:
        troupe = self._troupe
        if must.actor in troupe.people:
            notices = [n for p in placed.phones for view in p.views for n in view.notices]
            if must.notice == UNREACHABLE:
                return _of_the_phone(placed)
        else:
            views = troupe.consoles[must.actor].call(placed.id).views
            notices = [n for view in views for n in view.notices]
        found = [each for each in notices if each.code.value == must.notice]
        right = bool(found) and all(each.text_ja and each.text_en for each in found)
        if must.phone is not None:
            right &= any(ref.code == must.phone for each in found for ref in each.phone_to)
        return Held(right, sorted({each.code.value for each in notices}))

    def _order(self, must: musts.Order, placed: Placed) -> Held:
        texts = [text for _, _, text in map(_bare, placed.phone.lines)]
        at = 0
        for wanted in must.texts:
            found = next((i for i in range(at, len(texts)) if wanted in texts[i]), None)
            if found is None:
                said = "".join(f"「{each}」" for each in texts[-5:])
                return Held(
                    False,
                    f"「{wanted}」は書かれなかったか、順序が違う（is not there, or too early）。"
                    f"最後の発言（the last lines）: {said}",
                )
            at = found + 1
        return Held(True)

    def _withdrawn(self, must: musts.Withdrawn, placed: Placed) -> Held:
        taken = self._troupe.peers[must.actor].calls.get(placed.id)
        if not isinstance(taken, TakenCall):
            return Held(False, "it never was offered the call")
        return Held(taken.withdrawal is not None and not taken.is_owner, taken.withdrawal or "no")

    def _rang(self, actor: str, placed: Placed) -> bool:
        views = self._console(actor).call(placed.id).views
        return any(view.mine and view.state is CallState.RINGING for view in views)

    def _console(self, actor: str) -> Dispatcher:
        console = self._troupe.consoles.get(actor)
        if console is None:
            raise LookupError(f"{actor} has opened no console, so nobody saw what it showed")
        return console

    def _shown(self, actor: str | None, placed: Placed) -> CallView | ConsoleCall:
        if actor is None or actor in self._troupe.people:
            return placed.phone.view
        view = self._troupe.consoles[actor].call(placed.id).view
        if view is None:
            raise LookupError(f"the console of {actor} was not told of {placed.name}")
        return view

    def _nothing_else(self, must: musts.NothingElse) -> Held:
        console = self._troupe.consoles.get(must.actor)
        if console is None or not console.connected:
            raise LookupError(f"{must.actor} has no console that is open, so nobody saw what rang")
        known = {placed.id for placed in self._troupe.calls.values()}
        known |= self._troupe.earlier[must.actor]
        rang = [
            f"{view.kind.value} call of {view.registrant.name}"
            for call in console.calls
            if call.id not in known
            for view in call.views[:1]
        ]
        return Held(not rang, "、".join(rang))

    def _in_time(self, must: musts.InTime) -> Held:
        begin, end = self._moments.get(must.begin), self._moments.get(must.end)
        if begin is None or end is None:
            return Held(False, f"{must.begin} or {must.end} was not reached")
        took = f"{end - begin:.2f} s from {must.begin} to {must.end}"
        return Held(end - begin <= must.seconds, took)

    # --- where to look --------------------------------------------------------------------------

    def _knowing(self, placed: Placed) -> list[str]:
        """The dispatchers whose consoles were told of the call and are open."""
        consoles = self._troupe.consoles.items()
        return [name for name, c in consoles if c.connected and c.call(placed.id).view is not None]

    def _any_view(self, placed: Placed) -> tuple[str, ConsoleCall]:
        for name, console in self._troupe.consoles.items():
            if (view := console.call(placed.id).view) is not None:
                return name, view
        raise LookupError(f"no console was told of {placed.name}")

    async def _record(self, name: str, placed: Placed) -> CallRecord:
        return await self._troupe.consoles[name].record(placed.id)

    async def _lines(self, name: str, placed: Placed) -> list[tuple[int, str, str]]:
        troupe = self._troupe
        if name in troupe.people:
            return [_bare(line) for line in placed.phone.lines]
        if name in troupe.peers:
            call = troupe.peers[name].calls.get(placed.id)
            return [_bare(line) for line in call.lines] if call is not None else []
        return [_bare(line) for line in (await self._record(name, placed)).lines]


def _of_the_phone(placed: Placed) -> Held:
    """Whether the phone said by itself that its provider cannot be reached."""
    shown = [each for p in placed.phones for each in getattr(p, "own_notices", ())]
    right = any(each.code == UNREACHABLE and each.text_ja and each.text_en for each in shown)
    return Held(right, [each.text_ja for each in shown] or "it showed nothing by itself")


def _bare(line: ChatLine) -> tuple[int, str, str]:
    """Number, sender, and what was said or tapped."""
    said = line.text or (f"{line.choice.seq}: {line.choice.option_id}" if line.choice else "")
    return line.seq, line.sender.value, said
