"""What a person typed into the application form, and what it makes: readable or not, it is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import shapely
from net119_protocol.application import Application
from net119_protocol.directory import COAST_M, JurisdictionIndex, Municipality, distance_m
from net119_protocol.person import Address
from net119_protocol.profile import check
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.form import from_fields, to_fields
from net119_protocol.profile.form_fields import BLOCKS, FIELDS, LISTS
from net119_protocol.profile.model import Profile

MOST_CHARACTERS = 32_000
"""Of all fields together; a form filled in with care has some 2,000."""
COUNTS: Mapping[str, str] = MappingProxyType({path: f"count.{path}" for path in LISTS})
"""Fields of the page's own: how many entries of a list the form shows, blank ones included."""
ADDRESS = "data.address"
_CODE = f"{ADDRESS}.municipality_code"
_NAME = f"{ADDRESS}.municipality"
_PREFECTURE = f"{ADDRESS}.prefecture"
_LAT, _LON = f"{ADDRESS}.lat", f"{ADDRESS}.lon"
_CONFIRMED = f"{ADDRESS}.position_confirmed"
_DIGITS = 6
"""Decimals of a degree that a position on the map is told with: 0.1 m."""

_OUTSIDE = FieldProblem(
    _LAT,
    "outside-municipality",
    "地図の位置が、選んだ市町村の中にありません。位置か市町村を直してください。",
    "The position is not inside the municipality you chose. Correct the position or the "
    "municipality.",
)
_UNMOVED = FieldProblem(
    _LAT,
    "not-moved",
    "地図の印が、はじめの位置のままです。印を家の場所へ動かすか、「地図を使わない」を選んでください。",
    "The mark is where the map put it. Move it to your house, or choose “without the map”.",
)
_STAND_INS = MappingProxyType(
    {
        "data.name": "あ",
        "data.birth_date": "1980-01-01",
        "data.sex": "unstated",
        _PREFECTURE: "県",
        _NAME: "市",
        _CODE: "00000",
        _LAT: "35",
        _LON: "135",
        "data.mail": "a@a.example",
        "basis": "lives",
        "guardian.name": "あ",
    }
)
"""Readable values for required fields that are not, so that the rest can be checked as well."""


@dataclass(frozen=True)
class Reading:
    """What a form says: an application if it can be read, and everything that is wrong."""

    application: Application | None
    problems: tuple[FieldProblem, ...]


def kept(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that belong to the form, as typed."""
    return {name: text for name, text in fields.items() if _general(name) in _KNOWN}


def fields_of(application: Application) -> dict[str, str]:
    """The fields of a form that shows an application: a position that nobody confirmed is none."""
    fields = to_fields(application)
    if fields.get(_CONFIRMED) == "no":
        del fields[_LAT], fields[_LON]
    return fields


def read(
    fields: Mapping[str, object],
    profile: Profile,
    index: JurisdictionIndex,
    today: date,
    *,
    has_image: bool,
    before: Address | None = None,
) -> Reading:
    """Read a form and say everything that is wrong with it, at once.

    Names of the municipality are taken from its code, and the position from the municipality
    where the person does without the map (`position_confirmed` is ``no``).  What is on record
    (``before``) keeps its spelling of a municipality that stays the same.
    """
    complete = _completed(fields, index, before)
    application, unreadable = from_fields(complete)
    wrong = {each.path for each in unreadable}
    stand_in = application or from_fields(_with_stand_ins(complete, wrong))[0]
    found = [each for each in unreadable if not (each.path == _NAME and wrong & {_CODE})]
    if stand_in is not None:
        refused = check.problems(profile, stand_in, today, has_image=has_image)
        found += [each for each in refused if not _is_told(each.path, wrong)]
        if not wrong & {_CODE, _LAT, _LON}:
            found += _misplaced(stand_in.data.address, index)
    order = {name: number for number, name in enumerate(FIELDS)}
    found.sort(key=lambda each: order.get(_general(each.path), len(order)))
    first = {each.path: each for each in reversed(found)}
    return Reading(application, tuple(each for each in found if first[each.path] is each))


def _general(name: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in name.split("."))


_KNOWN = frozenset({*FIELDS, *BLOCKS, *COUNTS.values()})


def _completed(
    fields: Mapping[str, object], index: JurisdictionIndex, before: Address | None
) -> dict[str, object]:
    complete = dict(fields)
    code = str(complete.get(_CODE, "")).strip()
    place: Municipality | None = index.municipalities.get(code)
    if place is None:
        return complete
    complete |= {_PREFECTURE: place.prefecture, _NAME: place.name_ja}
    if before is not None and before.municipality_code == code:
        complete |= {_PREFECTURE: before.prefecture, _NAME: before.municipality}
    if complete.get(_CONFIRMED) == "no":
        lat, lon = index.municipalities.some_point(code)
        complete |= {_LAT: f"{lat:.{_DIGITS}f}", _LON: f"{lon:.{_DIGITS}f}"}
    return complete


def _with_stand_ins(fields: Mapping[str, object], wrong: set[str]) -> dict[str, object]:
    """The form without what cannot be read; what must not be missing gets a readable value."""
    rest = {
        name: value
        for name, value in fields.items()
        if not any(name == path or name.startswith(f"{path}.") for path in wrong)
    }
    # Of a position that is missing only one half is told.
    for path in wrong | ({_LAT, _LON} if wrong & {_LAT, _LON} else set()):
        if path in _STAND_INS and (path != "guardian.name" or _has_guardian(fields)):
            rest[path] = _STAND_INS[path]
    # Entries of lists hang together; one that cannot be read is told by its own problems.
    for path in LISTS:
        if any(each == path or each.startswith(f"{path}.") for each in wrong):
            rest = {name: value for name, value in rest.items() if not name.startswith(path)}
    return rest


def _has_guardian(fields: Mapping[str, object]) -> bool:
    return any(name.startswith("guardian.") and value for name, value in fields.items())


def _is_told(path: str, wrong: set[str]) -> bool:
    """Whether the form's own problems say what is wrong here, or hide it."""
    if path in wrong:
        return True
    # Whether an address lies in the area counts only for those who register for living there.
    if path == _CODE and "basis" in wrong:
        return True
    if path == "guardian" and wrong & {"data.birth_date", "guardian.name"}:
        return True
    return any(
        path == each and any(name == each or name.startswith(f"{each}.") for name in wrong)
        for each in LISTS
    )


def _misplaced(address: Address, index: JurisdictionIndex) -> Iterator[FieldProblem]:
    """What is wrong with a position of which each half can be read."""
    if address.municipality_code not in index.municipalities:
        return
    if address.position_is_confirmed and _is_unmoved(address, index):
        yield _UNMOVED
    elif _is_outside(address, index):
        yield _OUTSIDE


def _is_unmoved(address: Address, index: JurisdictionIndex) -> bool:
    """Whether the position is the one that the map starts with, which says nothing of a house."""
    start = index.municipalities.some_point(address.municipality_code)
    return _rounded(address.lat, address.lon) == _rounded(*start)


def _rounded(lat: float, lon: float) -> tuple[float, float]:
    return round(lat, _DIGITS), round(lon, _DIGITS)


def _is_outside(address: Address, index: JurisdictionIndex) -> bool:
    """Whether the position lies farther from the municipality than our borders are exact."""
    polygon = index.municipalities.polygon(address.municipality_code)
    here = shapely.Point(address.lon, address.lat)
    if polygon.covers(here):
        return False
    nearest = shapely.shortest_line(here, polygon).coords[-1]
    return distance_m(address.lon, address.lat, *nearest) > COAST_M


def moved_up(fields: Mapping[str, str], path: str, number: int) -> dict[str, str]:
    """The fields without entry ``number`` of the list at ``path``; later ones move up."""
    return dict(_moved_up(fields, path, number))


def _moved_up(fields: Mapping[str, str], path: str, number: int) -> Iterator[tuple[str, str]]:
    start = f"{path}."
    for name, text in fields.items():
        own, _, rest = name.removeprefix(start).partition(".")
        if not name.startswith(start) or not own.isdigit() or int(own) < number:
            yield name, text
        elif int(own) > number:
            yield f"{start}{int(own) - 1}{'.' if rest else ''}{rest}", text


def shown_entries(fields: Mapping[str, str], path: str) -> int:
    """How many entries of the list at ``path`` the form shows."""
    start = f"{path}."
    numbers = [
        int(own)
        for name in fields
        if name.startswith(start) and (own := name.removeprefix(start).partition(".")[0]).isdigit()
    ]
    counted = fields.get(COUNTS[path], "").strip()
    least = int(counted) if counted.isascii() and counted.isdigit() and len(counted) <= 2 else 0
    return max([least, *(number + 1 for number in numbers)])


__all__ = [
    "ADDRESS",
    "COUNTS",
    "MOST_CHARACTERS",
    "Reading",
    "fields_of",
    "kept",
    "moved_up",
    "read",
    "shown_entries",
]
