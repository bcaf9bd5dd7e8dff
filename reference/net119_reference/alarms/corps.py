"""Whose help counts as an activity of the volunteer fire corps (article 15 (2), KYO-26)."""

from net119_protocol.alarms.codes import HelperAnswer, SceneEvent
from net119_protocol.alarms.incident import HelperAsked, Incident

_OF_A_HELPER = frozenset({SceneEvent.HELPER_TOLD, SceneEvent.HELPER_INJURED})
_THERE = frozenset({HelperAnswer.GOES, HelperAnswer.ARRIVED})


def active(incident: Incident) -> frozenset[int]:
    """The registered orders of members who were active at the house.

    They arrived; or they went, and the house reported that a helper told the crew something or was
    hurt.
    """
    reported = _reported(incident)
    return frozenset(
        each.order
        for each in incident.helpers
        if each.corps_member
        and (each.answer is HelperAnswer.ARRIVED or (reported and each.answer is HelperAnswer.GOES))
    )


def perhaps(incident: Incident) -> frozenset[int]:
    """Members who may be the helper whom the house reported, where nobody is known to have gone.

    Reports from the house do not name the helper.
    """
    if not _reported(incident) or any(each.answer in _THERE for each in incident.helpers):
        return frozenset()
    return frozenset(each.order for each in incident.helpers if _may(each))


def _reported(incident: Incident) -> bool:
    return any(each.event in _OF_A_HELPER for each in incident.scene)


def _may(asked: HelperAsked) -> bool:
    # Who did not pick up may have been on the way already; who cannot come has said so.
    return asked.corps_member and asked.answer is not HelperAnswer.CANNOT
