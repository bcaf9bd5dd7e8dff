"""A claim of capacity: what is wrong with it is said, and what is not claimed does not apply."""

from pathlib import Path

import pytest
from net119_conformance.capacity import REFERENCE, Capacity, Chat, Part, read_capacity
from net119_conformance.errors import ConformanceError
from net119_conformance.purpose import load_purposes
from net119_conformance.world.load_settings import call_limit, more_centers, not_claimed
from net119_conformance.world.local import LocalEnvironment
from net119_conformance.world.needs import Needs

GOOD = """
[capacity]
recovery_s = 30
open_calls = 6
[capacity.chat]
callers = 16
lines_per_s = 64
ack_p99_ms = 3000
seen_p99_ms = 3000
measure_s = 4
"""
NOTHING = '[capacity]\nchat = "none"\nrecovery_s = "none"\nopen_calls = "none"\n'


def read(folder: Path, text: str) -> Capacity:
    file = folder / "sut.toml"
    file.write_text(text)
    return read_capacity(file)


def test_the_example_in_the_documentation_is_what_is_claimed_by_default(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == REFERENCE
    text = (Path(__file__).parents[3] / "docs/load.md").read_text("utf-8")
    example = text.split("## Claimed capacity")[1].split("```toml")[1].split("```")[0]
    assert read(tmp_path, example) == REFERENCE


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("callers = 16", "callers = 3", "capacity.chat.callers: "),
        ("callers = 16", 'callers = "many"', "capacity.chat.callers: "),
        ("lines_per_s = 64", "lines_per_s = 81", "16 callers may write 80 lines a second"),
        ("measure_s = 4", "measure_s = 301", "capacity.chat.measure_s: "),
        ("lines_per_s = 64", "lines_per_s = 4", "measure_s must be 8 at least"),
        ("ack_p99_ms = 3000\n", "", "capacity.chat.ack_p99_ms: field required"),
        ("recovery_s = 30", "recovery_s = 0", "capacity.recovery_s: "),
        ("open_calls = 6\n", "", "capacity.open_calls: field required"),
        ("open_calls = 6", "open_calls = 1", "capacity.open_calls: "),
        ("[capacity.chat]", "chat = 3\n[more]", 'capacity.chat: it must be a table, or "none"'),
        ("recovery_s = 30", "recovery = 30", "capacity.recovery: extra inputs"),
        ("[capacity]", "[capacity", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(was: str, becomes: str, said: str, tmp_path: Path) -> None:
    assert was in GOOD
    with pytest.raises(ConformanceError) as caught:
        read(tmp_path, GOOD.replace(was, becomes, 1))
    assert said in caught.value.what
    assert "sut.toml" in caught.value.where


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match="cannot be read"):
        read_capacity(tmp_path / "none.toml")


def test_what_is_not_claimed_may_be_not_applicable_and_nothing_else(tmp_path: Path) -> None:
    purposes = load_purposes(["net119_conformance.purposes"]).values()
    load = {one.id for one in purposes if one.id.startswith("LOAD-")}

    def allowed(capacity: Capacity) -> frozenset[str]:
        made = LocalEnvironment(
            purposes, {"aoba": "127.0.0.2"}, capacity=capacity, chromium="http://127.0.0.1:9"
        )
        assert made.allowed_not_applicable is not None
        return made.allowed_not_applicable

    assert len(load) == 5
    assert allowed(REFERENCE) == frozenset()
    assert allowed(read(tmp_path, NOTHING)) == load
    no_limit = REFERENCE.model_copy(update={"open_calls": "none"})
    assert allowed(no_limit) == {"LOAD-LIMIT"}


def test_a_part_that_is_not_claimed_is_known() -> None:
    needs = Needs(capacity=(Part.CHAT, Part.RECOVERY))
    assert not_claimed(needs, REFERENCE) == ()
    without = REFERENCE.model_copy(update={"recovery_s": "none"})
    assert not_claimed(needs, without) == (Part.RECOVERY,)


def test_callers_are_divided_among_centers_and_the_limit_is_set() -> None:
    assert isinstance(REFERENCE.chat, Chat)
    many = REFERENCE.model_copy(
        update={"chat": REFERENCE.chat.model_copy(update={"callers": 101}), "open_calls": 60}
    )
    chat = Needs(crowd=True, capacity=(Part.CHAT,))
    limit = Needs(crowd=True, call_limit=True, capacity=(Part.LIMIT,))
    assert (more_centers(chat, REFERENCE), more_centers(chat, many)) == (0, 2)
    assert (more_centers(limit, many), more_centers(Needs(), many)) == (1, 0)
    assert call_limit(limit, many) == {"limits": {"open_calls": 60}}
    assert call_limit(chat, many) == {}
