"""Letters reach a real SMTP server whatever happens on the way, and none is doubled unseen."""

import asyncio
import functools
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from net119_protocol.codes import Refusal
from net119_reference.mail.schedule import Delivery
from net119_reference.ports import Refused, StorageFailed
from net119_reference.service.kernel import Transaction

from tests.reference.mail.support import DEADLINE_S, Post, Sink, free_port, posting, run

HANAKO = "hanako@mobile.example"


def test_a_letter_arrives_and_its_text_is_not_kept(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):
            message_id = await post.send(HANAKO, "登録のご案内", text="秘密 ABC", kind="link")
            found = await post.until(message_id, Delivery.SENT)
            assert (found.kind, found.attempts, found.code) == ("link", 1, 250)
            assert (found.recipient, found.next_at) == (HANAKO, None)
            ((to, message),) = sink.stored
            assert (to, message["Message-ID"]) == (HANAKO, message_id)
            assert await post.office.counts() == {Delivery.SENT: 1}
        again = Post(folder, sink.port)
        await again.database.open()
        rows = await again.database.read(
            lambda c: c.exec_driver_sql("SELECT text FROM mail_outbox").scalars().all()
        )
        await again.database.close()
        assert rows == [""]

    run(story())


def test_nothing_is_sent_before_the_commit_and_nothing_of_a_failed_one(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):

            def refuse(tx: Transaction) -> None:
                post.put(tx, HANAKO, "never")
                raise Refused(Refusal.INVALID, "something else was wrong")

            with pytest.raises(Refused, match="something else"):
                await post.kernel.run(refuse)
            message_id = await post.send(HANAKO, "only")
            await post.until(message_id, Delivery.SENT)
            assert sink.subjects() == ["only"]

    run(story())


@pytest.mark.parametrize(
    "to",
    ["a..b.@mobile.example", ".a@mobile.example", '"a."@mobile.example', "a--b@mobile.example"],
)
def test_addresses_that_break_the_standard_reach_the_server_whole(folder: Path, to: str) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):
            await post.until(await post.send(to), Delivery.SENT)
            verbatim = to.replace('"', "")
            assert sink.wire[1:] == [f"TO:<{verbatim}>"]
            assert [stored for stored, _ in sink.stored] == [verbatim]

    run(story())


def test_a_server_that_wants_them_quoted_gets_them_quoted(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):
            sink.rcpt["a..b.@mobile.example"].append("501 5.1.3 Bad recipient address syntax")
            sink.rcpt[HANAKO].append("501 5.1.3 no")
            await post.until(await post.send("a..b.@mobile.example"), Delivery.SENT)
            assert sink.wire[1:] == ["TO:<a..b.@mobile.example>", 'TO:<"a..b."@mobile.example>']
            found = await post.until(await post.send(HANAKO), Delivery.FAILED)
            assert found.code == 501

    run(story())


def test_what_a_library_would_truncate_or_is_real_is_refused_at_once(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):
            for to, code in [
                ("a;b@mobile.example", Refusal.INVALID),
                ('"a,b"@mobile.example', Refusal.INVALID),
                ("somebody@docomo.ne.jp", Refusal.FORBIDDEN),
                ("somebody@city.lg.jp", Refusal.FORBIDDEN),
            ]:
                with pytest.raises(Refused) as refused:
                    await post.send(to)
                assert refused.value.code is code
                assert refused.value.field == "mail"
                assert to not in refused.value.detail
            assert await post.office.counts() == {}
            assert sink.wire == []

    run(story())


def test_451_is_tried_again_and_550_is_not(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):
            sink.rcpt[HANAKO].extend(["451 4.2.0 later", "450 4.2.0 later"])
            sink.rcpt["taro@mobile.example"].append("550 5.1.1 User unknown")
            slow, gone = await post.send(HANAKO), await post.send("taro@mobile.example")
            found = await post.until(gone, Delivery.FAILED)
            assert (found.code, found.attempts) == (550, 1)
            assert found.reason == "5.1.1 User unknown"
            found = await post.until(slow, Delivery.SENT)
            assert found.attempts == 3
            (failure,) = await post.office.failures("tomakomai")
            assert (failure.message_id, failure.recipient) == (gone, "taro@mobile.example")
            assert await post.office.failures("aso") == []

    run(story())


def test_a_refusal_of_the_data_counts_for_the_letter(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder, connections=1) as (post, sink):
            sink.data.extend(["452 4.2.2 full", "554 5.7.1 looks like spam"])
            first = await post.send(HANAKO)
            assert (await post.until(first, Delivery.FAILED)).attempts == 2
            await post.until(await post.send(HANAKO), Delivery.SENT)
            assert sink.wire.count("EHLO") == 1

    run(story())


def test_it_is_given_up_in_the_end_and_staff_see_it(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder, retry_s=0.01, retry_max_s=0.02, give_up_s=1.0) as (post, sink):
            sink.rcpt[HANAKO].extend(["451 4.2.0 later"] * 1000)
            found = await post.until(await post.send(HANAKO), Delivery.FAILED)
            assert found.reason == "given up: 4.2.0 later"
            assert found.attempts > 1
            assert found.ended_at - found.created_at >= timedelta(seconds=1)

    run(story())


def test_the_relay_is_down_and_comes_up(folder: Path) -> None:
    async def story() -> None:
        port = free_port()
        post, sink = Post(folder, port), Sink()
        await post.start()
        ids = [await post.send(f"p{n}@mobile.example") for n in range(20)]
        await post.until(ids[0], Delivery.DEFERRED)
        await sink.start(port)
        for message_id in ids:
            await post.until(message_id, Delivery.SENT)
        assert Counter(to for to, _ in sink.stored) == {
            f"p{n}@mobile.example": 1 for n in range(20)
        }
        await post.stop()
        await sink.stop()

    run(story())


def test_the_server_dies_in_the_middle_of_data(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):
            sink.data.append("cut")
            message_id = await post.send(HANAKO)
            found = await post.until(message_id, Delivery.SENT)
            assert found.attempts == 2
            assert [m["Message-ID"] for _, m in sink.stored] == [message_id]

    run(story())


def _has_stored(sink: Sink, count: int) -> bool:
    return len(sink.stored) >= count


def test_the_server_is_killed_and_restarted_among_many_letters(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder, connections=4) as (post, sink):
            ids: list[str] = []

            def several(tx: Transaction) -> None:
                ids.extend(post.put(tx, f"p{n}@mobile.example") for n in range(150))

            await post.kernel.run(several)
            for stored in (30, 80):
                await sink.until(functools.partial(_has_stored, sink, stored))
                await sink.stop()
                await sink.start(sink.port)
            for message_id in ids:
                await post.until(message_id, Delivery.SENT)
            copies = Counter(message["Message-ID"] for _, message in sink.stored)
            assert set(copies) == set(ids)
            # Only what was on its way at a kill may be there twice: one for each connection.
            assert sum(copies.values()) - len(ids) <= 2 * 4

    run(story())


def test_a_doubled_letter_is_the_same_letter(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):
            sink.data.append("store-and-cut")
            message_id = await post.send(HANAKO)
            await post.until(message_id, Delivery.SENT)
            one, two = (message for _, message in sink.stored)
            assert one["Message-ID"] == two["Message-ID"] == message_id
            assert one.as_bytes() == two.as_bytes()

    run(story())


def test_a_crash_before_recording_sends_again_with_the_same_message_id(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        sink = Sink()
        await sink.start()
        post = Post(folder, sink.port)
        await post.start()
        sink.hold = asyncio.Event()
        first = await post.send(HANAKO, "first")
        await sink.until(lambda: len(sink.stored) == 1)
        commit = post.database.commit
        failed = asyncio.Event()

        async def full_disk(writes: object) -> None:
            failed.set()
            raise StorageFailed("disk full")

        monkeypatch.setattr(post.database, "commit", full_disk)
        sink.hold.set()
        async with asyncio.timeout(DEADLINE_S):
            await failed.wait()
        # While we live it is not sent again, whatever else wakes the post office.
        post.office.wake()
        await post.stop()
        assert len(sink.stored) == 1
        monkeypatch.setattr(post.database, "commit", commit)
        again = Post(folder, sink.port)
        await again.start()
        await again.until(first, Delivery.SENT)
        assert [m["Message-ID"] for _, m in sink.stored] == [first, first]
        await again.until(await again.send(HANAKO, "second"), Delivery.SENT)
        assert sink.subjects() == ["first", "first", "second"]
        await again.stop()
        await sink.stop()

    run(story())


def test_a_record_that_fails_for_a_while_doubles_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with posting(folder) as (post, sink):
            sink.hold = asyncio.Event()
            message_id = await post.send(HANAKO)
            await sink.until(lambda: len(sink.stored) == 1)
            commit, failures = post.database.commit, 0

            async def once_full(writes: list[object]) -> None:
                nonlocal failures
                failures += 1
                if failures == 1:
                    raise StorageFailed("disk full")
                await commit(writes)  # type: ignore[arg-type]  # handed through as it came

            monkeypatch.setattr(post.database, "commit", once_full)
            sink.hold.set()
            found = await post.until(message_id, Delivery.SENT)
            assert (found.attempts, failures, len(sink.stored)) == (1, 2, 1)

    run(story())


def test_what_waits_survives_a_stop_and_what_is_in_flight_is_finished(folder: Path) -> None:
    async def story() -> None:
        sink = Sink()
        await sink.start()
        sink.hold = asyncio.Event()
        post = Post(folder, sink.port, connections=1)
        await post.start()
        ids = [await post.send(HANAKO, f"n{n}") for n in range(3)]
        await sink.until(lambda: len(sink.stored) == 1)
        stopping = asyncio.create_task(post.office.stop())
        sink.hold.set()
        await stopping
        assert [s.state for s in await post.office.statuses(ids)] == [
            Delivery.SENT,
            Delivery.QUEUED,
            Delivery.QUEUED,
        ]
        await post.stop()
        again = Post(folder, sink.port)
        await again.start()
        for message_id in ids:
            await again.until(message_id, Delivery.SENT)
        assert sink.subjects() == ["n0", "n1", "n2"]
        await again.stop()
        await sink.stop()

    run(story())


def test_letters_to_one_person_arrive_in_order_over_few_connections(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder, connections=3) as (post, sink):
            people = [f"p{n}@mobile.example" for n in range(6)]
            ids = [await post.send(to, f"{n:03}") for n in range(20) for to in people]
            for message_id in ids:
                await post.until(message_id, Delivery.SENT)
            for to in people:
                mine = [str(m["Subject"]) for stored, m in sink.stored if stored == to]
                assert mine == [f"{n:03}" for n in range(20)]
            assert sink.wire.count("EHLO") <= 3

    run(story())


def test_one_recipient_does_not_hold_up_another(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder, connections=1, retry_s=3600, retry_max_s=3600) as (post, sink):
            sink.rcpt["full@mobile.example"].append("452 4.2.2 mailbox full")
            sink.rcpt["none@mobile.example"].append("550 5.1.1 none")
            names = ["full", "none", "fine"]
            ids = [await post.send(f"{name}@mobile.example") for name in names]
            await post.until(ids[2], Delivery.SENT)
            assert [s.state for s in await post.office.statuses(ids)] == [
                Delivery.DEFERRED,
                Delivery.FAILED,
                Delivery.SENT,
            ]

    run(story())


def test_a_connection_that_the_server_closed_is_opened_again_at_once(folder: Path) -> None:
    async def story() -> None:
        async with posting(folder, connections=1, retry_s=3600, retry_max_s=3600) as (post, sink):
            await post.until(await post.send(HANAKO), Delivery.SENT)
            await sink.stop()
            await sink.start(sink.port)
            found = await post.until(await post.send(HANAKO), Delivery.SENT)
            assert found.attempts == 1

    run(story())
