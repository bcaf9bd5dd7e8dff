"""Kyoto's service as settings of a provider's ``[alarms]``; telephone numbers are fictional."""

import tomllib
from importlib.resources import files
from typing import Any

CENTER = "kyoto"
SECTION = "kyoto-section"


def kyoto() -> dict[str, Any]:
    """The settings, anew for each caller, who may change them."""
    file = files("net119_protocol.alarms") / "data" / "kyoto.toml"
    return tomllib.loads(file.read_text("utf-8"))
