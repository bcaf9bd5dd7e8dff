"""Who is at the other end."""

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from net119_protocol.stomp import Frame
from net119_reference.stomp_shell.identity import (
    NotServed,
    certificate_refusal,
    identify,
    plain_address,
)

from tests.reference.stomp_shell.support import (
    AKANE,
    AOBA,
    MIDORI,
    QUICK,
    WITHIN_S,
    FakeService,
    HandPeer,
    certificates,
    config,
    endpoint,
    peer,
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("127.0.0.3", "127.0.0.3"),
        ("::ffff:127.0.0.3", "127.0.0.3"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_has_one_spelling(written: str, plain: str) -> None:
    assert plain_address(written) == plain


def test_exactly_one_peer_must_have_the_address() -> None:
    midori, akane = peer("midori", MIDORI), peer("akane", AKANE)
    assert identify(MIDORI, [midori, akane]) is midori
    unknown = identify(AOBA, [midori, akane])
    assert isinstance(unknown, NotServed)
    assert unknown.code == "unknown-operator"
    double = identify(MIDORI, [midori, peer("asagi", MIDORI)])
    assert isinstance(double, NotServed)
    assert double.code == "ambiguous-operator"


@pytest.mark.parametrize(
    ("names", "accepted"),
    [
        ((("IP Address", MIDORI),), True),
        ((("DNS", "MIDORI.test"),), True),
        ((("IP Address", AKANE), ("DNS", "akane.test")), False),
        ((("DNS", "*.test"),), False),
        ((("DNS", MIDORI),), False),
        ((("IP Address", "not an address"),), False),
        ((), False),
    ],
)
def test_a_certificate_must_name_the_peer(
    names: tuple[tuple[str, str], ...], accepted: bool
) -> None:
    midori = peer("midori", MIDORI, server_name="midori.test")
    refusal = certificate_refusal({"subjectAltName": names}, midori)
    assert (refusal is None) == accepted
    assert accepted or "midori.test" in str(refusal)


def test_with_client_certificates_the_right_one_is_let_in_and_another_peers_is_not() -> None:
    ca = trustme.CA()

    async def scenario(own: str) -> tuple[str, list[str]]:
        leaf = ca.issue_cert(own)
        trusted = certificates().ca  # for the endpoint's own certificate
        context = ssl.create_default_context(cafile=str(trusted))
        leaf.configure_cert(context)
        with ca.cert_pem.tempfile() as peers_ca:
            settings = config("aoba", AOBA, stomp={"client_certificates": True, "ca": peers_ca})
            fake = FakeService("aoba", peer("midori", MIDORI))
            async with endpoint(fake, settings, QUICK) as port:
                reader, writer = await asyncio.open_connection(
                    AOBA, port, ssl=context, local_addr=(MIDORI, 0)
                )
                hand = HandPeer(reader, writer)
                await hand.write(Frame("CONNECT", {"accept-version": "1.2", "host": "aoba"}))
                async with asyncio.timeout(WITHIN_S):
                    answer = await hand.read()
                writer.transport.abort()
            return answer.command, fake.codes()

    assert asyncio.run(scenario(MIDORI)) == ("CONNECTED", [])
    assert asyncio.run(scenario(AKANE)) == ("ERROR", ["certificate-refused"])


@pytest.mark.parametrize(
    ("whose", "why"), [("expired", "certificate has expired"), ("stranger's", "issuer certificate")]
)
def test_a_certificate_that_cannot_be_verified_is_told_under_the_peer_that_showed_it(
    whose: str, why: str
) -> None:
    ours, theirs = trustme.CA(), trustme.CA()
    past = datetime.now(UTC) - timedelta(days=1)

    async def scenario() -> FakeService:
        leaf = (
            ours.issue_cert(MIDORI, not_after=past)
            if whose == "expired"
            else theirs.issue_cert(MIDORI)
        )
        context = ssl.create_default_context(cafile=str(certificates().ca))
        leaf.configure_cert(context)
        with ours.cert_pem.tempfile() as peers_ca:
            settings = config("aoba", AOBA, stomp={"client_certificates": True, "ca": peers_ca})
            fake = FakeService("aoba", peer("midori", MIDORI))
            async with endpoint(fake, settings, QUICK) as port:
                with contextlib.suppress(OSError):
                    reader, writer = await asyncio.open_connection(
                        AOBA, port, ssl=context, local_addr=(MIDORI, 0)
                    )
                    async with asyncio.timeout(WITHIN_S):
                        await reader.read()
                    writer.transport.abort()
                await fake.until(lambda: bool(fake.refused))
            return fake

    (refused,) = asyncio.run(scenario()).refused
    assert refused[:3] == ("B", "midori", "certificate-refused")
    assert why in refused[3]
