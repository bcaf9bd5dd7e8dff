"""What must hold in every scenario, whatever it says: the invariants that screens can show."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import CallState
from net119_simulators.dispatcher import Dispatcher as Console

from net119_scenarios.acted.troupe import Placed, Troupe
from net119_scenarios.words import Words


class Held(NamedTuple):
    """Whether something holds, and what there is."""

    held: bool
    seen: object = ""


Look: TypeAlias = Callable[[], Awaitable[Held]]


def always(troupe: Troupe) -> Sequence[tuple[str, Words, Look]]:
    """Each check: its name, its words, and how to look."""
    found = _Always(troupe)
    return (
        (
            "rules",
            Words(
                "番号の抜け・重複・順序の入れ替わりがどの画面にもなかった（I2〜I4）",
                "no screen saw a line missing, twice or out of order (I2-I4)",
            ),
            found.no_violations,
        ),
        (
            "acknowledged",
            Words(
                "受け付けられた通報者と指令員の発言はすべて残っている（I2）",
                "every acknowledged line of callers and dispatchers is there (I2)",
            ),
            found.nothing_lost,
        ),
        (
            "mode",
            Words(
                "どの画面でも通報の区分は変わらなかった（I5）",
                "every screen showed the calls' own mode (I5)",
            ),
            found.modes_kept,
        ),
        (
            "one-owner",
            Words(
                "どの通報も、担当する指令センターはいつも一つである（I1）",
                "every open call has one center, never two at once (I1)",
            ),
            found.one_owner,
        ),
    )


class _Always:
    def __init__(self, troupe: Troupe) -> None:
        self._troupe = troupe

    async def no_violations(self) -> Held:
        troupe = self._troupe
        broken = [
            *(
                f"{placed.caller}: {each}"
                for placed in troupe.calls.values()
                for phone in placed.phones
                for each in phone.violations
            ),
            *(f"{name}: {e}" for name, c in troupe.consoles.items() for e in c.violations),
            *(f"{name}: {e}" for name, peer in troupe.peers.items() for e in peer.violations),
        ]
        return Held(not broken, broken)

    async def nothing_lost(self) -> Held:
        lost = [
            f"{placed.caller}: {each}"
            for placed in self._troupe.calls.values()
            for phone in placed.phones
            for each in phone.unseen()
        ]
        for placed in self._troupe.calls.values():
            kept = (
                {line.seq: line.client_id for line in placed.phones[-1].lines}
                if placed.phones
                else {}
            )
            lost += [
                f"{name}: {each}"
                for name, console in self._troupe.consoles.items()
                for each in console.call(placed.id).log.unseen()
                # A console that is gone cannot show it: then the caller must have it.
                if console.connected or kept.get(each.seq) != each.client_id
            ]
        return Held(not lost, lost)

    async def modes_kept(self) -> Held:
        wrong = []
        for placed in self._troupe.calls.values():
            views = {
                placed.caller: [view.mode for phone in placed.phones for view in phone.views],
                **{
                    name: [view.mode for view in console.call(placed.id).views]
                    for name, console in self._troupe.consoles.items()
                },
            }
            wrong += [
                f"{name}: {mode.value}, not {placed.mode.value}"
                for name, modes in views.items()
                for mode in modes
                if mode is not placed.mode
            ]
        return Held(not wrong, wrong)

    async def one_owner(self) -> Held:
        for placed in self._troupe.calls.values():
            wrong = self._two_at_once(placed) or self._not_one_now(placed)
            if wrong is not None:
                return Held(False, f"{placed.name}: {wrong}")
        return Held(True)

    def _centers(self) -> Iterator[tuple[str, Console]]:
        dispatchers = self._troupe.scenario.dispatchers()
        return ((dispatchers[name].center, each) for name, each in self._troupe.consoles.items())

    def _two_at_once(self, placed: Placed) -> str | None:
        """Two centers that had the open call under the same epoch, at any time.

        A screen that is behind may show what is over, but then under an earlier epoch.
        """
        having: dict[int, set[str]] = {}
        for center, console in self._centers():
            for view in console.call(placed.id).views:
                if _has(view):
                    having.setdefault(view.epoch, set()).add(center)
        for epoch, centers in sorted(having.items()):
            if len(centers) > 1:
                return f"{sorted(centers)} under epoch {epoch}"
        return None

    def _not_one_now(self, placed: Placed) -> str | None:
        """An open call that the screens show at no center, or at two."""
        shown = {
            center: console.call(placed.id).view
            for center, console in self._centers()
            if console.connected
        }
        having = {center for center, view in shown.items() if view is not None and _has(view)}
        if len(having) > 1:
            return str(sorted(having))
        if having or not placed.phones or placed.phone.view.state is CallState.CLOSED:
            return None
        closed = any(view is not None and view.state is CallState.CLOSED for view in shown.values())
        if closed and not getattr(placed.phone, "connected", True):
            return None  # a phone that is gone shows what was
        receiver = placed.phone.view.receiver
        if receiver is None:
            return "the caller is shown nobody who has the open call"
        center = self._troupe.view().department(receiver.code).center
        if center in shown:
            return f"open, the caller is shown {receiver.code}, but {center} does not have it"
        return None  # at a center at which nobody looks at a screen, or that is played


def _has(view: ConsoleCall) -> bool:
    return view.mine and view.state is not CallState.CLOSED
