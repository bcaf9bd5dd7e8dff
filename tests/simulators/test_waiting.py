import asyncio

import pytest
from net119_simulators.errors import Waited
from net119_simulators.waiting import Watch


def test_what_is_true_already_needs_no_change() -> None:
    async def scene() -> int:
        return await Watch().until(lambda: 5, "five", 0.0, lambda: "")

    assert asyncio.run(scene()) == 5


def test_everyone_who_waits_is_woken_by_a_change() -> None:
    async def scene() -> list[str]:
        watch = Watch()
        found: list[str] = []
        started = asyncio.Event()

        def look() -> str | None:
            started.set()
            return found[0] if found else None

        waiting = [asyncio.create_task(watch.until(look, "it", 10.0, lambda: "")) for _ in range(3)]
        await started.wait()
        watch.changed()
        found.append("it")
        watch.changed()
        return await asyncio.gather(*waiting)

    assert asyncio.run(scene()) == ["it"] * 3


def test_the_deadline_tells_what_was_missing() -> None:
    async def scene() -> None:
        await Watch().until(lambda: None, "the line", 0.01, lambda: "only this")

    with pytest.raises(Waited, match=r"the line did not come within 0\.01 s") as caught:
        asyncio.run(scene())
    assert (caught.value.what, caught.value.within, caught.value.seen) == (
        "the line",
        0.01,
        "only this",
    )
    assert isinstance(caught.value, TimeoutError)


def test_what_look_raises_ends_the_wait() -> None:
    def look() -> None:
        raise LookupError("no")

    with pytest.raises(LookupError):
        asyncio.run(Watch().until(look, "it", 10.0, lambda: ""))
