"""What all the leader's pages share."""

from dataclasses import dataclass
from pathlib import Path

from net119_protocol.labels import Label

from net119_scenarios.drills.web.hall import Hall
from net119_scenarios.drills.web.log_ins import Desk
from net119_scenarios.drills.web.ports import local_url


@dataclass
class House:
    """The hall with the network, the center that rehearses, and where drills are kept."""

    hall: Hall
    folder: Path
    center: str
    """Whose desks come first."""
    pace: float = 1.0

    @property
    def mailboxes(self) -> str:
        """Where the mailboxes' pages are."""
        return local_url(self.hall.ports.mailboxes) + "/"

    def own_desks(self) -> list[Desk]:
        """Those of the center that rehearses."""
        return [each for each in self.hall.desks if each.center == self.center]

    def other_desks(self) -> dict[Label, list[Desk]]:
        """Those of all other centers, by center."""
        found: dict[Label, list[Desk]] = {}
        for each in self.hall.desks:
            if each.center != self.center:
                found.setdefault(each.title, []).append(each)
        return found

    def title(self) -> Label:
        """The center's name."""
        return next((each.title for each in self.own_desks()), Label(self.center, self.center))
