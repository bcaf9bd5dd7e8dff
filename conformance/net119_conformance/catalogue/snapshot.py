"""What one version of the catalogue asks and judges, kept so that later purposes can be told apart.

A vendor claims a version (``catalogue`` in the profile). Purposes that came later still run against
that system, and the report shows them, but they are not scored: see `unscored`. Only the current
version's file may change, and only until it is frozen by a release; `make schemas` writes it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from net119_conformance.catalogue.catalogue import Catalogue
from net119_conformance.catalogue.model import CATALOGUE_VERSION, CatalogueError

_KEYS = {"version", "frozen", "requirements", "purposes"}
_NOTE = "# Generated; `make schemas` writes it anew until it is frozen. See the README beside.\n"


@dataclass(frozen=True)
class Snapshot:
    """One version: its requirement IDs, and by purpose ID the requirements that each judges.

    ``frozen``: a release has it, so it never changes again.
    """

    version: str
    frozen: bool
    requirements: tuple[str, ...]
    purposes: Mapping[str, tuple[str, ...]]

    def to_toml(self) -> str:
        """The text of its file; the same content gives the same text."""
        lines = [_NOTE, f'version = "{self.version}"', f"frozen = {str(self.frozen).lower()}"]
        lines += ["requirements = [", *(f'  "{each}",' for each in self.requirements), "]", ""]
        lines.append("[purposes]")
        for name, judged in sorted(self.purposes.items()):
            listed = ", ".join(f'"{each}"' for each in judged)
            lines.append(f"{name} = [{listed}]")
        return "\n".join(lines) + "\n"


def take(
    catalogue: Catalogue, purposes: Mapping[str, Iterable[str]], *, frozen: bool = False
) -> Snapshot:
    """The snapshot of a catalogue with these purposes (by ID, the requirements each judges)."""
    judged = {name: tuple(sorted(set(each))) for name, each in purposes.items()}
    return Snapshot(catalogue.version, frozen, tuple(catalogue.requirements), judged)


def versions(directory: Traversable | None = None) -> tuple[str, ...]:
    """Versions that there are snapshots of, oldest first."""
    names = [each.name for each in _folder(directory).iterdir() if each.name.endswith(".toml")]
    return tuple(sorted((name.removesuffix(".toml") for name in names), key=_age))


def load_snapshot(
    version: str = CATALOGUE_VERSION, directory: Traversable | None = None
) -> Snapshot:
    """The snapshot of a version.

    Raises:
        LookupError: there is none; the message names those that there are.
        CatalogueError: its file is damaged.
    """
    known = versions(directory)
    if version not in known:
        raise LookupError(f"no version {version!r} of the catalogue is known: {', '.join(known)}")
    name = f"snapshots/{version}.toml"
    text = _folder(directory).joinpath(f"{version}.toml").read_text("utf-8")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise CatalogueError([f"{name}: is not valid TOML: {wrong}"]) from None
    if set(table) != _KEYS or table["version"] != version:
        what = f"needs version = {version!r} and {', '.join(sorted(_KEYS))}, nothing else"
        raise CatalogueError([f"{name}: {what}"])
    lists = [table["requirements"], *dict(table["purposes"]).values()]
    if not all(isinstance(each, list) for each in lists):
        raise CatalogueError([f"{name}: requirements, and what each purpose judges, must be lists"])
    judged = {name: tuple(each) for name, each in table["purposes"].items()}
    return Snapshot(version, table["frozen"], tuple(table["requirements"]), judged)


def unscored(
    claimed: str, purposes: Iterable[str], directory: Traversable | None = None
) -> frozenset[str]:
    """Those of the purposes (IDs) that the claimed version does not have yet; none for no claim.

    Raises:
        LookupError: there is no such version.
        CatalogueError: its file is damaged.
    """
    if not claimed:
        return frozenset()
    return frozenset(purposes) - load_snapshot(claimed, directory).purposes.keys()


def _folder(directory: Traversable | None) -> Traversable:
    if directory is not None:
        return directory
    return files("net119_conformance.catalogue").joinpath("snapshots")


def _age(version: str) -> tuple[tuple[int, str], ...]:
    """2026.10 is later than 2026.9."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in version.split("."))
