"""How the routes below a callback's URL are asked: by whoever guesses one."""

from tests.reference.privacy.asks import Asks, once

_SECRET = "x" * 32
_HELLO = {"type": "hello", "after": 0}
_PAGE = f"/b/{_SECRET}"
CALLBACK_URLS: dict[str, Asks] = {
    "POST /api/handset/v1/callbacks/{secret}": once("POST", f"/api/handset/v1/callbacks/{_SECRET}"),
    "GET /m/b/{secret}": once("GET", f"/m{_PAGE}"),
    "POST /m/b/{secret}": once("POST", f"/m{_PAGE}", form={"reopen": "x"}),
    "GET /b/{secret}": once("GET", _PAGE),
    "POST /b/{secret}": once("POST", _PAGE, form={"action": "reopen"}),
    "GET /b/{secret}/chat": once("GET", f"{_PAGE}/chat"),
    "GET /b/{secret}/chat/card": once("GET", f"{_PAGE}/chat/card"),
    "POST /b/{secret}/chat/location": once(
        "POST", f"{_PAGE}/chat/location", form={"action": "no-position"}
    ),
    "POST /b/{secret}/chat/lines": once("POST", f"{_PAGE}/chat/lines", form={"text": "x"}),
    "WS /b/{secret}/chat/chat": once("WS", f"{_PAGE}/chat/chat", frames=(_HELLO,)),
}
"""Nobody has a letter of these; they show nothing of anybody."""
