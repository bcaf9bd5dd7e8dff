"""Where the provider's time goes: its own counters of HTTP requests, read from ``/metrics``."""

import re
import ssl

import httpx

_SAMPLE = re.compile(r"^net119_http_seconds_(sum|count)\{(.*)\} ([0-9.e+-]+)$", re.MULTILINE)
_NAME = re.compile(r'name="((?:[^"\\]|\\.)*)"')


async def server_times(base_url: str, tls: ssl.SSLContext) -> dict[str, dict[str, float]]:
    """Requests and seconds by operation, most seconds first; empty where nothing is told."""
    try:
        async with httpx.AsyncClient(verify=tls, trust_env=False, timeout=10) as client:
            answer = await client.get(f"{base_url}/metrics")
    except httpx.TransportError:
        return {}
    return read_times(answer.text) if answer.status_code == 200 else {}


def read_times(text: str) -> dict[str, dict[str, float]]:
    """The counters in Prometheus' text form."""
    found: dict[str, dict[str, float]] = {}
    for kind, labels, value in _SAMPLE.findall(text):
        name = _NAME.search(labels)
        if name is None:
            continue
        row = found.setdefault(name.group(1), {"count": 0.0, "sum": 0.0})
        row[kind] += float(value)
    ordered = sorted(found.items(), key=lambda each: -each[1]["sum"])
    return {
        name: {"requests": row["count"], "seconds": round(row["sum"], 2)} for name, row in ordered
    }
