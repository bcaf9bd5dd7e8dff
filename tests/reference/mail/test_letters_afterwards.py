"""What becomes of a letter after it was handed over: bounces, forgetting, and where it may go."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from net119_reference.mail.letters import KEPT
from net119_reference.mail.post_office import RelayForbidden
from net119_reference.mail.schedule import Delivery
from net119_reference.service.kernel import Transaction

from tests.reference.mail.support import Post, posting, run

HANAKO = "hanako@mobile.example"


def test_a_bounce_is_a_visible_failure(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):
            sent = await post.send(HANAKO)
            await post.until(sent, Delivery.SENT)
            await post.kernel.run(lambda tx: post.office.bounced(tx, sent, "5.1.1 unknown"))
            await post.kernel.run(lambda tx: post.office.bounced(tx, "<x@y.example>", "5.0.0"))
            (failure,) = await post.office.failures("tomakomai")
            assert (failure.state, failure.reason) == (Delivery.BOUNCED, "5.1.1 unknown")
            # A bounce may be faster than our own record of the sending.
            sink.hold = asyncio.Event()
            fast = await post.send(HANAKO)
            await sink.until(lambda: len(sink.stored) == 2)
            await post.kernel.run(lambda tx: post.office.bounced(tx, fast, "5.2.2 full"))
            sink.hold.set()
            await post.until(await post.send(HANAKO), Delivery.SENT)
            found = await post.office.status(fast)
            assert found is not None
            assert (found.state, found.reason) == (Delivery.BOUNCED, "5.2.2 full")

    run(story())


def test_mail_about_a_call_follows_the_registrants_address(folder: Path) -> None:
    registrant, gone = uuid4(), uuid4()
    addresses = {registrant: HANAKO}

    async def story() -> None:
        async with posting(folder, addresses.get) as (post, sink):
            sink.rcpt[HANAKO].append("451 4.2.0 later")
            sink.rcpt[HANAKO].append("451 4.2.0 later")
            message_id = await post.send(HANAKO, registrant_id=registrant, follows=True)
            fixed = await post.send("old@mobile.example", registrant_id=registrant)
            await post.until(message_id, Delivery.DEFERRED)
            addresses[registrant] = "new@mobile.example"
            found = await post.until(message_id, Delivery.SENT)
            assert found.recipient == "new@mobile.example"
            await post.until(fixed, Delivery.SENT)
            assert {to for to, _ in sink.stored} == {"new@mobile.example", "old@mobile.example"}
            lost = await post.send(HANAKO, registrant_id=gone, follows=True)
            found = await post.until(lost, Delivery.FAILED)
            assert found.reason == "the registrant has no mail address any more"
            await post.kernel.run(lambda tx: post.office.forget(tx, registrant))
            assert await post.office.statuses([message_id, fixed]) == []
            await post.kernel.run(post.office.sweep)
            assert sum((await post.office.counts()).values()) == 1
            later = datetime.now(UTC) + KEPT + timedelta(minutes=1)
            assert await post.office.old(later) == 1

            def sweep_later(tx: Transaction) -> None:
                tx.now = later
                post.office.sweep(tx)

            await post.kernel.run(sweep_later)
            assert await post.office.counts() == {}

    run(story())


def test_no_relay_elsewhere_without_a_declaration(folder: Path) -> None:
    async def story() -> None:
        post = Post(folder, 25, relay_host="192.0.2.1")
        with pytest.raises(RelayForbidden, match=r"192\.0\.2\.1"):
            await post.office.start()

    run(story())
