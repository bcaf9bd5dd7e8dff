"""Invariants I1-I4 through crashes: no acknowledged line is lost when a provider is killed.

A failing run shows its seed; NET119_CRASH_SEED repeats its order and moments, as far as the
machine does.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
from net119_protocol.api.common import LineStored
from net119_protocol.api.console import CallRecord
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Kind, PlaceChoice, Refusal, SenderRole
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import CallRefused
from net119_simulators.gps import fixed
from net119_simulators.line_sender import new_client_id
from net119_simulators.network import LocalNetwork, ProviderSpec, Timers
from net119_simulators.person import make_person
from net119_simulators.phone_call import PhoneCall

from tests.system.conversation import PATIENCE_S, Chat, ConsoleClient, PhoneClient, Speaker

SEED = os.environ.get("NET119_CRASH_SEED") or str(random.SystemRandom().randrange(10**9))
KILLS_OF_EACH = 10
ANCHOR, OWNER = "akane", "aoba"
# A killed provider needs seconds to start: T3 must not pass meanwhile.
PATIENT = Timers(t3_s=600.0, reconnect_s=0.1)
# Here it shall; yet not merely because a busy machine lets a provider wait.
HASTY = Timers(t3_s=6.0, heartbeat_s=0.5, reconnect_s=0.1)
CHATTY = {"limits": {"line_burst": 1000, "lines_per_s": 1000.0}}

Say: TypeAlias = Callable[[str], Awaitable[LineStored]]


@dataclass
class Talk:
    """An answered call: anchored at one provider, owned by the other."""

    network: LocalNetwork
    phone: PhoneCall
    dispatcher: Dispatcher
    caller: Speaker
    answerer: Speaker

    def says(self) -> tuple[Say, Say]:
        """What makes the caller, and the dispatcher, say a line."""
        return (
            lambda text: self.phone.say(f"caller {text}", within=PATIENCE_S),
            lambda text: self.dispatcher.say(
                self.phone.id, f"dispatcher {text}", within=PATIENCE_S
            ),
        )

    async def wait_until_shown(self, seq: int) -> None:
        """Until both sides have been shown the line of this number."""
        await self.phone.wait_for_line(lambda line: line.seq >= seq, PATIENCE_S)
        await self.dispatcher.wait_for_line(self.phone.id, lambda line: line.seq >= seq, PATIENCE_S)

    async def transcripts(self) -> tuple[tuple[ChatLine, ...], tuple[ChatLine, ...]]:
        """As the two providers have them stored: the anchor's, the owner's."""
        record = await self.dispatcher.record(self.phone.id)
        return (await self.phone.poll()).lines, record.lines


@asynccontextmanager
async def talk(folder: Path, timers: Timers) -> AsyncIterator[Talk]:
    """Two providers, and an answered call of the anchor's registrant from the owner's area."""
    specs = (
        ProviderSpec(ANCHOR, "127.0.0.2"),
        ProviderSpec(OWNER, "127.0.0.3"),
    )
    async with LocalNetwork(
        specs, folder, timers=timers, settings=CHATTY, start_within_s=PATIENCE_S
    ) as network:
        await network.wait_until_peers_run(ANCHOR, [OWNER], PATIENCE_S)
        await network.wait_until_peers_run(OWNER, [ANCHOR], PATIENCE_S)
        credentials = await network.register(ANCHOR, "aso", make_person(1, "43428"))
        token = await network.dispatcher_token(OWNER, "tomakomai")
        dispatcher = network.dispatcher(OWNER, token)
        async with dispatcher, network.phone(ANCHOR, credentials) as phone:
            place = fixed(42.6341, 141.6055)
            call = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=place)
            await dispatcher.wait_for_call(call.id, PATIENCE_S)
            await dispatcher.answer(call.id, within=PATIENCE_S)
            yield Talk(
                network,
                call,
                dispatcher,
                Speaker("caller", PhoneClient(call)),
                Speaker("dispatcher", ConsoleClient(dispatcher, call.id)),
            )


async def kill_all(
    victims: Sequence[str], talk: Talk, chance: random.Random, kills: list[str]
) -> None:
    """Kill these in order, each at a random moment of the chat and restarted at once.

    The next one does not wait for that, unless it is the same, which is not killed before its own
    client is back: both may be away at a time.  All run again at the end; ``kills`` gets what was
    done.
    """
    async with asyncio.TaskGroup() as restarts:
        starting: dict[str, asyncio.Task[None]] = {}
        clients = {ANCHOR: talk.caller, OWNER: talk.answerer}
        killed = dict.fromkeys(clients, 0)
        for victim in victims:
            if victim in starting:
                await starting[victim]
                await clients[victim].wait_for_resumptions(killed[victim])
            await random_moment(talk, chance)
            talk.network.kill(victim)
            killed[victim] += 1
            kills.append(f"{victim} after line {talk.phone.last_seq}")
            starting[victim] = restarts.create_task(talk.network.start(victim))


async def random_moment(talk: Talk, chance: random.Random) -> None:
    """A moment in the middle of the chat.

    While the owner is away only the caller's lines are acknowledged, so waiting for the
    dispatcher's is waiting for both providers and the link between them.
    """
    speaker = chance.choice((talk.caller, talk.answerer))
    await speaker.wait_for_acknowledgements(chance.randint(1, 8))
    # Clients see no more than acknowledgements; what a provider does between them is hit by time.
    moment = asyncio.Event()
    asyncio.get_running_loop().call_later(chance.uniform(0, 0.03), moment.set)
    await moment.wait()


async def the_call_lives_on(talk: Talk) -> None:
    for speaker in (talk.caller, talk.answerer):
        await speaker.wait_for_resumptions(KILLS_OF_EACH)
    # The dispatcher's lines need both providers.
    await talk.answerer.wait_for_acknowledgements(3)


def check_transcript(lines: tuple[ChatLine, ...], caller: Speaker, dispatcher: Speaker) -> None:
    """Gapless and in order; every acknowledged line once, under the number acknowledged."""
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    for speaker, role in ((caller, SenderRole.CALLER), (dispatcher, SenderRole.DISPATCHER)):
        theirs = [line for line in lines if line.sender is role]
        assert {line.client_id: line.text for line in theirs} == speaker.said
        assert len(theirs) == len(speaker.said), "a line stands in the transcript twice"
        numbers = {line.text: (line.client_id, line.seq, line.at) for line in theirs}
        acknowledged = {
            text: (stored.client_id, stored.seq, stored.at)
            for text, stored in speaker.acknowledged.items()
        }
        assert acknowledged == numbers


async def killed_twenty_times(folder: Path, kills: list[str]) -> None:
    chance = random.Random(SEED)
    victims = [ANCHOR, OWNER] * KILLS_OF_EACH
    chance.shuffle(victims)
    async with talk(folder, PATIENT) as scene:
        async with Chat(scene.caller, scene.answerer) as chat:
            await chat.while_it_goes_on(kill_all(victims, scene, chance, kills))
            await chat.while_it_goes_on(the_call_lives_on(scene))
        assert len(kills) == 2 * KILLS_OF_EACH
        stored = (*scene.caller.acknowledged.values(), *scene.answerer.acknowledged.values())
        await scene.wait_until_shown(max(each.seq for each in stored))
        at_anchor, at_owner = await scene.transcripts()
        assert at_anchor == at_owner
        check_transcript(at_anchor, scene.caller, scene.answerer)
        for speaker in (scene.caller, scene.answerer):
            assert speaker.client.violations() == []
            assert speaker.client.lines() == at_anchor


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_acknowledged_line_is_lost_when_providers_are_killed(tmp_path: Path) -> None:
    kills: list[str] = []
    try:
        asyncio.run(killed_twenty_times(tmp_path, kills))
    except BaseException as failure:
        failure.add_note(f"NET119_CRASH_SEED={SEED}; killed: {', '.join(kills) or 'none yet'}")
        raise


async def owner_away_past_t3(folder: Path) -> None:
    async with talk(folder, HASTY) as scene:
        network, phone, away = scene.network, scene.phone, scene.dispatcher
        token = await network.dispatcher_token(ANCHOR, "aso")
        async with network.dispatcher(ANCHOR, token, name="at home") as home:
            before = [await say(f"before {number}") for number in range(3) for say in scene.says()]
            in_flight = asyncio.create_task(last_words(away, phone))
            network.kill(OWNER)
            await away.wait_for_drop(PATIENCE_S)
            before_t3 = await phone.say("is anybody there?", within=PATIENCE_S)
            await home.wait_for_call(
                phone.id, PATIENCE_S, lambda view: view.state is CallState.RINGING
            )
            await home.answer(phone.id, within=PATIENCE_S)
            after = [
                await phone.say("the old one is gone", within=PATIENCE_S),
                await home.say(phone.id, "I am here", within=PATIENCE_S),
            ]
            await network.start(OWNER)
            await away.resume(within=PATIENCE_S)
            record = await closed_record(away, phone)
            outcome = await in_flight

            at_anchor = (await phone.poll()).lines
            kept_at_home = await home.record(phone.id)
            assert kept_at_home.lines == at_anchor
            assert [line.seq for line in at_anchor] == list(range(1, len(at_anchor) + 1))
            assert kept_at_home.call.epoch > 2, "home, then the owner, then home again"
            assert record.call.epoch == kept_at_home.call.epoch
            # What was said under the owner's epoch reached it, in spite of all; what came after
            # is not its business.
            assert record.lines == at_anchor[: len(record.lines)]
            texts = {line.seq: line.client_id for line in at_anchor}
            told = [*before, before_t3, *([outcome] if outcome else [])]
            for stored in (*told, *after):
                assert texts[stored.seq] == stored.client_id
            assert {stored.seq for stored in told} <= {line.seq for line in record.lines}
            assert after[0].seq > len(record.lines)
            assert phone.violations == away.violations == home.violations == []


async def last_words(dispatcher: Dispatcher, phone: PhoneCall) -> LineStored | None:
    """Says a line; ``None`` if it is refused since the call has gone to another owner."""
    client_id = new_client_id()
    try:
        return await dispatcher.say(
            phone.id, "stay where you are", client_id=client_id, within=10 * PATIENCE_S
        )
    except CallRefused as refused:
        if refused.code is not Refusal.OWNED_BY_OTHER:
            raise
        return None


async def closed_record(dispatcher: Dispatcher, phone: PhoneCall) -> CallRecord:
    """The record at a provider that has been told that the call is no longer its."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            record = await dispatcher.record(phone.id)
            if record.call.state is CallState.CLOSED:
                return record
            await asyncio.sleep(0.1)


@pytest.mark.slow
def test_the_call_goes_home_when_the_owner_stays_away(tmp_path: Path) -> None:
    asyncio.run(owner_away_past_t3(tmp_path))
