"""What a plain RabbitMQ enforces of interface B, and what it cannot: docs/other-brokers.md.

An independent client, stomp.py, plays the owner aoba, and the peers akane and kita.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from net119_protocol.api.admin import EndpointKind, PeerOperator
from net119_reference.ports import Channel, StorageFailed
from net119_reference.stomp_shell import Bounds
from net119_reference.stomp_shell.interconnect import Interconnect
from net119_simulators.network.authority import Certificate

from tests.brokers.issuer import Issuer
from tests.brokers.rabbitmq import MAX_MESSAGE, RabbitMq, missing
from tests.brokers.their_client import Heard, their_client
from tests.reference.stomp_shell.support import FakeService, config, peer

AT, AKANE, KITA, ELSEWHERE = "127.0.0.3", "127.0.0.2", "127.0.0.4", "127.0.0.9"
CALLEE, OURS, THEIRS = "/queue/aoba.callee", "/queue/akane.caller", "/queue/kita.caller"
WHY_NOT = missing()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT)),
]


class _Wakes:
    """The service's links, here only our client."""

    def __init__(self, client: Interconnect) -> None:
        self._client = client

    def wake(self, peer: str, channel: Channel) -> None:
        self._client.wake(peer)

    def operators_changed(self, peers: Sequence[PeerOperator]) -> None:
        self._client.operators_changed(peers)


@dataclass
class Stage:
    """The broker of aoba, and everybody's certificate."""

    broker: RabbitMq
    issuer: Issuer
    certificates: dict[str, Certificate]

    def client(
        self, operator: str, source: str = AKANE, **options: Any
    ) -> AbstractContextManager[tuple[Any, Heard]]:
        """stomp.py as one of the operators."""
        at = (self.broker.address, self.broker.port)
        own = self.certificates.get(operator)
        return their_client(
            at, self.issuer.ca_file, own, source=source, **({"host": "aoba"} | options)
        )

    @asynccontextmanager
    async def ours(self, kind: EndpointKind = EndpointKind.BROKER) -> AsyncIterator[FakeService]:
        """Our client as akane, with a service in memory; subscribed."""
        own = self.certificates["akane"]
        files = {"cert": own.cert_file, "key": own.key_file, "ca": self.issuer.ca_file}
        timers = {"heartbeat_s": 0.5, "t3_s": 2.0}
        fake = FakeService("akane", peer("aoba", AT, self.broker.port, endpoint=kind))
        settings = config("akane", AKANE, stomp=files, timers=timers)
        client = Interconnect(fake.as_service(), settings, Bounds())
        await client.start()
        fake.bind_links(_Wakes(client))
        try:
            await fake.until(lambda: ("aoba", Channel.CLIENT, True) in fake.sessions)
            yield fake
        finally:
            await client.stop()


@contextmanager
def rabbitmq_of_aoba(folder: Path) -> Iterator[Stage]:
    issuer = Issuer(folder / "ca")
    addresses = {"aoba": AT, "akane": AKANE, "kita": KITA, "nobody": ELSEWHERE}
    certificates = {code: issuer.issue(code, address) for code, address in addresses.items()}
    with RabbitMq({"aoba": ["akane", "kita"]}, AT, issuer, folder / "broker") as broker:
        yield Stage(broker, issuer, certificates)


def empty(stage: Stage, operator: str, queue: str) -> list[str]:
    """Take all that waits in a queue; a last message of our own says that it was all."""
    taken = []
    with stage.client(operator) as (connection, heard):
        connection.subscribe(queue, id="1", ack="auto")
        with stage.client("aoba") as (owner, _):
            owner.send(f"/amq{queue}", "that is all")
            while (text := heard.expect("MESSAGE").body) != "that is all":
                taken.append(text)
    return taken


# --- enforced -------------------------------------------------------------------------------------


def nobody_connects_without_a_certificate_of_a_known_operator(stage: Stage) -> None:
    context = ssl.create_default_context(cafile=str(stage.issuer.ca_file))
    asyncio.run(is_refused(stage.broker, context, "CERTIFICATE_REQUIRED"))
    with stage.client("nobody", connect=False) as (connection, heard):
        connection.connect(wait=False)
        assert "Access refused for user 'nobody'" in heard.expect("ERROR").body


def tls_older_than_1_2_is_refused(stage: Stage) -> None:
    own = stage.certificates["akane"]
    context = ssl.create_default_context(cafile=str(stage.issuer.ca_file))
    context.load_cert_chain(own.cert_file, own.key_file)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    asyncio.run(is_refused(stage.broker, context, "PROTOCOL_VERSION"))


async def is_refused(broker: RabbitMq, context: ssl.SSLContext, alert: str) -> None:
    """The broker ends the TLS handshake with this alert."""

    async def connect() -> None:
        async with asyncio.timeout(30):
            reader, writer = await asyncio.open_connection(broker.address, broker.port, ssl=context)
            try:
                # In TLS 1.3 the client learns only now what the server thinks of it.
                await reader.read(1)
            finally:
                writer.transport.abort()

    with pytest.raises(ssl.SSLError, match=alert):
        await connect()


def a_peer_reads_its_own_queue_only(stage: Stage) -> None:
    for queue in (THEIRS, CALLEE, f"/amq{THEIRS}", f"/amq{CALLEE}"):
        with stage.client("akane") as (connection, heard):
            connection.subscribe(queue, id="1", ack="client-individual", receipt="1")
            assert "access_refused" in str(heard.expect("ERROR").headers["message"]).lower()


def a_virtual_host_is_for_those_who_have_rights_in_it(stage: Stage) -> None:
    with stage.client("akane", connect=False, host="akane") as (connection, heard):
        connection.connect(wait=False)
        assert "akane" in heard.expect("ERROR").body


def a_queue_of_the_profile_that_is_not_ones_own_cannot_be_sent_to_by_its_name(
    stage: Stage,
) -> None:
    with stage.client("akane") as (connection, heard):
        connection.send(THEIRS, "forged", receipt="1")
        assert "access_refused" in str(heard.expect("ERROR").headers["message"]).lower()


def a_message_that_is_far_too_long_is_refused(stage: Stage) -> None:
    with stage.client("akane") as (connection, heard):
        connection.send(CALLEE, "x" * (MAX_MESSAGE + 1), receipt="1")
        assert "larger than" in heard.expect("ERROR").body


def who_names_itself_as_the_sender_must_say_the_truth(stage: Stage) -> None:
    with stage.client("akane") as (connection, heard):
        connection.send(CALLEE, "from kita?", receipt="1", headers={"user-id": "kita"})
        assert "user_id" in heard.expect("ERROR").body
    with stage.client("akane") as (connection, heard):
        connection.send(CALLEE, "from akane", receipt="1", headers={"user-id": "akane"})
        heard.expect("RECEIPT")
    with stage.client("aoba") as (connection, heard):
        connection.subscribe(CALLEE, id="1", ack="auto")
        assert heard.expect("MESSAGE").headers["user-id"] == "akane"


# --- not enforced ---------------------------------------------------------------------------------


def transactions_are_not_refused(stage: Stage) -> None:
    with stage.client("akane") as (connection, heard):
        transaction = connection.begin(receipt="begun")
        assert heard.expect("RECEIPT").headers["receipt-id"] == "begun"
        connection.send(CALLEE, "in a transaction", transaction=transaction)
        connection.commit(transaction, receipt="done")
        assert heard.expect("RECEIPT").headers["receipt-id"] == "done"
    assert "in a transaction" in empty(stage, "aoba", CALLEE)


def a_message_can_be_forged_into_any_queue_with_any_stamp(stage: Stage) -> None:
    with stage.client("akane") as (connection, heard):
        headers = {"net119-sender": "aoba"}
        connection.send(f"/amq{THEIRS}", "forged by akane", receipt="1", headers=headers)
        heard.expect("RECEIPT")
    with stage.client("kita") as (connection, heard):
        connection.subscribe(THEIRS, id="1", ack="auto")
        message = heard.expect("MESSAGE")
        assert message.body == "forged by akane"
        assert message.headers["net119-sender"] == "aoba"


def the_source_address_is_not_looked_at(stage: Stage) -> None:
    with stage.client("akane", source=ELSEWHERE) as (connection, heard):
        connection.send(CALLEE, "from elsewhere", receipt="1")
        heard.expect("RECEIPT")
    assert "from elsewhere" in empty(stage, "aoba", CALLEE)


def two_subscriptions_share_a_queue_so_that_its_order_is_lost(stage: Stage) -> None:
    with (
        stage.client("akane") as (one, heard_by_one),
        stage.client("akane") as (other, heard_by_other),
        stage.client("aoba") as (owner, _),
    ):
        for connection, heard in ((one, heard_by_one), (other, heard_by_other)):
            connection.subscribe(OURS, id="1", ack="auto", receipt="1")
            heard.expect("RECEIPT")
        for text in ("1", "2"):
            owner.send(OURS, text)
        assert {heard_by_one.expect("MESSAGE").body, heard_by_other.expect("MESSAGE").body} == {
            "1",
            "2",
        }


def a_receipt_does_not_mean_stored_unless_the_sender_asks_for_it(stage: Stage) -> None:
    with stage.client("akane") as (connection, heard):
        for text, headers in (("transient", {}), ("kept", {"persistent": "true"})):
            connection.send(CALLEE, text, receipt=text, headers=headers)
            assert heard.expect("RECEIPT").headers["receipt-id"] == text
    stage.broker.stop()
    stage.broker.start()
    left = empty(stage, "aoba", CALLEE)
    assert "kept" in left
    assert "transient" not in left


# --- our client -----------------------------------------------------------------------------------


def our_client_sends_what_survives_a_restart_and_knows_when_it_is_stored(
    stage: Stage,
) -> None:
    empty(stage, "aoba", CALLEE)

    async def scene() -> None:
        async with stage.ours() as fake:
            for n in range(50):
                fake.queue("aoba", f"request {n}", Channel.CLIENT)
            await fake.until(lambda: not fake.stored)
            assert fake.refused == []

    asyncio.run(scene())
    with stage.client("aoba") as (connection, heard):
        connection.subscribe(CALLEE, id="1", ack="client-individual")
        for n in range(50):
            message = heard.expect("MESSAGE")
            assert message.body == f"request {n}"
            assert message.headers["persistent"] == "true"
            connection.ack(message.headers["ack"])
        connection.disconnect(receipt="bye")


def our_client_gives_back_what_it_cannot_store_and_gets_it_again(stage: Stage) -> None:
    def answers() -> None:
        with stage.client("aoba") as (owner, heard):
            for text in ("答え 1", "答え 2"):
                owner.send(OURS, text, receipt=text, headers={"persistent": "true"})
                heard.expect("RECEIPT")

    async def scene() -> None:
        async with stage.ours() as fake:
            fake.fail = [StorageFailed("no space"), RuntimeError("bug")]
            await asyncio.to_thread(answers)
            await fake.until(lambda: len(fake.received) == 2)
            assert sorted(fake.texts()) == ["答え 1", "答え 2"]
            assert fake.receiving == 4
            assert fake.refused == []

    asyncio.run(scene())


def our_client_takes_unstamped_messages_only_where_the_peer_is_declared_a_broker(
    stage: Stage,
) -> None:
    def answer() -> None:
        with stage.client("aoba") as (owner, heard):
            owner.send(OURS, "answer", receipt="1")
            heard.expect("RECEIPT")

    async def scene(kind: EndpointKind) -> FakeService:
        async with stage.ours(kind) as fake:
            await asyncio.to_thread(answer)
            await fake.until(lambda: bool(fake.received or fake.refused))
            return fake

    believed = asyncio.run(scene(EndpointKind.BROKER))
    assert (believed.texts(), believed.codes()) == (["answer"], [])
    strict = asyncio.run(scene(EndpointKind.NET119))
    assert (strict.texts(), strict.codes()) == ([], ["sender-missing"])
    assert "endpoint = 'broker'" in strict.refused[0][3]


def our_client_lives_on_heart_beats_and_notices_a_frozen_broker(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.ours() as fake:
            heard = fake.heard
            # Longer than T3 allows silence: nothing but heart-beats comes.
            await fake.until(lambda: fake.heard >= heard + 6)
            assert ("aoba", Channel.CLIENT, False) not in fake.sessions
            node = psutil.Process(stage.broker.pid)
            family = [node, *node.children(recursive=True)]
            for each in family:
                each.suspend()
            try:
                await fake.until(lambda: ("aoba", Channel.CLIENT, False) in fake.sessions)
            finally:
                for each in family:
                    each.resume()
            await fake.until(lambda: fake.sessions[-1] == ("aoba", Channel.CLIENT, True))

    asyncio.run(scene())


# Each start of the broker takes seconds, so one test asks it everything.
CHECKS = [
    nobody_connects_without_a_certificate_of_a_known_operator,
    tls_older_than_1_2_is_refused,
    a_peer_reads_its_own_queue_only,
    a_virtual_host_is_for_those_who_have_rights_in_it,
    a_queue_of_the_profile_that_is_not_ones_own_cannot_be_sent_to_by_its_name,
    a_message_that_is_far_too_long_is_refused,
    who_names_itself_as_the_sender_must_say_the_truth,
    transactions_are_not_refused,
    a_message_can_be_forged_into_any_queue_with_any_stamp,
    the_source_address_is_not_looked_at,
    two_subscriptions_share_a_queue_so_that_its_order_is_lost,
    a_receipt_does_not_mean_stored_unless_the_sender_asks_for_it,
    our_client_sends_what_survives_a_restart_and_knows_when_it_is_stored,
    our_client_gives_back_what_it_cannot_store_and_gets_it_again,
    our_client_takes_unstamped_messages_only_where_the_peer_is_declared_a_broker,
    our_client_lives_on_heart_beats_and_notices_a_frozen_broker,
]


def test_what_a_plain_rabbitmq_enforces_and_what_it_does_not(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    with rabbitmq_of_aoba(tmp_path) as stage:
        for check in CHECKS:
            try:
                check(stage)
            except (Exception, pytest.fail.Exception) as failure:
                failure.add_note(check.__name__)
                failures.append(failure)
    if failures:
        raise BaseExceptionGroup("not as docs/other-brokers.md says", failures)
