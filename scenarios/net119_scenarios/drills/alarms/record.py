"""An alarm as a drill's record keeps it."""

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


__all__ = ["AlarmKept", "MarkKept"]
