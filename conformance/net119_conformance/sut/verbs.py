"""Which verbs a profile's driver will claim, without making it."""

from net119_conformance.drivers.interface import Verb
from net119_conformance.sut.kinds import find_kind
from net119_conformance.sut.profile import SutProfile


def claimed_verbs(profile: SutProfile) -> frozenset[Verb]:
    """All that the kind of driver can do, less what the profile leaves out."""
    kind = find_kind(profile.driver.kind)
    if profile.driver.verbs is None:
        return kind.verbs
    return kind.verbs & frozenset(profile.driver.verbs)


def registers_people(profile: SutProfile) -> bool:
    """Whether people are registered through the driver; else they are beforehand."""
    return Verb.STAFF in claimed_verbs(profile)
