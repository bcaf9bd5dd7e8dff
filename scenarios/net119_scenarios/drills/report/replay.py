"""What a center's consoles were told in a drill, as the console's page shows it again."""

from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from net119_protocol.api.replays import NewReplay, NewTimedFrame
from pydantic import ValidationError

from net119_scenarios.drills import folder as folders
from net119_scenarios.drills.folder import BrokenRecord

_TITLE = 200
"""Characters of a title that the console shows."""


def replay_of(folder: Path, center: str) -> tuple[UUID, NewReplay]:
    """The replay of a center, and its name: the same for the same drill and center.

    Raises:
        BrokenRecord: the folder has no frames of this center, or a file of it is broken.
    """
    record = folders.read(folder)
    frames = folders.read_frames(folder, center)
    length_s = max([record.length_s, *(each.at for each in frames)])
    try:
        made = NewReplay(
            center=center,
            title_ja=record.title.ja[:_TITLE],
            title_en=record.title.en[:_TITLE],
            began_at=record.began,
            length_s=length_s,
            frames=tuple(NewTimedFrame(at=each.at, frame=each.frame) for each in frames),
        )
    except ValidationError as wrong:
        raise BrokenRecord(
            wrong.errors(include_url=False)[0]["msg"],
            str(folder / f"frames-{center}.jsonl"),
            "Take the file from a backup; the report does not need it",
        ) from None
    return uuid5(NAMESPACE_URL, f"{record.id}/{center}"), made
