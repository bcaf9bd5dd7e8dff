"""What must hold in every scenario, whatever it says: the invariants that screens can show."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeAlias

from net119_protocol.codes import CallState

from net119_scenarios.acted.troupe import Troupe
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
                "受け付けられた通報者の発言はすべて残っている（I2）",
                "every acknowledged line of a caller is there (I2)",
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
                "どの通報も、担当するのは一つの指令センターだけである（I1）",
                "no call is open at two centers (I1)",
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
        troupe = self._troupe
        for placed in troupe.calls.values():
            having = {
                troupe.scenario.dispatchers()[name].center
                for name, console in troupe.consoles.items()
                if console.connected
                and (view := console.call(placed.id).view) is not None
                and view.mine
                and view.state is not CallState.CLOSED
            }
            if len(having) > 1:
                return Held(False, f"{placed.name}: {sorted(having)}")
        return Held(True)
