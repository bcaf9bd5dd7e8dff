"""The page of a callback's URL, made without thinking of scanners, other phones and no phones."""

import asyncio
from typing import Any

from net119_protocol.codes import LinkSecurity
from net119_reference.service.callbacks import Callbacks
from net119_reference.web.pages import callback
from net119_reference.web.pages.chat import callback_door, page

from tests.mutants.registry import Patch, mutant
from tests.mutants.rewriting import rewritten

LATE_S = 0.9


@mutant(
    "a-look-reopens",
    kills={
        "PAGE-CALLBACK": "looking at the page changes nothing",
        "MOBILE-CALLBACK": "looking at the page changes nothing",
        "CALLBACK-REOPENS": "fetching the URL reopens nothing",
    },
)
def a_look_reopens(patch: Patch) -> None:
    """Whoever fetches the URL, a machine too, is taken for the caller."""

    async def look(original: Any, desk: Callbacks, secret: str) -> Any:
        await desk.open(secret, LinkSecurity.ENCRYPTED)
        return await original(desk, secret)

    patch.around(Callbacks, "look", look)


@mutant(
    "a-look-reopens-late",
    kills={
        "PAGE-CALLBACK": "looking at the page changes nothing later either",
        "MOBILE-CALLBACK": "looking at the page changes nothing later either",
        "CALLBACK-REOPENS": "fetching the URL reopens nothing later either",
    },
)
def a_look_reopens_late(patch: Patch) -> None:
    """Whoever fetches the URL and does not come is put through to the console after a moment."""
    coming: set[asyncio.Task[Any]] = set()

    async def come(desk: Callbacks, secret: str) -> None:
        await asyncio.sleep(LATE_S)
        await desk.open(secret, LinkSecurity.ENCRYPTED)

    async def look(original: Any, desk: Callbacks, secret: str) -> Any:
        seen = await original(desk, secret)
        task = asyncio.create_task(come(desk, secret))
        coming.add(task)
        task.add_done_callback(coming.discard)
        return seen

    patch.around(Callbacks, "look", look)


@mutant(
    "callback-page-without-button",
    kills={"PAGE-CALLBACK": "the page has one button that leads back"},
)
def without_button(patch: Patch) -> None:
    """The page goes on by its script alone."""
    rewritten(patch, "callback.html", r'<button name="action" value="reopen".*?</button>')


@mutant(
    "callback-of-nobody",
    kills={"PAGE-CALLBACK": "the page says who calls back, and that it is no real call"},
)
def of_nobody(patch: Patch) -> None:
    """The page asks to press a button and does not say for whom."""
    rewritten(patch, "callback.html", r'<p id="asks">.*?</p>')


@mutant(
    "callback-chat-looks-real",
    kills={"PAGE-CALLBACK": "the chat says above all that it is no real call"},
)
def chat_looks_real(patch: Patch) -> None:
    """The page of the callback is marked, and the chat behind it looks like that of a real call."""
    patch(page, "mark_of", lambda *_: "")


@mutant(
    "callback-shut-and-no-more",
    kills={"PAGE-CALLBACK": "a URL that was never mailed has no button, and names other means"},
)
def shut_and_no_more(patch: Patch) -> None:
    """A URL that opens nothing says so, and leaves people without another means."""
    rewritten(patch, "callback-shut.html", r'<section class="notice warn".*?</section>')


@mutant(
    "callback-chat-open-to-all",
    kills={"PAGE-CALLBACK": "where nobody pressed the button there is no chat"},
)
def open_to_all(patch: Patch) -> None:
    """Once one browser has opened the chat, its address opens it anywhere."""
    opened: dict[str, str] = {}

    def keep(
        original: Any, request: Any, response: Any, name: str, token: str, **named: Any
    ) -> None:
        opened[callback_door.url_of(request)] = token
        original(request, response, name, token, **named)

    def token_of(original: Any, connection: Any, name: str) -> str | None:
        own: str | None = original(connection, name)
        return own or opened.get(callback_door.url_of(connection))

    patch.around(callback, "set_session", keep)
    patch.around(callback_door, "session_token", token_of)


@mutant(
    "feature-phones-get-the-large-page",
    kills={"MOBILE-CALLBACK": "the page is one that this phone can read"},
)
def the_large_page(patch: Patch) -> None:
    """The mailed URL shows the same page on every phone."""
    patch(callback, "is_feature_phone", lambda _request: False)
