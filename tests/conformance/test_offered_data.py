"""What counts as told to a peer: each message with optional data, once however often it came."""

from types import SimpleNamespace
from typing import Any

from net119_conformance.purposes.received_data import WORDS, _told


def message(message_id: str, kind: str, text: str) -> Any:
    body = SimpleNamespace(model_dump_json=lambda: text)
    return SimpleNamespace(message_id=message_id, type=SimpleNamespace(value=kind), body=body)


def test_a_repeated_offer_is_the_same_offer_and_another_message_is_not() -> None:
    word = next(iter(WORDS))
    offer = message("m-1", "call.offer", word)
    silent = message("m-2", "call.assign", "nothing")
    other = message("m-3", "status.report", word)
    peer: Any = SimpleNamespace(received=[offer, offer, silent])
    assert _told(peer) == ["call.offer"]
    peer.received.append(other)
    assert _told(peer) == ["call.offer", "status.report"]
    peer.received.append(message("m-4", "call.offer", word))
    assert _told(peer) == ["call.offer", "status.report", "call.offer"]
