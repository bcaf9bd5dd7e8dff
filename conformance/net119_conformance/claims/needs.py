"""What a probe needs, and which claim must be absent for it to make sense."""

from dataclasses import dataclass

from net119_conformance.catalogue import Role
from net119_conformance.sut.options import Option
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs


@dataclass(frozen=True)
class Probes(Needs):
    """``absent`` is the role or option that the profile says not to be there.

    ``claimed`` must be claimed besides: without it there is nothing to knock at.
    """

    absent: Role | Option = Role.RECEIVING
    claimed: Role | None = None


def done(t: Trial, absent: Role | Option) -> None:
    """End a probe that found nothing: what is not claimed is not there, and is not judged."""
    t.not_applicable(
        f"{absent.value!r} is not claimed, and nothing of it was found",
        ja=f"{absent.value!r} は申告されておらず、実際にも見つかりませんでした",
    )
