"""Who is responsible where: the directory in force, and routing asked with it."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from net119_protocol.codes import ProviderState
from net119_protocol.directory import (
    Department,
    Directory,
    DirectoryView,
    JurisdictionIndex,
    UnknownDepartment,
    load_directory,
    load_municipalities,
)
from net119_protocol.person import DepartmentRef

from net119_reference import routing
from net119_reference.calls.model import Unit
from net119_reference.config import Config


def ref(department: Department) -> DepartmentRef:
    """A department as it is shown to callers, dispatchers and peers."""
    return DepartmentRef(
        code=department.code,
        name_ja=department.name_ja,
        name_en=department.name_en,
        phone=department.phone,
    )


@cache
def japan() -> JurisdictionIndex:
    """The municipalities and what lies where; read once in a process, and never changed."""
    return JurisdictionIndex(load_municipalities())


class Jurisdiction:
    """The directory in force; a new one may be loaded while calls are open."""

    def __init__(self, config: Config) -> None:
        self._operator = config.operator
        self._index = japan()
        self._directory = load_directory(self._index.municipalities, config.directory.file)
        self._view: DirectoryView | None = None

    @property
    def version(self) -> str:
        """Version of the directory in force."""
        return self._directory.version

    @property
    def index(self) -> JurisdictionIndex:
        """The municipalities and what lies where."""
        return self._index

    def read(self, content: Mapping[str, Any]) -> Directory:
        """Check a directory without putting it into force.

        Raises:
            DirectoryError: it cannot be used; all that is wrong is listed.
        """
        return Directory.from_json(
            json.dumps(dict(content)), self._index.municipalities, "directory"
        )

    def use(self, directory: Directory) -> None:
        """Put a directory into force."""
        self._directory = directory
        self._view = None

    def view(self, now: datetime) -> DirectoryView:
        """The directory at a moment: rows flip at midnight in Japan, planned stops by the clock."""
        if self._view is None or not self._view.holds_at(now):
            self._view = self._directory.at(now)
        return self._view

    def department(self, code: str, now: datetime) -> Department | None:
        """A department; ``None`` if there is none today."""
        try:
            return self.view(now).department(code)
        except UnknownDepartment:
            return None

    def own_unit(self, code: str, now: datetime) -> Unit | None:
        """A department that a center of ours answers for; ``None`` otherwise."""
        found = self.department(code, now)
        if found is None or found.center is None or found.provider != self._operator:
            return None
        return Unit(department=ref(found), center=found.center, provider=self._operator)

    def stopped(self, code: str, now: datetime) -> bool:
        """Whether the department's center or provider has a planned stop now."""
        found = self.department(code, now)
        return found is not None and found.state is not ProviderState.NORMAL

    def unit(self, code: str, now: datetime) -> Unit | None:
        """An adopted department with its center and provider."""
        found = self.department(code, now)
        if found is None or found.center is None or found.provider is None:
            return None
        return Unit(department=ref(found), center=found.center, provider=found.provider)

    def has_center(self, center: str, now: datetime) -> bool:
        """Whether a center of ours has this code today."""
        row = self.view(now).centers.get(center)
        return row is not None and row.provider == self._operator

    def route(
        self, facts: routing.RoutingInput, peers: routing.Peers, now: datetime
    ) -> routing.RoutingDecision:
        """Decide who gets a call."""
        view = self.view(now)
        return routing.route(facts, self._index, view, view.day, peers)
