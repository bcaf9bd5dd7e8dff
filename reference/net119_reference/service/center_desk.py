"""What a console has to know of its center: whom it answers for, whom to give a call, borders."""

import json
from datetime import datetime
from typing import Any

import shapely
from net119_protocol.api.console_desk import (
    CenterView,
    DepartmentArea,
    MunicipalityArea,
    TransferTarget,
)
from net119_protocol.codes import ProviderState, Refusal
from net119_protocol.directory import Department

from net119_reference.ports import DispatcherIdentity, Refused
from net119_reference.service.core import Core
from net119_reference.service.jurisdiction import ref

_TOLERANCE = 0.0003
"""How far a drawn border may lie from the real one, degrees (some 30 m)."""
_DIGITS = 5


class CenterDesk:
    """Answers from the directory in force."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def center(self, who: DispatcherIdentity) -> CenterView:
        """The dispatcher's center.

        Raises:
            Refused: the directory of today has no such center (``not-found``).
        """
        now = self._core.clock.now()
        view = self._core.jurisdiction.view(now)
        row = view.centers.get(who.center)
        alarms = self._core.config.alarms
        if row is None and alarms.enabled and who.center == alarms.center:
            # It takes alarms, and no calls of NET119.
            return CenterView(
                code=who.center,
                name_ja=alarms.center_name,
                name_en=alarms.center_name_en,
                dispatcher=who.name,
                departments=(),
                targets=(),
            )
        if row is None:
            raise Refused(
                Refusal.NOT_FOUND,
                f"center {who.center} is not in directory {view.version} today; "
                "ask whoever loaded it",
            )
        own = view.departments_of(who.center)
        others = [each for each in view.departments.values() if own != (each,)]
        return CenterView(
            code=who.center,
            name_ja=row.name_ja,
            name_en=row.name_en,
            dispatcher=who.name,
            departments=tuple(ref(each) for each in own),
            targets=tuple(self._target(each, now) for each in others),
        )

    def _target(self, department: Department, now: datetime) -> TransferTarget:
        core = self._core
        unit = core.jurisdiction.unit(department.code, now)
        own = unit is not None and unit.provider == core.operator
        there = unit is not None and (
            core.hub.has_console(unit.center) if own else core.peers.running(unit.provider)
        )
        return TransferTarget(
            department=ref(department),
            adopted=unit is not None,
            running=there and department.state is ProviderState.NORMAL,
            own=own,
        )

    def area(self, department: str) -> DepartmentArea:
        """The border of a department, for drawing.

        Raises:
            Refused: there is no such department today (``not-found``).
        """
        jurisdiction, now = self._core.jurisdiction, self._core.clock.now()
        found = jurisdiction.department(department, now)
        if found is None:
            raise Refused(Refusal.NOT_FOUND, f"there is no department {department[:60]} today")
        known = jurisdiction.index.municipalities
        return DepartmentArea(
            department=ref(found),
            directory_version=jurisdiction.version,
            municipalities=tuple(
                MunicipalityArea(
                    code=code,
                    name_ja=known[code].name_ja,
                    name_en=known[code].name_en,
                    geometry=_drawn(known.polygon(code)),
                )
                for code in found.municipalities
            ),
        )


def _drawn(polygon: Any) -> dict[str, Any]:
    simple = shapely.simplify(polygon, _TOLERANCE, preserve_topology=True)
    rounded = shapely.transform(simple, lambda points: points.round(_DIGITS))
    found: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return found
