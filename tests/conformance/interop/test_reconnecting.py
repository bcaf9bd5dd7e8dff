"""Who stays away after a break: named where the attempts show it, and nobody where they do not."""

import pytest
from net119_conformance.interop.reconnecting import judged
from net119_simulators.peer.attempt import Reached

CLIENT, SERVER = "acme", "midori"


@pytest.mark.parametrize(
    ("attempts", "operator", "seen"),
    [
        ([], CLIENT, "did not connect again to midori within 20 s"),
        ([Reached.SAID_NOTHING] * 2, CLIENT, "sent no CONNECT"),
        ([Reached.NOT_SUBSCRIBED], CLIENT, "subscribed to no queue"),
        ([Reached.CLOSED] * 3, SERVER, "closed every connection of acme"),
        # Refusals may be right; what ends differently each time proves nothing about either.
        ([Reached.REFUSED], "", "refused"),
        ([Reached.TURNED_AWAY] * 2, "", "turned away"),
        ([Reached.CLOSED, Reached.TURNED_AWAY], "", "closed, turned away"),
        ([Reached.UNANSWERED], "", "unanswered"),
        ([Reached.NOWHERE], "", "nowhere"),
        ([Reached.CLOSED, Reached.REFUSED], "", "closed, refused"),
        ([Reached.SAID_NOTHING, Reached.NOWHERE], "", "nowhere, said nothing"),
    ],
)
def test_how_far_the_attempts_got_tells_who_stays_away(
    attempts: list[Reached], operator: str, seen: str
) -> None:
    found = judged(CLIENT, SERVER, attempts, 20.0)
    assert found.operator == operator
    assert seen in found.seen.en
    assert found.seen.ja
    assert not found.endpoint
