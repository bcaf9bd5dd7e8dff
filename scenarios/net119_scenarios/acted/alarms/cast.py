"""Who takes part in the home alarm service: users with their units, helpers, crews, ward offices.

Dispatchers of the alarm center are those of any center, with its code.
"""

from typing import Annotated, Any, Literal

from net119_protocol.alarms.sample import CENTER
from net119_protocol.model import Code
from pydantic import Field

from net119_scenarios.acted.base import Name, Part, Text
from net119_scenarios.acted.understanding import OTHERWISE, Answering, Word

ALARM_CENTER = CENTER
"""Code of the center that the alarm desk belongs to."""
Ward = Annotated[str, Field(pattern=r"^[0-9]{5}$")]
"""A ward of Kyoto, as JIS code."""


class AlarmTimers(Part):
    """Timers of the alarm service, seconds; what is left out is as in the provider's settings."""

    hail_s: Annotated[float, Field(gt=0, le=600)] | None = None
    hail_most_s: Annotated[float, Field(gt=0, le=600)] | None = None
    talk_s: Annotated[float, Field(gt=0, le=600)] | None = None
    helper_s: Annotated[float, Field(gt=0, le=600)] | None = None


class AlarmService(Part):
    """The home alarm service of Kyoto, at one of the running providers."""

    provider: Code
    timers: AlarmTimers = AlarmTimers()


class Moved(Part):
    """The user has moved, and the unit still stands in the old house."""

    ward: Ward
    office: Code


class AlarmUser(Part):
    """Somebody who has an alarm unit at home."""

    role: Literal["alarm-user"]
    name: Text | None = None
    """How the timeline names this person; by default the registered name."""
    ward: Ward
    """Where the unit stands."""
    office: Code
    """The ward office in charge of that place."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Draws what ``profile`` does not say."""
    profile: dict[str, Any] = Field(default_factory=dict)
    """Registered data that matter, by the names of ``AlarmUser`` of the protocol."""
    helpers: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    """Neighbour helpers, in the order in which they are registered."""
    moved: Moved | None = None
    answers: tuple[Answering, ...] = ()
    """What ``do: converse`` says to what comes out of the loudspeaker, the hail included."""
    otherwise: Annotated[str, Field(min_length=1, max_length=2000)] = OTHERWISE
    """What is said to a question that is not understood."""
    hard_words: tuple[Word, ...] = ()
    """What this person does not understand, beside the words of the trade."""


class Helper(Part):
    """A neighbour helper, by telephone."""

    role: Literal["helper"]
    name: Text
    phone: Annotated[str, Field(min_length=1, max_length=40)]
    minutes: Annotated[int, Field(ge=0, le=240)]
    """About how long the way to the house takes."""
    answer: Literal["goes", "cannot", "no-answer"] = "goes"
    says: Annotated[str, Field(max_length=2000)] = ""
    """What is said when the telephone is answered; by default a plain yes or no."""
    corps_member: bool = False
    has_key: bool = False


class Crew(Part):
    """A crew that was sent, by radio."""

    role: Literal["crew"]
    name: Text


class WardOffice(Part):
    """A ward office's section in charge, and who is at home out of its hours."""

    role: Literal["ward-office"]
    name: Text
    code: Code
    chief_at_home: bool = True
    director_at_home: bool = True


ALARM_ACTORS = (AlarmUser, Helper, Crew, WardOffice)
