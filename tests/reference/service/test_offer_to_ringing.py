"""From the offer of a call to its ringing elsewhere: three messages and four commits, no more.

Every commit on the way makes the caller wait for a disk, and every message for a network.  A
question to the database would make it wait for whatever is being committed at that moment.
"""

from collections import Counter
from typing import Any

import pytest
from net119_protocol.codes import CallState
from net119_protocol.interconnect import MessageType, decode

from tests.reference.service.link import OTHER, Pipe
from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.support import TOKONAME, Site, new_call


def test_three_messages_with_one_commit_each(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(pair: Pair) -> None:
        commits: Counter[str] = Counter()
        reads: Counter[str] = Counter()

        def count(site: Site) -> None:
            kernel = site.service.core.kernel
            kernel.commit_seconds = lambda _seconds: commits.update([site.operator])
            database = site.service.core.database
            read = database.read

            async def counted(query: Any) -> Any:
                reads.update([site.operator])
                return await read(query)

            monkeypatch.setattr(database, "read", counted)

        count(pair.a)
        count(pair.b)

        def ringing() -> list[CallState]:
            return [each.state for each in pair.there.calls() if each.call_id == call.call_id]

        async def carry(pipe: Pipe, kind: MessageType) -> None:
            """Only what the next message waits for: confirming the last one is beside the way."""
            (item,) = [each for each in await pipe.waiting() if decode(each.payload).type is kind]
            receiver, channel = pipe.receiver, OTHER[pipe.channel]
            await receiver.service.receive(pipe.sender.operator, item.payload, channel)

        call = await pair.a.call(pair.caller, new_call(TOKONAME))
        assert commits == {"aoba": 1}
        reads.clear()  # before it: whether the request is a repeat
        await carry(pair.link.to_b(), MessageType.CALL_OFFER)
        assert commits == {"aoba": 1, "midori": 1}
        await carry(pair.link.to_a(), MessageType.CALL_ACCEPT)
        assert commits == {"aoba": 2, "midori": 1}
        assert ringing() == []
        await carry(pair.link.to_b(), MessageType.CALL_ASSIGN)
        assert commits == {"aoba": 2, "midori": 2}
        assert ringing() == [CallState.RINGING]
        assert reads == {}

    on_pair(work)
