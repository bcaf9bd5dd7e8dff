"""Kinds of drivers: those of the suite, those of installed packages, and any object by its path."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from net119_simulators.wiretap import Wiretap
from pydantic import BaseModel, ConfigDict

from net119_conformance.catalogue import Text
from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.environment import load_object
from net119_conformance.errors import ConformanceError
from net119_conformance.sut.findings import Finding
from net119_conformance.sut.profile import SutProfile
from net119_conformance.world.mail import Mail

GROUP = "net119.drivers"
"""Entry-point group under which a distribution offers kinds of drivers by name."""
_BUILT_IN = {
    "api": "net119_conformance.sut.api_kind:API",
    "http-hook": "net119_conformance.sut.hook_kind:HOOK",
    "manual": "net119_conformance.sut.manual_kind:MANUAL",
    "pages": "net119_conformance.sut.api_kind:PAGES",
}
ALL_VERBS = frozenset(Verb)


class NoSettings(BaseModel):
    """A driver that has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Site:
    """What a driver is told: the profile, who signs for the system, and people's mail if there is.

    ``ca_file``: the authority of the system's own certificates; ``authorities``: all that phones
    must trust, itself among them.
    """

    profile: SutProfile
    ca_file: Path
    authorities: tuple[Path, ...]
    mail: Mail | None = None


MakeDriver = Callable[[Site, Any, Wiretap], Driver]
"""Makes a driver for one purpose: the site, the settings as `DriverKind.settings` checked them,
and the purpose's evidence."""


CheckDriver = Callable[[Site, Any], AsyncIterator[Finding]]
"""Says for `net119 sut check` what of the driver's own way answers; the site, the settings."""

AskDriver = Callable[[Site, Any], Awaitable[frozenset[Verb]]]
"""Asks a running system which of the kind's verbs can be served; raises `DriverFailed`."""


@dataclass(frozen=True)
class DriverKind:
    """A kind of driver: how its settings are checked, all it can do, and how one is made.

    ``model`` is the pydantic model of the other keys of ``[driver]``; None takes them as they are.
    Making a driver must not connect: a system out of reach is for the verbs to say. ``check``
    looks at the driver's own way for `net119 sut check`; without one the system is asked for its
    state, where the driver claims the verb. ``ask`` is for kinds that know their verbs only by
    asking. ``registers`` False: people are registered beforehand although the verb ``staff`` is
    claimed.
    """

    make: MakeDriver
    model: type[BaseModel] | None = None
    verbs: frozenset[Verb] = ALL_VERBS
    check: CheckDriver | None = None
    ask: AskDriver | None = None
    registers: bool = True

    def settings(self, given: Mapping[str, Any]) -> Any:
        """Checked settings.

        Raises:
            ValidationError: they are wrong; it names each.
        """
        return dict(given) if self.model is None else self.model.model_validate(dict(given))


class UnknownDriver(ConformanceError):
    """There is no such kind of driver, or it cannot be loaded."""


def names() -> tuple[str, ...]:
    """Kinds that can be named: those of the suite and of installed packages."""
    installed = [each.name for each in entry_points(group=GROUP)]
    return (*_BUILT_IN, *(name for name in installed if name not in _BUILT_IN))


def find_kind(name: str) -> DriverKind:
    """The kind that a profile names; a plain callable is taken for its ``make``.

    Raises:
        UnknownDriver: there is none, or it is nothing of the kind.
    """
    path = _BUILT_IN.get(name, "")
    if not path and ":" in name:
        path = name
    if not path:
        found = [each for each in entry_points(group=GROUP) if each.name == name]
        if not found:
            raise UnknownDriver(
                Text(
                    en=f"there is no driver {name!r}", ja=f"{name!r} というドライバーはありません"
                ),
                "driver.kind",
                Text(
                    en=f'use one of {", ".join(names())}, or "package.module:object"',
                    ja=f'{", ".join(names())} のいずれかか、"package.module:object" '
                    "を書いてください",
                ),
            )
        path = found[0].value
    kind = load_object(path, f"driver {name}")
    if isinstance(kind, DriverKind):
        return kind
    if callable(kind):
        return DriverKind(make=kind)
    raise UnknownDriver(
        Text(
            en=f"{path!r} is a {type(kind).__name__}, neither a DriverKind nor a function",
            ja=f"{path!r} は {type(kind).__name__} で、DriverKind でも関数でもありません",
        ),
        "driver.kind",
        Text(
            en="name a DriverKind, or a function of (site, settings, wiretap) that returns "
            "a driver",
            ja="DriverKind か、(site, settings, wiretap) "
            "からドライバーを返す関数を指定してください",
        ),
    )
