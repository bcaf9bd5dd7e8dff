"""Known-bad peers on a bench: what their runs tell, and that the reference survives some of them.

That it survives all of them is judged by the purposes of the conformance suite.  One system serves
all runs here: what one leaves behind is there for the next, as in the field.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.peer import CannotListen
from net119_simulators.peer.bad import (
    BadResult,
    Bench,
    PeerRole,
    Step,
    StepKind,
    Words,
    bad_peer,
    bad_peers,
    local_bench,
    run_bad,
    running,
)
from net119_simulators.peer.bad.run import BadRun

SECOND = "tests.mappings.second:SecondMapping"
RUNS = [
    ("garbage", PeerRole.ORIGINATES),
    ("missing-transcript", PeerRole.ORIGINATES),
    ("garbage", PeerRole.RECEIVES),
    ("double-accept", PeerRole.RECEIVES),
]
"""A few of them on a bench of their own; all of them are purposes of the conformance suite."""
ASKED_FOR = {
    "redelivery",
    "lost-receipt",
    "split-frame",
    "heart-beat-before-frame",
    "bodiless-frame",
    "wrong-escapes",
    "spoofed-via",
    "late-accept",
    "double-accept",
    "mode-mismatch",
    "garbage",
    "silence",
}


class Stand:
    """A bench with the loop it lives in."""

    def __init__(self, runner: asyncio.Runner, bench: Bench) -> None:
        self.runner = runner
        self.bench = bench

    def run(self, name: str, role: PeerRole) -> BadResult:
        return self.runner.run(run_bad(name, role, self.bench))


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        folder: Path = tmp_path_factory.mktemp("bad-peers")
        bench = runner.run(stack.enter_async_context(local_bench(folder)))
        try:
            yield Stand(runner, bench)
        finally:
            runner.run(stack.aclose())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "role"), RUNS, ids=lambda each: str(each))
def test_the_reference_survives(stand: Stand, name: str, role: PeerRole) -> None:
    result = stand.run(name, role)
    wrong = [
        f"{step.rule}: {step.text.en} (expected {step.expected}, seen {step.seen})"
        for step in result.checks
        if not step.held
    ]
    assert not wrong
    assert result.broken_off is None
    assert not result.missing
    assert result.survived
    assert any(step.kind is StepKind.DID for step in result.steps)


@pytest.mark.slow
def test_bad_peers_are_played_in_another_form_of_the_messages(tmp_path: Path) -> None:
    """Those that alter messages by hand, in both roles; the bench and the system know the form."""

    async def play() -> list[BadResult]:
        async with local_bench(tmp_path, mapping=SECOND) as bench:
            return [
                await run_bad(name, role, bench)
                for name in ("wrong-types", "oversize")
                for role in PeerRole
            ]

    assert [(each.name, each.survived) for each in asyncio.run(play())] == [
        ("wrong-types", True),
        ("wrong-types", True),
        ("oversize", True),
        ("oversize", True),
    ]


async def _refused_long_ago(bench: Bench) -> BadRun:
    """Leave a refusal that nobody waits for, then look for one in a run that sends nothing."""
    await bench.settle()  # between tests nobody beats, so that the system may have hung up
    earlier = set(map(id, bench.peer.received))
    await bench.peer.send_raw(b"{")
    left = await bench.peer.expect(
        MessageType.ERROR,
        within=bench.patience,
        where=lambda got: (
            id(got) not in earlier
            and got.body_as(bodies.ErrorReport).code is ErrorCode.MALFORMED_JSON
        ),
    )
    left.expected = False
    patience, bench.patience = bench.patience, 0.2
    try:
        async with BadRun(bench, lambda _step: None) as run:
            await run.refused(ErrorCode.MALFORMED_JSON)
    finally:
        bench.patience = patience
    return run


def test_a_refusal_of_an_earlier_run_is_no_answer(stand: Stand) -> None:
    """What one bad peer left unread must not pass for the answer to the next one."""
    run = stand.runner.run(_refused_long_ago(stand.bench))
    assert [step.held for step in run.steps] == [False]


def test_every_peer_that_was_asked_for_is_there() -> None:
    names = [peer.name for peer in bad_peers()]
    assert len(names) == len(set(names))
    assert set(names) >= ASKED_FOR
    sources = " ".join(f"{peer.source};" for peer in bad_peers())
    missing = [n for n in range(1, 16) if not re.search(rf"defect {n}\b", sources)]
    assert not missing


def test_both_roles_are_played() -> None:
    roles = {role for peer in bad_peers() for role in peer.roles}
    assert roles == set(PeerRole)
    for name in ("redelivery", "lost-receipt", "garbage", "silence", "spoofed-via"):
        assert bad_peer(name).roles == tuple(PeerRole)


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(LookupError, match="redelivery"):
        bad_peer("no-such-peer")


def test_a_run_that_checked_too_little_is_no_pass() -> None:
    """Not survived: nothing checked, a promise not kept, broken off, one check not held."""
    held = Step(StepKind.CHECK, Words("", ""), "I1", True)
    broken = Step(StepKind.CHECK, Words("", ""), "I2", False)
    role = PeerRole.RECEIVES
    assert BadResult("x", role, (held,), ()).survived
    assert not BadResult("x", role, (), ()).survived
    assert not BadResult("x", role, (held,), ("I4",)).survived
    assert not BadResult("x", role, (held,), (), "the peer fell over").survived
    assert not BadResult("x", role, (held, broken), ()).survived


def test_a_port_of_our_own_that_cannot_be_had_is_no_result(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system has no part in it: once a whole run failed it for that."""

    async def taken(*_: object) -> None:
        raise CannotListen("127.10.1.6:61614", "address already in use")

    monkeypatch.setattr(running, "honest_call", taken)
    with pytest.raises(CannotListen, match="address already in use"):
        stand.run("garbage", PeerRole.ORIGINATES)


def test_who_shows_a_wrong_certificate_needs_one_and_a_system_that_looks(stand: Stand) -> None:
    """What cannot be played is said with the reason, in place of a run that judges nothing."""
    bench, peer = stand.bench, bad_peer("expired-certificate")
    assert bench.lacks(peer, PeerRole.ORIGINATES) is None
    assert bench.lacks(bad_peer("garbage"), PeerRole.ORIGINATES) is None
    plain = replace(bench, asks_for_certificates=False)
    told = plain.lacks(peer, PeerRole.ORIGINATES)
    assert told is not None
    assert "demands no certificate" in told.en
    assert plain.lacks(peer, PeerRole.RECEIVES) is None
    bare = replace(bench, certificates={}).lacks(peer, PeerRole.RECEIVES)
    assert bare is not None
    assert "certificates.expired-certificate" in bare.en
