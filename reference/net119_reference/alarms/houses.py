"""Where a unit hangs: the house that crews and neighbours go to, wherever its user has moved.

A move changes the ledger at once; the unit hangs in the old house until it is put up in the new
one.  Until then an alarm comes from the old house, and its neighbours are those who can look.
"""

from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import AlarmUser, EntryKind, House, Ledger

from net119_reference.alarms import homes


def of(user: AlarmUser) -> House:
    """The house that is registered as the user's, with its helpers."""
    return House(address=user.address, about=user.house, helpers=user.helpers)


def following(house: House | None, user: AlarmUser) -> House | None:
    """The unit's house once these are the user's data.

    As long as the user lives there, what is registered is said of it: other helpers, another key.
    From a move on it stays as it was.
    """
    if house is None or homes.differ(house.address, user.address):
        return house
    return of(user)


def recalled(ledger: Ledger) -> Ledger:
    """A ledger from before the house was kept: without a move it is the registered one."""
    if ledger.house is not None or ledger.user is None or ledger.unit_id is None:
        return ledger
    if any(each.kind is EntryKind.MOVE for each in ledger.entries):
        return ledger
    return ledger.model_copy(update={"house": of(ledger.user)})


def left(ledger: Ledger) -> bool:
    """Whether the unit hangs in a house that its user has left, or may have.

    It may, where a move was entered before the unit's house was kept.
    """
    if ledger.user is None or ledger.unit_id is None:
        return False
    return ledger.house is None or homes.differ(ledger.house.address, ledger.user.address)


def at_alarm(incident: Incident, ledger: Ledger | None, unit_id: str) -> Incident:
    """An incident that has just begun, with where its unit hangs."""
    if ledger is None or ledger.unit_id != unit_id:
        return incident
    return incident.model_copy(update={"house": ledger.house, "moved": left(ledger)})


def left_at(incident: Incident, ledger: Ledger | None) -> bool:
    """Whether what is registered now is not where this incident's crews were to go."""
    if ledger is None or ledger.user is None:
        return False
    if incident.house is None:
        return incident.moved
    return homes.differ(incident.house.address, ledger.user.address)


def ended(incident: Incident) -> Incident:
    """An incident that has ended keeps no helper who was not asked."""
    if incident.open or incident.house is None or not incident.house.helpers:
        return incident
    house = incident.house.model_copy(update={"helpers": ()})
    return incident.model_copy(update={"house": house})
