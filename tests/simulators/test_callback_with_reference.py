"""A callback between two reference providers, over real sockets and a carrier's mail server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from net119_protocol.api.operations import operation
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import (
    CallbackFailure,
    CallState,
    CloseOutcome,
    Kind,
    PlaceChoice,
    ReceiverKind,
    Refusal,
)
from net119_protocol.profile.load import load_profiles
from net119_simulators.callback_mail import wait_for_callback_mail
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import CallRefused, NotConnected, UnexpectedAnswer
from net119_simulators.gps import fixed
from net119_simulators.mailbox import MailboxServer, Outcome, Rule
from net119_simulators.mailbox.view import Mailbox
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.ports import FreePorts
from net119_simulators.pages.callback import CallbackAtPages, CallbackShut
from net119_simulators.pages.window import new_browser
from net119_simulators.person import make_person
from net119_simulators.registration.urls import secret_of

from tests.simulators.support import Tape

AOBA, AKANE = "127.0.0.2", "127.0.0.3"
ASO = fixed(32.9521, 131.1211)
WITHIN = 30.0
"""For what takes providers on a busy machine a while."""


@dataclass
class Scene:
    """Tomakomai's registrant calls from Aso; both centers' consoles are open."""

    network: LocalNetwork
    home: Dispatcher
    there: Dispatcher
    credentials: Credentials
    box: Mailbox

    async def closed_there(self) -> UUID:
        """A call that Aso answered and closed."""
        async with self.network.phone("aoba", self.credentials) as phone:
            call = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=ASO)
            await self.there.wait_for_call(call.id, WITHIN)
            await self.there.answer(call.id, within=WITHIN)
            await call.say("一", within=WITHIN)
            await self.there.close(call.id, CloseOutcome.PRACTICE_DONE, within=WITHIN)
        return call.id


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    ports = FreePorts()
    try:
        async with MailboxServer(AOBA) as boxes:
            mail = {
                "enabled": True,
                "host": AOBA,
                "port": ports.take(AOBA),
                "relay_host": AOBA,
                "relay_port": boxes.port,
                "retry_s": 1.0,
            }
            specs = (
                ProviderSpec("aoba", AOBA, settings={"mail": mail}),
                ProviderSpec("akane", AKANE),
            )
            person = make_person(1, "01213").model_copy(update={"mail": "yoshiko@mail.example"})
            async with LocalNetwork(specs, folder) as network:
                await network.wait_until_peers_run("aoba", ["akane"], within=60)
                await network.wait_until_peers_run("akane", ["aoba"], within=60)
                credentials = await network.register("aoba", "tomakomai", person)
                tokens = [
                    await network.dispatcher_token("aoba", "tomakomai"),
                    await network.dispatcher_token("akane", "aso"),
                ]
                home = network.dispatcher("aoba", tokens[0])
                there = network.dispatcher("akane", tokens[1])
                async with home, there:
                    yield Scene(network, home, there, credentials, boxes.mailbox(person.mail))
    finally:
        ports.close()


def declared(name: str, refused: CallRefused) -> Refusal:
    """The code of a refusal; the operation's description must have its status."""
    assert refused.problem.status in operation(name).refusals
    return refused.code


async def the_caller_comes_back(here: Scene) -> None:
    there, tape = here.there, Tape()
    call_id = await here.closed_there()
    assert (await there.call_back(call_id)).state == "sent"
    sender = load_profiles()["tomakomai"].mail.service_sender
    letter, url = await wait_for_callback_mail(here.box, sender=sender, within=WITHIN)
    assert letter.sender == sender
    async with here.network.phone("aoba", None, wiretap=tape) as phone:
        with pytest.raises(NotConnected):
            await phone.log_in()
        with pytest.raises(UnexpectedAnswer):
            await phone.come_back("https://127.0.0.2/elsewhere/x")
        call = await phone.come_back(url)
        assert call.id == call_id
        await there.wait_for_call(call_id, WITHIN, lambda view: view.state is CallState.RINGING)
        await there.answer(call_id, within=WITHIN)
        await call.wait_for_view(lambda view: view.state is CallState.ANSWERED, WITHIN)
        await call.say("また痛みます", within=WITHIN)
        await there.say(call_id, "今どこですか", within=WITHIN)
        await call.wait_for_line(lambda line: line.text == "今どこですか", WITHIN)
        with pytest.raises(CallRefused) as foreign:
            await phone.calls()
        assert foreign.value.code is Refusal.NOT_AUTHENTICATED
        assert call.violations == []
    everything = repr(tape.events)
    assert secret_of(url) not in everything
    told = await there.wait_for_callback(call_id, lambda each: each.state == "opened", WITHIN)
    assert told.number == 1
    record = await there.record(call_id)
    assert [line.text for line in record.lines if line.text in ("一", "また痛みます")] == [
        "一",
        "また痛みます",
    ]
    assert [each.state for each in record.callbacks] == ["opened"]

    # The same by a browser: a look is no act, and the chat goes on behind the button.
    await there.close(call_id, CloseOutcome.PRACTICE_DONE, within=WITHIN)
    async with new_browser(here.network.tls) as browser:
        pages = CallbackAtPages(browser, url)
        await pages.look()
        closed = (await there.record(call_id)).call
        assert closed.state is CallState.CLOSED
        chat = await pages.reopen()
        assert chat.call_id == str(call_id)
        await there.wait_for_call(call_id, WITHIN, lambda view: view.epoch > closed.epoch)
        await there.answer(call_id, within=WITHIN)
        await chat.say("ページから")
        await there.wait_for_line(call_id, lambda line: line.text == "ページから", WITHIN)
        nothing = CallbackAtPages(browser, url[:-1] + ("a" if url[-1] != "a" else "b"))
        with pytest.raises(CallbackShut) as shut:
            await nothing.look()
        assert shut.value.code == "link-unknown"

    # A newer letter ends the older one's URL, and a URL opens nothing that was not mailed.
    before = len(here.box.letters)
    await there.call_back(call_id)
    await wait_for_callback_mail(here.box, after=before, within=WITHIN)
    await there.close(call_id, CloseOutcome.PRACTICE_DONE, within=WITHIN)
    async with here.network.phone("aoba", None) as phone:
        for wrong, code in (
            (url, Refusal.LINK_REVOKED),
            (url[:-1] + ("a" if url[-1] != "a" else "b"), Refusal.LINK_UNKNOWN),
        ):
            with pytest.raises(CallRefused) as refused:
                await phone.come_back(wrong)
            assert declared("open_callback", refused.value) is code


async def nobody_takes_the_letter(here: Scene) -> None:
    there = here.there
    call_id = await here.closed_there()
    here.box.set_rule(Rule(outcome=Outcome.REJECT))
    failed = await there.call_back(call_id)
    assert (failed.state, failed.failure) == ("failed", CallbackFailure.UNDELIVERABLE)
    assert await there.wait_for_callback(call_id, lambda each: each.state == "failed") == failed
    here.box.set_rule(Rule())


async def what_is_recorded(here: Scene) -> None:
    call_id = await here.closed_there()
    for console in (here.home, here.there):
        given = await console.disclose(
            call_id, ReceiverKind.HOSPITAL, "阿蘇医療センター", "氏名と持病"
        )
        record = await console.record(call_id)
        assert record.disclosures == (given,)
        with pytest.raises(CallRefused) as unsent:
            await console.record_dispatch(call_id, "阿蘇救急1")
        wrong = Refusal.OWNED_BY_OTHER if console is here.home else Refusal.NO_DISPATCH
        assert declared("record_dispatch", unsent.value) is wrong
    with pytest.raises(CallRefused) as elsewhere:
        await here.there.block_caller(call_id, "いたずら")
    assert declared("block_caller", elsewhere.value) is Refusal.FORBIDDEN
    assert (await here.home.block_caller(call_id, "いたずら")).reason == "いたずら"
    async with here.network.phone("aoba", None) as phone:
        before = len(here.box.letters)
        await here.there.call_back(call_id)
        _, url = await wait_for_callback_mail(here.box, after=before, within=WITHIN)
        with pytest.raises(CallRefused) as suspended:
            await phone.come_back(url)
        assert declared("open_callback", suspended.value) is Refusal.REGISTRANT_SUSPENDED


@pytest.mark.slow
def test_calling_back_and_what_else_dispatchers_record(tmp_path: Path) -> None:
    async def run() -> None:
        async with scene(tmp_path) as here:
            await the_caller_comes_back(here)
            await nobody_takes_the_letter(here)
            await what_is_recorded(here)
            assert here.home.violations == here.there.violations == []

    asyncio.run(run())
