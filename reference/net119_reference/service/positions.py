"""Positions and discrepancy reports of a call, from handsets, consoles and peers."""

import functools
from datetime import datetime
from uuid import UUID

from net119_protocol.api.common import CallView
from net119_protocol.api.console_acts import Discrepancy, LocationAsked, NewDiscrepancy
from net119_protocol.api.handset import LocationRequestFrame, NewLocation
from net119_protocol.codes import Presence, Refusal
from net119_protocol.interconnect import Envelope, bodies

from net119_reference.calls import discrepancies, whereabouts
from net119_reference.calls.model import Call, Side
from net119_reference.ports import DispatcherIdentity, HandsetIdentity, Received, Refused
from net119_reference.service import views
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.core import Core
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live

MINOR = 1
"""Minor version of the profile that brought positions during a call, and discrepancy reports."""
_PLACES = "places"
"""Key of the rate limit of positions: they do not take from the lines of the chat."""


class Positions:
    """Asks handsets where they are, and passes on what they tell."""

    def __init__(self, core: Core, handsets: HandsetDesk, consoles: ConsoleDesk) -> None:
        self._core = core
        self._handsets = handsets
        self._consoles = consoles

    async def tell(self, who: HandsetIdentity, call_id: UUID, body: NewLocation) -> CallView:
        """The handset tells where it is; returns when that is durable.

        Raises:
            Refused: the call is not the caller's, or closed, or too many positions come at once.
        """
        core = self._core
        await core.ensure(call_id)

        def tell(tx: Transaction) -> CallView:
            self._handsets.check_page(who)
            live, call = self._handsets.own(who, call_id)
            if not call.open:
                raise Refused(Refusal.CALL_CLOSED, "the call is closed")
            if not core.bounds.may_write(tx, live, _PLACES):
                raise Refused(Refusal.TOO_MANY, "too many positions at once; send it again shortly")
            knows = call.peer is not None and core.peers.speaks(call.peer, MINOR) is True
            peer = whereabouts.Peer(knows)
            told = core.record(tx, live, whereabouts.told(call, body, tx.now, peer))
            return views.for_caller(told, live.last_seq)

        return await core.kernel.run(tell)

    async def asked(self, who: HandsetIdentity, call_id: UUID) -> datetime | None:
        """Since when a dispatcher waits for the position; ``None`` while nobody does."""
        await self._core.ensure(call_id)

        def look(_tx: Transaction) -> datetime | None:
            _live, call = self._handsets.own(who, call_id)
            return call.location_asked if call.open else None

        return await self._core.kernel.run(look)

    async def ask(self, who: DispatcherIdentity, call_id: UUID) -> LocationAsked:
        """A dispatcher of the owner asks; the feed tells what comes.

        Raises:
            Refused: the center does not own the call, or it is closed; (``not-supported``) the
                home provider does not know positions during a call.
        """
        core = self._core
        await core.ensure(call_id)

        def ask(tx: Transaction) -> LocationAsked:
            live, call = self._consoles.owned(who, call_id)
            connected = call.presence is Presence.CONNECTED
            if call.side is Side.ANCHOR:
                self._ask_handset(tx, live, call, who.name, None)
            elif core.peers.speaks(call.anchor, MINOR) is False:
                raise Refused(
                    Refusal.WRONG_STATE,
                    f"unsupported: {call.anchor} cannot ask for positions; ask in the chat",
                )
            else:
                core.record(tx, live, whereabouts.ask_anchor(call, who.name, tx.now))
            return LocationAsked(asked_at=tx.now, handset_connected=connected)

        return await core.kernel.run(ask)

    def on_request(
        self, tx: Transaction, live: Live, call: Call, envelope: Envelope, by: str
    ) -> None:
        """A remote owner asks this anchor."""
        if not call.open:
            # Its answer would never come.
            raise Refused(Refusal.CALL_CLOSED, "the call is closed")
        self._ask_handset(tx, live, call, by, envelope.message_id)

    def _ask_handset(
        self, tx: Transaction, live: Live, call: Call, by: str, request: UUID | None
    ) -> None:
        core = self._core
        asked = core.record(tx, live, whereabouts.ask(call, by, tx.now, request))
        frame = request_frame(asked)
        if frame is not None:
            tx.after(functools.partial(core.hub.to_handsets, call.call_id, frame))

    # --- discrepancies ------------------------------------------------------------------------

    async def report(
        self, who: DispatcherIdentity, call_id: UUID, body: NewDiscrepancy
    ) -> Discrepancy:
        """A dispatcher reports; kept here, and told to the other providers (gap D16).

        Raises:
            Refused: the center has never had the call.
        """
        core = self._core
        await core.ensure(call_id)

        def report(tx: Transaction) -> Discrepancy:
            live, call = self._consoles.seen(who, call_id)
            found = Discrepancy(
                at=tx.now,
                provider=core.operator,
                reported_by=who.name,
                kind=body.kind,
                detail=body.detail,
                department=body.department,
            )
            others = discrepancies.others(call)
            to = [each for each in others if core.peers.speaks(each, MINOR) is not False]
            core.record(tx, live, discrepancies.report(call, found, to))
            return found

        return await core.kernel.run(report)

    def on_report(
        self, tx: Transaction, live: Live, received: Received, body: bodies.DiscrepancyReport
    ) -> None:
        """The other provider reports; kept with the call, also when it is closed or elsewhere."""
        found = Discrepancy(
            at=tx.now,
            provider=received.sender,
            reported_by=body.reported_by,
            kind=body.kind,
            detail=body.detail,
            department=body.department,
        )
        self._core.record(tx, live, discrepancies.keep(live.known(), found))


def request_frame(call: Call) -> LocationRequestFrame | None:
    """What the handset is shown while its position is asked for; ``None`` while it is not."""
    if call.location_asked is None or not call.open:
        return None
    return LocationRequestFrame(call_id=call.call_id, asked_at=call.location_asked)
