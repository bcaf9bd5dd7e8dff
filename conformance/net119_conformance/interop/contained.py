"""Systems that come as container images: each started on an address of its own, and removed."""

from collections.abc import Sequence
from pathlib import Path

from net119_simulators.network.authority import Authority

from net119_conformance.catalogue import Text
from net119_conformance.containers.environment import ContainerEnvironment
from net119_conformance.errors import ConformanceError, SutUnavailable
from net119_conformance.interop.cells import System
from net119_conformance.interop.members import Given, Member, mail_of, system_of
from net119_conformance.sut.profile import SutProfile
from net119_conformance.world.plan import Ground
from net119_conformance.world.prepared import read_folder
from net119_conformance.world.standing_description import site_of

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Contained:
    """The system of an image, which goes by the operator code ``sut-LETTER``.

    Making it reads the image's profile and starts nothing. ``out`` is the report's folder.

    Raises:
        ConformanceError: as `ContainerEnvironment`.
    """

    def __init__(self, image: str, out: Path, letter: str) -> None:
        self._image = image
        self._environment = ContainerEnvironment(image, (), out, operator=f"sut-{letter}")
        self.profile: SutProfile = self._environment.profile

    def called(self, key: str) -> None:
        """Give it another name in the report, where two images would have one."""
        named = self.profile.sut.model_copy(update={"key": key, "operator": self.profile.sut.code})
        self.profile = self.profile.model_copy(update={"sut": named})
        self._environment.log_name = key

    def system(self) -> System:
        """See Source."""
        (sut,) = self._environment.suts()
        return system_of(self.profile, image=self._image, image_id=sut.details["image ID"])

    def own_homes(self, profile: str) -> tuple[Ground, ...]:
        """See Source: none, since it is given those of the run when it starts."""
        return ()

    async def start(self, folder: Path, given: Given) -> Member:
        """See Source: try the canary, start the container, and wait until it answers."""
        mail, none = mail_of(self.profile, given)
        await self._environment.launch(() if none is not None else given.homes)
        return Member(
            self.profile,
            site=site_of(self.profile, mail),
            no_mail=none,
            authority=Authority(read_folder(self.profile) / "ca", kept=True),
            crash=self._crash,
        )

    async def stop(self) -> None:
        """Keep its log, and remove it."""
        await self._environment.stop()

    async def _crash(self) -> None:
        try:
            await self._environment.crash()
        except ConformanceError as problem:
            raise SutUnavailable(f"not up again after it was killed: {problem}") from problem


def contained(images: Sequence[str], out: Path) -> list[Contained]:
    """The systems of these images; two of one name are told apart by a letter.

    Raises:
        ConformanceError: there is no daemon, no such image, or no usable profile in one.
    """
    if len(images) > len(_LETTERS):
        raise ConformanceError(
            Text(en=f"{len(images)} images", ja=f"イメージが {len(images)} 件あります"),
            "--images",
            Text(en=f"name {len(_LETTERS)} at most", ja=f"{len(_LETTERS)} 件までにしてください"),
        )
    found = [Contained(image, out, letter) for image, letter in zip(images, _LETTERS, strict=False)]
    names = [each.profile.sut.key for each in found]
    for each, letter in zip(found, _LETTERS, strict=False):
        key = each.profile.sut.key
        if names.count(key) > 1:
            each.called(f"{key[:18]}-{letter}")
    return found
