"""Lets whatever the tests start keep what Python compiled, outside the tree.

Where PYTHONDONTWRITEBYTECODE is set, each of the hundreds of providers and commands would compile
all of this project anew, a fifth of what its start takes.
"""

import os
import sys
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

FOLDER = Path(tempfile.gettempdir()) / f"net119-bytecode-{os.getuid()}"


def keep(environment: MutableMapping[str, str]) -> None:
    """Change the environment of processes to come, unless Python keeps bytecode anyway."""
    if sys.dont_write_bytecode:
        environment["PYTHONDONTWRITEBYTECODE"] = ""
        environment["PYTHONPYCACHEPREFIX"] = str(FOLDER)
