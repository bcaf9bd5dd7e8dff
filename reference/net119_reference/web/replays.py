"""Replays of drills, for the console's page: kept in memory, a few at a time.

They belong to a rehearsal, not to the provider's records: nothing of them is stored, they are gone
with the process, and whoever holds the drill's folder can upload them again.
"""

from collections import OrderedDict
from uuid import UUID

from net119_protocol.api.replays import NewReplay, Replay, ReplayKept, TimedFrame
from net119_protocol.codes import Refusal

from net119_reference.ports import Refused

MOST = 8
"""So many are kept; the one that was kept longest ago goes first."""


class Replays:
    """The replays of a provider, by name."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, Replay] = OrderedDict()

    def keep(self, replay_id: UUID, given: NewReplay) -> ReplayKept:
        """Keep a replay, in the place of one with this name."""
        self._kept.pop(replay_id, None)
        self._kept[replay_id] = Replay(
            replay_id=replay_id,
            center=given.center,
            title_ja=given.title_ja,
            title_en=given.title_en,
            began_at=given.began_at,
            length_s=given.length_s,
            frames=tuple(TimedFrame(at=at, frame=frame) for at, frame in given.read()),
        )
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return ReplayKept(replay_id=replay_id, frames=len(given.frames))

    def of(self, replay_id: UUID, center: str) -> Replay:
        """A replay of this center.

        Raises:
            Refused: (not-found) there is none of this name, or it is another center's.
        """
        found = self._kept.get(replay_id)
        if found is None or found.center != center:
            raise Refused(
                Refusal.NOT_FOUND,
                "there is no such replay of this center; one is kept until the provider is"
                " stopped, or newer ones take its place: upload it again",
            )
        return found
