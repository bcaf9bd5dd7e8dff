"""Plans the world of a run: which municipalities, departments, centers and peers exist.

Pure: from the purposes and the municipality polygons to a directory and, for each purpose, the
names of what is its own.  The directory of the source documents is part of it unchanged.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from net119_protocol.directory import (
    CenterRow,
    DepartmentRow,
    Directory,
    DirectoryFile,
    JurisdictionIndex,
    ProviderRow,
    border_point,
    neighbours,
    random_point_in,
)
from net119_protocol.person import DepartmentRef
from pydantic import BaseModel, ConfigDict

from net119_conformance.world.needs import Needs

MARGIN_M = 1500.0
"""Places used by purposes lie at least this far inside their municipality, so that no ordinary
accuracy circle reaches a neighbour."""
ADOPTED_FROM = "2020-04-01"


class Ground(BaseModel):
    """One department of a purpose's world: where it is, and who answers for it.

    ``lat``/``lon`` is a point well inside; ``center`` and ``operator`` are empty where NET119 is
    not adopted.
    """

    model_config = ConfigDict(frozen=True)

    department: str
    municipality: str
    municipality_name: str
    lat: float
    lon: float
    center: str = ""
    operator: str = ""
    name_ja: str = ""
    phone: str = ""
    profile: str = ""
    service_starts: date | None = None
    last_day: date | None = None

    @property
    def mail_domain(self) -> str:
        """Domain of the department's own mail addresses."""
        return f"{self.department}.example"

    @property
    def reference(self) -> DepartmentRef:
        """The department as it is named in messages."""
        return DepartmentRef(
            code=self.department, name_ja=self.name_ja, name_en=self.department, phone=self.phone
        )


class BorderPoint(BaseModel):
    """A point on the border of home and peer (WGS 84 degrees)."""

    model_config = ConfigDict(frozen=True)

    lat: float
    lon: float


class Estate(BaseModel):
    """Everything that is one purpose's own, at one SUT."""

    model_config = ConfigDict(frozen=True)

    home: Ground
    sibling: Ground | None = None
    peer: Ground | None = None
    peer_address: str = ""
    unadopted: Ground | None = None
    partner: Ground | None = None
    crowd: tuple[Ground, ...] = ()
    border: BorderPoint | None = None


class WorldPlan(BaseModel):
    """The world of a run: the directory as JSON, and each item's estate by its key."""

    model_config = ConfigDict(frozen=True)

    directory: str
    estates: dict[str, Estate]


@dataclass(frozen=True)
class Claim:
    """One purpose at one SUT, and what it needs."""

    key: str
    operator: str
    needs: Needs
    partner: str = ""
    """The other real provider of the run; empty if there is none."""
    crowd: int = 0
    """How many more centers there are for a crowd of callers."""
    home: Ground | None = None
    """The home department, where the operator has one that this plan must not choose anew. Claims
    may share it."""


def plan_world(
    claims: Sequence[Claim],
    index: JurisdictionIndex,
    base: Directory,
    addresses: Iterator[str],
    today: date | None = None,
) -> WorldPlan:
    """Give every claim an estate.

    ``addresses`` yields a source address for each simulated peer; from ``today`` on count the
    days until a service starts or ends.  The same claims give the same world.

    Raises:
        ValueError: there are not enough municipalities.
    """
    taken = {code for row in base.content.departments for code in row.municipalities}
    given = {claim.home.department: claim.home for claim in claims if claim.home is not None}
    taken |= {home.municipality for home in given.values()}
    pool = _Pool(index, taken)
    rows = _Rows(base.content)
    estates: dict[str, Estate] = {}
    known = {row.code for row in base.content.providers}
    for operator in dict.fromkeys(claim.operator for claim in claims):
        if operator not in known:
            rows.provider(operator, "試験対象の事業者", "Provider under test:")
    for number, claim in enumerate(claims, start=1):
        pair = pool.pair() if claim.needs.peer else None
        rng = random.Random(claim.key)
        tag = f"{claim.operator}-{number:03d}"
        if f"h-{tag}" in given:
            tag = f"{tag}-x"
        needs = claim.needs
        starts, last = _day(needs.starts_in_days, today), _day(needs.ends_in_days, today)
        if claim.home is not None:
            home = rows.known(claim.home, index, rng)
        else:
            home_code = pool.single() if pair is None else pair.home
            home = rows.adopt(f"h-{tag}", claim.operator, index, home_code, rng, last)
        home = home.model_copy(
            update={"profile": needs.profile, "service_starts": starts, "last_day": last}
        )
        peer = border = None
        address = ""
        if pair is not None:
            operator = f"p-{tag}"
            rows.provider(operator)
            peer = rows.adopt(f"d-{tag}", operator, index, pair.peer, rng)
            address = next(addresses)
            border = pair.border
        sibling = unadopted = None
        if claim.needs.sibling:
            sibling = rows.adopt(f"s-{tag}", claim.operator, index, pool.single(), rng)
        if claim.needs.unadopted:
            unadopted = rows.without_net119(f"u-{tag}", index, pool.single(), rng)
        partner = None
        if claim.needs.partner and claim.partner:
            partner = rows.adopt(f"q-{tag}", claim.partner, index, pool.single(), rng)
        crowd = tuple(
            rows.adopt(f"m{each}-{tag}", claim.operator, index, pool.single(), rng)
            for each in range(claim.crowd)
        )
        estates[claim.key] = Estate(
            home=home,
            sibling=sibling,
            peer=peer,
            peer_address=address,
            unadopted=unadopted,
            partner=partner,
            crowd=crowd,
            border=border,
        )
    directory = Directory(rows.file(), index.municipalities, "world of the run")
    return WorldPlan(directory=directory.to_json(), estates=estates)


def _day(days: int, today: date | None) -> date | None:
    if not days:
        return None
    if today is None:
        raise ValueError("a service that starts or ends in some days needs the day it is")
    return today + timedelta(days=days)


class _Pool:
    """Municipalities that nobody uses yet, in the order of their codes."""

    def __init__(self, index: JurisdictionIndex, taken: set[str]) -> None:
        self._index = index
        self._used = set(taken)
        self._codes = sorted(index.municipalities)
        self._next_pair = 0
        self._next_single = 0
        self._wide: dict[str, bool] = {}

    def pair(self) -> "_Pair":
        """Two neighbours, each with a place far from every border."""
        for place in range(self._next_pair, len(self._codes)):
            code = self._codes[place]
            if not self._fit(code):
                continue
            for other in neighbours(self._index, code):
                if not self._fit(other):
                    continue
                border = _border(self._index, code, other)
                if border is not None:
                    self._used |= {code, other}
                    self._next_pair = place + 1
                    return _Pair(code, other, border)
        raise ValueError("the run has more purposes than Japan has municipalities to spare")

    def single(self) -> str:
        """One municipality with a place far from every border."""
        for place in range(self._next_single, len(self._codes)):
            code = self._codes[place]
            if self._fit(code):
                self._used.add(code)
                self._next_single = place + 1
                return code
        raise ValueError("the run has more purposes than Japan has municipalities to spare")

    def _fit(self, code: str) -> bool:
        if code in self._used:
            return False
        if code not in self._wide:
            try:
                random_point_in(self._index, code, random.Random(code), margin_m=MARGIN_M)
            except ValueError:
                self._wide[code] = False
            else:
                self._wide[code] = True
        return self._wide[code]


@dataclass(frozen=True)
class _Pair:
    """Two municipalities, and a point on their border."""

    home: str
    peer: str
    border: BorderPoint


def _border(index: JurisdictionIndex, code: str, other: str) -> BorderPoint | None:
    try:
        lon, lat = border_point(index, code, other)
    except ValueError:
        return None
    return BorderPoint(lat=lat, lon=lon)


class _Rows:
    """The directory of the run as it grows."""

    def __init__(self, base: DirectoryFile) -> None:
        self._base = base
        self._providers = list(base.providers)
        self._centers = list(base.centers)
        self._departments = list(base.departments)
        self._known: dict[str, Ground] = {}

    def provider(self, code: str, ja: str = "模擬事業者", en: str = "Simulated") -> None:
        """A provider that only this run knows."""
        self._providers.append(
            ProviderRow.model_validate(
                {"code": code, "name_ja": f"{ja} {code}", "name_en": f"{en} {code}"}
            )
        )

    def adopt(
        self,
        department: str,
        operator: str,
        index: JurisdictionIndex,
        municipality: str,
        rng: random.Random,
        until: date | None = None,
    ) -> Ground:
        """A department with a center of its own in a municipality, until a last day if given."""
        center = f"c-{department}"
        row = self._department(department, index, municipality, center, until)
        self._centers.append(
            CenterRow.model_validate(
                {
                    "code": center,
                    "name_ja": f"{row.name_ja} 指令センター",
                    "name_en": f"Command center of {row.name_en}",
                    "provider": operator,
                }
            )
        )
        return _ground(row, index, rng, center=center, operator=operator)

    def known(self, ground: Ground, index: JurisdictionIndex, rng: random.Random) -> Ground:
        """A department that a system has already, entered once."""
        found = self._known.get(ground.department)
        if found is None:
            found = self.adopt(ground.department, ground.operator, index, ground.municipality, rng)
            self._known[ground.department] = found
        return found

    def without_net119(
        self, department: str, index: JurisdictionIndex, municipality: str, rng: random.Random
    ) -> Ground:
        """A department that has not adopted NET119: it has a name and a telephone, no center."""
        return _ground(self._department(department, index, municipality, None), index, rng)

    def _department(
        self,
        code: str,
        index: JurisdictionIndex,
        municipality: str,
        center: str | None,
        until: date | None = None,
    ) -> DepartmentRow:
        place = index.municipalities[municipality]
        number = len(self._departments)
        row = DepartmentRow.model_validate(
            {
                "code": code,
                "name_ja": f"{place.name_ja}を管轄する消防本部",
                "name_en": f"the fire department for {place.name_en}",
                "municipalities": (municipality,),
                "phone": f"0000-{number // 100:02d}-{number % 100:04d}",
                "center": center,
                "adopted_from": ADOPTED_FROM if center else None,
                "adopted_until": until,
            }
        )
        self._departments.append(row)
        return row

    def file(self) -> DirectoryFile:
        """The whole directory."""
        return self._base.model_copy(
            update={
                "version": f"{self._base.version}+run",
                "providers": tuple(self._providers),
                "centers": tuple(self._centers),
                "departments": tuple(self._departments),
            }
        )


def _ground(
    row: DepartmentRow,
    index: JurisdictionIndex,
    rng: random.Random,
    center: str = "",
    operator: str = "",
) -> Ground:
    municipality = row.municipalities[0]
    lon, lat = random_point_in(index, municipality, rng, margin_m=MARGIN_M)
    return Ground(
        department=row.code,
        municipality=municipality,
        municipality_name=index.municipalities[municipality].name_ja,
        lat=lat,
        lon=lon,
        center=center,
        operator=operator,
        name_ja=row.name_ja,
        phone=row.phone,
    )
