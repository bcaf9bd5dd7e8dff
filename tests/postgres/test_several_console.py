"""The console's page at a provider of several processes: log-in, calls, and a relay that dies."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_conformance.at_desk import Desk
from net119_protocol.codes import Kind, PlaceChoice
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person
from net119_simulators.phone_call import PhoneCall

from tests.postgres.server import PostgresServer
from tests.postgres.test_several_crash import log_of, started
from tests.system.desks import PATIENCE_S, chromium, in_thread, sit_down
from tests.system.test_crash import CHATTY, PATIENT

pytestmark = pytest.mark.browser
COMMAND = (sys.executable, "-m", "net119_reference", "--relays", "2")


@pytest.fixture
def on_server(
    server: PostgresServer, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The provider that is started has its database on the server."""
    server.execute(f"CREATE DATABASE console_aoba TEMPLATE {migrated}")
    monkeypatch.setenv("NET119_DATABASE__URL", server.url("console_{operator}"))
    yield
    server.drop("console_aoba")


async def goes_on(mine: Desk, other: Desk, call: PhoneCall, text: str) -> None:
    """One of the relays had the page's feed: it goes on at the one that is left."""
    await mine.write(text)
    await mine.tells_of(text, "送信済み")
    await call.resume(within=PATIENCE_S)
    await call.wait_for_line(lambda line: line.text == text, PATIENCE_S)
    await other.shows(lambda seen: seen.count(text) == 1, "#log")


async def at_two_desks(folder: Path) -> None:
    async with (
        LocalNetwork(
            [ProviderSpec("aoba", "127.0.0.2")],
            folder,
            timers=PATIENT,
            settings=CHATTY,
            command=COMMAND,
            start_within_s=PATIENCE_S,
        ) as network,
        chromium() as browser,
    ):
        credentials = await network.register("aoba", "chitose", make_person(1, "01224"))
        mine = await sit_down(browser, network, "aoba", "chitose", "佐藤 直美")
        other = await sit_down(browser, network, "aoba", "chitose", "鈴木 健")
        async with network.phone("aoba", credentials) as phone:
            call = await phone.call(
                Kind.AMBULANCE, PlaceChoice.CURRENT, fix=fixed(42.8210, 141.6509)
            )
            await mine.choose(call.id)
            await other.choose(call.id)
            await mine.answer(call.id)
            await other.shows(lambda seen: mine.name in seen)
            await call.say("足を折りました", within=PATIENCE_S)
            for desk in (mine, other):
                await desk.shows(lambda seen: "足を折りました" in seen, "#log")
            for relay in ("relay-1", "relay-2"):
                os.kill(started(log_of(folder), relay)[-1], signal.SIGKILL)
                await goes_on(mine, other, call, f"{relay} のあとの文")
            await other.page.reload()
            await other.choose(call.id)
            await other.shows(lambda seen: "relay-2 のあとの文" in seen, "#log")
            assert call.violations == []


def test_the_page_works_at_relays_and_outlives_each(tmp_path: Path, on_server: None) -> None:
    """I2-I4: the page's token, which the office gave, is good at every relay."""
    in_thread(at_two_desks(tmp_path))
