"""The world of runs against one system that somebody else started, as it is kept in a folder.

``net119 sut prepare`` writes it and a run reads it, so that both sides have the same: what the
system was given beforehand cannot be planned anew for each run.
"""

from pathlib import Path

from net119_protocol.api.staff import Credentials
from net119_protocol.person import RegistrantData
from pydantic import BaseModel, ConfigDict, ValidationError

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.sut.profile import SutProfile
from net119_conformance.world.plan import Estate

WORLD_FILE = "world.json"
DIRECTORY_FILE = "directory.json"
OPERATORS_FILE = "operators.json"
REGISTRANTS_FILE = "registrants.json"
CHECK = "CHECK"
"""In the place of a purpose's ID: the peer with which ``net119 sut check`` knocks."""
AGAIN = Text(
    en="run net119 sut prepare again, and have the system load what it writes",
    ja="net119 sut prepare をもう一度実行し、書き出されたものをシステムに読み込ませてください",
)


class PreparedPerson(BaseModel):
    """Somebody whom the system has registered before the run, with the log-in it was told."""

    model_config = ConfigDict(frozen=True)

    department: str
    person: RegistrantData
    credentials: Credentials


class Basis(BaseModel):
    """What of the profile a world was planned for; another basis needs another world."""

    model_config = ConfigDict(frozen=True)

    key: str
    operator: str
    peers: str
    peer_port: int
    hosts: tuple[str, ...]


class Prepared(BaseModel):
    """The plan: each purpose's estate by its key, and the people registered beforehand."""

    model_config = ConfigDict(frozen=True)

    basis: Basis
    estates: dict[str, Estate]
    people: tuple[PreparedPerson, ...]


def basis_of(profile: SutProfile) -> Basis:
    """The basis of a profile's world."""
    return Basis(
        key=profile.sut.key,
        operator=profile.sut.code,
        peers=profile.addresses.peers,
        peer_port=profile.addresses.peer_port,
        hosts=profile.hosts(),
    )


def read_prepared(profile: SutProfile) -> Prepared:
    """What was prepared for this profile.

    Raises:
        ConformanceError: nothing was, or for another profile.
    """
    folder = profile.path(profile.world.folder)
    where = f"world.folder {folder}"
    try:
        prepared = Prepared.model_validate_json((folder / WORLD_FILE).read_bytes())
    except FileNotFoundError as error:
        raise ConformanceError(
            Text(en="nothing is prepared here", ja="ここには何も準備されていません"),
            where,
            Text(
                en="run net119 sut prepare, and have the system load what it writes",
                ja="net119 sut prepare を実行し、書き出されたものをシステムに読み込ませてください",
            ),
        ) from error
    except (OSError, ValidationError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not as this version wrote"
        raise ConformanceError(
            Text(
                en=f"{WORLD_FILE} cannot be read: {said}", ja=f"{WORLD_FILE} を読めません: {said}"
            ),
            where,
            AGAIN,
        ) from error
    now = basis_of(profile)
    changed = [
        name for name in Basis.model_fields if getattr(now, name) != getattr(prepared.basis, name)
    ]
    if changed:
        raise ConformanceError(
            Text(
                en=f"it was prepared for another profile ({', '.join(changed)} differ)",
                ja=f"別のプロファイルのために準備されたものです（{', '.join(changed)} が違います）",
            ),
            where,
            AGAIN,
        )
    return prepared


def read_folder(profile: SutProfile) -> Path:
    """The prepared folder of a profile."""
    return profile.path(profile.world.folder).absolute()
