"""Alarms from a house that its user has left."""

from typing import Any

from net119_reference.alarms import houses
from net119_reference.service.alarms.core import AlarmCore

from tests.mutants.registry import Patch, mutant

SMOKE = "ALARM-HAIL"


@mutant(
    "crews-to-the-ledgers-address",
    kills={"ALARM-OUTSIDE": "crews go to the house where the unit hangs"},
    smoke=SMOKE,
)
def crews_to_the_ledgers_address(patch: Patch) -> None:
    """A move is taken to be one of the unit, too, wherever it hangs."""
    patch(houses, "following", lambda _house, user: houses.of(user))


@mutant(
    "moved-is-not-said",
    kills={"ALARM-OUTSIDE": "the desk says that the registered address is another one"},
    smoke=SMOKE,
)
def moved_is_not_said(patch: Patch) -> None:
    """The desk has both addresses, and nothing says that they are two."""
    patch(houses, "left", lambda _ledger: False)
    patch(houses, "left_at", lambda *_: False)


@mutant(
    "helpers-of-the-new-home",
    kills={"ALARM-OUTSIDE": "the helpers of that house are asked"},
    smoke=SMOKE,
)
def helpers_of_the_new_home(patch: Patch) -> None:
    """Helpers are those of today's ledger, wherever crews go."""

    def helpers_of(_original: Any, alarms: Any, incident: Any) -> Any:
        ledger = alarms.book.ledgers.get(incident.registration or 0)
        return ledger.user.helpers if ledger is not None and ledger.user is not None else ()

    patch.around(AlarmCore, "helpers_of", helpers_of)


@mutant(
    "everybody-has-moved",
    kills={"ALARM-OUTSIDE": "of who has not moved nothing of the kind is said"},
    smoke=SMOKE,
)
def everybody_has_moved(patch: Patch) -> None:
    """The desk says of every alarm that the address may be another one."""
    patch(houses, "left", lambda _ledger: True)
