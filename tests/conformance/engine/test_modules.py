"""However a run is started, the same purposes judge the same system: its claims are probed."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from net119_cli.conformance_sut import chosen_environment
from net119_conformance.explain import list_purposes
from net119_conformance.pytest_session import Side
from net119_conformance.runner import CLAIM_PURPOSES, DEFAULT_PURPOSES, modules_of
from rich.console import Console

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "sut-both.toml"


def of_pytest(**given: Any) -> tuple[str, ...]:
    """The modules of a run of pytest with these options."""
    lists: dict[str, Any] = {"--net119-purposes": [], "--net119-only": []}
    options = {**lists, **{f"--net119-{name}": value for name, value in given.items()}}
    config: Any = SimpleNamespace(getoption=options.get)
    return Side(config).modules


def test_pytest_probes_the_claims_of_a_profile_as_the_command_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NET119_ADMIN_TOKEN", "secret")
    _, modules, _ = chosen_environment(
        EXAMPLE,
        ("CLAIM-*",),
        "",
        image="",
        out=Path(),
        driver="api",
        mapping="profile",
        require_browser=False,
    )
    assert modules == of_pytest(sut=EXAMPLE) == (*DEFAULT_PURPOSES, *CLAIM_PURPOSES)
    assert of_pytest(sut=EXAMPLE, purposes=["own"])[-1] == "own"


def test_without_a_profile_nothing_is_claimed() -> None:
    assert of_pytest(environment="somebody:made") == modules_of(profile=False)
    assert not set(CLAIM_PURPOSES) & set(modules_of(profile=False))


def test_probes_are_listed() -> None:
    console = Console(width=120, record=True)
    with console.capture() as shown:
        list_purposes(console, "en", only=("CLAIM-*",))
    assert "CLAIM-OLD-PHONES" in shown.get()
