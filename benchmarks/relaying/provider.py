"""The reference provider with calls open and answered, ready for the load.

It is the whole provider, with its own settings; only the calls are placed from inside, which is
quicker than over HTTP.  Without TLS it serves everything in plaintext and takes each link for an
encrypted one, as behind a proxy that ends TLS: no shipped configuration does that.

    python -m benchmarks.relaying.provider READY_FILE CALLERS FOLDER CERT KEY [plain]
"""

import contextlib
import gc
import os
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from net119_loadtests.world import load_directory_for, people_at, places_of
from net119_protocol.api.admin import AccountRole, NewAccount
from net119_protocol.api.handset import LogIn, NewCall
from net119_protocol.api.operations import SOCKETS
from net119_protocol.api.staff import NewRegistrant
from net119_protocol.codes import Kind, LinkSecurity, Mode, PlaceChoice
from net119_protocol.directory import load_municipalities
from net119_protocol.places import Fix
from net119_reference import app, http_server
from net119_reference.config import Config
from net119_reference.service.provider import Provider
from net119_reference.web.link import Link

from benchmarks.relaying.machine import SERVER_CORE, pin, rss_bytes
from benchmarks.relaying.seats import (
    PER_CONSOLE,
    WELCOME,
    Desk,
    Ready,
    Seat,
    Step,
    consoles_for,
)

HOST = "127.0.0.2"
OPERATOR = "aoba"
_FEED = next(socket.path for socket in SOCKETS if socket.name == "feed")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def settings(folder: Path, callers: int, cert: str, key: str) -> Config:
    """A provider's settings, with rates that do not bound the load."""
    directory = folder / "directory.json"
    made = load_directory_for(OPERATOR, consoles_for(callers), load_municipalities())
    directory.write_text(made.to_json(), "utf-8")
    return Config.model_validate(
        {
            "operator": OPERATOR,
            "data_dir": folder / "data",
            "http": {"host": HOST, "port": _free_port(), "cert": cert, "key": key},
            "stomp": {"host": HOST, "port": _free_port()},
            "directory": {"file": directory},
            "limits": {
                "lines_per_s": 100_000,
                "line_burst": 100_000,
                "open_calls": 20_000,
                # A crowded machine is no reason to refuse the calls that are measured.
                "stall_s": 3_600,
                "registrant_calls": 20_000,
                "registrant_call_burst": 20_000,
            },
        }
    )


async def place_calls(
    service: Provider, config: Config, callers: int
) -> tuple[list[Seat], list[Desk]]:
    """Enter one registrant for each center, who makes all of its calls, and answer these."""
    directory = load_directory_for(OPERATOR, consoles_for(callers), load_municipalities())
    places = places_of(directory, OPERATOR, service.core.clock.now())
    seats: list[Seat] = []
    desks: list[Desk] = []
    people = people_at(places, consoles_for(callers), "bench")
    for number, (place, person) in enumerate(people):
        made = NewAccount(role=AccountRole.DISPATCHER, unit=place.center, name="計測 指令員")
        console = (await service.add_account(made)).token
        dispatcher = await service.dispatcher_identity(console)
        made = NewAccount(role=AccountRole.STAFF, unit=place.department, name="計測 職員")
        staff = await service.staff_identity((await service.add_account(made)).token)
        view = await service.enter_registrant(staff, NewRegistrant(data=person))
        keys = await service.approve_registrant(staff, view.registrant_id)
        login = LogIn(login_id=keys.login_id, password=keys.password)
        token = (await service.log_in(login)).token
        caller = await service.handset_identity(token)
        desks.append(Desk(_FEED, _enters(console)))
        fix = Fix(lat=person.address.lat, lon=person.address.lon, accuracy_m=12.0, source="gps")
        for each in range(min(PER_CONSOLE, callers - len(seats))):
            call = NewCall(
                client_call_id=f"bench-{each}",
                kind=Kind.AMBULANCE,
                place=PlaceChoice.CURRENT,
                mode=Mode.TEST,
                fix=fix,
            )
            placed = await service.place_call(caller, call, LinkSecurity.ENCRYPTED)
            await service.answer(dispatcher, placed.call.call_id)
            call_id = str(placed.call.call_id)
            seats.append(Seat(call_id, placed.chat_path, _enters(token), number))
    return seats, desks


def _enters(token: str) -> tuple[Step, ...]:
    return ((f'{{"type":"hello","token":"{token}"}}', WELCOME),)


def _then_ready(
    ready: Path, config: Config, callers: int, freeze: Callable[[], None]
) -> Callable[..., Any]:
    """Place the calls when the service runs, before anybody is served."""
    take_up: Callable[[Provider, Config], Coroutine[Any, Any, None]] = app.take_up

    async def prepared(service: Provider, known: Config) -> None:
        await take_up(service, known)
        # What app._serve does when all is ready: here, lest the calls be spared the collector.
        freeze()
        before = rss_bytes(os.getpid())
        seats, desks = await place_calls(service, config, callers)
        Ready(config.http.port, HOST, before, tuple(seats), tuple(desks)).write(ready)

    return prepared


@contextlib.contextmanager
def _without_tls() -> Iterator[None]:
    encrypted = Link(LinkSecurity.ENCRYPTED)
    with (
        patch.object(app, "check_tls", lambda *_: None),
        patch.object(http_server._LinkedProtocol, "_link", lambda *_: encrypted),
    ):
        yield


def main(arguments: list[str]) -> int:
    """Serve until stopped."""
    ready, callers, folder, cert, key, *plain = arguments
    pin(SERVER_CORE)
    config = settings(Path(folder), int(callers), cert, key)
    freeze = gc.freeze
    prepared = _then_ready(Path(ready), config, int(callers), freeze)
    patches: list[Any] = [
        patch.object(app, "take_up", prepared),
        patch.object(gc, "freeze", lambda: None),
    ]
    if plain:
        patches.append(_without_tls())
    return app.run_provider(config, patches=patches)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
