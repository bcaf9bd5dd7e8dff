"""Opens all doors of the pages: this machine's, and those that were declared besides."""

import contextlib
import ssl
from collections.abc import AsyncIterator

from net119_simulators.page_server import PageServer

from net119_scenarios.drills.web.app import leader_app
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.phones import install_app, people_app
from net119_scenarios.drills.web.relay import Relay


@contextlib.asynccontextmanager
async def pages_of(house: House, listen: str | None = None) -> AsyncIterator[None]:
    """Everything is served while the block runs; ``listen`` is a container's address.

    Raises:
        OSError: an address cannot be bound.
    """
    ports = house.hall.ports
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(PageServer(leader_app(house), "127.0.0.1", ports.start))
        if house.lan is not None and house.authority is not None:
            net = house.lan.lan
            install = PageServer(install_app(house), net.address, ports.start)
            await stack.enter_async_context(install)
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.minimum_version = ssl.TLSVersion.TLSv1_2
            tls.load_cert_chain(house.authority.cert_file, house.authority.key_file)
            people = PageServer(people_app(house), net.address, net.port, tls=tls)
            await stack.enter_async_context(people)
        if listen is not None:
            await stack.enter_async_context(Relay(listen, ports.all))
        yield
