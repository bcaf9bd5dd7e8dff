"""A provider that tests attack, and what they do to it."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psutil
from net119_protocol.api.admin import RefusedInput
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Kind, PlaceChoice
from net119_protocol.person import RegistrantData
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork
from net119_simulators.peer import RawSession, SutEndpoint
from net119_simulators.person import make_person

HOST, PEER = "127.0.0.4", "127.0.0.5"
WITHIN_S = 60.0
SAID_BY_CALLER, SAID_BY_DISPATCHER = "台所の鍋が燃えています", "すぐ外へ出てください"
GROWTH_BYTES = 150 * 1024 * 1024
"""More than this, after all that comes here, would mean that something is kept for ever."""

SETTINGS = {"log": {"level": "debug"}, "timers": {"hello_s": 1.0}}


@dataclass
class Target:
    """The provider under attack, with a registrant who has called."""

    runner: asyncio.Runner
    network: LocalNetwork
    person: RegistrantData
    credentials: Credentials
    dispatcher_token: str

    @property
    def https(self) -> tuple[str, int]:
        return HOST, self.network.specs["aoba"].http_port

    @property
    def stomp(self) -> tuple[str, int]:
        return self.network.stomp_address("aoba")

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.network.supervisor("aoba").pid)

    def log(self) -> str:
        return self.network.supervisor("aoba").log_file.read_text("utf-8")

    async def refused(self, source: str, code: str | None = None) -> list[RefusedInput]:
        """What it noted of a source, of one code if named."""
        entries = await self.network.operation("aoba").refused_inputs()
        return [entry for entry in entries if entry.source == source and code in (None, entry.code)]

    async def count(self, source: str, code: str | None = None) -> int:
        return sum(entry.count for entry in await self.refused(source, code))

    def raw_session(self) -> RawSession:
        host, port = self.stomp
        return RawSession(SutEndpoint("aoba", host, port), self.network.tls, source=PEER)


async def called(runner: asyncio.Runner, network: LocalNetwork) -> Target:
    """A registrant has called and is in a chat, so that there is something to give away."""
    person = make_person("bad input", "01213")
    credentials = await network.register("aoba", "tomakomai", person)
    token = await network.dispatcher_token("aoba", "tomakomai", "指令 花子")
    dispatcher = network.dispatcher("aoba", token)
    async with dispatcher, network.phone("aoba", credentials) as phone:
        call = await phone.call(Kind.FIRE, PlaceChoice.CURRENT, fix=fixed(42.634123, 141.605521))
        await dispatcher.wait_for_call(call.id, WITHIN_S)
        await dispatcher.answer(call.id, within=WITHIN_S)
        await call.say(SAID_BY_CALLER, within=WITHIN_S)
        await dispatcher.say(call.id, SAID_BY_DISPATCHER, within=WITHIN_S)
    return Target(runner, network, person, credentials, token)


def under_attack(target: Target, attack: Callable[[], Awaitable[None]]) -> None:
    """Do it; afterwards the same process answers, and has not swollen."""
    process = target.process
    before = process.memory_info().rss

    async def run() -> None:
        await attack()
        assert (await target.network.health("aoba")).operator == "aoba"

    target.runner.run(run())
    assert target.process == process, "another process answers: it was started again"
    assert process.memory_info().rss < before + GROWTH_BYTES
    assert "Traceback" not in target.log()
    assert '"level": "error"' not in target.log()


async def talk(address: tuple[str, int], octets: bytes, tls: ssl.SSLContext | None = None) -> bytes:
    """Send octets and read until the other side closes, or has nothing more to say."""
    reader, writer = await asyncio.open_connection(
        *address, ssl=tls, server_hostname=address[0] if tls else None
    )
    try:
        writer.write(octets)
        async with asyncio.timeout(WITHIN_S):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()
