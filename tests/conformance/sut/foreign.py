"""A reference provider that somebody else starts: it knows the suite by what was prepared."""

import json
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from net119_conformance.sut.kinds import find_kind
from net119_conformance.sut.profile import SutProfile, split_place
from net119_conformance.sut.way import place_of
from net119_simulators.network.authority import trusting
from net119_simulators.network.config import toml
from net119_simulators.network.supervisor import Supervisor

COMMAND = (sys.executable, "-m", "net119_reference")
START_S = 60.0


def settings_of(profile: SutProfile, world: Path) -> dict[str, Any]:
    """The provider's settings, as a vendor writes them by the README of the prepared folder."""
    base_url, stomp = profile.addresses.base_url, profile.addresses.stomp
    assert base_url is not None
    assert stomp is not None
    host, port = place_of(base_url)
    stomp_host, stomp_port = split_place(stomp)
    files = {"cert": world / "ca" / "sut.pem", "key": world / "ca" / "sut.key"}
    timers = profile.timers.model_dump(exclude={"patience_s", "reconnect_s"})
    settings: dict[str, Any] = {
        "operator": profile.sut.code,
        "http": {"host": host, "port": port, **files},
        "stomp": {
            "host": stomp_host,
            "port": stomp_port,
            "ca": world / "ca" / "ca.pem",
            "client_certificates": True,
            **files,
        },
        "timers": {**timers, "reconnect_s": 0.1},
        "admin": {"enabled": True, "token": token_of(profile)},
        "directory": {"file": world / "directory.json"},
        "peers": json.loads((world / "operators.json").read_text("utf-8")),
        "profiles": {"folder": world / "profiles"},
        "homes": json.loads((world / "departments.json").read_text("utf-8")),
    }
    if profile.addresses.mail_in and profile.addresses.mail_out:
        mail_host, mail_port = split_place(profile.addresses.mail_in)
        relay_host, relay_port = split_place(profile.addresses.mail_out)
        settings["mail"] = {
            "enabled": True,
            "host": mail_host,
            "port": mail_port,
            "relay_host": relay_host,
            "relay_port": relay_port,
            "retry_s": 0.5,
            "retry_max_s": 1.0,
            "give_up_s": 20.0,
        }
    return settings


def token_of(profile: SutProfile) -> str:
    """The token that the driver of the profile uses."""
    settings = find_kind(profile.driver.kind).settings(profile.driver.settings)
    return str(settings.token)


@asynccontextmanager
async def running(
    profile: SutProfile, world: Path, folder: Path, *, without: Collection[str] = ()
) -> AsyncIterator[Supervisor]:
    """The provider, serving; ``without`` names tables of its settings that are left out."""
    settings = {**settings_of(profile, world), "data_dir": folder / "data"}
    settings = {name: value for name, value in settings.items() if name not in without}
    config = folder / "config.toml"
    config.write_text(toml(settings), "utf-8")
    command = (*COMMAND, "--config", str(config), "--stop-with-parent")
    supervisor = Supervisor("foreign", command, folder / "log")
    base_url = profile.addresses.base_url

    async with httpx.AsyncClient(verify=trusting(world / "ca" / "ca.pem")) as client:

        async def ready() -> bool:
            try:
                return (await client.get(f"{base_url}/api/health")).status_code < 500
            except httpx.HTTPError:
                return False

        await supervisor.start(ready, START_S)
    try:
        yield supervisor
    finally:
        await supervisor.stop()
