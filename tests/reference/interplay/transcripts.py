"""I2, I3, I4: what was acknowledged is there, once, and in the same order for everybody."""

import functools
from uuid import UUID

from net119_protocol.chat import ChatLine

from tests.reference.interplay.clients import Placed
from tests.reference.interplay.world import World


class Transcripts:
    """Looks at what is stored and at what every client has seen."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lines: dict[tuple[str, UUID], tuple[int, list[ChatLine]]] = {}

    def of(self, name: str, call: Placed) -> list[ChatLine]:
        """The transcript as a provider has stored it."""
        store = self._world.nodes[name].store
        key = name, call.call_id
        seen = self._lines.get(key)
        if seen is not None and seen[0] == store.raw.total_changes:
            return seen[1]
        rows = store.rows(
            "SELECT document FROM lines WHERE call_id = ? ORDER BY seq", str(call.call_id)
        )
        lines = [_read(row[0]) for row in rows]
        self._lines[key] = store.raw.total_changes, lines
        return lines

    def check(self, call: Placed, *, looked: bool) -> None:
        """``looked``: what is stored is as at the last look."""
        lines = self.of(call.anchor, call)
        if not looked:
            self._stored(call, lines)
        clients = (call.handset, *self._world.consoles.values())
        for client in clients:
            client.read(self._world.calls)
            seen = client.seen.get(call.call_id, [])
            if seen != lines[: len(seen)]:
                numbers = [line.seq for line in seen]
                assert len(set(numbers)) == len(numbers), "a client shows a line twice (I4)"
                raise AssertionError("a client shows another order than the anchor (I3)")

    def _stored(self, call: Placed, lines: list[ChatLine]) -> None:
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1)), "a gap (I3)"
        by_author = {(line.sender, line.client_id): line for line in lines}
        assert len(by_author) == len(lines) or self._strangers(lines), "said twice (I4)"
        ours = {line.client_id: line for line in lines}
        for client_id, stored in call.acknowledged.items():
            line = ours.get(client_id)
            assert line is not None, f"{client_id} was acknowledged and is lost (I2)"
            assert (line.seq, line.at) == (stored.seq, stored.at)
        assert not call.refused & ours.keys(), "refused, and said all the same (I9)"
        for name in self._world.operators:
            for line in self.of(name, call):
                assert line == lines[line.seq - 1], "another order elsewhere (I3)"

    def _strangers(self, lines: list[ChatLine]) -> bool:
        """Providers name their lines independently: two of them may use the same name."""
        keys = {(line.sender, line.sender_name, line.client_id) for line in lines}
        return len(keys) == len(lines)

    def shown(self, call: Placed) -> list[ChatLine]:
        """What the caller has seen."""
        call.handset.read(self._world.calls)
        return call.handset.seen.get(call.call_id, [])


@functools.lru_cache(maxsize=20_000)
def _read(document: str) -> ChatLine:
    """A stored line; the same ones are looked at after every step."""
    return ChatLine.model_validate_json(document)
