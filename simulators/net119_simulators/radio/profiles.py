"""Named radios, from ``profiles.toml``."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from net119_simulators.radio.course import Event, Link, NoNetwork, Planned, RadioProfile


def load_radios() -> Mapping[str, RadioProfile]:
    """All named radios by their code.

    Raises:
        ValueError: the file holds a value that no radio can have.
    """
    text = files("net119_simulators.radio").joinpath("profiles.toml").read_text("utf-8")
    found = (_read(each) for each in tomllib.loads(text)["profile"])
    return {each.code: each for each in found}


def _read(said: Mapping[str, Any]) -> RadioProfile:
    return RadioProfile(
        code=said["code"],
        title_ja=said["title_ja"],
        title_en=said["title_en"],
        link=_link(said["link"]),
        planned=tuple(_planned(each) for each in said.get("event", ())),
        repeat_s=said.get("repeat_s"),
    )


def _link(said: Mapping[str, float]) -> Link:
    return Link(
        latency_s=said["latency_ms"] / 1000,
        jitter_s=said["jitter_ms"] / 1000,
        loss=said["loss"],
        up_bps=said["up_kbps"] * 1000,
        down_bps=said["down_kbps"] * 1000,
    )


def _planned(said: Mapping[str, Any]) -> Planned:
    return Planned(
        event=Event(said["kind"]),
        at_s=_range(said["at_s"]),
        for_s=_range(said.get("for_s", 0.0)),
        new=NoNetwork(said.get("new", "refuse")),
        link=_link(said["link"]) if "link" in said else None,
    )


def _range(said: float | list[float]) -> tuple[float, float]:
    if isinstance(said, list):
        first, last = said
        return float(first), float(last)
    return float(said), float(said)
