"""Lets the tests, and whatever they start, keep what Python compiled.

Where PYTHONDONTWRITEBYTECODE is set, each of the hundreds of providers and commands would compile
all of this project anew, a fifth of what its start takes. It is kept beside the sources, as
anywhere else: with a folder for it, Python would look there for that of the installed libraries,
too, and compile all of them once more (12 s of CPU for each worker, measured).
"""

import sys
from collections.abc import MutableMapping


def keep(environment: MutableMapping[str, str]) -> None:
    """Change this process and the environment of those to come."""
    sys.dont_write_bytecode = False
    if environment.get("PYTHONDONTWRITEBYTECODE"):
        environment["PYTHONDONTWRITEBYTECODE"] = ""
