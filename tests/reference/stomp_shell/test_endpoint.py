"""The endpoint against a client that writes its frames by hand, over TLS."""

import asyncio
import ssl
import warnings

import pytest
from net119_protocol.stomp import Frame
from net119_reference.ports import Channel, StorageFailed
from net119_reference.stomp_shell import Bounds, EndpointServer, ListenFailed

from tests.reference.stomp_shell.support import (
    AKANE,
    AOBA,
    CALLER,
    MIDORI,
    QUICK,
    STRANGER,
    WITHIN_S,
    certificates,
    config,
    endpoint,
    hand_peer,
    peer,
    send,
    service,
)


def test_receipts_come_in_order_and_only_after_storing() -> None:
    async def scenario() -> None:
        fake = service()
        fake.gate.clear()
        async with endpoint(fake) as port, hand_peer(port) as midori:
            await midori.connect()
            await midori.write(
                b"".join(send(f"m{n}", f"r{n}").encode() for n in range(50))
                + Frame("SUBSCRIBE", {"id": "9", "destination": CALLER, "receipt": "s"}).encode()
            )
            # The subscription's receipt does not wait for storage, so it overtakes: by then all
            # 50 have arrived, the first is being stored, and none has a receipt.
            assert (await midori.expect("RECEIPT")).get("receipt-id") == "s"
            await fake.until(lambda: fake.receiving == 1)
            assert fake.received == []
            fake.gate.set()
            receipts = [(await midori.expect("RECEIPT")).get("receipt-id") for _ in range(50)]
            assert receipts == [f"r{n}" for n in range(50)]
            assert fake.received == [("midori", f"m{n}", Channel.QUEUE) for n in range(50)]

    asyncio.run(scenario())


def test_without_a_receipt_a_message_is_processed_even_if_the_peer_leaves_at_once() -> None:
    async def scenario() -> None:
        fake = service()
        fake.gate.clear()
        async with endpoint(fake) as port:
            async with hand_peer(port) as midori:
                await midori.connect()
                await midori.write(send("one").encode() + send("two").encode())
                await fake.until(lambda: fake.receiving == 1)
            fake.gate.set()
            await fake.until(lambda: fake.texts() == ["one", "two"])

    asyncio.run(scenario())


def test_storage_failure_is_answered_by_an_error_and_nothing_behind_is_processed() -> None:
    async def scenario() -> None:
        fake = service()
        fake.fail = [None, StorageFailed("no space")]
        async with endpoint(fake) as port:
            async with hand_peer(port) as midori:
                await midori.connect()
                await midori.write(b"".join(send(f"m{n}", f"r{n}").encode() for n in range(4)))
                assert (await midori.expect("RECEIPT")).get("receipt-id") == "r0"
                error = await midori.expect("ERROR")
                assert error.get("receipt-id") is None  # the message is not to blame
                assert b"Connect again later" in error.body
                await midori.ended()
            assert fake.texts() == ["m0"]
            assert fake.codes() == ["storage-failed"]
            async with hand_peer(port) as again:
                await again.connect()
                await again.write(b"".join(send(f"m{n}", f"r{n}").encode() for n in (1, 2, 3)))
                for n in (1, 2, 3):
                    assert (await again.expect("RECEIPT")).get("receipt-id") == f"r{n}"
            assert fake.texts() == ["m0", "m1", "m2", "m3"]

    asyncio.run(scenario())


def test_a_fault_in_processing_names_the_message_and_spares_the_endpoint() -> None:
    async def scenario() -> None:
        fake = service()
        fake.fail = [RuntimeError("bug")]
        async with endpoint(fake) as port:
            async with hand_peer(port) as midori:
                await midori.connect()
                await midori.write(send("m", "r"))
                error = await midori.expect("ERROR")
                assert error.get("receipt-id") == "r"
                assert b"bug" not in error.body
            assert fake.codes() == ["internal-error"]
            async with hand_peer(port) as again:
                await again.connect()
                await again.write(send("m", "r"))
                await again.expect("RECEIPT")

    asyncio.run(scenario())


REFUSED: dict[str, tuple[bytes | Frame, str]] = {
    "foreign-subscribe": (
        Frame("SUBSCRIBE", {"id": "1", "destination": "/queue/akane.caller", "ack": "client"}),
        "stomp-subscribe",
    ),
    "own-queue-as-sender": (send("m", "r", to=CALLER), "stomp-send"),
    "foreign-destination": (send("m", "r", to="/queue/akane.caller"), "stomp-send"),
    "begin": (Frame("BEGIN", {"transaction": "t"}), "stomp-begin"),
    "transaction-header": (
        Frame("SEND", {"destination": "/queue/aoba.callee", "transaction": "t"}, b"m"),
        "stomp-send",
    ),
    "unknown-command": (b"SHOUT\n\n\0", "stomp-bnf"),
    "no-colon": (b"SEND\ndestination\n\n\0", "stomp-bnf"),
    "long-header": (b"SEND\nx:" + b"y" * 9000 + b"\n\n\0", "stomp-size-limits"),
    "large-body": (
        b"SEND\ndestination:/queue/aoba.callee\nreceipt:r\ncontent-length:99999999\n\n",
        "stomp-size-limits",
    ),
    "ack-of-nothing": (Frame("ACK", {"id": "none"}), "stomp-ack"),
    "server-command": (Frame("RECEIPT", {"receipt-id": "r"}), "stomp-client-frames"),
    "second-connect": (
        Frame("CONNECT", {"accept-version": "1.2", "host": "aoba"}),
        "stomp-connecting",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_answered_recorded_and_closed(name: str) -> None:
    async def scenario() -> None:
        octets, code = REFUSED[name]
        fake = service()
        async with endpoint(fake) as port, hand_peer(port) as midori:
            await midori.connect()
            await midori.write(octets)
            error = await midori.expect("ERROR")
            assert error.get("message")
            await midori.ended()
            [(interface, source, noted, detail)] = fake.refused
            assert (interface, source) == ("B", "midori")
            assert noted == code, detail
            assert fake.received == []

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (Frame("CONNECT", {"accept-version": "1.0,1.1", "host": "aoba"}), "stomp-negotiation"),
        (send("m", "r"), "stomp-connecting"),
        (b"GET / HTTP/1.1\r\nHost: aoba\r\n\r\n", "stomp-bnf"),
    ],
)
def test_who_begins_wrongly_is_refused(first: bytes | Frame, code: str) -> None:
    async def scenario() -> None:
        fake = service()
        async with endpoint(fake) as port, hand_peer(port) as midori:
            await midori.write(first)
            await midori.expect("ERROR")
            await midori.ended()
            assert fake.codes() == [code]

    asyncio.run(scenario())


def test_who_says_nothing_is_refused_after_a_while() -> None:
    async def scenario() -> None:
        fake = service()
        bounds = Bounds(hello_s=0.2, linger_s=0.05)
        async with endpoint(fake, bounds=bounds) as port, hand_peer(port) as midori:
            await midori.expect("ERROR")
            await midori.ended()
            assert fake.codes() == ["stomp-connecting"]

    asyncio.run(scenario())


def test_the_source_address_says_who_is_there() -> None:
    async def scenario() -> None:
        fake = service()
        async with (
            endpoint(fake) as port,
            hand_peer(port, MIDORI) as midori,
            hand_peer(port, AKANE) as akane,
        ):
            await midori.connect(host="akane", login="akane", passcode="x")
            await akane.connect()
            await midori.write(send("from midori", "r"))
            await midori.expect("RECEIPT")
            await akane.write(send("from akane", "r"))
            await akane.expect("RECEIPT")
            assert fake.received == [
                ("midori", "from midori", Channel.QUEUE),
                ("akane", "from akane", Channel.QUEUE),
            ]

    asyncio.run(scenario())


def test_unknown_and_ambiguous_addresses_are_told_so() -> None:
    async def scenario() -> None:
        fake = service()
        fake.listed.append(peer("asagi", AKANE))
        async with endpoint(fake) as port:
            for source, code, text in (
                (STRANGER, "unknown-operator", STRANGER),
                (AKANE, "ambiguous-operator", "akane, asagi"),
            ):
                async with hand_peer(port, source) as somebody:
                    await somebody.write(Frame("CONNECT", {"accept-version": "1.2", "host": "x"}))
                    error = await somebody.expect("ERROR")
                    assert error.get("message") == code
                    assert text in error.body.decode()
                    await somebody.ended()
                assert fake.refused[-1][:3] == ("B", source, code)

    asyncio.run(scenario())


def test_garbage_instead_of_tls_is_recorded() -> None:
    async def scenario() -> None:
        fake = service()
        async with endpoint(fake) as port:
            reader, writer = await asyncio.open_connection(AOBA, port, local_addr=(MIDORI, 0))
            writer.write(b"CONNECT\naccept-version:1.2\nhost:aoba\n\n\0")
            async with asyncio.timeout(WITHIN_S):
                await reader.read()
            writer.close()
            await fake.until(lambda: fake.codes() == ["tls-failed"])
            assert fake.refused[0][1] == MIDORI

    asyncio.run(scenario())


def test_old_tls_is_not_spoken() -> None:
    async def scenario() -> None:
        fake = service()
        async with endpoint(fake) as port:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(certificates().ca)
            context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await asyncio.open_connection(AOBA, port, ssl=context, local_addr=(MIDORI, 0))
            await fake.until(lambda: fake.codes() == ["tls-failed"])

    asyncio.run(scenario())


def test_frames_may_arrive_in_pieces_and_behind_heart_beats() -> None:
    async def scenario() -> None:
        fake = service()
        async with endpoint(fake) as port, hand_peer(port) as midori:
            hello = Frame("CONNECT", {"accept-version": "1.2", "host": "aoba"}).encode()
            for octet in b"\n\r\n" + hello + b"\n\n" + send("ä\0ö", "r").encode():
                await midori.write(bytes([octet]))
            await midori.expect("CONNECTED")
            await midori.expect("RECEIPT")
            assert fake.texts() == ["ä\0ö"]

    asyncio.run(scenario())


def test_too_many_connections_of_a_peer_are_refused() -> None:
    async def scenario() -> None:
        fake = service()
        bounds = Bounds(connections=1, linger_s=0.05)
        async with endpoint(fake, bounds=bounds) as port, hand_peer(port) as first:
            await first.connect()
            async with hand_peer(port) as second:
                error = await second.expect("ERROR")
                assert error.get("message") == "too-many-connections"
                with pytest.raises((OSError, TimeoutError)):
                    async with hand_peer(port):
                        raise AssertionError("a third connection was accepted")
            await first.write(send("still here", "r"))
            await first.expect("RECEIPT")
            assert set(fake.codes()) == {"too-many-connections"}

    asyncio.run(scenario())


def test_a_full_intake_pauses_reading_and_loses_nothing() -> None:
    async def scenario() -> None:
        fake = service()
        fake.gate.clear()
        bounds = Bounds(inbox=20_000)
        text = "x" * 10_000
        async with endpoint(fake, bounds=bounds) as port, hand_peer(port) as midori:
            await midori.connect()
            writing = asyncio.ensure_future(
                midori.write(b"".join(send(text, f"r{n}").encode() for n in range(400)))
            )
            await fake.until(lambda: fake.receiving == 1)
            fake.gate.set()
            for n in range(400):
                assert (await midori.expect("RECEIPT")).get("receipt-id") == f"r{n}"
            await writing
            assert fake.texts() == [text] * 400

    asyncio.run(scenario())


def test_a_client_certificate_can_be_demanded_besides() -> None:
    async def scenario() -> None:
        fake = service()
        settings = config("aoba", AOBA, stomp={"client_certificates": True})
        async with endpoint(fake, settings) as port:
            with pytest.raises((OSError, EOFError)):
                async with hand_peer(port) as midori:
                    await midori.connect()
            await fake.until(lambda: fake.codes() == ["tls-failed"])

    asyncio.run(scenario())


def test_a_port_in_use_is_named() -> None:
    async def scenario() -> None:
        fake = service()
        async with endpoint(fake) as port:
            second = EndpointServer(
                fake.as_service(), config("aoba", AOBA, stomp={"port": port}), QUICK
            )
            with pytest.raises(ListenFailed, match=rf"{AOBA} port {port}"):
                await second.start()

    asyncio.run(scenario())
