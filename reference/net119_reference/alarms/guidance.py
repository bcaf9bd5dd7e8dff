"""The first guidance of a new user, and which of its points were spoken of (KYO-22, article 5)."""

from net119_protocol.alarms.people import AlarmUser, GuidancePoint, Ledger


def needed(user: AlarmUser) -> tuple[GuidancePoint, ...]:
    """The points that guidance of this user has."""
    return tuple(each for each in GuidancePoint if _applies(each, user))


def given(ledger: Ledger) -> bool:
    """Whether guidance since the installation has spoken of every point.

    What one visit had to leave out, a later one can make good.
    """
    installed_on = ledger.installed_on
    if installed_on is None or ledger.user is None:
        return False
    visits = [e for e in ledger.visits if e.kind == "guidance" and e.on >= installed_on]
    spoken = {point for each in visits for point in each.points}
    return bool(visits) and spoken.issuperset(needed(ledger.user))


def _applies(point: GuidancePoint, user: AlarmUser) -> bool:
    """Detectors are advised only to those who have none joined to their unit."""
    return point is not GuidancePoint.DETECTORS_ADVISED or not user.linked_detectors
