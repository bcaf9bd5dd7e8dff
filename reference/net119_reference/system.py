"""What a process asks of the system that it runs on."""

import asyncio
import contextlib
import os
import resource
import threading
from collections.abc import Callable


def raise_file_limit() -> None:
    """Allow as many connections as the system lets this process have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def watch_stdin(loop: asyncio.AbstractEventLoop, at_end: Callable[[], None]) -> None:
    """Call ``at_end`` in the loop when standard input ends.

    In a thread, since the loop cannot watch every kind of file; a daemon, so that a read that
    never returns does not keep the process.
    """

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        # The loop may have been closed in the meantime.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(at_end)

    threading.Thread(target=wait, name="stdin-watch", daemon=True).start()
