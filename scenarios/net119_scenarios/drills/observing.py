"""What people did, as the provider tells it at a console of their center and at the phones.

A person's step is done when the like of it has happened once more than the steps before it needed:
the details are the person's own, a failure does not count.
"""

from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Presence, SenderRole, TrailCause
from net119_simulators.dispatcher import Dispatcher as Console
from net119_simulators.errors import SimulatorError

from net119_scenarios.acted import deeds
from net119_scenarios.acted.troupe import Placed, Troupe

_HANDLED = frozenset({CallState.ANSWERED, CallState.INTERRUPTED, CallState.TRANSFERRING})
_CAUSES = {deeds.Move: TrailCause.MOVED, deeds.Correct: TrailCause.CORRECTED}
BY_RECORD = (
    deeds.Transfer,
    deeds.CallBack,
    deeds.Report,
    deeds.Disclose,
    deeds.SendCrew,
    deeds.BlockCaller,
    deeds.Move,
    deeds.Correct,
    deeds.OpenCallback,
)
"""Deeds that only the call's record tells of: it is read again and again."""


class Observer:
    """Looks at what has happened to the calls of a troupe."""

    def __init__(self, troupe: Troupe) -> None:
        self._troupe = troupe

    async def times(self, step: deeds.Step, placed: Placed) -> int:
        """How often the like of a step has happened to a call; raises `LookupError`.

        What cannot be read now (a provider is down) counts as not having happened yet.
        """
        console = self.console(step.actor or "", placed)
        match step:
            case deeds.Answer():
                return len(_moments(console, placed, "answered_at"))
            case deeds.Close():
                return len(_moments(console, placed, "closed_at"))
            case deeds.AskPosition() if placed.phones:
                return sum(len(getattr(p, "location_requests", ())) for p in placed.phones)
            case deeds.Lose():
                return _presences(console, placed).count(Presence.GONE)
            case deeds.Return():
                # Connected when it was placed, and each time after that it was gone.
                return max(0, _presences(console, placed).count(Presence.CONNECTED) - 1)
            case deeds.Choose():
                lines = console.call(placed.id).log.lines
                return sum(1 for line in lines if line.sender is SenderRole.CALLER)
        try:
            record = await console.record(placed.id)
        except SimulatorError:
            return 0
        return _in_record(step, record)

    async def really(self, step: deeds.Step, placed: Placed) -> deeds.Step:
        """A step of a person as the person did it: with the newest details of the record."""
        try:
            record = await self.console(step.actor or "", placed).record(placed.id)
        except SimulatorError:
            return step
        return step.model_copy(update=_details(step, record))

    def console(self, actor: str, placed: Placed) -> Console:
        """The open console of an actor, or for a caller one that shows the call."""
        consoles = self._troupe.consoles
        if actor in consoles:
            return consoles[actor]
        for each in consoles.values():
            if each.call(placed.id).view is not None:
                return each
        raise LookupError(f"no console shows what {actor} does")

    def new_call(self, caller: str) -> ConsoleCall | None:
        """An open call of a person at a real phone that has no name yet."""
        troupe = self._troupe
        person = troupe.people[caller]
        known = {placed.id for placed in troupe.calls.values()}
        for name, console in troupe.consoles.items():
            for call in console.calls:
                view = call.view
                if view is None or view.closed_at is not None:
                    continue
                if call.id in known or call.id in troupe.earlier.get(name, ()):
                    continue
                if view.registrant.mail == person.data.mail:
                    return view
        return None

    def lines_of(self, actor: str, placed: Placed) -> list[ChatLine]:
        """What an actor who speaks freely said in a call, oldest first.

        Of a person at a console all lines count that no simulator said: log-ins of people have any
        name.
        """
        troupe = self._troupe
        of_caller = actor in troupe.people
        if of_caller or not placed.phones:
            lines = self.console(actor, placed).call(placed.id).log.lines
        else:
            lines = placed.phone.lines
        if of_caller:
            return [line for line in lines if line.sender is SenderRole.CALLER]
        titles = troupe.watcher.titles
        own = {title for title, name in titles.items() if name == actor}
        return [
            line
            for line in lines
            if line.sender is SenderRole.DISPATCHER
            and (line.sender_name in own if own else line.sender_name not in titles)
        ]


def _views(console: Console, placed: Placed) -> list[ConsoleCall]:
    return [view for view in console.call(placed.id).views if view.mine]


def _moments(console: Console, placed: Placed, field: str) -> set[object]:
    """The different times at which this center answered, or closed, the call."""
    views = _views(console, placed)
    if field == "answered_at":
        views = [view for view in views if view.state in _HANDLED]
    return {getattr(view, field) for view in views} - {None}


def _presences(console: Console, placed: Placed) -> list[Presence]:
    return console.call(placed.id).presences


def _in_record(step: deeds.Step, record: CallRecord) -> int:
    match step:
        case deeds.Transfer():
            failed = step.fails is not None
            ended = [each for each in record.transfers if each.ended_at is not None]
            return sum((each.failure is not None) is failed for each in ended)
        case deeds.CallBack():
            wanted = ("failed",) if step.fails is not None else ("sent", "opened")
            return sum(each.state in wanted for each in record.callbacks)
        case deeds.OpenCallback():
            return sum(each.state == "opened" for each in record.callbacks)
        case deeds.SendCrew():
            return len(record.dispatches)
        case deeds.Disclose():
            return len(record.disclosures)
        case deeds.Report():
            return len(record.discrepancies)
        case deeds.BlockCaller():
            return sum(each.what == "caller blocked" for each in record.history)
        case deeds.AskPosition():
            return sum(point.cause is TrailCause.ASKED for point in record.trail)
        case deeds.Move() | deeds.Correct():
            return sum(point.cause is _CAUSES[type(step)] for point in record.trail)
    raise TypeError(f"nobody can see whether a person did {step}")


def _details(step: deeds.Step, record: CallRecord) -> dict[str, object]:
    match step:
        case deeds.Transfer() if record.transfers:
            return {"to": record.transfers[-1].department.code, "reason": ""}
        case deeds.SendCrew() if record.dispatches:
            return {"units": record.dispatches[-1].units}
        case deeds.Report() if record.discrepancies:
            return {"text": record.discrepancies[-1].detail}
        case deeds.Disclose() if record.disclosures:
            told = record.disclosures[-1]
            return {"name": told.receiver_name, "what": told.what}
        case deeds.Close() if record.call.outcome is not None:
            return {"outcome": record.call.outcome, "relayed_to": record.call.relayed_to}
        case deeds.BlockCaller():
            return {"reason": "-"}
    return {}


__all__ = ["BY_RECORD", "Observer"]
