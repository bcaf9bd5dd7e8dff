"""What is asked for in a single call, and how the directory says that it must end.

The providers are not asked: their decision is judged by this.
"""

import random
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import Kind, Mode, PlaceChoice
from net119_protocol.directory import (
    COAST_M,
    Department,
    Directory,
    DirectoryView,
    load_directory,
)
from net119_protocol.directory.accuracy import radius_from_platform
from net119_protocol.person import RegistrantData
from net119_simulators.person import jurisdictions, make_person


class Ending(StrEnum):
    """How a call ends for its caller."""

    ANSWERED = "answered"
    HOME_ADVISED = "home-advised"
    REFUSED = "refused"
    UNHEARD = "unheard"


@dataclass(frozen=True)
class CallRequest:
    """A call to be acted out: degrees (WGS 84), metres of 68 % confidence, seconds of pace.

    ``home`` is the code of a department that has adopted NET119. ``console`` = somebody is at the
    center that serves the place. ``pace_s`` is how long people take before they act.
    ``radio`` is the code of the radio profile between phone and provider, its course drawn by
    ``seed``.
    """

    lat: float
    lon: float
    home: str = "chitose"
    kind: Kind = Kind.FIRE
    mode: Mode = Mode.TEST
    place: PlaceChoice = PlaceChoice.CURRENT
    accuracy_m: float = 12.0
    seed: int = 1
    console: bool = True
    pace_s: float = 0.6
    radio: str | None = None


@dataclass(frozen=True)
class Contact:
    """Somebody to phone, as the directory names them."""

    code: str
    name_ja: str
    name_en: str
    phone: str


@dataclass(frozen=True)
class Plan:
    """The cast of a call and what must come of it.

    ``responsible`` is the department of the place that is routed, ``municipality`` its name (ja,
    en); both are absent abroad. ``receiver`` is the department that must answer, ``rules`` the
    rows of the routing table that may have decided, ``notice`` what caller and dispatcher must be
    told, ``phone_to`` whom the dispatcher must be told to phone.
    """

    request: CallRequest
    person: RegistrantData
    home: Department
    responsible: Department | None
    municipality: tuple[str, str] | None
    at_sea_m: float
    ending: Ending
    receiver: Department | None = None
    rules: tuple[str, ...] = ()
    notice: NoticeCode | None = None
    phone_to: tuple[Contact, ...] = ()

    @property
    def two_centers(self) -> bool:
        """Whether the call goes, or is offered, to another center than the caller's home."""
        other = self.responsible
        if other is None or self.at_sea_m > COAST_M:
            return False
        return other.adopted and other.center != self.home.center

    @property
    def staffed(self) -> tuple[Department, ...]:
        """Departments, one for each center with a dispatcher: home first."""
        if self.request.console:
            return self.departments
        # Only where the call is not the home center's can that center be left alone; where NET119
        # is not adopted there is no console at all.
        return () if self.ending is Ending.UNHEARD else (self.home,)

    @property
    def departments(self) -> tuple[Department, ...]:
        """Departments whose providers must run: home first."""
        there = self.responsible
        return (self.home, there) if self.two_centers and there is not None else (self.home,)


def the_directory() -> Directory:
    """The directory that the providers use by default."""
    return load_directory(jurisdictions().municipalities)


def homes(day: date) -> tuple[Department, ...]:
    """The departments that NET119 reaches on a day, where somebody can be registered."""
    return tuple(the_directory().on(day).adopted())


def plan_call(request: CallRequest, day: date) -> Plan:
    """Who takes part in a call on a day in Japan, and how it must end (design section 6).

    Raises:
        UnknownDepartment: ``home`` is no department of the directory.
        ValueError: the home department has not adopted NET119, or the position is none on earth.
    """
    view = the_directory().on(day)
    home = view.department(request.home)
    if not home.adopted:
        raise ValueError(f"department {home.code} has not adopted NET119 on {day}")
    rng = random.Random(request.seed)
    person = make_person(request.seed, rng.choice(home.municipalities))
    lat, lon, radius_m = request.lat, request.lon, radius_from_platform(request.accuracy_m)
    if request.place is PlaceChoice.HOME:
        lat, lon, radius_m = person.address.lat, person.address.lon, 0.0
    hit = jurisdictions().at(lon, lat)
    there = _largest(view, lat, lon, radius_m)
    if there is None and hit.municipality is not None:
        there = view.department_at(hit.municipality)
    on_land = there is not None and _largest(view, lat, lon, radius_m) is not None
    name = None
    if hit.municipality is not None:
        found = jurisdictions().municipalities[hit.municipality]
        name = (f"{found.prefecture}{found.name_ja}", found.name_en)
    sea_m = 0.0 if on_land or there is None else hit.distance_m
    plan = Plan(request, person, home, there, name, sea_m, Ending.REFUSED)
    return _ended(plan)


def _largest(view: DirectoryView, lat: float, lon: float, radius_m: float) -> Department | None:
    """The department with the largest part of the disc; ``None`` where it touches no land."""
    if radius_m <= 0:
        hit = jurisdictions().at(lon, lat)
        return None if hit.municipality is None or hit.sea else view.department_at(hit.municipality)
    sums: dict[str, float] = {}
    for municipality, share in jurisdictions().within(lon, lat, radius_m):
        code = view.department_at(municipality).code
        sums[code] = sums.get(code, 0.0) + share
    return view.department(min(sums, key=lambda code: (-sums[code], code))) if sums else None


def _ended(plan: Plan) -> Plan:
    """The plan with what must come of it: the rows of the routing table, first that fits."""
    home, there = plan.home, plan.responsible
    if there is None:
        return plan

    def to(ending: Ending, rule: str, **more: object) -> Plan:
        values = vars(plan) | {"ending": ending, "rules": (rule,), "receiver": home} | more
        return Plan(**values)

    advice = (Contact(there.code, there.name_ja, there.name_en, there.phone),)
    if plan.at_sea_m > COAST_M:
        return to(
            Ending.HOME_ADVISED,
            "far-at-sea",
            notice=NoticeCode.CALL_HOME_AT_SEA,
            phone_to=advice,
        )
    if there.center == home.center:
        if not plan.request.console:
            code = NoticeCode.NOT_RECEIVED
            return to(Ending.UNHEARD, "home-center", receiver=None, notice=code)
        return to(Ending.ANSWERED, "home-center", receiver=there)
    if not there.adopted:
        code = NoticeCode.CALL_HOME_NOT_ADOPTED
        return to(Ending.HOME_ADVISED, "not-adopted", notice=code, phone_to=advice)
    if not plan.request.console:
        return to(
            Ending.HOME_ADVISED,
            "",
            rules=("other-running", "peer-rejected"),
            notice=NoticeCode.CALL_HOME_PEER_NO_CONSOLE,
            phone_to=advice,
        )
    return to(Ending.ANSWERED, "other-running", receiver=there)
