"""A hook that does not answer for long: that says nothing of the system behind it."""

import asyncio
import runpy
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.drivers.http_hook import HookDriver, HookSettings
from net119_conformance.drivers.http_hook_client import OWED_AFTER_S, HookClient
from net119_conformance.drivers.http_hook_desk import Desk, DeskCalls
from net119_conformance.environment import Sut
from net119_conformance.held_up import owed_by
from net119_conformance.judge import judge_item
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_protocol.codes import CloseOutcome, Kind, PlaceChoice
from net119_simulators.errors import Waited
from net119_simulators.person import make_person
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface

from tests.conformance.engine.toy_world import toy
from tests.conformance.world.test_http_hook import ADAPTER

SOON_S = 2.0
"""Longer than a hook may leave a request unanswered before it is doubted, and far shorter than its
time limit."""


SLOW_S = 1.5
"""A hook may take longer than it may leave a request unanswered before it is doubted."""


@contextmanager
def slow(name: str) -> Iterator[str]:
    """The example of a hook, which takes its time over this request after the first.

    It answers what it found when it was asked.
    """
    adapter = runpy.run_path(str(ADAPTER))
    requests = adapter["REQUESTS"]
    adapter["Hook"].do_POST.__globals__["lock"] = nullcontext()
    given, ended, asked = requests[name], threading.Event(), iter(range(1))

    def answer(body: Any) -> Any:
        found = given(body)
        if next(asked, None) is None:
            ended.wait(SLOW_S)
        return found

    requests[name] = answer
    with _served(adapter["Hook"], ended) as url:
        yield url


@contextmanager
def hanging(*names: str, after: int = 0) -> Iterator[str]:
    """The example of a hook, which never answers these requests, or no more after the first."""
    adapter = runpy.run_path(str(ADAPTER))
    requests = adapter["REQUESTS"]
    # The example works on one request at a time; this one hangs in one only.
    adapter["Hook"].do_POST.__globals__["lock"] = nullcontext()
    ended = threading.Event()

    def hang(name: str) -> Callable[[Any], Any]:
        asked = iter(range(after))
        given = requests.get(name)

        def answer(body: Any) -> Any:
            if next(asked, None) is None:
                ended.wait(30)
                return {}
            return given(body)

        return answer

    for name in names:
        requests[name] = hang(name)
    with _served(adapter["Hook"], ended) as url:
        yield url


@contextmanager
def _served(hook: Any, ended: threading.Event) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), hook)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Scene:
    """A call that a dispatcher has before him, through the hook."""

    console: Console
    call: HandsetCall


Body = Callable[[Trial, Scene], Awaitable[None]]


@dataclass(frozen=True)
class Bench:
    """Opens the scene."""

    url: str

    @asynccontextmanager
    async def open(self, purpose: Purpose, sut: Sut, trial: Trial) -> AsyncIterator[Scene]:
        driver = HookDriver(HookSettings(url=self.url, poll_s=0.01), "toy", trial.evidence)
        trial.held_up = driver.owed
        try:
            await driver.look()
            credentials = await driver.register("chitose", make_person("toy/1", "01224"))
            async with (
                driver.console("chitose", name="髙橋", wiretap=trial.evidence) as console,
                driver.handset(credentials, name="phone", wiretap=trial.evidence) as phone,
            ):
                yield Scene(console, await phone.call(Kind.FIRE, PlaceChoice.HOME))
        finally:
            await driver.close()


def judged(url: str, tmp_path: Path, body: Body) -> ItemRecord:
    """This body as a purpose, at a hook."""
    sut = Sut(key="toy", name="Toy", derived_binds=False)
    return judge_item(toy("TOY-HANGS", body), sut, Bench(url), tmp_path)


def judge_inconclusive(record: ItemRecord, request: str) -> None:
    """It says which request was not answered, and that the hook is to be mended."""
    assert record.verdict is Verdict.INCONCLUSIVE, record
    (reason,) = record.reasons
    assert f"POST /{request} at " in reason.en
    assert "had not been answered after" in reason.en
    assert "フック" in reason.ja
    assert not [each.name for each in record.checks if not each.passed]


@pytest.mark.parametrize("request_", ["transfer", "call-back", "answer", "close"])
def test_a_request_that_is_observed(request_: str, tmp_path: Path) -> None:
    """The observation ends before the hook's time limit."""

    async def body(t: Trial, s: Scene) -> None:
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "transfer": lambda: s.console.transfer(s.call.id, "tomakomai"),
            "call-back": lambda: s.console.call_back(s.call.id),
            "answer": lambda: s.console.answer(s.call.id),
            "close": lambda: s.console.close(s.call.id, CloseOutcome.PRACTICE_DONE),
        }
        await t.observe("it is done", acts[request_](), SOON_S, expected="done")

    with hanging(request_) as url:
        judge_inconclusive(judged(url, tmp_path, body), request_)


def test_a_request_that_was_begun_beside(tmp_path: Path) -> None:
    """What it should lead to does not come, on the wire or anywhere: the hook may not have told."""

    async def body(t: Trial, s: Scene) -> None:
        asking = asyncio.create_task(s.console.transfer(s.call.id, "tomakomai"))
        try:
            await t.observe("the wire shows it", asyncio.Future(), SOON_S, expected="a message")
        finally:
            asking.cancel()

    with hanging("transfer") as url:
        judge_inconclusive(judged(url, tmp_path, body), "transfer")


def test_a_screen_that_is_no_longer_shown(tmp_path: Path) -> None:
    """Of what it shows now nothing is known."""

    async def body(t: Trial, s: Scene) -> None:
        waiting = s.console.wait_for_call(s.call.id, SOON_S, lambda seen: not seen.mine)
        await t.observe("it goes", waiting, SOON_S + 1, expected="not mine")

    with hanging("desk", after=3) as url:
        judge_inconclusive(judged(url, tmp_path, body), "desk")


def test_a_line_that_is_not_acknowledged_is_the_systems_silence(tmp_path: Path) -> None:
    """`say` is answered when the system has stored the line, not before."""

    async def body(t: Trial, s: Scene) -> None:
        await t.observe("it is stored", s.call.say("誰か", within=0.3), 1.0, expected="a number")

    with hanging("say") as url:
        record = judged(url, tmp_path, body)
    assert record.verdict is Verdict.FAIL, record
    assert [each.name for each in record.checks if not each.passed] == ["it is stored"]


def test_what_does_not_come_of_a_request_that_was_answered_is_the_systems_fault(
    tmp_path: Path,
) -> None:
    """The hook owes nothing."""

    async def body(t: Trial, s: Scene) -> None:
        await s.console.answer(s.call.id)
        await t.observe("the wire shows it", asyncio.Future(), SOON_S, expected="a message")

    with hanging() as url:
        record = judged(url, tmp_path, body)
    assert record.verdict is Verdict.FAIL, record


def test_a_fault_that_was_seen_stays(tmp_path: Path) -> None:
    """The hook hangs afterwards."""

    async def body(t: Trial, s: Scene) -> None:
        t.check("the wire is as it should be", False, expected="so", seen="otherwise")
        await t.observe("it is done", s.console.answer(s.call.id), SOON_S, expected="done")

    with hanging("answer") as url:
        record = judged(url, tmp_path, body)
    assert record.verdict is Verdict.FAIL, record
    assert "POST /answer at " in record.reasons[0].en


def _looks_for_nothing(call_id: Callable[[Scene], UUID]) -> Body:
    """A purpose in which a call must not show while the hook owes the answer to a look."""

    async def body(t: Trial, s: Scene) -> None:
        try:
            await s.console.wait_for_call(call_id(s), 1.2 * OWED_AFTER_S)
        except Waited:
            shown = False
        else:
            shown = True
        t.check("nothing is shown", not shown, expected="nothing", seen=shown)

    return body


def test_a_slow_screen_on_which_nothing_shows(tmp_path: Path) -> None:
    """What must not be there is not there: the answer that was owed says so."""
    with slow("desk") as url:
        record = judged(url, tmp_path, _looks_for_nothing(lambda _: uuid4()))
    assert record.verdict is Verdict.PASS, record


def test_a_slow_screen_that_shows_what_it_must_not(tmp_path: Path) -> None:
    """It is shown by the answer that was still owed when the time was over."""
    with slow("desk") as url:
        record = judged(url, tmp_path, _looks_for_nothing(lambda s: s.call.id))
    assert record.verdict is Verdict.FAIL, record


def test_a_look_for_nothing_at_a_screen_that_is_no_longer_shown(tmp_path: Path) -> None:
    """The answer never comes: nothing is known."""

    with hanging("desk", after=1) as url:
        record = judged(url, tmp_path, _looks_for_nothing(lambda _: uuid4()))
    assert record.verdict is Verdict.INCONCLUSIVE, record
    assert "POST /desk at " in record.reasons[0].en


def _observes_nothing(call_id: Callable[[Scene], UUID]) -> Body:
    """As `_looks_for_nothing`, by an observation that ends before the wait in it."""

    async def body(t: Trial, s: Scene) -> None:
        t.check("the call is there", True, expected="a call", seen="a call")
        await t.observe_nothing(
            "nothing is shown",
            s.console.wait_for_call(call_id(s), 20.0),
            1.2 * OWED_AFTER_S,
            expected="nothing",
        )

    return body


def test_nothing_is_observed_on_a_slow_screen(tmp_path: Path) -> None:
    """The answer that was owed when the time was over shows nothing either."""
    with slow("desk") as url:
        record = judged(url, tmp_path, _observes_nothing(lambda _: uuid4()))
    assert record.verdict is Verdict.PASS, record


def test_something_is_observed_on_a_slow_screen(tmp_path: Path) -> None:
    """It is shown by the answer that was still owed when the time was over."""
    with slow("desk") as url:
        record = judged(url, tmp_path, _observes_nothing(lambda s: s.call.id))
    assert record.verdict is Verdict.FAIL, record


def test_nothing_is_observed_on_a_screen_that_is_no_longer_shown(tmp_path: Path) -> None:
    """A look that never took place is no silence."""
    with hanging("desk", after=1) as url:
        record = judged(url, tmp_path, _observes_nothing(lambda s: s.call.id))
    assert record.verdict is Verdict.INCONCLUSIVE, record
    assert "POST /desk at " in record.reasons[0].en
    assert [each.name for each in record.checks] == ["the call is there"]


async def _no_answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await writer.drain()
        await asyncio.Event().wait()
    finally:
        writer.close()


@pytest.mark.parametrize(("slack", "owes"), [(0.05, True), (30.0, False)])
def test_a_request_that_was_just_made_owes_nothing(slack: float, owes: bool) -> None:
    """Given up with the time limit of a look, it is a reason only once it is late."""

    async def given_up_after_a_while() -> TimeoutError:
        server = await asyncio.start_server(_no_answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = HookClient(f"http://127.0.0.1:{port}", slack=slack)
        recorder = Recorder(None, Interface.C, "hook", "toy")
        try:
            with pytest.raises(TimeoutError) as late:
                async with asyncio.timeout(0.2):
                    await client.ask("desk", Desk(center="chitose"), DeskCalls, recorder)
            return late.value
        finally:
            await client.close()
            server.close()

    assert (owed_by(asyncio.run(given_up_after_a_while())) is not None) is owes
