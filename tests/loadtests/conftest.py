"""A provider that several load runs of a test module share."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from net119_loadtests.world import load_directory_for
from net119_protocol.directory import load_municipalities
from net119_simulators.network import LocalNetwork, ProviderSpec


@dataclass(frozen=True)
class Shared:
    """What a run needs to use the provider."""

    base_url: str
    ca_file: Path
    tls: ssl.SSLContext
    admin_token: str
    directory: Path


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A reference provider with two centers, running as long as the module's tests."""
    folder = tmp_path_factory.mktemp("provider")
    directory = load_directory_for("aoba", 2, load_municipalities())
    file = folder / "given.json"
    file.write_text(directory.to_json(), "utf-8")
    network = LocalNetwork([ProviderSpec("aoba", "127.0.0.2")], folder, directory=file)
    # The network lives in a loop of its own: the runs under test start theirs.
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        with contextlib.ExitStack() as stack:
            asyncio.run_coroutine_threadsafe(network.__aenter__(), loop).result(120)
            stack.callback(
                lambda: asyncio.run_coroutine_threadsafe(network.stop(), loop).result(60)
            )
            yield Shared(
                base_url=network.base_url("aoba"),
                ca_file=network.ca.ca_file,
                tls=network.tls,
                admin_token=network.operation("aoba").admin_token,
                directory=file,
            )
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
