"""A toy provider for all tests of a worker, started once."""

import asyncio
from collections.abc import Iterator

import pytest
from net119_simulators.network import LocalNetwork, ProviderSpec, RunningProvider

from tests.simulators.support import TOY, ToyProvider


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyProvider]:
    with asyncio.Runner() as runner:
        folder = tmp_path_factory.mktemp("toy")
        network = LocalNetwork([ProviderSpec("toy", "127.0.0.1")], folder, command=TOY)
        runner.run(network.__aenter__())
        try:
            token = network.operation("toy").admin_token
            running = RunningProvider(network.base_url("toy"), network.ca.ca_file, token)
            yield ToyProvider(ProviderSpec("toy", "127.0.0.1", running=running))
        finally:
            runner.run(network.stop())
