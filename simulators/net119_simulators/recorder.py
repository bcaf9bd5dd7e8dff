"""Writes a simulator's traffic to the wiretap, without the secrets in it."""

import json
from dataclasses import replace
from typing import Any

from net119_simulators.wiretap import Interface, Silence, Wiretap, event

HIDDEN = "***"
"""Stands in the place of a secret."""
_SECRET_KEYS = frozenset({"token", "password", "secret"})


def without_secrets(payload: str) -> str:
    """The payload with the values of ``token``, ``password`` and ``secret`` hidden, at any depth.

    What is no JSON object or array is returned as it is.
    """
    try:
        data = json.loads(payload)
    except ValueError:
        return payload
    if not isinstance(data, dict | list):
        return payload
    hidden = _hide(data)
    # Untouched payloads are kept byte for byte: they are evidence.
    return (
        payload if hidden == data else json.dumps(hidden, ensure_ascii=False, separators=(",", ":"))
    )


def _hide(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: HIDDEN if key in _SECRET_KEYS else _hide(data[key]) for key in data}
    if isinstance(data, list):
        return [_hide(item) for item in data]
    return data


class Recorder:
    """One simulator's side of one interface.

    ``me`` and ``peer`` are the actors' names in the evidence. Secrets are hidden by their key in
    JSON, and anywhere in the text once :meth:`keep_secret` has named their value.
    """

    def __init__(self, wiretap: Wiretap | None, interface: Interface, me: str, peer: str) -> None:
        self._wiretap = wiretap if wiretap is not None else Silence()
        self._silent = isinstance(self._wiretap, Silence)
        self._interface = interface
        self._secrets: set[str] = set()
        self.me = me
        self.peer = peer

    @property
    def is_heard(self) -> bool:
        """Whether anybody takes the events; if not, preparing them is a waste."""
        return not self._silent

    def keep_secret(self, value: str) -> None:
        """Hide this value wherever it occurs from now on."""
        self._secrets.add(value)

    def sent(self, label: str, payload: str | bytes = "") -> None:
        """The simulator sends this."""
        if not self._silent:
            self._record(self.me, self.peer, label, payload)

    def received(self, label: str, payload: str | bytes = "") -> None:
        """The simulator gets this."""
        if not self._silent:
            self._record(self.peer, self.me, label, payload)

    def _record(self, source: str, target: str, label: str, payload: str | bytes) -> None:
        happened = event(self._interface, source, target, label, payload)
        text = without_secrets(happened.payload)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
            label = label.replace(secret, HIDDEN)
        self._wiretap.record(replace(happened, label=label, payload=text))
