"""What is decided again while the database waits, without a database."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
import sqlalchemy as sa
from net119_reference.ports import StorageFailed
from net119_reference.store import Write
from net119_reference.store import deciding as deciding_module
from net119_reference.store.deciding import ROUNDS, Behind, Deciding, Decision
from net119_reference.store.level import Busy, ChangedCall, News
from sqlalchemy.engine import Connection

CONNECTION = cast(Connection, object())
NEWS = News((ChangedCall("c", "1", "{}"),))


def write(text: str) -> Write:
    return Write(sa.text("not run"), {"text": text})


class Standing:
    """Stands around a transaction; tells news so many times."""

    def __init__(self, news: int) -> None:
        self.news = news
        self.asked = 0

    def before(self, _connection: Connection, held: set[str]) -> News:
        assert held == ({"c"} if self.asked else set())
        held.add("c")
        self.asked += 1
        return NEWS if self.asked <= self.news else News()

    def after(self, _connection: Connection) -> None:
        raise AssertionError("nothing is written here")


def in_thread(decision: Callable[[], Deciding]) -> Deciding:
    """What it is once it has become level, in another thread than the event loop's."""

    async def main() -> Deciding:
        made = decision()
        async with asyncio.timeout(20):
            await asyncio.to_thread(made.become_level, CONNECTION)
        return made

    return asyncio.run(main())


def test_what_rests_upon_all_that_is_stored_is_written_as_it_is() -> None:
    def never(_news: News) -> Decision:
        raise AssertionError("decided again")

    made = in_thread(lambda: Deciding([write("first")], Standing(0), never))
    assert [each.parameters["text"] for each in made.writes] == ["first"]


@pytest.mark.parametrize("times", [1, 3, ROUNDS - 1])
def test_it_is_decided_again_until_nothing_new_is_found(times: int) -> None:
    standing = Standing(times)
    told: list[News] = []

    def again(news: News) -> Decision:
        told.append(news)
        return [write(f"decided {len(told)}")], standing

    made = in_thread(lambda: Deciding([write("first")], standing, again))
    assert told == [NEWS] * times
    assert [each.parameters["text"] for each in made.writes] == [f"decided {times}"]
    assert standing.asked == times + 1, "looked at once more after the last decision"


def test_what_never_becomes_level_is_given_up() -> None:
    standing = Standing(10_000)
    with pytest.raises(StorageFailed, match="keep writing"):
        in_thread(lambda: Deciding([], standing, lambda _news: ([write("again")], standing)))
    assert standing.asked == ROUNDS


def test_without_holding_the_calls_it_is_told_that_it_is_behind() -> None:
    """Then whoever commits gives the calls back before it is decided again."""

    async def main() -> None:
        made = Deciding([], Standing(1), lambda _news: ([], None))
        with pytest.raises(Behind) as behind:
            made.become_level(CONNECTION, hold=False)
        assert behind.value.news == NEWS

    asyncio.run(main())


def test_a_defect_in_deciding_is_told_to_who_commits() -> None:
    def broken(_news: News) -> Decision:
        raise LookupError("a defect")

    with pytest.raises(LookupError, match="a defect"):
        in_thread(lambda: Deciding([], Standing(1), broken))


def test_nobody_waits_for_an_event_loop_that_has_ended() -> None:
    async def made() -> Deciding:
        return Deciding([write("first")], Standing(1), lambda _news: ([], None))

    decision = asyncio.run(made())
    with pytest.raises(StorageFailed, match="stopping"):
        decision.become_level(CONNECTION)


@pytest.mark.parametrize("hold", [True, False])
def test_what_was_given_up_is_not_decided_afterwards(
    hold: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the memory would hold what nobody will store; and who keeps others off does not do so
    for as long as the loop stands still."""
    monkeypatch.setattr(deciding_module, "HOLDING_S" if hold else "PATIENCE_S", 0.0)
    decided: list[Any] = []

    async def main() -> None:
        def again(news: News) -> Decision:
            decided.append(news)
            return [], None

        made = Deciding([write("first")], Standing(1), again)
        # In the event loop's own thread: it cannot run what it is asked meanwhile.
        with pytest.raises(Busy if hold else StorageFailed):
            made.decide_again(NEWS, hold=hold)
        await asyncio.sleep(0)  # now it could

    asyncio.run(main())
    assert decided == []


def test_who_keeps_others_off_gives_the_calls_back_when_the_loop_stands_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deciding_module, "HOLDING_S", 0.0)

    async def main() -> None:
        made = Deciding([write("first")], Standing(1), lambda _news: ([], None))
        with pytest.raises(Busy):
            made.become_level(CONNECTION)

    asyncio.run(main())
