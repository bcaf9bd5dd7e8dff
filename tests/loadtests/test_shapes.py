"""Shapes bring callers when they say, and a wrong file is explained."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_loadtests.errors import LoadError
from net119_loadtests.plan import CallerSeat, ConsoleSeat, Plan, loopback_sources
from net119_loadtests.shapes import (
    STEADY,
    Point,
    Shape,
    Slow,
    Turn,
    load_shapes,
    seconds_of,
    shape_named,
    turns_of,
)


def open_at(turns: tuple[Turn, ...], moment: float) -> int:
    return sum(
        turn.calls <= moment and (turn.leaves is None or turn.leaves > moment) for turn in turns
    )


def test_the_packages_own_shapes_fit_into_ten_minutes() -> None:
    shapes = load_shapes()
    assert set(shapes) == {"steady", "peak", "surge", "stairs", "storm", "slow", "overload"}
    for shape in shapes.values():
        turns = turns_of(shape, 100, 600.0, 40.0)
        assert max(open_at(turns, second) for second in range(600)) == 100


def test_a_surge_brings_everybody_within_a_minute() -> None:
    turns = turns_of(shape_named("surge"), 3000, 600.0, 1.0)
    assert len(turns) == 3000
    assert max(turn.calls for turn in turns) < 60
    assert open_at(turns, 30.0) == pytest.approx(1500, abs=2)
    assert all(turn.leaves is None for turn in turns)


def test_who_came_first_leaves_first_and_others_come_after_them() -> None:
    points = [("0s", 0.0), ("10s", 1.0), ("20s", 0.5), ("30s", 1.0)]
    shape = Shape(
        ja="-",
        en="-",
        measure="arrivals",
        calls=tuple(Point(at=at, share=share) for at, share in points),
    )
    turns = turns_of(shape, 10, 60.0, 1.0)
    assert len(turns) == 15
    leavers = [turn for turn in turns if turn.leaves is not None]
    assert leavers == list(turns[:5])
    assert [open_at(turns, second) for second in (10.5, 20.5, 30.5)] == [9, 6, 10]


@given(
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=6).filter(lambda found: max(found) > 0),
    callers=st.integers(1, 200),
)
def test_at_every_point_as_many_are_there_as_it_says(shares: list[float], callers: int) -> None:
    points = [Point(at="0s", share=0)]
    points += [Point(at=f"{10 * number + 10}s", share=share) for number, share in enumerate(shares)]
    shape = Shape(ja="-", en="-", measure="arrivals", calls=tuple(points))
    turns = turns_of(shape, callers, 1000.0, 1.0)
    for number, share in enumerate(shares):
        # Just before the next change begins.
        assert open_at(turns, 10 * number + 9.9999999) == round(share * callers)


def test_without_points_callers_arrive_evenly() -> None:
    assert turns_of(STEADY, 3, 20.0, 2.0) == (Turn(0.0), Turn(0.5), Turn(1.0))


@pytest.mark.parametrize(("when", "meant"), [("60s", 60), ("2m", 120), ("25%", 50), ("1.5s", 1.5)])
def test_times(when: str, meant: float) -> None:
    assert seconds_of(when, 200.0) == meant


def test_a_run_that_is_too_short_for_its_shape_is_refused() -> None:
    with pytest.raises(LoadError, match="this shape takes 60 s, the run 30 s"):
        turns_of(shape_named("surge"), 10, 30.0, 1.0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[a", "cannot be read"),
        ("[a]\nja='あ'\nen='a'\nmeasure='answered'\nstorms=['soon']", "no time: 'soon'"),
        ("[a]\nja='あ'\nen='a'\nmeasure='now'", "a.measure"),
        ("[a]\nja='あ'\nen='a'\nmeasure='answered'\nspeed=3", "a.speed"),
        (
            "[a]\nja='あ'\nen='a'\nmeasure='answered'\ncalls=[{at='0s',share=0.5},{at='1s',share=1}]",
            "begin with share 0",
        ),
        (
            "[a]\nja='あ'\nen='a'\nmeasure='answered'\nslow={every_s=5,stops_for_s=5}",
            "nothing is ever read",
        ),
    ],
)
def test_a_wrong_file_is_explained(text: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "shapes.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(LoadError) as refused:
        load_shapes(file)
    assert named in refused.value.what
    assert refused.value.where == str(file)


def test_an_unknown_shape_is_explained() -> None:
    with pytest.raises(LoadError) as refused:
        shape_named("tsunami")
    assert "surge" in refused.value.what_to_do


def plan_of(callers: int, centers: int) -> Plan:
    return Plan(
        base_url="https://127.0.0.2:1",
        callers=tuple(
            CallerSeat(
                number=number,
                token="t",
                mail=f"{number}@a.example",
                center=f"c{number % centers}",
                lat=1,
                lon=2,
            )
            for number in range(callers)
        ),
        consoles=tuple(
            ConsoleSeat(number=number, center=f"c{number}", token="t") for number in range(centers)
        ),
        shape=STEADY,
        sources=loopback_sources(0),
        duration_s=1,
        every_s=1,
        reply_every=1,
        ramp_s=1,
        settle_s=1,
    )


@given(callers=st.integers(1, 60), centers=st.integers(1, 7), data=st.data())
def test_shares_keep_both_ends_of_each_call_together(
    callers: int, centers: int, data: st.DataObject
) -> None:
    plan = plan_of(callers, centers)
    shares = plan.shares(data.draw(st.integers(1, centers)))
    assert sorted(seat.number for share in shares for seat in share.callers) == list(range(callers))
    assert sorted(seat.number for share in shares for seat in share.consoles) == list(
        range(centers)
    )
    for share in shares:
        assert {seat.center for seat in share.callers} <= {seat.center for seat in share.consoles}
    sources = [source for share in shares for source in share.sources]
    assert len(set(sources)) == len(sources)


def test_addresses_that_the_user_named_are_those_of_every_part() -> None:
    plan = plan_of(4, 2).model_copy(update={"sources": ("127.0.0.77",)})
    for parts in (1, 2):
        assert {share.sources for share in plan.shares(parts)} == {("127.0.0.77",)}


def test_more_workers_than_centers_are_refused() -> None:
    with pytest.raises(LoadError, match="3 workers cannot divide 2 centers"):
        plan_of(4, 2).shares(3)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 1 / 3, 0.5, 1.0])
def test_a_share_is_spread_evenly_and_the_first_is_in_it(share: float) -> None:
    slow = Slow(handsets=share, consoles=share, every_s=2, stops_for_s=1)
    for count in range(1, 200):
        handsets = [number for number in range(count) if slow.handset(number)]
        assert len(handsets) == math.ceil(round(count * share, 9))
        assert handsets[:1] == ([0] if share else [])
        consoles = [number for number in range(count) if slow.console(number, count)]
        alone = count == 1 and share < 1
        assert consoles == ([] if alone else handsets)


def test_slow_readers_of_the_packages_own_shape_take_in_little() -> None:
    slow = load_shapes()["slow"].slow
    assert slow is not None
    assert slow.small_buffers
