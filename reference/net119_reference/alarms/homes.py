"""Whether a user has moved (KYO-14)."""

import unicodedata

from net119_protocol.alarms.people import AlarmUser


def moved(before: AlarmUser, after: AlarmUser) -> bool:
    """Whether the home is another one; spaces and forms of letters and digits do not count.

    A flat's number that is added or left out is no move.
    """
    old, new = before.address, after.address
    if (old.municipality_code, _plain(old.street)) != (new.municipality_code, _plain(new.street)):
        return True
    return bool(old.flat and new.flat) and _plain(old.flat or "") != _plain(new.flat or "")


def _plain(written: str) -> str:
    return "".join(unicodedata.normalize("NFKC", written).split())
