"""Whether a user has moved (KYO-14)."""

import unicodedata

from net119_protocol.alarms.people import AlarmUser
from net119_protocol.person import Address


def moved(before: AlarmUser, after: AlarmUser) -> bool:
    """Whether the home is another one, see :func:`differ`."""
    return differ(before.address, after.address)


def differ(old: Address, new: Address) -> bool:
    """Whether two addresses are two homes; spaces and forms of letters and digits do not count.

    A flat's number that is added or left out is no other home.
    """
    if (old.municipality_code, _plain(old.street)) != (new.municipality_code, _plain(new.street)):
        return True
    return bool(old.flat and new.flat) and _plain(old.flat or "") != _plain(new.flat or "")


def _plain(written: str) -> str:
    return "".join(unicodedata.normalize("NFKC", written).split())
