"""What must hold in every scenario, whatever it says: the invariants that screens can show."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import CallState
from net119_protocol.labels import label_of
from net119_simulators.dispatcher import Dispatcher as Console

from net119_scenarios.acted import reasons
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.reasons import NOTHING
from net119_scenarios.acted.troupe import Placed, Troupe
from net119_scenarios.words import Words


class Held(NamedTuple):
    """Whether something holds, and what there is."""

    held: bool
    seen: Words = NOTHING
    """What there was instead."""


Look: TypeAlias = Callable[[], Awaitable[Held]]


def always(troupe: Troupe, names: Names) -> Sequence[tuple[str, Words, Look]]:
    """Each check: its name, its words, and how to look."""
    found = _Always(troupe, names)
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
    def __init__(self, troupe: Troupe, names: Names) -> None:
        self._troupe = troupe
        self._names = names

    async def no_violations(self) -> Held:
        troupe = self._troupe
        found = [
            *(
                (placed.caller, phone.violations)
                for placed in troupe.calls.values()
                for phone in placed.phones
            ),
            *((name, console.violations) for name, console in troupe.consoles.items()),
            *((name, peer.violations) for name, peer in troupe.peers.items()),
        ]
        broken: dict[str, list[str]] = {}
        for who, violations in found:
            if violations:
                broken.setdefault(who, []).extend(map(str, violations))
        return Held(not broken, reasons.of_broken(broken, self._names))

    async def nothing_lost(self) -> Held:
        lost = [
            (placed.caller, each.seq)
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
                (name, each.seq)
                for name, console in self._troupe.consoles.items()
                for each in console.call(placed.id).log.unseen()
                # A console that is gone cannot show it: then the caller must have it.
                if console.connected or kept.get(each.seq) != each.client_id
            ]
        told = (
            reasons.at(
                self._names.actor(who),
                Words(
                    f"受け付けられた発言{seq}がない",
                    f"line {seq} was acknowledged and is not there",
                ),
            )
            for who, seq in lost
        )
        return Held(not lost, reasons.joined(told))

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
                (name, mode, placed.mode)
                for name, modes in views.items()
                for mode in dict.fromkeys(modes)
                if mode is not placed.mode
            ]
        told = (
            reasons.at(
                self._names.actor(who),
                Words(
                    f"「{label_of(mode).ja}」と出た（正しくは「{label_of(own).ja}」）",
                    f"{label_of(mode).en}, not {label_of(own).en}",
                ),
            )
            for who, mode, own in wrong
        )
        return Held(not wrong, reasons.joined(told))

    async def one_owner(self) -> Held:
        for placed in self._troupe.calls.values():
            wrong = self._two_at_once(placed) or self._not_one_now(placed)
            if wrong is not None:
                return Held(False, reasons.at(self._names.call(placed.name), wrong))
        return Held(True)

    def _centers(self) -> Iterator[tuple[str, Console]]:
        dispatchers = self._troupe.scenario.dispatchers()
        return ((dispatchers[name].center, each) for name, each in self._troupe.consoles.items())

    def _two_at_once(self, placed: Placed) -> Words | None:
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
                both = self._listed(centers)
                return Words(
                    f"{both.ja}が同時に担当していた（epoch {epoch}）",
                    f"{both.en} had it at once, under epoch {epoch}",
                )
        return None

    def _not_one_now(self, placed: Placed) -> Words | None:
        """An open call that the screens show at no center, or at two."""
        shown = {
            center: console.call(placed.id).view
            for center, console in self._centers()
            if console.connected
        }
        having = {center for center, view in shown.items() if view is not None and _has(view)}
        if len(having) > 1:
            both = self._listed(having)
            return Words(f"{both.ja}がいま同時に担当している", f"{both.en} have it at once now")
        if having or not placed.phones or placed.phone.view.state is CallState.CLOSED:
            return None
        closed = any(view is not None and view.state is CallState.CLOSED for view in shown.values())
        if closed and not getattr(placed.phone, "connected", True):
            return None  # a phone that is gone shows what was
        receiver = placed.phone.view.receiver
        if receiver is None:
            return Words(
                "続いている通報なのに、通報者の画面に担当が出ていない",
                "the caller is shown nobody who has the open call",
            )
        center = self._troupe.view().department(receiver.code).center
        if center in shown:
            there = self._names.center(center)
            return Words(
                f"続いている通報で、通報者の画面の担当は{receiver.name_ja}だが、"
                f"{there.ja}の画面では担当していない",
                f"open, the caller is shown {receiver.name_en}, but {there.en} does not have it",
            )
        return None  # at a center at which nobody looks at a screen, or that is played

    def _listed(self, centers: Iterable[str]) -> Words:
        names = [self._names.center(each) for each in sorted(centers)]
        return Words("と".join(e.ja for e in names), " and ".join(e.en for e in names))


def _has(view: ConsoleCall) -> bool:
    return view.mine and view.state is not CallState.CLOSED
