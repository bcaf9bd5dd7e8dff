"""An alarm as a drill's record keeps it."""

from dataclasses import dataclass
from typing import Annotated

from net119_protocol.alarms.incident import Incident
from pydantic import BaseModel, ConfigDict, Field

from net119_scenarios.acted.alarms.marks import Mark


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MarkKept(_Kept):
    """When something of an incident was first shown at a desk; see `Mark`."""

    at_s: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    what: str
    number: int = 0
    detail: str = ""

    @property
    def mark(self) -> Mark:
        """The mark without its time."""
        return Mark(self.what, self.number, self.detail)


class AlarmKept(_Kept):
    """An alarm of the drill: its incident as it was last, and when each thing of it happened."""

    name: str
    user: str
    """The actor."""
    user_name: str
    place: str
    incident: Incident
    marks: tuple[MarkKept, ...]

    def first(self, what: str, detail: str | None = None) -> MarkKept | None:
        """The first thing of a kind."""
        found = (e for e in self.marks if e.what == what and detail in (None, e.detail))
        return min(found, key=lambda each: each.at_s, default=None)


@dataclass(frozen=True)
class SaidThere:
    """Words over a unit: by the dispatcher of this name at the desk, or by the user (empty)."""

    at_s: float
    by: str
    text: str


def said_over(alarm: AlarmKept) -> tuple[SaidThere, ...]:
    """All words over the unit but the machine's hail, in their order."""
    speech = alarm.incident.speech
    return tuple(
        SaidThere(each.at_s, speech[each.number].by, speech[each.number].text)
        for each in alarm.marks
        if each.what == "said"
    )


__all__ = ["AlarmKept", "MarkKept", "SaidThere", "said_over"]
