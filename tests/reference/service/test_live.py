"""What is kept of a call in memory: the same as in the database, and undone with a failed write."""

import asyncio
from unittest import mock
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.api.handset import NewLocation
from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import SenderRole
from net119_reference.service import live as memory
from net119_reference.service.live import Live, Said

from tests.reference.service.pair import Pair, on_pair, until_waiting
from tests.reference.service.support import START, TOKONAME, new_line


def asked(seq: int, client_id: str, options: tuple[Option, ...]) -> ChatLine:
    return ChatLine(
        seq=seq,
        client_id=client_id,
        sender=SenderRole.DISPATCHER,
        at=START,
        text="x",
        options=options,
    )


lines = st.builds(
    asked,
    st.integers(1, 9),
    st.sampled_from(["one", "two", "three"]),
    st.sampled_from([(), (Option(id="yes", label="はい"),)]),
)
STORED = (
    "call",
    "last_seq",
    "seqs",
    "said",
    "recent",
    "options",
    "trail",
    "heard",
    "asked",
    "wrote",
    "n_out",
    "n_in",
    "handled",
    "held",
    "pending",
)
authors = st.sampled_from(["dispatcher@aoba", "dispatcher@midori"])


def known(live: Live) -> dict[str, object]:
    names = ("said", "last_seq", "seqs", "options")
    return {name: getattr(live, name) for name in names} | {"recent": list(live.recent)}


@given(
    entered=st.lists(st.tuples(authors, lines), max_size=9, unique_by=lambda each: each[1].seq),
    undone=st.integers(0, 9),
)
def test_lines_that_could_not_be_stored_leave_memory_as_it_was(
    entered: list[tuple[str, ChatLine]], undone: int
) -> None:
    """They are taken out again in the opposite order, as the kernel does."""
    live = Live(uuid4())
    with mock.patch.object(memory, "RECENT", 3):
        stay = max(len(entered) - undone, 0)
        for author, line in entered[:stay]:
            memory.remember(live, author, line, START)
        before = {name: _copied(value) for name, value in known(live).items()}
        undo = [
            memory.enter(live, author, line, Said(line.seq, START, memory.digest_of(line)))
            for author, line in entered[stay:]
        ]
        for each in reversed(undo):
            each()
        assert known(live) == before
        assert [each.seq for each in live.recent] == [line.seq for _, line in entered[:stay]][-3:]


def _copied(value: object) -> object:
    return value.copy() if isinstance(value, dict | list) else value


@given(st.lists(st.integers(1, 12), unique=True))
def test_the_last_number_is_the_one_before_the_first_gap(seqs: list[int]) -> None:
    live = Live(uuid4())
    for seq in seqs:
        line = ChatLine(seq=seq, client_id=f"c{seq}", sender=SenderRole.CALLER, at=START, text="x")
        memory.remember(live, memory.CALLER, line, START)
    gap = next(seq for seq in range(1, 14) if seq not in seqs)
    assert live.last_seq == gap - 1
    assert live.seqs == {seq for seq in seqs if seq > gap}


def test_what_is_read_after_a_restart_is_what_was_in_memory() -> None:
    """At both ends, in the middle of everything, and beside another call."""

    async def work(pair: Pair) -> None:
        a, b, link = pair.a, pair.b, pair.link
        for _ in range(2):
            call_id = await pair.talking()
            await a.service.caller_says(pair.caller, call_id, new_line("help"))
            for _ in range(2):
                await link.advance(1)
                await a.service.positions.tell(pair.caller, call_id, NewLocation(fix=TOKONAME))
                await link.flow()
            await link.advance(1)
            for text in ("fire?", "hurt?"):
                question = new_line(text, options=("yes", "no"))
                said = b.service.dispatcher_says(b.dispatcher, call_id, question)
                asking = asyncio.create_task(said)
                await until_waiting(pair, b, f"c-{text}")
                await link.flow()
                await asking
                await link.advance(1)
            # One line of each side that is on the way, and one that came before it.
            said = b.service.dispatcher_says(b.dispatcher, call_id, new_line("waits"))
            waiting = asyncio.create_task(said)
            await until_waiting(pair, b, "c-waits")
            for text in ("late", "early"):
                await a.service.caller_says(pair.caller, call_id, new_line(text))
            await link.to_b().deliver(1)
            for site in (a, b):
                live, stored = site.live(call_id), await site.stored(call_id)
                for name in STORED:
                    assert getattr(live, name) == getattr(stored, name), (site.operator, name)
            assert b.live(call_id).held
            assert b.live(call_id).pending
            assert len(b.live(call_id).trail) == 3, (
                "where the call was made, and what was told since"
            )
            await link.flow()
            await waiting

    on_pair(work)
