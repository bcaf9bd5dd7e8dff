"""Whose help counts as an activity of the volunteer corps (article 15, KYO-26)."""

import pytest
from net119_protocol.alarms.codes import HelperAnswer as A
from net119_protocol.alarms.codes import SceneEvent as E
from net119_protocol.alarms.incident import HelperAsked, Incident, SceneReport
from net119_reference.alarms import corps

from tests.reference.alarms.people import NOW, raised


def incident(*answers: A | None, scene: tuple[E, ...] = ()) -> Incident:
    """The first helper is no member of the corps, the others are."""
    helpers = tuple(
        HelperAsked(order=n, name=f"協力員{n}", asked_at=NOW, answer=each, corps_member=n > 1)
        for n, each in enumerate(answers, 1)
    )
    reports = tuple(SceneReport(at=NOW, event=each, by="中京救急1") for each in scene)
    return raised().model_copy(update={"helpers": helpers, "scene": reports})


@pytest.mark.parametrize(
    ("answers", "scene", "active", "perhaps"),
    [
        ((A.CANNOT, A.ARRIVED), (), {2}, set()),
        ((A.ARRIVED, None), (), set(), set()),
        ((A.CANNOT, A.GOES), (E.ARRIVED,), set(), set()),
        ((A.CANNOT, A.GOES), (E.HELPER_INJURED,), {2}, set()),
        ((A.CANNOT, A.GOES, None), (E.HELPER_TOLD,), {2}, set()),
        ((A.GOES, None), (E.HELPER_TOLD,), set(), set()),
        ((A.CANNOT, A.NO_ANSWER, A.CANNOT, None), (E.HELPER_INJURED,), set(), {2, 4}),
        ((A.CANNOT, A.NO_ANSWER), (E.FORCED_ENTRY,), set(), set()),
    ],
)
def test_kyo_26_who_was_active(
    answers: tuple[A | None, ...], scene: tuple[E, ...], active: set[int], perhaps: set[int]
) -> None:
    found = incident(*answers, scene=scene)
    assert (set(corps.active(found)), set(corps.perhaps(found))) == (active, perhaps)
