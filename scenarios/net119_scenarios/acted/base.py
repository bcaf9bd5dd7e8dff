"""What all parts of a scenario are made of."""

import re
from datetime import datetime
from typing import Annotated, Any

from net119_protocol.directory.model import JapanTime
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
"""Name of an actor, a call or a step: small letters, digits and hyphens."""
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{2})")


def _seconds(given: Any) -> Any:
    if isinstance(given, str) and (found := _CLOCK.fullmatch(given)):
        hours, minutes, seconds = (int(each or 0) for each in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    return given


Moment = Annotated[Seconds, BeforeValidator(_seconds)]
"""Seconds, or ``"m:ss"`` or ``"h:mm:ss"``, from the beginning of the scenario."""


class Part(BaseModel):
    """A part of a scenario; a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Part):
    """The same in Japanese and English."""

    ja: Annotated[str, Field(min_length=1, max_length=2000)]
    en: Annotated[str, Field(min_length=1, max_length=2000)]

    def of(self, language: str) -> str:
        """In one language."""
        return self.en if language == "en" else self.ja


class Spot(Part):
    """A position on the map, degrees (WGS 84)."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(gt=0, le=1_000_000)] = 12.0
    """Radius of 68 % that the handset claims, metres."""
    said: str = ""
    """What people call the place."""


__all__ = ["JapanTime", "Moment", "Name", "Part", "Seconds", "Spot", "Text", "datetime"]
