"""Prepares this process to be forked, and serves."""

import contextlib
import gc
import importlib
import sys
from collections.abc import Callable

from net119_reference.forks.server import ForkServer, no_variants
from net119_reference.service.jurisdiction import japan

READY = "ready"
"""What a server says once it serves."""
_IMPORTED_LATE = (
    "alembic.command",
    "pydantic.v1",
    "sqlalchemy.dialects.sqlite",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)


def preload() -> None:
    """Do here, once, what takes each provider long at its start: an index, and late imports."""
    for name in _IMPORTED_LATE:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    japan()


def serve(path: str, become: Callable[[str], None] = no_variants) -> None:
    """Serve at the socket of this path until standard input ends; see `ForkServer`."""
    preload()
    # What is there now is never freed: without this, each child's collector would copy it all.
    gc.collect()
    gc.freeze()
    server = ForkServer(path, become)
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    server.run()
