"""Where the judge of a scenario looks: phones, consoles, records, and what all are called."""

from functools import cached_property

from net119_protocol.api.common import CallView
from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.chat import ChatLine
from net119_simulators.dispatcher import Dispatcher

from net119_scenarios.acted import musts
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.reasons import Unseen
from net119_scenarios.acted.troupe import Placed, Troupe


class Looking:
    """What there is to be seen of a scenario; raises `Unseen` where nobody looked."""

    def __init__(self, troupe: Troupe, names: Names | None = None) -> None:
        self._troupe = troupe
        self._given = names

    @cached_property
    def _names(self) -> Names:
        return self._given or Names(self._troupe.scenario)

    def _placed(self, must: musts.Check) -> Placed:
        calls = self._troupe.calls
        if must.call is not None:
            return calls[must.call]
        if not calls:
            raise Unseen("通報がなかった", "no call was placed")
        return next(iter(calls.values()))

    def _console(self, actor: str) -> Dispatcher:
        console = self._troupe.consoles.get(actor)
        if console is None:
            who = self._names.actor(actor)
            raise Unseen(
                f"{who.ja}の画面が開いていなかったので、何が出たかだれも見ていない",
                f"{who.en} has opened no console, so nobody saw what it showed",
            )
        return console

    def _shown(self, actor: str | None, placed: Placed) -> CallView | ConsoleCall:
        if actor is None or actor in self._troupe.people:
            return placed.phone.view
        view = self._troupe.consoles[actor].call(placed.id).view
        if view is None:
            who, call = self._names.actor(actor), self._names.call(placed.name)
            raise Unseen(
                f"{who.ja}の画面に{call.ja}が出なかった",
                f"the console of {who.en} was not told of the {call.en}",
            )
        return view

    def _knowing(self, placed: Placed) -> list[str]:
        """The dispatchers whose consoles were told of the call and are open."""
        consoles = self._troupe.consoles.items()
        return [name for name, c in consoles if c.connected and c.call(placed.id).view is not None]

    def _any_view(self, placed: Placed) -> tuple[str, ConsoleCall]:
        for name, console in self._troupe.consoles.items():
            if (view := console.call(placed.id).view) is not None:
                return name, view
        call = self._names.call(placed.name)
        raise Unseen(f"どの画面にも{call.ja}が出なかった", f"no console was told of the {call.en}")

    def _no_console(self, actor: str) -> Unseen:
        who = self._names.actor(actor)
        return Unseen(
            f"{who.ja}の画面がつながっていなかったので、呼び出したかどうかだれも見ていない",
            f"{who.en} has no console that is open, so nobody saw whether it rang",
        )

    async def _record(self, name: str, placed: Placed) -> CallRecord:
        return await self._troupe.consoles[name].record(placed.id)

    async def _lines(self, name: str, placed: Placed) -> list[tuple[int, str, str]]:
        troupe = self._troupe
        if name in troupe.people:
            return [bare(line) for line in placed.phone.lines]
        if name in troupe.peers:
            call = troupe.peers[name].calls.get(placed.id)
            return [bare(line) for line in call.lines] if call is not None else []
        return [bare(line) for line in (await self._record(name, placed)).lines]


def bare(line: ChatLine) -> tuple[int, str, str]:
    """Number, sender, and what was said or tapped."""
    said = line.text or (f"{line.choice.seq}: {line.choice.option_id}" if line.choice else "")
    return line.seq, line.sender.value, said
