"""The scenarios that come with the testbed."""

from functools import cache
from importlib.resources import files

from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_scenario


def names() -> tuple[str, ...]:
    """Their names, sorted."""
    found = files(__package__).joinpath("library").iterdir()
    return tuple(sorted(e.name.removesuffix(".yaml") for e in found if e.name.endswith(".yaml")))


EASIEST_FIRST = (
    "first-call",
    "taps-only",
    "hiragana-only",
    "fire-next-door",
    "silent-call",
    "tunnel-and-callback",
    "mountain-border",
    "transfer-to-other-provider",
    "town-without-net119",
    "prank-call",
    "three-calls",
    "service-outage",
    "alarm-mistake",
    "alarm-fall",
    "alarm-fire",
    "alarm-no-answer-at-night",
    "alarm-helper-first",
    "alarm-locked-door",
    "alarm-ward-office-holiday",
    "alarm-user-moved",
)
"""The drills as docs/drills.ja.md lists them; those of the home alarm service after the others."""


def drills() -> tuple[str, ...]:
    """The names of those that people play, the easiest first; others of no known place last."""
    known = {name: at for at, name in enumerate(EASIEST_FIRST)}
    found = (name for name in names() if "\ndrill:" in text_of(name))
    return tuple(sorted(found, key=lambda name: (known.get(name, len(known)), name)))


def text_of(name: str) -> str:
    """The file of one; LookupError without one."""
    if name not in names():
        raise LookupError(f"there is no scenario {name!r}")
    return files(__package__).joinpath(f"library/{name}.yaml").read_text("utf-8")


@cache
def load(name: str) -> Scenario:
    """One scenario; LookupError without one, `ScenarioError` if it is wrong.

    It is the same object each time: scenarios do not change.
    """
    return read_scenario(text_of(name), f"{name}.yaml")
