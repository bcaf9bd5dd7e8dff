"""Whose callback it is: one call for each secret, the owner's after a transfer, and disclosures."""

import asyncio
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol.api.console_acts import NewCallDisclosure
from net119_protocol.codes import CallState, ReceiverKind, Refusal
from net119_reference.store.registration_schema import audit_log
from sqlalchemy.engine import Connection

from tests.reference.mail.support import Sink
from tests.reference.service.calling_back import (
    ENCRYPTED,
    body,
    by_url,
    home_call,
    refused,
    secret_in,
    with_mail,
)
from tests.reference.service.pair import Pair, running_pair
from tests.reference.service.support import CLOSED, Site, quick_folder
from tests.reference.service.trio import Trio, on_trio_with_mail

CALLS = 3
STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "ask", "open", "open", "close"]), st.integers(0, 11)),
    min_size=4,
    max_size=14,
)


class Opening:
    """Three calls of one caller, and every secret that was mailed of them."""

    def __init__(self, pair: Pair, sink: Sink) -> None:
        self.site: Site = pair.a
        self._pair = pair
        self._sink = sink
        self.calls: list[UUID] = []
        self.secrets: list[tuple[str, UUID]] = []
        self.opened: set[str] = set()
        self.tokens: list[tuple[str, UUID]] = []

    async def play(self, steps: list[tuple[str, int]]) -> None:
        self.calls = [await home_call(self._pair) for _ in range(CALLS)]
        for what, number in steps:
            if what == "ask":
                await self._ask(self.calls[number % CALLS])
            elif what == "close":
                await self._close(self.calls[number % CALLS])
            elif self.secrets:
                await self._open(*self.secrets[number % len(self.secrets)])
        for token, call_id in self.tokens:
            assert (await self.site.service.handset_identity(token, call_id)).call_id == call_id
            for other in (None, *(each for each in self.calls if each != call_id)):
                no = await refused(self.site.service.handset_identity(token, other))
                assert no.code is Refusal.NOT_AUTHENTICATED
        for call_id in self.calls:
            await self._close(call_id)

    def _is_open(self, call_id: UUID) -> bool:
        return self.site.live(call_id).known().open

    async def _ask(self, call_id: UUID) -> None:
        before = len(self._sink.stored)
        told = await self.site.service.acts.call_back(self.site.dispatcher, call_id)
        if told.state == "sent":  # not one of too many
            assert len(self._sink.stored) == before + 1
            self.secrets.append((secret_in(self._sink), call_id))

    async def _close(self, call_id: UUID) -> None:
        if not self._is_open(call_id):
            return
        if self.site.live(call_id).known().state is CallState.RINGING:
            await self.site.service.answer(self.site.dispatcher, call_id)
        await self.site.service.close(self.site.dispatcher, call_id, CLOSED)

    async def _open(self, secret: str, call_id: UUID) -> None:
        newest = [each for each, of in self.secrets if of == call_id][-1]
        opens = secret == newest or (secret in self.opened and self._is_open(call_id))
        before = {each: self.site.live(each).known() for each in self.calls}
        opening = self.site.service.callbacks.open(secret, ENCRYPTED)
        if not opens:
            assert (await refused(opening)).code is Refusal.LINK_REVOKED
            assert {each: self.site.live(each).known() for each in self.calls} == before
            return
        found = await opening
        assert found.call.call_id == call_id
        assert self._is_open(call_id)
        for each in self.calls:
            if each != call_id:
                assert self.site.live(each).known() == before[each]
        self.opened.add(secret)
        self.tokens.append((found.token, call_id))
        almost = secret[:-1] + ("A" if secret[-1] != "A" else "B")
        no = await refused(self.site.service.callbacks.open(almost, ENCRYPTED))
        assert no.code is Refusal.LINK_UNKNOWN


def test_a_secret_opens_one_call_only() -> None:
    sink = Sink()
    with asyncio.Runner() as runner, quick_folder() as folder:
        runner.run(sink.start())
        running = running_pair(Path(folder), relay_port=sink.port)
        pair = runner.run(running.__aenter__())
        runner.run(sink.until(lambda: bool(sink.stored)))

        @settings(max_examples=15, deadline=None)
        @given(STEPS)
        def check(steps: list[tuple[str, int]]) -> None:
            runner.run(asyncio.wait_for(Opening(pair, sink).play(steps), 60))

        try:
            check()
        finally:
            runner.run(running.__aexit__(None, None, None))
            runner.run(sink.stop())


def test_after_a_transfer_the_new_owner_alone_calls_back_and_has_the_call_again() -> None:
    async def story(trio: Trio, sink: Sink) -> None:
        call_id = await trio.call(away=True)
        await trio.transfer(trio.b, call_id, "aso")
        await trio.c.service.answer(trio.c.dispatcher, call_id)
        await trio.flow()
        for former in (trio.b, trio.a):
            no = await refused(former.service.acts.call_back(former.dispatcher, call_id))
            assert no.code is Refusal.OWNED_BY_OTHER
        assert not sink.stored
        asked, _ = await trio.doing(trio.c.service.acts.call_back(trio.c.dispatcher, call_id))
        assert asked.state == "sent"
        # The home department's letter, of the department that has the call.
        aso = trio.a.live(call_id).known().owner.department
        assert f"{aso.name_ja}から、呼び返しです" in body(sink.stored[-1][1])
        profile = trio.a.service.registrations.profile("chitose")
        assert profile.mail.service_sender in str(sink.stored[-1][1]["From"])

        await trio.doing(trio.c.service.close(trio.c.dispatcher, call_id, CLOSED))
        no = await refused(trio.b.service.acts.call_back(trio.b.dispatcher, call_id))
        assert no.code is Refusal.OWNED_BY_OTHER
        await by_url(trio.a, secret_in(sink))
        await trio.flow()
        assert trio.owners(call_id) == ["akane"]
        assert trio.state(trio.a, call_id) == trio.state(trio.c, call_id)
        assert trio.state(trio.c, call_id)[0] == "ringing"
        assert trio.b.live(call_id).known().state is CallState.CLOSED
        for site in (trio.a, trio.c):
            record = await site.service.call_record(site.dispatcher, call_id)
            assert [each.state for each in record.callbacks] == ["opened"]

    on_trio_with_mail(story)


async def audited(site: Site, action: str) -> list[tuple[str, str]]:
    """What the site's dispatcher did, and in which department's audit trail it stands."""
    query = sa.select(audit_log.c.department, audit_log.c.what).where(
        audit_log.c.actor == site.dispatcher.name, audit_log.c.action == action
    )

    def read(connection: Connection) -> list[tuple[str, str]]:
        return [(row.department, row.what) for row in connection.execute(query)]

    return await site.service.core.database.read(read)


def test_a_disclosure_is_recorded_where_it_was_made_and_stands_in_the_audit_trail() -> None:
    async def story(pair: Pair, _sink: Sink) -> None:
        call_id = await pair.talking()
        for site, name, department in (
            (pair.a, "千歳市立病院", "chitose"),
            (pair.b, "常滑市民病院", "chita-tokoname"),
        ):
            given_to = NewCallDisclosure(
                receiver=ReceiverKind.HOSPITAL, receiver_name=name, what="氏名、持病", why="搬送"
            )
            made = await site.service.acts.disclose(site.dispatcher, call_id, given_to)
            assert (made.receiver_name, made.by) == (name, site.dispatcher.name)
            record = await site.service.call_record(site.dispatcher, call_id)
            assert record.disclosures == (made,)
            ((whose, what),) = await audited(site, "disclosed")
            assert (whose, name in what) == (department, True)
            # That the record was read, too, staff of that department can see.
            assert {each for each, _ in await audited(site, "read")} == {department}
        await pair.link.flow()
        assert len((await pair.a.service.call_record(pair.a.dispatcher, call_id)).disclosures) == 1

    with_mail(story)
