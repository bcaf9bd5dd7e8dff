"""The world under load: centers of the provider, and people who live where they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from net119_protocol.directory import (
    Directory,
    DirectoryView,
    Municipalities,
    japan_date,
    unnamed_department,
)
from net119_protocol.person import RegistrantData
from net119_simulators.person import jurisdictions, make_person

from net119_loadtests.errors import LoadError
from net119_loadtests.plan import PER_CONSOLE

_FROM_BORDER_M = 500.0
"""A caller stands this far inside: no circle of accuracy reaches into the next department."""
_TRIES = 200


@dataclass(frozen=True)
class Place:
    """Where callers live: a municipality, its department, and the center that answers."""

    municipality: str
    department: str
    center: str


def centers_for(callers: int) -> int:
    """How many centers are needed so that no console holds more than its share of calls."""
    return max(1, -(-callers // PER_CONSOLE))


def load_directory_for(operator: str, centers: int, known: Municipalities) -> Directory:
    """A directory in which ``operator`` serves this many centers, one department each.

    Raises:
        LoadError: there are not so many municipalities.
    """
    # The largest ones: nearly every point there is far from a border.
    largest = sorted(known, key=lambda code: -known.polygon(code).area)
    chosen = list(islice(largest, centers))
    if len(chosen) < centers:
        most = len(chosen) * PER_CONSOLE
        raise LoadError(f"more than {most} callers", "--callers", f"Ask for {most} at most")
    content: dict[str, Any] = {
        "version": f"load-{centers}",
        "providers": [
            {"code": operator, "name_ja": "負荷試験事業者（架空）", "name_en": "Load (fictional)"}
        ],
        "centers": [],
        "departments": [],
    }
    for code in chosen:
        fictional = unnamed_department(known[code])
        center = f"load-{code}"
        content["centers"].append(
            {
                "code": center,
                "name_ja": f"{fictional.name_ja} 指令センター",
                "name_en": f"Command Center of {fictional.name_en}",
                "provider": operator,
            }
        )
        content["departments"].append(
            {
                "code": center,
                "name_ja": fictional.name_ja,
                "name_en": fictional.name_en,
                "phone": fictional.phone,
                "municipalities": [code],
                "center": center,
                "adopted_from": date(2020, 4, 1),
            }
        )
    return Directory.from_mapping(content, known, "load")


def places_of(directory: Directory, operator: str, now: datetime) -> tuple[Place, ...]:
    """One place for each municipality that ``operator`` serves, centers taking turns.

    Raises:
        LoadError: the operator serves none.
    """
    view: DirectoryView = directory.on(japan_date(now))
    by_center: dict[str, list[Place]] = {}
    for department in view.adopted():
        if department.provider == operator and department.center is not None:
            by_center.setdefault(department.center, []).extend(
                Place(code, department.code, department.center)
                for code in department.municipalities
            )
    if not by_center:
        raise LoadError(
            f"directory {directory.version} has no center of operator {operator!r}",
            "--directory",
            "Give the directory file that the provider uses",
        )
    deepest = max(len(places) for places in by_center.values())
    return tuple(
        places[turn % len(places)] for turn in range(deepest) for places in by_center.values()
    )


def people_at(places: Sequence[Place], count: int, run: str) -> list[tuple[Place, RegistrantData]]:
    """People for the seats, spread evenly; the same again for the same ``run``.

    Each has a mail address of the run, by which consoles know them.

    Raises:
        LoadError: a municipality has no point far enough from its border.
    """
    return [
        (place, _person(place, number, run))
        for number in range(count)
        for place in (places[number % len(places)],)
    ]


def _person(place: Place, number: int, run: str) -> RegistrantData:
    index = jurisdictions()
    for attempt in range(_TRIES):
        person = make_person(f"load-{number}-{attempt}", place.municipality)
        lat, lon = person.address.lat, person.address.lon
        if index.border_distance_m(place.municipality, lon, lat) >= _FROM_BORDER_M:
            return person.model_copy(update={"mail": f"{run}-{number}@load.example"})
    raise LoadError(
        f"no point of municipality {place.municipality} lies {_FROM_BORDER_M:g} m from its border",
        "directory",
        "Leave its department out of the directory for load tests",
    )
