"""The process that makes the load: ``python -m net119_loadtests.generator``.

With ``--plan FILE`` it conducts a run: alone, with ``--workers`` processes of its own, or with
locust workers that come from elsewhere (``--expect``). It tells its progress as JSON lines on
standard output, and stops early, in good order, at the word ``stop`` or at the end of its standard
input. With ``--worker HOST PORT`` it is a worker of another such process.
"""

import os

# Before locust is imported: see engine.py for why its users need no patched standard library.
os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"

import argparse
import signal
import sys
import threading
from pathlib import Path

from net119_simulators.errors import SimulatorError

from net119_loadtests.errors import LoadError
from net119_loadtests.plan import Plan

BIND = "127.0.0.1"
WORKER_PORT = 5557
"""Locust's own choice."""
_GIVE_UP_S = 5.0


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the load of a plan; see net119 load run.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--plan", type=Path, help="file written by net119 load run")
    what.add_argument("--worker", nargs=2, metavar=("HOST", "PORT"), help="work for that master")
    parser.add_argument("--workers", type=int, default=0, help="worker processes to start")
    parser.add_argument("--expect", type=int, default=0, help="workers to wait for")
    parser.add_argument("--bind", default=BIND, help="address at which workers are expected")
    parser.add_argument("--port", type=int, default=0, help="port for workers; 0: a free one")
    parser.add_argument("--web", type=int, help="port of locust's web page")
    parser.add_argument("--within", type=float, default=60.0, help="seconds to wait for them")
    parser.add_argument("--silent", type=float, default=60.0, help="seconds until taken for dead")
    parser.add_argument("--test-host", action="append", default=[], help="for a worker: see there")
    parser.add_argument("--source", action="append", default=[], help="for a worker: see there")
    parser.add_argument("--ends-with-input", action="store_true", help="for a worker")
    return parser.parse_args(arguments)


def _end_with_input() -> None:
    """Be gone when standard input ends: whoever started this is gone, too."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        # In good order, so that the master need not find out by itself; but soon.
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(_GIVE_UP_S)
        os._exit(3)

    threading.Thread(target=watch, name="input", daemon=True).start()


def main(arguments: list[str] | None = None) -> int:
    """Run a plan, or work for a master; 0 if it was carried out, 2 if it could not be."""
    options = _parsed(arguments)
    from net119_loadtests.locusts import conduct, say, work

    try:
        if options.worker:
            if options.ends_with_input:
                _end_with_input()
            host, port = options.worker
            declared, sources = tuple(options.test_host), tuple(options.source)
            return work(host, int(port), declared, sources, options.silent)
        conduct(
            Plan.read(options.plan),
            workers=options.workers,
            expect=options.expect,
            bind=(options.bind, options.port),
            web=options.web,
            within_s=options.within,
            silent_s=options.silent,
        )
    except (LoadError, SimulatorError) as error:
        message = {"what": error.what, "where": error.where, "what_to_do": error.what_to_do}
        say({"event": "failed", **message})
        return 2
    return 0


if __name__ == "__main__":
    sys.stdout.flush()
    status = main()
    sys.stdout.flush()
    # Threads of a crowd that was given up would keep the process alive.
    os._exit(status)
