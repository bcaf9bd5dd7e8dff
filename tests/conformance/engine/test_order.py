"""The order of a run: at random, the same again for its seed, nothing long at the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_conformance.errors import ConformanceError
from net119_conformance.order import Order, OrderName, order_words
from net119_conformance.plan import PlanItem

LIMITS_S = (30.0, 45.0, 60.0, 300.0)


def plan_of(limits: list[float]) -> list[PlanItem]:
    return [
        PlanItem(purpose=f"TOY-{number}", sut="toy", timeout_s=limit)
        for number, limit in enumerate(limits)
    ]


ITEMS = plan_of([LIMITS_S[number % 40 == 0 and 3] for number in range(400)])


@given(st.lists(st.sampled_from(LIMITS_S), max_size=60), st.integers(0, 1_000_000))
def test_every_item_comes_once_and_a_seed_repeats_the_order(limits: list[float], seed: int) -> None:
    items = plan_of(limits)
    arranged = Order(seed).arrange(items)
    assert sorted(arranged, key=lambda item: item.name) == sorted(items, key=lambda item: item.name)
    assert Order(seed).arrange(items) == arranged


def test_seeds_differ_and_so_do_the_orders() -> None:
    drawn = {Order.chosen().seed for _ in range(20)}
    assert len(drawn) > 15
    assert None not in drawn
    assert Order(1).arrange(ITEMS) != Order(2).arrange(ITEMS) != ITEMS


def test_any_place_is_possible_but_nothing_long_is_left_for_the_end() -> None:
    firsts, last_of_long = set(), 0
    for seed in range(50):
        arranged = Order(seed).arrange(ITEMS)
        firsts.add(arranged[0].name)
        last_of_long = max(last_of_long, *(n for n, it in enumerate(arranged) if it.timeout_s > 60))
    assert len(firsts) > 40
    assert 280 < last_of_long < 320


def test_where_all_take_long_they_stay_where_chance_put_them() -> None:
    items = plan_of([300.0] * 3 + [30.0])
    assert len(Order(3).arrange(items)) == 4


def test_the_listed_order_is_that_of_the_plan_and_has_no_seed() -> None:
    listed = Order.chosen(OrderName.LISTED)
    assert listed.seed is None
    assert listed.arrange(ITEMS) == ITEMS
    assert Order.chosen("listed") == listed
    with pytest.raises(ConformanceError, match="no seed, and 7 is given"):
        Order.chosen("listed", 7)


def test_the_words_say_how_to_have_the_order_again() -> None:
    assert Order.chosen("random", 0) == Order(0)
    assert "--seed 0 repeats it" in order_words(0).en
    assert "--net119-seed 12" in order_words(12, "--net119-seed").ja
    assert order_words(None).ja == "実行順: 一覧の順。"
