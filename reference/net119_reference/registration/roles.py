"""Which staff roles may do what."""

from enum import StrEnum

from net119_protocol.api.admin import StaffRole
from net119_protocol.codes import Refusal

from net119_reference.ports import Refused, StaffIdentity


class Right(StrEnum):
    """What a role allows."""

    READ = "read registrations"
    SEE_IMAGES = "see identity images"
    REVIEW = "decide on registrations"
    KEY_IN = "key in paper forms"
    AUDIT = "read the audit log"
    ANNOUNCE = "mail announcements"


_HOLDERS: dict[Right, frozenset[StaffRole]] = {
    Right.READ: frozenset({StaffRole.REVIEWER, StaffRole.CLERK}),
    Right.SEE_IMAGES: frozenset({StaffRole.REVIEWER}),
    Right.REVIEW: frozenset({StaffRole.REVIEWER}),
    Right.KEY_IN: frozenset({StaffRole.REVIEWER, StaffRole.CLERK}),
    Right.AUDIT: frozenset({StaffRole.AUDITOR, StaffRole.ADMIN}),
    Right.ANNOUNCE: frozenset({StaffRole.CLERK, StaffRole.ADMIN}),
}


def may(who: StaffIdentity, right: Right) -> bool:
    """Whether one of the person's roles allows it."""
    return not _HOLDERS[right].isdisjoint(who.roles)


def require(who: StaffIdentity, right: Right) -> None:
    """Refuse who may not.

    Raises:
        Refused: none of the person's roles allows it (``forbidden``); the text names those.
    """
    if not may(who, right):
        names = " or ".join(sorted(role.value for role in _HOLDERS[right]))
        raise Refused(Refusal.FORBIDDEN, f"to {right.value}, the role {names} is needed")
