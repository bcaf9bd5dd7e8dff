"""Collects what screens show of calls, as their frames and answers tell it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from net119_protocol.api.common import CallView
from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.api.console_acts import Callback, Discrepancy, Transfer
from net119_protocol.chat import ChatLine
from net119_protocol.codes import PlaceChoice, Presence
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.places import CallPlace

from net119_scenarios.drills.record import (
    Act,
    Both,
    LineShown,
    PositionShown,
    Screen,
    StateShown,
)

Converter: TypeAlias = Callable[[datetime, float], float]
"""From a provider's time, and the seconds at which it was read, to seconds of the drill."""

_SAME_ASKING = timedelta(seconds=2)
"""Two providers that tell of a transfer to the same department within this mean the same one."""


class CallOnScreen:
    """One call on one screen; each thing is kept when it is shown first."""

    def __init__(self, of: str, center: str) -> None:
        self._of = of
        self._center = center
        self._lines: dict[int, LineShown] = {}
        self._labels: dict[tuple[int, str], str] = {}
        self._states: list[StateShown] = []
        self._positions: list[PositionShown] = []

    @property
    def shown(self) -> Screen:
        """All of it."""
        return Screen(
            of=self._of,
            side="console" if self._center else "caller",
            center=self._center,
            lines=tuple(self._lines.values()),
            states=tuple(self._states),
            positions=tuple(self._positions),
        )

    @property
    def center(self) -> str:
        """Whose console it is; empty for a phone."""
        return self._center

    @property
    def has_it(self) -> bool:
        """Whether it shows the call as its own center's now; no phone does."""
        return bool(self._states) and self._states[-1].mine

    def line(self, at_s: float, line: ChatLine) -> None:
        """A line came."""
        for option in line.options:
            self._labels[line.seq, option.id] = option.label
        if line.seq in self._lines:
            return
        choice = line.choice
        label = None
        if choice is not None:
            label = self._labels.get((choice.seq, choice.option_id), choice.option_id)
        self._lines[line.seq] = LineShown(
            at_s=at_s,
            seq=line.seq,
            sender=line.sender,
            sender_name=line.sender_name,
            text=line.text,
            options=tuple(each.label for each in line.options),
            choice=label,
            answers=choice.seq if choice is not None else None,
        )

    def phone(self, at_s: float, view: CallView) -> None:
        """The caller's phone shows a state."""
        to = view.receiver
        self._state(
            StateShown(
                at_s=at_s,
                state=view.state,
                owner=to.code if to else "",
                owner_name=Both(ja=to.name_ja, en=to.name_en) if to else None,
                answered_by=view.answered_by or "",
                outcome=view.outcome,
            )
        )

    def console(self, at_s: float, call: ConsoleCall) -> None:
        """A console shows a state."""
        self._state(
            StateShown(
                at_s=at_s,
                state=call.state,
                owner=call.owner.code,
                owner_name=Both(ja=call.owner.name_ja, en=call.owner.name_en),
                mine=call.mine,
                epoch=call.epoch,
                presence=call.presence,
                silent=call.silent_since is not None,
                answered_by=call.answered_by or "",
                outcome=call.outcome,
            )
        )
        if not self._positions:
            self._position(at_s, call.place, "call")

    def presence(self, at_s: float, presence: Presence) -> None:
        """The caller came or went."""
        if self._states:
            told = {"at_s": at_s, "presence": presence}
            self._state(self._states[-1].model_copy(update=told))

    def point(self, at_s: float, point: TrailPoint) -> None:
        """The trail has a new place."""
        if point.problem is None:
            self._position(at_s, point.place, point.cause.value)

    def _state(self, shown: StateShown) -> None:
        last = self._states[-1] if self._states else None
        if last is None or last.model_copy(update={"at_s": shown.at_s}) != shown:
            self._states.append(shown)

    def _position(self, at_s: float, place: CallPlace, cause: str) -> None:
        if place.point is None:
            return
        if place.corrected_pin is not None:
            source = "pin"
        elif place.frequent is not None:
            source = "frequent"
        elif place.choice is PlaceChoice.HOME and place.registered is not None:
            source = "registered"
        else:
            source = place.fix.source.value if place.fix else ""
        shown = PositionShown(
            at_s=at_s,
            lat=place.point.lat,
            lon=place.point.lon,
            accuracy_m=place.fix.accuracy_m if place.fix else None,
            radius_m=place.radius_m,
            source=source,
            cause=cause,
        )
        last = self._positions[-1] if self._positions else None
        if last is None or last.model_copy(update={"at_s": at_s, "cause": cause}) != shown:
            self._positions.append(shown)


class ActsOfCall:
    """What was done with a call, told by any console; each act once."""

    def __init__(self) -> None:
        self._acts: dict[tuple[object, ...], Act] = {}
        self._transfers: list[tuple[str, datetime]] = []

    @property
    def acts(self) -> tuple[Act, ...]:
        """In the order of time."""
        return tuple(sorted(self._acts.values(), key=lambda each: each.at_s))

    def transfer(self, at_s: float, center: str, told: Transfer) -> None:
        """A transfer was asked for, done, or failed; both centers' consoles tell of it."""
        ja, en = told.department.name_ja, told.department.name_en
        key = self._known_transfer(told)
        self._add((*key, "asked"), at_s, "transfer-asked", center, told.asked_by, ja, en)
        if told.failure is not None:
            why = told.failure.value
            ja, en = f"{ja}: {told.text_ja or why}", f"{en}: {told.text_en or why}"
            self._add((*key, "ended"), at_s, "transfer-failed", center, told.asked_by, ja, en)
        elif told.ended_at is not None:
            self._add((*key, "ended"), at_s, "transferred", center, told.asked_by, ja, en)

    def _known_transfer(self, told: Transfer) -> tuple[object, ...]:
        """The key of a transfer: each provider has its own time of the asking."""
        for code, asked in self._transfers:
            if code == told.department.code and abs(asked - told.asked_at) <= _SAME_ASKING:
                return ("transfer", code, asked)
        self._transfers.append((told.department.code, told.asked_at))
        return ("transfer", told.department.code, told.asked_at)

    def callback(self, at_s: float, center: str, told: Callback) -> None:
        """A callback's state changed."""
        why = told.failure.value if told.failure is not None else ""
        key = ("callback", told.number, told.state)
        what = f"callback-{told.state}"
        self._add(key, at_s, what, center, told.asked_by, why, number=told.number)

    def position_asked(self, at_s: float, center: str, asked_at: str) -> None:
        """The caller's phone was asked for its position; it is asked again when it is back."""
        self._add(("asked", asked_at), at_s, "position-asked", center, "", "")

    def discrepancy(self, at_s: float, center: str, told: Discrepancy) -> None:
        """Something was reported as wrong."""
        key = ("reported", told.at, told.detail)
        self._add(key, at_s, "reported", center, told.reported_by, told.detail)

    def record(self, at_s: float, center: str, record: CallRecord, when: Converter) -> None:
        """A call's record was read; ``when`` turns the provider's time into seconds."""
        for transfer in record.transfers:
            self.transfer(at_s, center, transfer)
        for back in record.callbacks:
            self.callback(at_s, center, back)
        for told in record.discrepancies:
            self.discrepancy(at_s, center, told)
        for sent in record.dispatches:
            key = ("dispatched", center, sent.at)
            self._add(key, when(sent.at, at_s), "dispatched", center, sent.by, sent.units)
        for given in record.disclosures:
            key = ("disclosed", center, given.at)
            self._add(key, when(given.at, at_s), "disclosed", center, given.by, given.what)

    def _add(
        self,
        key: tuple[object, ...],
        at_s: float,
        what: str,
        center: str,
        by: str,
        detail: str,
        english: str = "",
        number: int = 0,
    ) -> None:
        if key not in self._acts:
            self._acts[key] = Act(
                at_s=at_s,
                what=what,
                center=center,
                by=by,
                detail=detail,
                detail_en=english,
                number=number,
            )
