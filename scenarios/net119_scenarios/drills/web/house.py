"""What all the pages of a drill share."""

from dataclasses import dataclass, field
from pathlib import Path

from net119_protocol.labels import Label

from net119_scenarios.acted.alarms.cast import ALARM_CENTER
from net119_scenarios.acted.alarms.persons import center_names
from net119_scenarios.acted.venue import directory_of
from net119_scenarios.drills.web.hall import Hall
from net119_scenarios.drills.web.lan import LanFile
from net119_scenarios.drills.web.leader import Leader
from net119_scenarios.drills.web.log_ins import Desk, StaffSeat, WayIn, new_key
from net119_scenarios.drills.web.phone_authority import PhoneAuthority
from net119_scenarios.drills.web.ports import local_url


@dataclass
class House:
    """The hall with the network, the center that rehearses, and where drills are kept.

    ``lan`` and ``authority`` are there where the local network is declared.
    """

    hall: Hall
    folder: Path
    center: str
    """Whose desks come first."""
    pace: float = 1.0
    lan: LanFile | None = None
    authority: PhoneAuthority | None = None
    leader: Leader = field(init=False)
    _keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.leader = Leader(self.hall, self.folder)

    @property
    def mailboxes(self) -> str:
        """Where the mailboxes' pages are."""
        return local_url(self.hall.ports.mailboxes) + "/"

    # --- dispatchers ----------------------------------------------------------------------------

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

    def titles(self) -> dict[str, Label]:
        """The names of all centers, by code."""
        centers = directory_of(self.hall.first.network).content.centers
        named = {each.code: Label(each.name_ja, each.name_en) for each in centers}
        return {**named, ALARM_CENTER: Label(*center_names())}

    def title(self) -> Label:
        """The name of the center that rehearses."""
        return self.titles()[self.center]

    def lan_consoles(self) -> dict[str, str]:
        """Where consoles are in the local network, by center; none unless they are declared."""
        lan = self.lan
        if lan is None or not lan.lan.consoles:
            return {}
        ports = self.hall.ports
        return {
            each.center: lan.origin(ports, each.provider) + "/console" for each in self.hall.desks
        }

    # --- staff ----------------------------------------------------------------------------------

    def staff(self) -> list[StaffSeat]:
        """Log-ins at the staff pages that the drill needs: the one prepared, going on, or last."""
        offered = self.leader.offered
        drill = offered.scenario.drill if offered is not None else None
        wanted = drill.staff if drill is not None else ()
        return [each for each in self.hall.staff if each.department in wanted]

    # --- callers --------------------------------------------------------------------------------

    def key_of(self, login_id: str) -> str:
        """The key of the own page of a person who calls."""
        return self._keys.setdefault(login_id, new_key())

    def callers(self) -> tuple[WayIn, ...]:
        """All whom people can play: of the drill that is prepared or goes on, and to try."""
        view = self.leader.view() if self.leader.busy else None
        found = []
        for each in view.roles if view is not None else ():
            if each.login_id:
                knows = None if each.knows is None else Label(each.knows.ja, each.knows.en)
                called = Label(each.called.ja, each.called.en)
                found.append(
                    WayIn(
                        who=called,
                        department=called,
                        provider=each.provider,
                        login_id=each.login_id,
                        password=each.password,
                        mail=each.mail,
                        key=self.key_of(each.login_id),
                        knows=knows or called,
                    )
                )
        return (*found, *self.hall.callers)

    def caller(self, key: str) -> WayIn | None:
        """Whose page has this key."""
        return next((each for each in self.callers() if each.key == key), None)

    def origin(self, provider: str, login_id: str, *, in_lan: bool) -> str:
        """The provider's door for a person: in the local network, or at this machine."""
        if in_lan and self.lan is not None:
            return self.lan.origin(self.hall.ports, provider)
        # Each caller has cookies of its own, also in one browser.
        return local_url(self.hall.ports.of_provider(provider), f"caller-{login_id.lower()}")
