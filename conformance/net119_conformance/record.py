"""What is kept of one purpose run against one SUT: one JSON file, written by a worker."""

import os
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from net119_conformance.checks import Check
from net119_conformance.verdict import Verdict

SEEN = " (seen: "
"""Between what a person has to judge and what was seen of it, in English."""


class Reason(BaseModel):
    """A verdict that does not come from a check, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    en: str = Field(min_length=1)
    ja: str = Field(min_length=1)


class ItemRecord(BaseModel):
    """The outcome of one purpose against one SUT. `evidence` is relative to the report's folder,
    or None if nothing was recorded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    sut: str
    verdict: Verdict
    checks: tuple[Check, ...] = ()
    reasons: tuple[Reason, ...] = ()
    started_at: datetime
    duration_s: float = Field(ge=0)
    evidence: str | None = None
    in_doubt: bool = False
    """The suite itself may have missed what it did not see."""
    suspect: bool = False
    """Nothing could be told, and it may be because the suite itself was slow: judged again, alone,
    it may be told."""
    first: str | None = None
    """Of what was judged again: the evidence of the first time, relative to the report's folder."""

    def write(self, path: Path) -> None:
        """Write the record whole or not at all, so that no reader sees half of it."""
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(self.model_dump_json(), "utf-8", "backslashreplace")
        os.replace(unfinished, path)

    @classmethod
    def read(cls, path: Path) -> "ItemRecord":
        """Read a record back. Raises OSError or ValueError if it cannot be read."""
        return cls.model_validate_json(path.read_bytes())


def unjudged(
    purpose_id: str, sut: str, verdict: Verdict, *, en: str, ja: str, at: datetime
) -> ItemRecord:
    """A record for an item that left none itself."""
    reason = Reason(verdict=verdict, en=en, ja=ja)
    return ItemRecord(
        id=purpose_id, sut=sut, verdict=verdict, reasons=(reason,), started_at=at, duration_s=0.0
    )
