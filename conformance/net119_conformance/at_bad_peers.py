"""Known-bad peers let loose on a SUT: a bench made of a purpose's world, and what is judged of it.

The peers themselves, what each does wrong and what must come of it, are
``net119_simulators.peer.bad``.  Here each becomes up to three named checks.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from net119_protocol.api.admin import Health, RefusedInput
from net119_protocol.person import RegistrantData
from net119_protocol.places import Point
from net119_simulators.peer.bad import (
    BadPeer,
    BadResult,
    Bench,
    PeerRole,
    Side,
    Step,
    StepKind,
    bad_peer,
    run_bad,
)

from net119_conformance.catalogue import Text
from net119_conformance.drivers.actors import Handset
from net119_conformance.trial import Trial
from net119_conformance.world.addresses import stranger_beside
from net119_conformance.world.plan import Ground
from net119_conformance.world.world import World


@dataclass(frozen=True)
class _Matter:
    """What one check of a bad peer is about, and the rules of a run that belong to it."""

    en: str
    ja: str
    rules: frozenset[str]


_REFUSED = _Matter(
    "it is refused with a reason, and logged",
    "理由を付けて断り、記録する",
    frozenset({"refusal", "I10"}),
)
_KEPT = _Matter(
    "one owner, and no line lost, repeated or out of order",
    "通報の担当は一つで、文を失わず、重ねず、順を乱さない",
    frozenset({"I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9"}),
)
_AFTER = _Matter(
    "an honest call afterwards goes through",
    "その後の正しい通報は、最初から最後まで通る",
    frozenset({"after"}),
)


async def survives(t: Trial, w: World, role: PeerRole, names: Iterable[str]) -> None:
    """Let these bad peers loose on the SUT, one after the other, and judge what came of each."""
    bench = await _bench(t, w)
    for name in names:
        with t.waiting(f"what comes of the bad peer {name}"):
            began = asyncio.get_running_loop().time()
            result = await run_bad(name, role, bench, lambda step: t.evidence.note(_told(step)))
        late = (t.too_late(each) for each in result.broken_by)
        _judge(t, bad_peer(name), result, next(filter(None, late), t.missed_since(began)))


async def _bench(t: Trial, w: World) -> Bench:
    """The SUT with a console, and the purpose's peer, good until a run spoils it."""
    console = await w.console()
    peer = await w.peer()
    w.judges_itself(peer)
    entries = await w.refused_inputs()
    return Bench(
        _Access(w, entries[-1].number if entries else 0),
        w.sut,
        peer,
        console,
        _side(w.home),
        _side(w.ground("peer")),
        stranger=stranger_beside(w.estate.peer_address),
        t1_total=w.t1_total,
        t3_s=w.timers.t3_s or 30.0,
        patience=w.patience,
        certificates=w.wrong_certificates(),
        # As the environment configures every system that it starts.
        asks_for_certificates=True,
    )


def _side(ground: Ground) -> Side:
    at = Point(lat=ground.lat, lon=ground.lon)
    return Side(ground.reference, ground.center, ground.municipality, at)


class _Access:
    """The way to the SUT's registration and administration, through its driver.

    Of its log only what came after the entry of number ``after`` is read.
    """

    def __init__(self, world: World, after: int) -> None:
        self._world = world
        self._after = after

    @asynccontextmanager
    async def phone(self, person: RegistrantData) -> AsyncIterator[Handset]:
        """The handset of a new registrant; it ends with the purpose."""
        yield await self._world.handset(await self._world.register(person=person))

    async def health(self) -> Health:
        """The SUT's state."""
        return await self._world.health()

    async def refused_inputs(self) -> tuple[RefusedInput, ...]:
        """What the SUT logged as refused."""
        return await self._world.refused_inputs(self._after)


def _judge(t: Trial, peer: BadPeer, result: BadResult, doubt: Text | None) -> None:
    for matter in (_REFUSED, _KEPT, _AFTER):
        checked = [step for step in result.checks if step.rule in matter.rules]
        never = [rule for rule in result.missing if rule in matter.rules]
        broken_off = result.broken_off if matter is _KEPT else None
        if not (checked or never or broken_off):
            continue
        seen = [*_wrong(checked), *(f"{rule} could not be judged" for rule in never)]
        if broken_off:
            seen.append(f"the run broke off: {broken_off}")
        t.check(
            f"{peer.name}: {matter.en}",
            not seen,
            expected=peer.sound.en,
            seen=seen or f"{len(checked)} of {len(checked)} things held",
            ja=f"{peer.title.ja}（{peer.name}）: {matter.ja}",
            doubt=doubt,
        )


def _wrong(steps: Collection[Step]) -> list[str]:
    return [
        f"{step.rule}: {step.text.en} (expected {step.expected}, seen {step.seen})"
        for step in steps
        if not step.held
    ]


def _told(step: Step) -> str:
    if step.kind is StepKind.CHECK:
        return f"{'held' if step.held else 'DID NOT HOLD'}: {step.rule}: {step.text.en}"
    return f"{step.kind.value}: {step.text.en}"
