"""Declaring, finding, selecting and explaining purposes."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_conformance.catalogue import Role, Side
from net119_conformance.environment import load_object
from net119_conformance.errors import ConformanceError
from net119_conformance.explain import explain, list_purposes
from net119_conformance.purpose import load_purposes, purpose
from net119_conformance.trial import Trial
from rich.console import Console

from tests.conformance.engine.toy_world import TOYS, toy, toy_catalogue

GOOD = {
    "id": "CHAT-ORDER-1",
    "requirements": ("TOY-01",),
    "interfaces": "AB",
    **{f"{name}_ja": "x" for name in ("title", "stimulus", "expected", "why")},
    **{f"{name}_en": "x" for name in ("title", "stimulus", "expected", "why")},
    "role": "home",
}


async def body(trial: Trial, world: object) -> None:
    trial.check("it squeaks", True, expected="", seen="")


def test_a_good_declaration() -> None:
    made = purpose(**GOOD)(body)  # type: ignore[arg-type]  # a table of options
    assert made.id == "CHAT-ORDER-1"
    assert made.interfaces == (Side.HANDSET, Side.PROVIDER)
    assert made.role is Role.HOME
    assert made.source.endswith("test_purpose.body")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "CHAT"}, "capital words joined by hyphens"),
        ({"id": "chat-order"}, "capital words joined by hyphens"),
        ({"requirements": "TOY-01"}, "must be a tuple"),
        ({"requirements": ("TOY01",)}, "is no ID"),
        ({"derived": ("TOY-01", "TOY-01")}, "derived names one twice"),
        ({"interfaces": ""}, "interfaces is ''"),
        ({"interfaces": "AX"}, "interfaces is 'AX'"),
        ({"interfaces": "AA"}, "each once"),
        ({"why_ja": "  "}, "why_ja is empty"),
        ({"title_en": ""}, "title_en is empty"),
        ({"role": "spectator"}, "role is 'spectator'"),
        ({"timeout_s": 0}, "timeout_s is 0"),
        ({"timeout_s": 10_000}, "timeout_s is 10000"),
    ],
)
def test_a_wrong_declaration_is_explained(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ConformanceError, match="test purpose") as caught:
        purpose(**{**GOOD, **wrong})(body)  # type: ignore[arg-type]  # a table of options
    assert said in caught.value.what
    assert "test_purpose.body" in caught.value.where


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ConformanceError) as caught:
        purpose(**{**GOOD, "id": "x", "role": "y", "why_en": ""})(body)  # type: ignore[arg-type]  # a table of options
    for part in ("id must be", "why_en is empty", "role is 'y'"):
        assert part in caught.value.what


def test_only_an_async_function_of_two_is_a_purpose() -> None:
    def plain(trial: Trial, world: object) -> None: ...

    async def alone(trial: Trial) -> None: ...

    with pytest.raises(ConformanceError, match="async def"):
        purpose(**GOOD)(plain)  # type: ignore[arg-type]  # a table of options
    with pytest.raises(ConformanceError, match="two arguments"):
        purpose(**GOOD)(alone)  # type: ignore[arg-type]  # a table of options


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package of purposes, empty at first."""
    folder = tmp_path / "toy_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "toy_package"]:
        del sys.modules[name]


MODULE = """
from tests.conformance.engine.toy_purposes import passes
from tests.conformance.engine.toy_world import toy
ONE = toy({name!r}, passes)
"""


def test_purposes_are_found_in_all_modules_of_a_package_and_sorted(package: Path) -> None:
    (package / "b.py").write_text(MODULE.format(name="TOY-A"))
    (package / "a.py").write_text(MODULE.format(name="TOY-B"))
    assert list(load_purposes(["toy_package"])) == ["TOY-A", "TOY-B"]


def test_one_id_twice_is_refused_naming_both(package: Path) -> None:
    (package / "a.py").write_text(MODULE.format(name="TOY-A"))
    (package / "b.py").write_text(MODULE.format(name="TOY-A"))
    with pytest.raises(ConformanceError, match="two test purposes have the ID TOY-A"):
        load_purposes(["toy_package"])


def test_a_package_without_purposes_is_refused(package: Path) -> None:
    with pytest.raises(ConformanceError, match="no test purposes found"):
        load_purposes(["toy_package"])


@pytest.mark.parametrize("place", ["a.py", "sub/__init__.py"])
def test_a_module_that_breaks_is_named(package: Path, place: str) -> None:
    (package / place).parent.mkdir(exist_ok=True)
    (package / place).write_text("import no_such_module")
    with pytest.raises(ConformanceError, match="no_such_module"):
        load_purposes(["toy_package"])


@pytest.mark.parametrize("path", ["nothing", "no.such:thing", "os:no_such_thing", ":x"])
def test_a_wrong_entry_point_is_explained(path: str) -> None:
    with pytest.raises(ConformanceError, match="the environment"):
        load_object(path, "the environment")


def shown(lang: str, name: str) -> str:
    out = io.StringIO()
    console = Console(file=out, width=100)
    explain(name, console, lang, purposes=TOYS, catalogue=toy_catalogue())  # type: ignore[arg-type]  # wrong on purpose
    return out.getvalue()


def test_explain_says_stimulus_expectation_reason_and_clauses() -> None:
    english = shown("en", "toy-warn")
    for text in ("Poke the toy.", "It squeaks.", "is broken", "The toy does number 1.", "第1条"):
        assert text in english
    assert "derived: and says so" in english
    japanese = shown("ja", "TOY-WARN")
    for text in ("玩具をつつく。", "音が鳴る。", "玩具は 1 番を行う。"):
        assert text in japanese


def test_explain_of_a_requirement_says_what_judges_it_or_why_nothing_does() -> None:
    assert "TOY-PASS" in shown("en", "TOY-02")
    assert "a duty of people" in shown("en", "TOY-04")


def test_explain_of_something_unknown_offers_the_nearest() -> None:
    with pytest.raises(ConformanceError) as caught:
        shown("en", "TOY-WRAN")
    assert "TOY-WARN" in caught.value.what_to_do


def test_list_shows_the_selected() -> None:
    out = io.StringIO()
    console = Console(file=out, width=100)
    list_purposes(console, "en", purposes=TOYS, only=("TOY-N*",), catalogue=toy_catalogue())
    assert "TOY-NOTHING" in out.getvalue()
    assert "TOY-PASS" not in out.getvalue()
    assert "3 test purposes" in out.getvalue()


def test_a_purpose_can_be_called_like_the_function_it_is() -> None:
    called: list[object] = []

    async def note(trial: Trial, world: object) -> None:
        called.append(world)

    made = toy("TOY-CALL", note)
    coroutine = made(None, "world")  # type: ignore[arg-type]  # no trial is needed here
    with pytest.raises(StopIteration):
        coroutine.send(None)  # type: ignore[attr-defined]  # a coroutine in fact
    assert called == ["world"]
