"""The inbound server, spoken to over real SMTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from net119_protocol.codes import Refusal
from net119_reference.config.model import MailSettings
from net119_reference.mail.incoming import Incoming, IncomingKind
from net119_reference.mail.server import MailServer
from net119_reference.ports import Refused, StorageFailed

from tests.reference.mail.support import DEADLINE_S, RealClock, run, say

APPLY = "apply@net119.example"
OWN = (APPLY, "register@net119.example")


class Desk:
    """Keeps what it was given; ``reply`` is called for each mail first."""

    def __init__(self) -> None:
        self.mails: list[Incoming] = []
        self.notes: list[tuple[str, str]] = []
        self.reply: Callable[[Incoming], Awaitable[None]] | None = None

    async def take(self, mail: Incoming) -> None:
        if self.reply is not None:
            await self.reply(mail)
        self.mails.append(mail)

    def note(self, source: str, code: str, _detail: str) -> None:
        self.notes.append((source, code))


@asynccontextmanager
async def listening(**settings: Any) -> AsyncIterator[tuple[MailServer, Desk]]:
    desk = Desk()
    server = MailServer(
        MailSettings(port=0, **settings), RealClock(), lambda: OWN, desk.take, desk.note
    )
    await server.start()
    try:
        yield server, desk
    finally:
        await server.stop()


def mail(number: int = 0, body: bytes = b"") -> bytes:
    return f"Message-ID: <{number}@m.example>\r\n\r\n".encode() + body


@pytest.mark.parametrize("sender", ["a..b.@m.example", '"a..b."@m.example', ".a@m.example"])
def test_an_empty_mail_is_taken_from_any_carrier(sender: str) -> None:
    async def story() -> None:
        async with listening() as (server, desk):
            assert (await say(server.port, sender, ["Apply@NET119.example"], b"\r\n"))[0] == 250
            (found,) = desk.mails
            assert (found.kind, found.sender) == (IncomingKind.PERSON, sender.replace('"', ""))
            assert found.recipient == "Apply@net119.example"

    run(story())


def test_250_comes_only_after_the_effect_is_durable() -> None:
    async def story() -> None:
        async with listening() as (server, desk):
            reached, go_on = asyncio.Event(), asyncio.Event()

            async def slow(_mail: Incoming) -> None:
                reached.set()
                await go_on.wait()

            desk.reply = slow
            saying = asyncio.create_task(say(server.port, "a@m.example", [APPLY], mail()))
            async with asyncio.timeout(DEADLINE_S):
                await reached.wait()
            assert not saying.done()
            go_on.set()
            assert (await saying)[0] == 250

    run(story())


@pytest.mark.parametrize("error", [StorageFailed("disk full"), KeyError("a defect of ours")])
def test_what_could_not_be_stored_comes_again(error: Exception) -> None:
    async def story() -> None:
        async with listening() as (server, desk):

            async def fail(_mail: Incoming) -> None:
                raise error

            desk.reply = fail
            code, text = await say(server.port, "a@m.example", [APPLY], mail())
            assert (code, "defect" in text, "disk" in text) == (451, False, False)
            desk.reply = None
            assert (await say(server.port, "a@m.example", [APPLY], mail()))[0] == 250
            assert len(desk.mails) == 1
            assert desk.notes == [("127.0.0.1", "storage-failed")]

    run(story())


def test_a_mail_whose_250_was_missed_is_not_handled_twice() -> None:
    async def story() -> None:
        async with listening() as (server, desk):
            go_on = asyncio.Event()
            reached = asyncio.Event()

            async def slow(_mail: Incoming) -> None:
                reached.set()
                await go_on.wait()

            desk.reply = slow
            first = asyncio.create_task(say(server.port, "a@m.example", [APPLY], mail(7)))
            async with asyncio.timeout(DEADLINE_S):
                await reached.wait()
            first.cancel()
            second = asyncio.create_task(say(server.port, "a@m.example", [APPLY], mail(7)))
            go_on.set()
            assert (await second)[0] == 250
            assert (await say(server.port, "a@m.example", [APPLY], mail(7)))[0] == 250
            assert len(desk.mails) == 1
            assert server.counts["duplicate"] == 2
            assert (await say(server.port, "b@m.example", [APPLY], mail(7)))[0] == 250
            assert len(desk.mails) == 2

    run(story())


def test_other_peoples_mail_is_refused_with_a_reason() -> None:
    async def story() -> None:
        async with listening() as (server, desk):
            answer = await say(server.port, "a@m.example", ["nobody@net119.example"], mail())
            assert answer == (550, "5.1.1 No such address here")
            assert (await say(server.port, "a;b@m.example", [APPLY], mail()))[0] >= 500
            assert (await say(server.port, "日本@m.example", [APPLY], mail()))[0] >= 500
            assert desk.mails == []
            assert [source for source, _ in desk.notes] == ["127.0.0.1"] * 3
            assert desk.notes[0][1] == "unknown-recipient"

    run(story())


def test_ten_megabytes_are_taken_and_too_much_is_refused() -> None:
    async def story() -> None:
        async with listening() as (server, desk):
            line = b"x" * 76 + b"\r\n"
            assert (await say(server.port, "a@m.example", [APPLY], mail(1, line * 135_000)))[
                0
            ] == 250
            assert desk.mails[0].defects == ("text-cut",)
            assert (await say(server.port, "a@m.example", [APPLY], mail(2, b"x" * 5000)))[0] == 250
        async with listening(max_bytes=100_000) as (server, desk):
            assert (await say(server.port, "a@m.example", [APPLY], mail(1, line * 2000)))[0] == 552
            assert desk.mails == []
            assert desk.notes == [("127.0.0.1", "too-large")]

    run(story())


def test_a_flood_is_asked_to_come_later_and_counted() -> None:
    async def story() -> None:
        async with listening(sender_burst=3, sender_per_hour=1) as (server, desk):
            codes = [
                (await say(server.port, '"a."@m.example', [APPLY], mail(n)))[0] for n in range(5)
            ]
            assert codes == [250, 250, 250, 452, 452]
            assert (await say(server.port, "A.@m.example", [APPLY], mail(9)))[0] == 452
            assert (await say(server.port, "b@m.example", [APPLY], mail()))[0] == 250
            bounces = [(await say(server.port, "", [OWN[1]], b"\r\nx"))[0] for _ in range(5)]
            assert bounces == [250] * 5
            assert server.counts["refused:flood"] == 3
            assert server.counts["bounce"] == 5
            assert len(desk.mails) == 9

    run(story())


def test_machines_mail_is_taken_counted_and_marked() -> None:
    async def story() -> None:
        async with listening() as (server, desk):
            for sender, raw in [
                ("a@m.example", b"Auto-Submitted: auto-replied\r\n\r\n"),
                (APPLY, b"\r\n"),
                ("", b"From: MAILER-DAEMON@m.example\r\n\r\n"),
            ]:
                assert (await say(server.port, sender, [OWN[1]], raw))[0] == 250
            kinds = [found.kind for found in desk.mails]
            assert kinds == [IncomingKind.AUTO_REPLY, IncomingKind.LOOP, IncomingKind.BOUNCE]
            assert server.counts == {"auto-reply": 1, "loop": 1, "bounce": 1}

    run(story())


def test_each_recipient_gets_its_own_and_a_refusal_ends_there() -> None:
    async def story() -> None:
        async with listening() as (server, desk):

            async def refuse(found: Incoming) -> None:
                if found.recipient == APPLY:
                    raise Refused(Refusal.FORBIDDEN, "not now")

            desk.reply = refuse
            assert (await say(server.port, "a@m.example", list(OWN), mail()))[0] == 250
            assert [found.recipient for found in desk.mails] == [OWN[1]]
            assert desk.notes == [("", "forbidden")]

    run(story())


def test_stopping_waits_for_the_mail_that_is_being_handled() -> None:
    async def story() -> None:
        async with listening() as (server, desk):
            reached, go_on = asyncio.Event(), asyncio.Event()
            port = server.port

            async def slow(_mail: Incoming) -> None:
                reached.set()
                await go_on.wait()

            desk.reply = slow
            saying = asyncio.create_task(say(port, "a@m.example", [APPLY], mail()))
            async with asyncio.timeout(DEADLINE_S):
                await reached.wait()
            stopping = asyncio.create_task(server.stop())
            go_on.set()
            assert (await saying)[0] == 250
            await stopping
            assert len(desk.mails) == 1
            with pytest.raises(OSError, match=r"."):
                await say(port, "a@m.example", [APPLY], mail())

    run(story())
