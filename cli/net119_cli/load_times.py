"""Times as options give them."""

import re

from net119_cli.errors import UserError
from net119_cli.language import text

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}


def seconds(given: str, where: str) -> float:
    """A time such as 20s, 500ms, 2m or 20 in seconds; UserError if it is none, or 0."""
    found = _DURATION.fullmatch(given.strip())
    value = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if value <= 0:
        raise UserError(
            what=text(ja=f"時間として読めません: {given!r}", en=f"not a time above 0: {given!r}"),
            where=where,
            what_to_do=text(
                ja="20s、500ms、2m のように指定してください", en="write 20s, 500ms or 2m"
            ),
        )
    return value
