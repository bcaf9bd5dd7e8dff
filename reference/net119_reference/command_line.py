"""The command line of ``python -m net119_reference``."""

import argparse
from pathlib import Path

from net119_protocol import __version__

MOST_RELAYS = 64


def parser() -> argparse.ArgumentParser:
    """Reads the arguments of ``python -m net119_reference``."""
    made = argparse.ArgumentParser(
        prog="python -m net119_reference",
        description="Run one NET119 reference provider. It stops cleanly on SIGTERM and Ctrl-C.",
    )
    made.add_argument("--config", type=Path, required=True, help="settings file (TOML)")
    made.add_argument(
        "--check-config", action="store_true", help="check the settings and exit: 0 right, 2 wrong"
    )
    made.add_argument(
        "--stop-with-parent",
        action="store_true",
        help="stop as well when standard input reaches its end",
    )
    made.add_argument(
        "--relays",
        type=_relays,
        metavar="N",
        help="several processes: an office, and N (1 to 64) that hold the clients' connections; "
        "the database must be PostgreSQL",
    )
    made.add_argument("--version", action="version", version=__version__)
    return made


def _relays(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_RELAYS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST_RELAYS} is needed, not {text}")
    return int(text)
