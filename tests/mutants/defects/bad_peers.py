"""What a careless provider makes of peers that misbehave, beside the defects of other modules."""

from typing import Any

from net119_protocol.stomp import FrameParser, server
from net119_protocol.stomp.heartbeat import HeartBeatOffer
from net119_reference.service.core import Core

from tests.mutants.registry import Patch, mutant

_KEPT = "one owner, and no line lost, repeated or out of order"


@mutant(
    "frames-after-beats-dropped",
    kills={
        "BAD-FRAMES": f"heart-beat-before-frame: {_KEPT}",
        "BAD-FRAMES-OWNER": f"heart-beat-before-frame: {_KEPT}",
    },
)
def frames_after_beats_dropped(patch: Patch) -> None:
    """Octets that begin with a heart-beat are taken for one, and what follows it is dropped."""

    def receive_data(original: Any, parser: Any, data: bytes) -> None:
        idle = not parser.buffered
        original(parser, b"\n" if idle and bytes(data[:1]) == b"\n" else data)

    patch.around(FrameParser, "receive_data", receive_data)


@mutant(
    "beats-unasked",
    kills={"BAD-HEART-BEATS": "no-heart-beats: it is refused with a reason, and logged"},
)
def beats_unasked(patch: Patch) -> None:
    """Heart-beats are sent to everybody, also to who asked for none."""

    def negotiate(original: Any, mine: Any, theirs: Any) -> Any:
        return original(mine, HeartBeatOffer(theirs.can_send_ms, theirs.wants_ms or 1))

    patch.around(server, "negotiate", negotiate)


@mutant(
    "transcripts-with-holes-hidden",
    kills={"BAD-OFFERS": f"missing-transcript: {_KEPT}"},
)
def transcripts_with_holes_hidden(patch: Patch) -> None:
    """Lines that came with an offer are shown only from the first one on without a hole."""

    def show(original: Any, core: Core, tx: Any, live: Any, before: Any, call: Any) -> None:
        if live.last_seq:
            original(core, tx, live, before, call)

    patch.around(Core, "_show_transcript", show)
