"""What a change changes, item by item (CNB-44)."""

from collections.abc import Mapping, Sequence
from typing import Any

from net119_protocol.application import Application

from net119_reference.registration.ports import ItemChange


def changes(before: Application, after: Application) -> tuple[ItemChange, ...]:
    """Every item that differs, with its text before and after; paths as in a FieldProblem."""
    old, new = dict(_leaves("", _dump(before))), dict(_leaves("", _dump(after)))
    paths = dict.fromkeys((*old, *new))
    return tuple(
        ItemChange(path, old.get(path, ""), new.get(path, ""))
        for path in paths
        if old.get(path, "") != new.get(path, "")
    )


def changes_device(before: Application, after: Application) -> bool:
    """Whether the handset or its carrier changes (CNB-50, ASO-12)."""
    old, new = before.data, after.data
    return old.device != new.device or old.device_kind is not new.device_kind


def _dump(application: Application) -> dict[str, Any]:
    dumped = application.model_dump(mode="json")
    address = dumped["data"]["address"]
    # To say that a position is confirmed, and to say nothing, is the same.
    if address["position_confirmed"]:
        address["position_confirmed"] = None
    return dumped


def _leaves(path: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [
            leaf
            for key, part in value.items()
            for leaf in _leaves(f"{path}.{key}" if path else str(key), part)
        ]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [leaf for n, part in enumerate(value) for leaf in _leaves(f"{path}.{n}", part)]
    if value is None or value == "":
        return []
    return [(path, value if isinstance(value, str) else _text(value))]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
