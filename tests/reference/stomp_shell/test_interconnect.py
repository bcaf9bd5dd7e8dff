"""Our connections to peers' endpoints: against our own endpoint, and against one by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from net119_protocol.api.admin import PeerOperator
from net119_reference.ports import Channel, StorageFailed
from net119_reference.stomp_shell import (
    EndpointServer,
    Interconnect,
    Links,
    build_links,
)

from tests.reference.stomp_shell.support import (
    AKANE,
    AOBA,
    MIDORI,
    QUICK,
    FakeService,
    config,
    open_descriptors,
    peer,
)

UP = ("aoba", Channel.CLIENT, True)
DOWN = ("aoba", Channel.CLIENT, False)


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[FakeService, EndpointServer, FakeService, Links]]:
    """Aoba's endpoint, and midori with both sides, connected to it."""
    aoba = FakeService("aoba", peer("midori", MIDORI))
    endpoint = EndpointServer(aoba.as_service(), config("aoba", AOBA), QUICK)
    await endpoint.start()
    midori = FakeService("midori", peer("aoba", AOBA, endpoint.port))
    links = build_links(midori.as_service(), config("midori", MIDORI), QUICK)
    await links.start()
    try:
        await midori.until(lambda: midori.sessions == [UP])
        yield aoba, endpoint, midori, links
    finally:
        await links.stop()
        await endpoint.stop()


async def at_port(aoba: FakeService, port: int) -> EndpointServer:
    """Aoba's endpoint at a certain port."""
    endpoint = EndpointServer(aoba.as_service(), config("aoba", AOBA, stomp={"port": port}), QUICK)
    await endpoint.start()
    return endpoint


def test_messages_pass_both_ways_in_order() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, _):
            for n in range(200):
                midori.queue("aoba", f"request {n}", Channel.CLIENT)
                aoba.queue("midori", f"answer {n}")
            endpoint.wake("midori")
            await aoba.until(lambda: len(aoba.received) == 200 and not aoba.stored)
            await midori.until(lambda: len(midori.received) == 200 and not midori.stored)
            assert aoba.received == [("midori", f"request {n}", Channel.QUEUE) for n in range(200)]
            assert midori.received == [("aoba", f"answer {n}", Channel.CLIENT) for n in range(200)]
            assert midori.confirmations == list(range(1, 201))
            assert midori.heard > 0
            assert aoba.refused == midori.refused == []

    asyncio.run(scenario())


def test_after_a_restart_of_the_endpoint_nothing_is_lost_or_doubled() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, _):
            midori.queue("aoba", "before", Channel.CLIENT)
            await midori.until(lambda: not midori.stored)
            port = endpoint.port
            await endpoint.stop()
            await midori.until(lambda: midori.sessions == [UP, DOWN])
            midori.queue("aoba", "meanwhile", Channel.CLIENT)
            aoba.queue("midori", "answer")
            again = await at_port(aoba, port)
            try:
                await midori.until(lambda: midori.sessions == [UP, DOWN, UP])
                await midori.until(lambda: not midori.stored and midori.texts() == ["answer"])
                assert aoba.texts() == ["before", "meanwhile"]
            finally:
                await again.stop()

    asyncio.run(scenario())


def test_a_connection_cut_before_the_receipt_means_the_same_message_again() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, _):
            aoba.gate.clear()
            midori.queue("aoba", "m", Channel.CLIENT)
            await aoba.until(lambda: aoba.receiving == 1)
            endpoint.operators_changed([])  # cuts midori off
            await midori.until(lambda: midori.sessions[-1] == UP and len(midori.sessions) == 3)
            aoba.gate.set()
            await midori.until(lambda: not midori.stored)
            assert aoba.texts() == ["m", "m"]
            assert midori.confirmations == [1]

    asyncio.run(scenario())


def test_a_full_disk_at_the_endpoint_only_delays() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, _, midori, _links):
            # More often than a refused message would survive.
            aoba.fail = [StorageFailed("no space")] * 7
            for n in range(3):
                midori.queue("aoba", f"m{n}", Channel.CLIENT)
            await midori.until(lambda: not midori.stored)
            assert aoba.texts() == ["m0", "m1", "m2"]
            assert set(midori.codes()) == {"endpoint-error"}
            assert set(aoba.codes()) == {"storage-failed"}

    asyncio.run(scenario())


def test_a_message_that_is_refused_again_and_again_does_not_block_the_others() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, _, midori, _links):
            aoba.fail = [RuntimeError("poison")] * QUICK.refusals
            midori.queue("aoba", "poison", Channel.CLIENT)
            midori.queue("aoba", "good", Channel.CLIENT)
            await midori.until(lambda: not midori.stored)
            assert aoba.texts() == ["good"]
            assert midori.codes().count("message-given-up") == 1
            assert aoba.codes() == ["internal-error"] * QUICK.refusals

    asyncio.run(scenario())


def test_our_own_full_disk_gives_the_message_back() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, _):
            midori.fail = [StorageFailed("no space"), RuntimeError("bug")]
            aoba.queue("midori", "m")
            endpoint.wake("midori")
            await aoba.until(lambda: not aoba.stored)
            assert midori.texts() == ["m"]
            assert midori.receiving == 3

    asyncio.run(scenario())


def test_confirmations_that_cannot_be_stored_are_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("net119_reference.stomp_shell.confirmer.RETRY_S", 0.01)

    async def scenario() -> None:
        async with pair() as (aoba, _, midori, _links):
            midori.confirm_fails = 3
            midori.queue("aoba", "m", Channel.CLIENT)
            await midori.until(lambda: not midori.stored)
            assert aoba.texts() == ["m"]

    asyncio.run(scenario())


def test_operators_can_be_added_and_removed_while_running() -> None:
    async def scenario() -> None:
        async with pair() as (_, _endpoint, midori, links):
            akane = FakeService("akane", peer("midori", MIDORI))
            third = EndpointServer(akane.as_service(), config("akane", AKANE), QUICK)
            await third.start()
            try:
                links.operators_changed([peer("akane", AKANE, third.port)])
                await midori.until(lambda: ("akane", Channel.CLIENT, True) in midori.sessions)
                await midori.until(lambda: DOWN in midori.sessions)
                midori.queue("akane", "hello", Channel.CLIENT)
                await akane.until(lambda: akane.received == [("midori", "hello", Channel.QUEUE)])
            finally:
                await third.stop()

    asyncio.run(scenario())


def test_stopping_leaves_no_task_and_no_socket() -> None:
    async def scenario() -> None:
        tasks, sockets = asyncio.all_tasks(), open_descriptors()
        async with pair() as (aoba, endpoint, midori, _):
            midori.queue("aoba", "m", Channel.CLIENT)
            aoba.queue("midori", "answer")
            endpoint.wake("midori")
            await midori.until(lambda: not midori.stored and midori.texts() == ["answer"])
            # Somebody who never gets on with TLS.
            _, writer = await asyncio.open_connection(AOBA, endpoint.port, local_addr=(MIDORI, 0))
        assert midori.sessions == [UP, DOWN]
        writer.close()
        await writer.wait_closed()
        await asyncio.gather(midori.telling, aoba.telling)
        assert asyncio.all_tasks() == tasks
        assert open_descriptors() == sockets

    asyncio.run(scenario())


def test_stopping_waits_for_what_is_being_stored() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, links):
            aoba.gate.clear()
            midori.queue("aoba", "m", Channel.CLIENT)
            await aoba.until(lambda: aoba.receiving == 1)
            stopping = asyncio.ensure_future(endpoint.stop())
            await asyncio.sleep(0)
            aoba.gate.set()
            await stopping
            assert aoba.texts() == ["m"]
            await midori.until(lambda: not midori.stored)  # its receipt arrived all the same
            assert links.endpoint.port

    asyncio.run(scenario())


def test_a_certificate_for_somebody_else_is_not_accepted() -> None:
    async def scenario() -> None:
        aoba = FakeService("aoba", peer("midori", MIDORI))
        endpoint = EndpointServer(aoba.as_service(), config("aoba", AOBA), QUICK)
        await endpoint.start()
        wrong: PeerOperator = peer("aoba", AOBA, endpoint.port, server_name="aoba.example")
        midori = FakeService("midori", wrong)
        client = Interconnect(midori.as_service(), config("midori", MIDORI), QUICK)
        await client.start()
        try:
            await midori.until(lambda: "certificate-refused" in midori.codes())
            assert midori.sessions == []
        finally:
            await client.stop()
            await endpoint.stop()

    asyncio.run(scenario())


def test_an_address_that_is_no_declared_test_system_is_never_called() -> None:
    async def scenario() -> None:
        midori = FakeService("midori", peer("aoba", "192.0.2.1"))
        client = Interconnect(midori.as_service(), config("midori", MIDORI), QUICK)
        await client.start()
        await midori.until(lambda: "host-not-permitted" in midori.codes())
        await client.stop()

    asyncio.run(scenario())
