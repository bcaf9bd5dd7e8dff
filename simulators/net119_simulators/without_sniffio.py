"""HTTP clients without a search through the disk for each request.

httpcore asks, at each request and each piece of an answer, in which kind of event loop it is, and
imports `sniffio` to find out. Where that is not installed, Python looks for it in all folders each
time: a tenth of the processor time of whoever judges. `import` of a module that `sys.modules` has
as None fails at once, and httpcore takes asyncio, as it does without it anyway.
"""

import sys
from importlib.util import find_spec


def settle() -> None:
    """Have what is not there not looked for again."""
    if "sniffio" not in sys.modules and find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]  # as `import` knows it
