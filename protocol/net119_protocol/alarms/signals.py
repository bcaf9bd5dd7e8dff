"""Interface H, what alarm units send: JSON over HTTPS, one signal a request.

A unit counts its signals (``n``, from 1) and sends each until it is acknowledged; the center
tells a repeat apart by unit and ``n``.  What a signal is about never depends on the count: an
alarm whose number was left out, or comes late, is an alarm.
"""

from typing import Annotated

from pydantic import Field

from net119_protocol.alarms.codes import SignalKind
from net119_protocol.codes import Mode
from net119_protocol.model import (
    ClientId,
    Code,
    Count,
    ShortText,
    StrictModel,
    Timestamp,
    WireModel,
)

UnitId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]
"""Number of an alarm unit, as it stands on its plate."""


class NewSignal(StrictModel):
    """One signal of the unit whose token the request carries.

    ``sent_at`` is the unit's own clock, which may be wrong or absent: it is recorded and shown,
    and decides nothing but whether the signal is told to be late.  ``replayed`` is set where the
    unit kept the signal while its line was down.
    """

    n: Annotated[Count, Field(ge=1)]
    kind: SignalKind
    mode: Mode
    sent_at: Timestamp | None = None
    replayed: bool = False
    battery_percent: Annotated[int, Field(ge=0, le=100)] | None = None


class SignalTaken(WireModel):
    """The signal is durably stored.

    ``repeat``: it had been taken before, and nothing was done again.  ``incident`` is the code of
    the incident that it began or belongs to; absent for heart-beats and reports of the unit's own
    state.  ``next_heartbeat_s``: within how many seconds the next signal is awaited.
    """

    unit_id: UnitId
    n: Count
    repeat: bool
    taken_at: Timestamp
    incident: Code | None = None
    next_heartbeat_s: Annotated[float, Field(gt=0)]


class UnitSays(StrictModel):
    """What somebody at the unit says; text stands for the voice.

    ``incident`` as the signal's answer named it; without it, the unit's newest that is open.  The
    same ``client_id`` again is a repeat, which is answered and not written down twice; without one
    nothing is recognised as a repeat.
    """

    text: Annotated[ShortText, Field(min_length=1)]
    incident: Code | None = None
    client_id: ClientId | None = None


class UnitSaid(WireModel):
    """The words are durably stored with their incident; ``repeat``: they had been before."""

    incident: Code
    at: Timestamp
    repeat: bool = False


class Utterance(WireModel):
    """What the center says through a unit's loudspeaker; ``n`` counts for the unit, from 1.

    ``hail``: the user is called out to and awaited to answer (KYO-05).  ``by`` is empty for the
    machine's own first hail.
    """

    n: Annotated[Count, Field(ge=1)]
    at: Timestamp
    incident: Code
    hail: bool = False
    by: ShortText = ""
    text: ShortText


class UnitSpeech(WireModel):
    """What the center has said since; ``last_n`` is where to ask on from.

    Of what was said long ago only the newest is kept.
    """

    spoken: tuple[Utterance, ...] = ()
    last_n: Count = 0
