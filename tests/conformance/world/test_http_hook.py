"""The http-hook driver, against hooks that do what they should not."""

import ast
import asyncio
import json
import runpy
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from net119_conformance.drivers.http_hook import HookDriver, HookSettings
from net119_conformance.drivers.http_hook_lines import ScreenLog
from net119_conformance.drivers.http_hook_requests import POSSIBLE, REQUESTS, verbs_of
from net119_conformance.drivers.http_hook_spec import openapi
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import DriverFailed
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CloseOutcome, Kind, PlaceChoice, ProviderState, Refusal
from net119_protocol.places import Fix
from net119_simulators.errors import CallRefused, NotConnected, SafetyInterlock
from net119_simulators.person import make_person
from net119_simulators.wiretap import Silence

OFFERED = {"hook": "net119-hook/1", "system": "髙𠮷 ① 1.0", "requests": list(REQUESTS)}
Reply = tuple[int, bytes | None]


@contextmanager
def hook(replies: Mapping[str, Reply]) -> Iterator[str]:
    """A hook that gives these replies by path; a body of None is no answer at all."""
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = replies[self.path]
            if body is None:
                done.wait(10)
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        done.set()
        server.shutdown()
        server.server_close()


def asked(url: str, slack: float = 1.0) -> DriverFailed | CallRefused | None:
    """Look at a hook and set a state; what came of it."""

    async def go() -> DriverFailed | CallRefused | None:
        driver = HookDriver(HookSettings(url=url, slack=slack), "aoba", Silence())
        try:
            await driver.look()
            await driver.set_state(ProviderState.NORMAL)
        except (DriverFailed, CallRefused) as raised:
            return raised
        finally:
            await driver.close()
        return None

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("root", "state", "says"),
    [
        ((404, b"<html>nginx</html>"), None, "GET / at {url} answered with status 404"),
        ((200, b"<html>welcome</html>"), None, "GET / at {url} answered status 200 with what is"),
        ((200, b'{"hook": "other/1"}'), None, "no Offered"),
        ((200, None), None, "was not answered within 0.1"),
        (None, (500, "失敗".encode()), 'POST /state at {url} answered with status 500: "失敗"'),
        (None, (200, b"\xff\xfe{"), "answered status 200 with what is no Empty"),
        (None, (200, None), "POST /state at {url} was not answered within 0.2 s"),
        (None, (501, b"no such thing"), "is not offered"),
        (None, (302, b""), "answered with status 302"),
        (None, (409, b'{"refused": "because"}'), "no Refused (refused:"),
    ],
)
def test_a_failing_hook_is_named_with_the_request_and_what_to_do(
    root: Reply | None, state: Reply | None, says: str
) -> None:
    """It is never taken for the system's own word."""
    right = (200, json.dumps(OFFERED).encode())
    with hook({"/": root or right, "/state": state or right}) as url:
        # Only a hook that is silent is waited for in vain.
        raised = asked(url, slack=0.02 if (200, None) in (root, state) else 1.0)
    assert isinstance(raised, DriverFailed)
    assert says.format(url=url) in str(raised)
    assert "What to do: " in str(raised)
    assert "フック" in raised.ja


def test_nobody_listens() -> None:
    """A hook that does not run."""
    with hook({}) as url:
        pass
    raised = asked(url)
    assert isinstance(raised, DriverFailed)
    assert f"GET / at {url} could not be asked: nothing listens there" in str(raised)
    assert "待ち受けているものがありません。フックを起動する" in raised.ja


def test_a_request_that_nobody_knows_is_named() -> None:
    """A misspelt request claims nothing."""
    offered = {**OFFERED, "requests": ["call", "cal"]}
    with hook({"/": (200, json.dumps(offered).encode())}) as url:
        assert "names requests that net119-hook/1 does not have: cal" in str(asked(url))


def test_a_refusal_is_the_systems_word() -> None:
    """409 becomes the refusal that purposes judge."""
    body = {"refused": "overload", "messageJa": "混み合っています①", "detail": "30 open calls"}
    replies = {"/": (200, json.dumps(OFFERED).encode()), "/state": (409, json.dumps(body).encode())}
    with hook(replies) as url:
        raised = asked(url)
    assert isinstance(raised, CallRefused)
    assert raised.code is Refusal.OVERLOAD
    assert (raised.problem.message_ja, raised.problem.detail) == (
        "混み合っています①",
        "30 open calls",
    )


def test_only_what_is_offered_is_claimed() -> None:
    """A group needs all of its needed requests, and ``say`` serves both sides."""
    assert verbs_of({"health"}) == {Verb.HEALTH}
    assert Verb.HANDSET not in verbs_of({"call", "caller"})
    assert Verb.HANDSET in verbs_of({"call", "caller", "say"})
    assert Verb.CONSOLE not in verbs_of({"console", "desk", "answer"})
    assert Verb.MAILBOX not in POSSIBLE


def test_another_machine_is_refused_unless_it_is_declared() -> None:
    """Imitated calls do not leave this machine by a slip."""
    settings = HookSettings(url="http://192.0.2.7:9119")
    with pytest.raises(SafetyInterlock):
        HookDriver(settings, "aoba", Silence())
    assert HookDriver(settings, "aoba", Silence(), ["192.0.2.7"]).verbs == POSSIBLE


def line(seq: int, text: str = "文") -> ChatLine:
    """A line of a screen."""
    return ChatLine.model_validate(
        {
            "seq": seq,
            "clientId": f"c{seq}",
            "text": text,
            "sender": "caller",
            "at": "2026-04-01T00:00:00Z",
        }
    )


@pytest.mark.parametrize(
    ("screens", "rule"),
    [
        ([[1, 2], [1, 2, 3]], ""),
        ([[1, 2], [2, 1]], "I3"),
        ([[1, 3]], "I3"),
        ([[1, 2, 2]], "I4"),
        ([[1, 2], [1]], "I2"),
    ],
)
def test_what_is_wrong_with_a_screen(screens: list[list[int]], rule: str) -> None:
    """Lines that vanish, stand twice or change places are noticed once."""
    log = ScreenLog()
    for screen in screens:
        log.shown([line(seq) for seq in screen])
        log.shown([line(seq) for seq in screen])
    assert {each.rule for each in log.violations} == ({rule} if rule else set())


def test_a_line_that_changes() -> None:
    """The same number with another text."""
    log = ScreenLog()
    log.shown([line(1)])
    log.shown([line(1, "別の文")])
    assert [each.rule for each in log.violations] == ["I3"]


def test_every_request_is_described() -> None:
    """The description has each request with its time limit, and refers to nothing it lacks."""
    described = openapi()
    assert set(described["paths"]) == {"/", *(f"/{name}" for name in REQUESTS)}
    text = json.dumps(described)
    known = set(described["components"]["schemas"])
    for name in text.split("#/components/schemas/")[1:]:
        assert name.partition('"')[0] in known
    assert described["paths"]["/say"]["post"]["x-within-s"] == 12.0


def test_a_stranger_calls_with_the_session_given() -> None:
    """``call_as_stranger`` asks without a registrant."""
    replies = {"/call": (409, b'{"refused": "not-authenticated"}')}

    async def go(url: str) -> None:
        driver = HookDriver(HookSettings(url=url), "aoba", Silence())
        try:
            await driver.call_as_stranger(
                Fix(lat=42.0, lon=141.0), token="invented-session-1", wiretap=Silence()
            )
        finally:
            await driver.close()

    with hook(replies) as url, pytest.raises(CallRefused) as refused:
        asyncio.run(go(url))
    assert refused.value.code is Refusal.NOT_AUTHENTICATED


ADAPTER = Path(__file__).parents[3] / "docs" / "examples" / "hook_adapter.py"


def test_the_example_adapter_is_short_and_plain() -> None:
    """Under 150 lines, standard library only."""
    text = ADAPTER.read_text("utf-8")
    assert len(text.splitlines()) < 150
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names


def test_the_example_adapter_answers_as_described() -> None:
    """Copied and started, it can be called, answered, written to and closed, through the driver."""
    adapter = runpy.run_path(str(ADAPTER))
    server = ThreadingHTTPServer(("127.0.0.1", 0), adapter["Hook"])
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        asyncio.run(_whole_call(f"http://127.0.0.1:{server.server_port}"))
    finally:
        server.shutdown()
        server.server_close()


async def _whole_call(url: str) -> None:
    driver = HookDriver(HookSettings(url=url, poll_s=0.01), "toy", Silence())
    silence = Silence()
    try:
        offered = await driver.look()
        assert offered.system == "toy system 1.0"
        assert {Verb.HANDSET, Verb.CONSOLE, Verb.STAFF, Verb.HEALTH} <= driver.verbs
        assert Verb.CRASH not in driver.verbs
        person = make_person("toy/1", "01224")
        credentials = await driver.register("chitose", person)
        async with (
            driver.console("chitose", name="髙橋", wiretap=silence) as console,
            driver.handset(credentials, name="phone", wiretap=silence) as phone,
        ):
            call = await phone.call(Kind.FIRE, PlaceChoice.HOME)
            shown = await console.wait_for_call(call.id, 5.0)
            assert (shown.registrant, shown.anchor) == (person, "not-told")
            await console.answer(call.id)
            await call.wait_for_view(lambda seen: seen.answered_by == "髙橋", 5.0)
            said = await call.say("𠮷野家の前です", client_id="one")
            assert (await call.say("𠮷野家の前です", client_id="one")).seq == said.seq
            await console.wait_for_line(call.id, lambda seen: seen.text == "𠮷野家の前です", 5.0)
            with pytest.raises(DriverFailed, match=r"transfer.*not offered"):
                await console.transfer(call.id, "tomakomai")
            with pytest.raises(CallRefused, match="invalid"):
                await console.close_without_outcome(call.id)
            closed = await console.close(call.id, CloseOutcome.PRACTICE_DONE)
            assert closed.outcome is CloseOutcome.PRACTICE_DONE
            with pytest.raises(CallRefused, match="call-closed"):
                await call.say("まだいますか")
            call.drop()
            with pytest.raises(NotConnected):
                await call.say("届かない文")
            assert not call.violations
    finally:
        await driver.close()
