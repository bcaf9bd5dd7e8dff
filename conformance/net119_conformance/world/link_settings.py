"""Settings of the encrypted link of a system that is started for one purpose (ASO-28)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from net119_protocol.directory import japan_date

_OLD = "ECDHE+AESGCM:ECDHE+CHACHA20:ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0"
_NEW = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"


def changes_on(days: int) -> date:
    """The day, in Japan, from which the later requirements hold."""
    return japan_date(datetime.now(UTC)) + timedelta(days=days)


def dated_tls(days: int) -> dict[str, Any]:
    """TLS 1.0 or later until a date, TLS 1.2 or later from then on; nothing for 0 days."""
    if not days:
        return {}
    first = {"name": "dated", "valid_from": "2021-04-01", "minimum": "TLSv1", "ciphers": _OLD}
    then = {
        "name": "dated",
        "valid_from": changes_on(days).isoformat(),
        "minimum": "TLSv1.2",
        "ciphers": _NEW,
    }
    return {"tls": {"profile": "dated", "profiles": [first, then]}}
