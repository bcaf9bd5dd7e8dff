"""A destroyed record, as the list of deletions tells of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Deleted:
    """One destroyed record, and the moment by which backups must have lost it (ASO-06)."""

    registrant_id: UUID
    department: str
    at: datetime
    why: str
    backups_by: datetime
    backups_done: bool = False
