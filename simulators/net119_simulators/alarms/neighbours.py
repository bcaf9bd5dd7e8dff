"""Neighbour helpers: whether they pick up the telephone, whether they can go, and how far it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from net119_protocol.alarms.codes import HelperAnswer
from net119_protocol.alarms.people import Helper


@dataclass(frozen=True)
class Neighbour:
    """One helper.

    ``picks_up``: the telephone is answered at all; ``can_go``: what is said then; ``finds`` is
    told to the crew by a helper who was there first.
    """

    name: str
    phone: str
    minutes: int
    picks_up: bool = True
    can_go: bool = True
    corps_member: bool = False
    has_key: bool = False
    finds: str = ""

    def registered(self) -> Helper:
        """As the registration card has them."""
        return Helper(
            name=self.name,
            phone=self.phone,
            minutes=self.minutes,
            corps_member=self.corps_member,
            has_key=self.has_key,
        )

    def asked(self) -> HelperAnswer:
        """What comes of ringing them up."""
        if not self.picks_up:
            return HelperAnswer.NO_ANSWER
        return HelperAnswer.GOES if self.can_go else HelperAnswer.CANNOT

    def arrives(self, asked_at: datetime) -> datetime | None:
        """When they are at the house; None if they do not go."""
        if self.asked() is not HelperAnswer.GOES:
            return None
        return asked_at + timedelta(minutes=self.minutes)


class Neighbourhood:
    """All helpers by their telephone, and who was rung up when, in order."""

    def __init__(self, neighbours: Iterable[Neighbour]) -> None:
        self._by_phone = {each.phone: each for each in neighbours}
        self.rung: list[str] = []
        """Names of those who were rung up."""

    def ring(self, phone: str) -> Neighbour:
        """Who has this telephone.

        Raises:
            LookupError: nobody has.
        """
        found = self._by_phone.get(phone)
        if found is None:
            raise LookupError(f"nobody has the telephone {phone}; the card names another")
        self.rung.append(found.name)
        return found

    def registered(self) -> tuple[Helper, ...]:
        """All, in their order, as the registration card has them."""
        return tuple(each.registered() for each in self._by_phone.values())
