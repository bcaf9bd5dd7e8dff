"""Whether two systems connect again after a break, and which of them does not.

Sessions to all peers are permanent (design of interface B): a client connects again within the
pause that its profile declares, and an endpoint takes it. The suite stands between, listens all the
time, and sees how far each attempt gets; so it can tell who stays away.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from net119_simulators.errors import Waited
from net119_simulators.peer import SimulatedPeer, Way
from net119_simulators.peer.attempt import Reached
from net119_simulators.peer.crossing import Crossing
from net119_simulators.peer.endpoint import Endpoint

from net119_conformance.catalogue import Text

PROBE_S = 5.0
"""For one connection of the suite's own to an endpoint."""


@dataclass(frozen=True)
class Absence:
    """A session that did not come back: whose fault that is, and what was seen.

    ``operator``: the side at fault; empty where the wire does not tell. ``endpoint``: it is the
    system's endpoint that nobody can connect to, which a system that was killed may owe to who
    should have started it again. ``seen`` is a sentence without its subject where a side is named.
    """

    operator: str
    seen: Text
    endpoint: bool = False


async def absences(crossings: Iterable[Crossing], within: float) -> list[Absence]:
    """What is missing after each of these had ``within`` seconds to be up again, from when its
    endpoint could be reached. Takes ``within`` where all is well, and twice that at most."""
    found = await asyncio.gather(*(_absence(each, within) for each in crossings))
    return [each for each in found if each is not None]


async def _absence(crossing: Crossing, within: float) -> Absence | None:
    if await _is_up(crossing, within):
        return None
    why = await crossing.unreachable(PROBE_S)
    if why:
        return _no_endpoint(crossing.server.name, why)
    # It may have become reachable a moment ago: from now on the client has its time.
    crossing.forget()
    if await _is_up(crossing, within):
        return None
    return judged(crossing.client.name, crossing.server.name, crossing.attempts, within)


async def _is_up(crossing: Crossing, within: float) -> bool:
    try:
        await crossing.up(within)
    except Waited:
        return False
    return True


def judged(client: str, server: str, attempts: Sequence[Reached], within: float) -> Absence:
    """Whose fault it is that no session came, by how far the client's attempts got.

    ``attempts`` are those of ``within`` seconds in which the endpoint could be reached. Where they
    differ among themselves nobody is named.
    """
    reached = set(attempts)
    if not reached:
        return Absence(
            client,
            Text(
                en=f"did not connect again to {server} within {within:g} s, though it could",
                ja=f"接続できる状態だった {server} に、{within:g} 秒以内につなぎ直しませんでした",
            ),
        )
    if reached == {Reached.SAID_NOTHING}:
        return Absence(
            client,
            Text(
                en=f"connected again to {server}, and sent no CONNECT",
                ja=f"{server} に接続しましたが、CONNECT を送りませんでした",
            ),
        )
    if reached == {Reached.NOT_SUBSCRIBED}:
        return Absence(
            client,
            Text(
                en=f"has a session at {server} again, and subscribed to no queue",
                ja=f"{server} とのセッションを開き直しましたが、SUBSCRIBE を送りませんでした",
            ),
        )
    if reached == {Reached.CLOSED}:
        return Absence(
            server,
            Text(
                en=f"closed every connection of {client} without an answer to CONNECT",
                ja=f"{client} からの接続を、CONNECT に答えずにすべて切りました",
            ),
        )
    how = ", ".join(sorted(each.name.lower().replace("_", " ") for each in reached))
    return Absence(
        "",
        Text(
            en=f"{client} has no session at {server}; its attempts came to: {how}",
            ja=f"{client} は {server} とのセッションを開けていません（試みの結果: {how}）",
        ),
    )


def _no_endpoint(server: str, why: str) -> Absence:
    return Absence(
        server,
        Text(
            en=f"does not take connections at its endpoint again ({why})",
            ja=f"自分の接続先で、ふたたび接続を受け付けていません（{why}）",
        ),
        endpoint=True,
    )


async def absences_of(peer: SimulatedPeer, ways: Sequence[Way], within: float) -> list[Absence]:
    """As `absences`, between a system and the simulated one that stands for its partner."""
    came = _arrivals(peer)
    with suppress(Waited):
        await peer.connected(within, ways)
    sut = peer.sut.operator
    found = []
    if Way.CALLEE in ways and not peer.is_connected(Way.CALLEE):
        if _arrivals(peer) == came:
            found.append(judged(sut, peer.operator, (), within))
        else:
            found.append(_untold(peer))
    if Way.ANCHOR in ways and not peer.is_connected(Way.ANCHOR):
        if not peer.client.is_on:
            found.append(judged(peer.operator, sut, (), within))
        elif why := await _unreachable(peer):
            found.append(_no_endpoint(sut, why))
        else:
            found.append(_untold(peer))
    return found


def _arrivals(peer: SimulatedPeer) -> int:
    """How often the system has connected to the simulated one."""
    return peer.endpoint.arrivals if isinstance(peer.endpoint, Endpoint) else 0


def _untold(peer: SimulatedPeer) -> Absence:
    state = peer.connection_state()
    return Absence("", Text(en=state, ja=state))


async def _unreachable(peer: SimulatedPeer) -> str:
    """Why nobody can connect to the system's endpoint; empty: it can be done."""
    try:
        async with asyncio.timeout(PROBE_S):
            _, writer = await asyncio.open_connection(
                peer.sut.host, peer.sut.port, local_addr=(peer.address, 0)
            )
    except (OSError, TimeoutError) as problem:
        return getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    writer.transport.abort()
    return ""
