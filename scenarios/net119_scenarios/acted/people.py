"""Callers as registrants: what the scenario says of them, the rest drawn from its seed."""

from typing import Any

from net119_protocol.person import RegistrantData
from net119_simulators.person import make_person

from net119_scenarios.acted.cast import Caller


def person_of(caller: Caller, municipality: str) -> RegistrantData:
    """The registrant; ``municipality`` where the caller names none.

    Raises:
        ValidationError: the profile holds what no registrant can have.
    """
    drawn = make_person(caller.seed, caller.municipality or municipality)
    data = _merged(drawn.model_dump(), caller.profile)
    return RegistrantData.model_validate(data)


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        known = result.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            result[key] = _merged(known, value)
        else:
            result[key] = value
    return result
