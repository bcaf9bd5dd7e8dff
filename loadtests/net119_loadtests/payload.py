"""The text of a line under load: its words, and a unique mark that tells when it was written.

The time is the machine's monotonic clock, which all processes of one machine share; a line can
only be timed on the machine that wrote it.
"""

import re

_TEXT = re.compile(r"〔試験 (\S+) @(\d+\.\d{6})〕$")


def line_text(words: str, name: str, now: float) -> str:
    """The text of line ``name``, written at ``now`` (seconds, monotonic)."""
    return f"{words}〔試験 {name} @{now:.6f}〕"


def written_at(text: str) -> float | None:
    """When a line was written, by its text; ``None`` if it is none of ours."""
    found = _TEXT.search(text)
    return float(found[2]) if found else None
