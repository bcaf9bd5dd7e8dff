"""Whether a user has enough neighbour helpers (KYO-02, fact A28)."""

import unicodedata
from collections.abc import Sequence

from net119_protocol.alarms.people import Helper, HelperProblem

FEWEST = 2
NEAR_MINUTES = 5
"""At least one helper is to come within about so many minutes."""


def _person(helper: Helper) -> tuple[str, str]:
    """What tells two entries for one person: name and digits of the telephone."""
    name = "".join(unicodedata.normalize("NFKC", helper.name).split())
    digits = "".join(c for c in unicodedata.normalize("NFKC", helper.phone) if c.isdigit())
    return name, digits


def problems(helpers: Sequence[Helper]) -> tuple[HelperProblem, ...]:
    """Why the ward office has to be consulted; empty if the helpers are enough.

    Somebody who stands there twice counts once, which is named where it makes them too few.
    """
    people = {_person(each) for each in helpers}
    found = []
    if len(people) < FEWEST:
        found.append(HelperProblem.TOO_FEW)
        if len(helpers) >= FEWEST:
            found.append(HelperProblem.SAME_TWICE)
    if not any(each.minutes <= NEAR_MINUTES for each in helpers):
        found.append(HelperProblem.NOBODY_NEAR)
    return tuple(found)
