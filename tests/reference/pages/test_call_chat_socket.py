"""The WebSocket of the chat page: who may open it, what it tells, and how it ends."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest
from net119_protocol.codes import Refusal
from net119_reference.web.pages.sessions import DEVICE
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.reference.pages.calling import Caller, Desk, PagedCall, caller, desk
from tests.reference.pages.site import DEADLINE_S, Site, site
from tests.reference.web.live_server import Certificates

T = TypeVar("T")


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture(scope="module")
def console(town: Site) -> Iterator[Desk]:
    with desk(town) as sitting:
        yield sitting


@pytest.fixture
def who(town: Site) -> Caller:
    return caller(town)


@asynccontextmanager
async def opened(site: Site, path: str, *, device: str | None, origin: str | None) -> Any:
    """A connection as a browser's page opens it, with the cookie that the browser has."""
    headers = {} if device is None else {"Cookie": f"{DEVICE}={device}"}
    async with connect(
        f"{site.base_url.replace('https', 'wss')}{path}/chat",
        ssl=site.client_tls(),
        origin=origin,  # type: ignore[arg-type]  # any text, as other clients may send
        additional_headers=headers,
        ping_interval=None,
        proxy=None,
    ) as connection:
        yield connection


async def said(connection: ClientConnection, **frame: Any) -> None:
    await connection.send(json.dumps(frame))


async def heard(connection: ClientConnection, kind: str) -> dict[str, Any]:
    """The next frame of a kind; others are passed over."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            frame: dict[str, Any] = json.loads(await connection.recv())
            if frame["type"] == kind:
                return frame


async def ended(connection: ClientConnection) -> tuple[list[dict[str, Any]], int, str]:
    """All frames up to the server's closing, its code and its reason."""
    frames: list[dict[str, Any]] = []
    async with asyncio.timeout(DEADLINE_S):
        while True:
            try:
                frames.append(json.loads(await connection.recv()))
            except ConnectionClosed as closed:
                end = closed.rcvd
                return (frames, end.code, end.reason) if end else (frames, 1006, "")


def talk(
    call: PagedCall,
    story: Callable[[ClientConnection], Awaitable[T]],
    *,
    path: str | None = None,
    device: str | None = "own",
    origin: str | None = "own",
) -> T:
    """Run a story over a connection to the call's chat, in the provider's loop."""
    here = call.caller.site

    async def run() -> T:
        async with opened(
            here,
            path or call.path,
            device=call.caller.device if device == "own" else device,
            origin=here.base_url if origin == "own" else origin,
        ) as connection:
            return await story(connection)

    return here.do(run)


async def hello(connection: ClientConnection) -> tuple[list[dict[str, Any]], int, str]:
    """Say hello and hear everything until the end."""
    await said(connection, type="hello", after=0)
    return await ended(connection)


def test_lines_go_both_ways_and_are_resumed(who: Caller, console: Desk) -> None:
    """I2, I3, I4: the same clientId has the same number, also over a new connection."""
    call = who.call()
    console.answer(call)

    async def first(connection: ClientConnection) -> int:
        await said(connection, type="hello")
        welcome = await heard(connection, "welcome")
        assert welcome["call"]["state"] == "answered"
        line = {"type": "say", "callId": str(call.call_id), "clientId": "a", "text": "火事です"}
        await said(connection, **line)
        number = (await heard(connection, "ack"))["seq"]
        await said(connection, **line)
        assert (await heard(connection, "ack"))["seq"] == number
        await said(connection, type="ping")
        assert await heard(connection, "pong") == {"type": "pong"}
        return int(number)

    number = talk(call, first)
    later = console.say(call, "どこですか")

    async def second(connection: ClientConnection) -> None:
        await said(connection, type="hello", after=number)
        line = (await heard(connection, "line"))["line"]
        assert (line["seq"], line["text"]) == (later, "どこですか")
        await said(connection, type="say", clientId="a", text="火事です")
        assert (await heard(connection, "ack"))["seq"] == number

    talk(call, second)
    assert [line.text for line in call.stored()] == ["火事です", "どこですか"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_another_sites_page_opens_nothing(who: Caller, origin: str | None) -> None:
    """Cookies go along with a WebSocket of any page: the origin decides before all else."""
    call = who.call()
    with pytest.raises(InvalidStatus) as refused:
        talk(call, ended, origin=origin)
    assert refused.value.response.status_code == 403
    town = who.site.town

    async def noted() -> list[str]:
        return [each.code for each in (await town.provider.refused_inputs(0)).entries]

    assert "forbidden" in who.site.do(noted)


def test_another_device_and_another_persons_call_are_told_nothing(who: Caller, town: Site) -> None:
    call, other = who.call(), caller(town)
    foreign = other.call()
    for path, device, code, reason in (
        (call.path, None, 4403, Refusal.CALL_PAGE_OTHER_DEVICE),
        (call.path, "x" * 30, 4403, Refusal.CALL_PAGE_OTHER_DEVICE),
        (call.path, other.device, 4403, Refusal.CALL_PAGE_OTHER_DEVICE),
        (f"/c/{'x' * 43}/calls/{call.call_id}", "own", 4403, Refusal.CALL_PAGE_UNKNOWN),
        (f"{who.path}/calls/{foreign.call_id}", "own", 4404, Refusal.UNKNOWN_CALL),
        (f"{who.path}/calls/none", "own", 4404, Refusal.UNKNOWN_CALL),
    ):
        frames, closed, why = talk(call, hello, path=path, device=device)
        assert (closed, why) == (code, reason.value), path
        assert [(each["type"], each["code"]) for each in frames] == [("refused", reason.value)]


def test_a_frame_before_hello_and_one_of_another_call_are_refused(
    who: Caller, console: Desk
) -> None:
    call, other = who.call(), who.call()

    async def story(connection: ClientConnection) -> None:
        await said(connection, type="say", clientId="a", text="x")
        assert (await heard(connection, "refused"))["code"] == "not-authenticated"
        await said(connection, type="hello", token="x" * 30)
        assert (await heard(connection, "refused"))["code"] == "invalid"
        await said(connection, type="hello")
        await heard(connection, "welcome")
        await said(connection, type="say", clientId="a", callId=str(other.call_id), text="x")
        refused = await heard(connection, "refused")
        assert (refused["code"], refused["clientId"]) == ("not-your-call", "a")

    talk(call, story)
    assert call.stored() == []
    assert other.stored() == []


def test_a_page_that_is_replaced_in_mid_chat_is_closed_with_the_reason(
    who: Caller, console: Desk
) -> None:
    """CNB-10: the former device neither reads nor writes any more; the new one goes on."""
    call = who.call()
    console.answer(call)
    desk_of_pages = who.site.town.desk

    async def story(connection: ClientConnection) -> tuple[list[dict[str, Any]], int, str]:
        await said(connection, type="hello")
        await heard(connection, "welcome")
        await said(connection, type="say", clientId="before", text="前の端末")
        await heard(connection, "ack")
        made = await desk_of_pages.new_call_page(await who.identity(), "another-device-of-mine-01")
        moved = Caller(
            who.site, who.login_id, who.password, made.secret, "another-device-of-mine-01"
        )
        new.append(PagedCall(moved, call.call_id, f"{moved.path}/calls/{call.call_id}"))
        return await ended(connection)

    new: list[PagedCall] = []
    frames, code, reason = talk(call, story)
    assert (code, reason) == (4403, "call-page-replaced")
    assert frames[-1]["type"] == "refused"
    assert frames[-1]["messageJa"]
    assert talk(call, hello)[1:] == (4403, "call-page-replaced")

    async def go_on(connection: ClientConnection) -> None:
        await said(connection, type="hello")
        assert (await heard(connection, "line"))["line"]["text"] == "前の端末"
        await said(connection, type="say", clientId="after", text="新しい端末")
        await heard(connection, "ack")

    talk(new[0], go_on)
    console.heard(call, "新しい端末")
