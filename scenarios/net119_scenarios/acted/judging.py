"""Whether what must hold at the end of a scenario does."""

import asyncio
from collections.abc import Sequence
from typing import get_args

from net119_protocol.codes import CallState
from net119_protocol.labels import label_of
from net119_protocol.unreachable_texts import UNREACHABLE
from net119_simulators.errors import SimulatorError
from net119_simulators.peer import TakenCall
from net119_simulators.person import jurisdictions

from net119_scenarios.acted import musts, reasons
from net119_scenarios.acted.alarms import judging as alarm_judging
from net119_scenarios.acted.alarms import musts as alarm_musts
from net119_scenarios.acted.always import Held, Look, always
from net119_scenarios.acted.announcing import announced
from net119_scenarios.acted.looking import Looking, bare
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.phrases import of_must
from net119_scenarios.acted.reasons import NOTHING
from net119_scenarios.acted.registrable import address_differs
from net119_scenarios.acted.timeline import in_japan
from net119_scenarios.acted.troupe import Placed, Troupe
from net119_scenarios.result import Result
from net119_scenarios.words import Words

_LOOK_EVERY_S = 0.05
_LOOK_FOR_NEVER_EVERY_S = 0.25
_NOT_ENDED = Words("反応がないことの終わりが示されていない", "its end was not shown")
_NO_SILENCE = Words("反応がないことは示されていない", "no silence was shown")
_OF_ALARMS = {get_args(e.model_fields["check"].annotation)[0] for e in alarm_musts.OF_ALARMS}
_NEVER = (musts.Never, musts.NothingElse, musts.NoDispatch, *alarm_judging.NEVER)
"""What must not happen until the end."""


class Judge(Looking):
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
        super().__init__(troupe, names)
        self._moments = moments
        self._settles_within_s = settles_within_s
        self._quiet_s = quiet_s

    async def judge(self, result: Result) -> None:
        """Add a check for each thing that must hold."""
        scenario, names = self._troupe.scenario, self._names
        for name, words, look in self._always():
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

    def _always(self) -> Sequence[tuple[str, Words, Look]]:
        """The invariants of calls, those of alarms, or both, as there are such."""
        scenario = self._troupe.scenario
        found: list[tuple[str, Words, Look]] = []
        if scenario.callers() or scenario.peers() or not scenario.alarm_users():
            found += always(self._troupe, self._names)
        if scenario.alarm_users():
            found += alarm_judging.always_of_alarms(self._troupe)
        return found

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
        within = self._settles_within_s
        if name in _OF_ALARMS:  # the desk is told of each change at once
            within /= 4
        deadline = loop.time() + (self._quiet_s if never else within)
        while True:
            try:
                held, seen = await look()
                decided = held is not never
            except (SimulatorError, LookupError) as wrong:
                held, seen, decided = False, reasons.of_error(wrong), False
            if decided or loop.time() >= deadline:
                at = in_japan(self._troupe.venue.now)
                told = Words(f"{at} {seen.ja}", f"{at} {seen.en}")
                result.check(name, held, words.ja, words.en, told, where)
                return
            await asyncio.sleep(_LOOK_FOR_NEVER_EVERY_S if never else _LOOK_EVERY_S)

    # --- what the scenario says -----------------------------------------------------------------

    def _look(self, must: musts.Check) -> Look:
        async def look() -> Held:
            if isinstance(must, musts.InTime):
                return self._in_time(must)
            if isinstance(must, musts.Announced):
                return await announced(self._troupe, must, self._names)
            if isinstance(must, alarm_musts.OF_ALARMS):
                return await alarm_judging.held(self._troupe, must)
            placed = None
            if not isinstance(must, musts.NothingElse | musts.Card):
                placed = self._placed(must)
            found = await self._found(must, placed)
            who = getattr(must, "actor", None)
            if who is None and placed is not None and isinstance(must, musts.State):
                who = placed.caller
            if who is None or found.held:
                return found
            return Held(False, reasons.at(self._names.actor(who), found.seen))

        return look

    async def _found(self, must: musts.Check, placed: Placed | None) -> Held:
        if isinstance(must, musts.NothingElse):
            return self._nothing_else(must)
        if isinstance(must, musts.Card):
            said = "".join(self._troupe.people[must.actor].card)
            missing = [text for text in must.texts if text not in said]
            shown = (
                Words(f"「{said}」", f"「{said}」")
                if said
                else Words("画面は出なかった", "no card was shown")
            )
            return Held(bool(said) and not missing, shown)
        if placed is None:
            raise TypeError(f"{must} is about a call")
        return await self._of_call(must, placed)

    async def _of_call(self, must: musts.Check, placed: Placed) -> Held:
        match must:
            case musts.Owner():
                return self._owner(must, placed)
            case musts.State():
                view = self._shown(must.actor, placed)
                right = view.state is must.state
                right &= must.outcome is None or view.outcome is must.outcome
                return Held(right, reasons.of_state(view.state, view.outcome))
            case musts.Rule():
                name, view = self._any_view(placed)
                note = view.routing
                right = note.rule == must.rule
                right &= must.ambiguous is None or note.ambiguous is must.ambiguous
                rule = self._names.rule(note.rule or "")
                near = Words("、境界付近", ", ambiguous") if note.ambiguous else NOTHING
                ja, en = f"{rule.ja}（{note.rule}）{near.ja}", f"{rule.en} ({note.rule}){near.en}"
                return Held(right, reasons.at(self._names.actor(name), Words(ja, en)))
            case musts.Told():
                return self._told(must, placed)
            case musts.SameTranscript():
                lines = {name: await self._lines(name, placed) for name in must.actors}
                first, *rest = lines.values()
                shown = {
                    name: reasons.of_lines([text for _, _, text in each])
                    for name, each in lines.items()
                }
                right = bool(first) and all(each == first for each in rest)
                return Held(right, reasons.each_at(self._names, shown))
            case musts.Kept():
                kept = await self._lines(must.actor, placed)
                whole = await self._lines(placed.caller, placed)
                right = len(kept) >= must.at_least and kept == whole[: len(kept)]
                return Held(right, reasons.of_lines([text for _, _, text in kept]))
            case musts.Order():
                return self._order(must, placed)
            case musts.Withdrawn():
                return self._withdrawn(must, placed)
            case musts.AddressDiffers():
                return address_differs(self._troupe.people[must.actor], must)
            case musts.Rang():
                rang = self._rang(must.actor, placed)
                return Held(rang, Words("一度も呼び出さなかった", "it never rang there"))
            case musts.Silence():
                since = self._console(must.actor).call(placed.id).silences
                ended = bool(since) and since[-1] is None
                return Held(ended, _NOT_ENDED if since else _NO_SILENCE)
            case musts.Never():
                console = self._troupe.consoles.get(must.actor)
                if console is None or not console.connected:
                    raise self._no_console(must.actor)
                return Held(not self._rang(must.actor, placed), Words("呼び出した", "it rang"))
            case _:
                return await self._of_record(must, placed)

    async def _of_record(self, must: musts.Check, placed: Placed) -> Held:
        match must:
            case musts.NoDispatch():
                knowing = self._knowing(placed)
                sent = {name: (await self._record(name, placed)).dispatches for name in knowing}
                # Without a record that was read, nothing says that no crew was sent.
                right = bool(sent) and not any(sent.values())
                if not sent:
                    return Held(False, Words("記録を読めなかった", "no record was read"))
                units = [one.units for each in sent.values() for one in each]
                all_units = "、".join(units)
                return Held(right, Words(f"出動: {all_units}", f"crews sent: {all_units}"))
            case musts.Transferred():
                transfers = (await self._record(must.actor, placed)).transfers
                asked = [each for each in transfers if each.department.code == must.to]
                last = asked[-1] if asked else None
                right = last is not None and last.ended_at is not None
                right = right and last is not None and last.failure == must.failure
                return Held(right, reasons.of_transfers([last] if last else transfers, self._names))
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
                return Held(right, reasons.of_callback(back, self._names))
            case musts.Trail():
                trail = (await self._record(must.actor, placed)).trail
                point = trail[-1] if trail else None
                right = point is not None and point.cause is must.cause
                if right and point is not None and must.municipality is not None:
                    at = point.place.point
                    hit = jurisdictions().at(at.lon, at.lat) if at is not None else None
                    right = hit is not None and hit.municipality == must.municipality
                return Held(right, reasons.of_place(point))
            case musts.Reported():
                told = (await self._record(must.actor, placed)).discrepancies
                kept = [each.detail for each in told]
                return Held(any(must.text in each for each in kept), reasons.of_lines(kept))
            case musts.Epoch():
                if must.actor is not None:
                    epoch = (await self._record(must.actor, placed)).call.epoch
                    return Held(epoch == must.epoch, Words(f"epoch {epoch}", f"epoch {epoch}"))
                home = self._troupe.people[placed.caller].home
                for name in self._knowing(placed):
                    if self._troupe.scenario.dispatchers()[name].center == home.center:
                        epoch = (await self._record(name, placed)).call.epoch
                        seen = Words(f"epoch {epoch}", f"epoch {epoch}")
                        return Held(epoch == must.epoch, reasons.at(self._names.actor(name), seen))
                return Held(
                    False,
                    Words(
                        "登録地の指令センターのだれの画面にも、この通報がない",
                        "no dispatcher of the home center knows the call",
                    ),
                )
        raise TypeError(f"no check {must}")

    def _owner(self, must: musts.Owner, placed: Placed) -> Held:
        receiver = placed.phone.view.receiver
        told = {
            name: view.owner
            for name in self._knowing(placed)
            if (view := self._troupe.consoles[name].call(placed.id).view) is not None and view.mine
        }
        right = receiver is not None and receiver.code == must.department
        right &= all(owner.code == must.department for owner in told.values())
        shown = {name: Words(each.name_ja, each.name_en) for name, each in told.items()}
        nobody = Words("担当の表示なし", "nobody is shown")
        to = Words(receiver.name_ja, receiver.name_en) if receiver is not None else nobody
        return Held(right, reasons.each_at(self._names, {placed.caller: to} | shown))

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
        if right or not found:
            return Held(right, reasons.of_notices((n.code.value for n in notices), self._names))
        phones = "、".join(ref.name_ja for each in found for ref in each.phone_to) or "なし"
        phones_en = ", ".join(ref.name_en for each in found for ref in each.phone_to) or "none"
        return Held(
            False, Words(f"示されたが、電話先は: {phones}", f"shown, but to phone: {phones_en}")
        )

    def _order(self, must: musts.Order, placed: Placed) -> Held:
        texts = [text for _, _, text in map(bare, placed.phone.lines)]
        at = 0
        for wanted in must.texts:
            found = next((i for i in range(at, len(texts)) if wanted in texts[i]), None)
            if found is None:
                said = reasons.of_lines(texts)
                return Held(
                    False,
                    Words(
                        f"「{wanted}」は書かれなかったか、順序が違う。最後の発言: {said.ja}",
                        f"“{wanted}” is not there, or too early; the last lines: {said.en}",
                    ),
                )
            at = found + 1
        return Held(True)

    def _withdrawn(self, must: musts.Withdrawn, placed: Placed) -> Held:
        taken = self._troupe.peers[must.actor].calls.get(placed.id)
        if not isinstance(taken, TakenCall):
            offered = Words("通報の申し出が届いていない", "it never was offered the call")
            return Held(False, offered)
        if taken.withdrawal is None:
            return Held(False, Words("取り消しが届いていない", "it was not told"))
        return Held(not taken.is_owner, Words("まだ担当している", "it has the call still"))

    def _rang(self, actor: str, placed: Placed) -> bool:
        views = self._console(actor).call(placed.id).views
        return any(view.mine and view.state is CallState.RINGING for view in views)

    def _nothing_else(self, must: musts.NothingElse) -> Held:
        console = self._troupe.consoles.get(must.actor)
        if console is None or not console.connected:
            raise self._no_console(must.actor)
        known = {placed.id for placed in self._troupe.calls.values()}
        known |= self._troupe.earlier[must.actor]
        rang = [
            Words(
                f"{view.registrant.name}さんの通報（{label_of(view.kind).ja}）",
                f"call of {view.registrant.name} ({label_of(view.kind).en})",
            )
            for call in console.calls
            if call.id not in known
            for view in call.views[:1]
        ]
        return Held(not rang, reasons.joined(rang))

    def _in_time(self, must: musts.InTime) -> Held:
        begin, end = self._moments.get(must.begin), self._moments.get(must.end)
        if begin is None or end is None:
            names = [must.begin] * (begin is None) + [must.end] * (end is None)
            steps = reasons.joined(map(self._names.step, names))
            return Held(False, Words(f"{steps.ja}が行われなかった", f"{steps.en} was not reached"))
        took = end - begin
        return Held(took <= must.seconds, Words(f"{took:.2f}秒かかった", f"it took {took:.2f} s"))


def _of_the_phone(placed: Placed) -> Held:
    """Whether the phone said by itself that its provider cannot be reached."""
    shown = [each for p in placed.phones for each in getattr(p, "own_notices", ())]
    right = any(each.code == UNREACHABLE and each.text_ja and each.text_en for each in shown)
    if not shown:
        return Held(False, Words("端末は何も知らせなかった", "it showed nothing by itself"))
    return Held(right, Words(shown[-1].text_ja or "文がない", shown[-1].text_en or "without text"))
