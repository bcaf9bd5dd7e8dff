"""Every route of the application: how it is asked in this test, and who may see whom in its answer.

A route that is not here, or in one of the tables taken in here, fails the test: whoever adds one
says here what it shows.
"""

from typing import Any

from tests.reference.privacy.alarm_routes import ALARM_ROUTES
from tests.reference.privacy.asks import (
    UNKNOWN,
    called,
    chat,
    drafts,
    feed,
    mailed,
    once,
    opened,
    paged,
    pages,
    phoned,
)
from tests.reference.privacy.call_acts import CALL_ACTS, CONSOLE_CALL
from tests.reference.privacy.callback_urls import CALLBACK_URLS
from tests.reference.privacy.people import SEALED
from tests.reference.privacy.rows import FEW, WHOLE, Row
from tests.reference.privacy.staff_routes import STAFF_ROUTES

_CALL = {
    "clientCallId": "never",
    "kind": "fire",
    "place": "current",
    "mode": "test",
    "positioning": "off",
}
"""Refused: no call is taken without a position."""
_FORGED = {"Authorization": f"Bearer {UNKNOWN}"}
_LINE = {"clientId": "line-1", "text": "x"}
_PAGED = "/c/{secret}/calls/{call_id}"
_REG = "/api/registration/v1/{token}"
_STEPS = ("", "/terms", "/confirm", "/image", "/map", "/account", "/stop", "/renew")

_DRAFT = "/n/{key}/{kind}"
_HOME = ("street",)
_PHONE: tuple[tuple[str, str, str, tuple[str, ...], dict[str, Any]], ...] = (
    ("GET", "/new", "", (), {}),
    ("GET", "/practice", "", (), {}),
    ("GET", _DRAFT, "", _HOME, {}),
    ("GET", f"{_DRAFT}/{{place}}", "home", (), {}),
    ("GET", f"{_DRAFT}/{{place}}/here", "home", (), {}),
    ("GET", f"{_DRAFT}/{{place}}/unmeasured", "home", _HOME, {}),
    ("GET", f"{_DRAFT}/words", "", (), {}),
    ("GET", f"{_DRAFT}/off", "", (), {}),
    # Without a text, and with a position that is none: no call is made on this walk.
    ("POST", f"{_DRAFT}/words", "", (), {"form": {"call": "x", "text": ""}}),
    ("POST", f"{_DRAFT}/{{place}}/call", "current", (), {"form": {"fix.lat": "none"}}),
    ("GET", "/c/{call_id}", "", (), {}),
    ("GET", "/c/{call_id}/wait", "", (), {}),
    ("GET", "/c/{call_id}/card", "", (), {}),
    ("GET", "/c/{call_id}/lines/{seq}", "", (), {}),
    ("POST", "/c/{call_id}", "", (), {"form": {"text": ""}}),
    ("GET", "/c/{call_id}/place", "", (), {}),
    ("POST", "/c/{call_id}/place", "", (), {"form": {"text": ""}}),
)
"""Feature phones in a session: method, path, a place, what must be shown, and what is sent."""


SURFACE: dict[str, Row] = {
    # Nothing personal, for anybody.
    "GET /openapi.json": Row(once("GET", "/openapi.json")),
    "GET /health": Row(once("GET", "/health")),
    "GET /metrics": Row(once("GET", "/metrics")),
    "GET /": Row(once("GET", "/")),
    "GET /places/municipalities": Row(
        once("GET", "/places/municipalities", query={"prefecture": "北海道"})
    ),
    "GET /places/{code}": Row(once("GET", "/places/01213")),
    "MOUNT /static": Row(once("GET", "/static/net119.css")),
    # Mailed URLs: the person's own data to whoever holds the URL.
    f"GET {_REG}": Row(mailed("GET", _REG), "holder", WHOLE | SEALED),
    f"POST {_REG}/terms": Row(
        mailed("POST", f"{_REG}/terms", json={"version": "none"}), "holder"
    ),
    f"PUT {_REG}/image": Row(mailed("PUT", f"{_REG}/image", content=b"no picture"), "holder"),
    f"PUT {_REG}/draft": Row(drafts, "holder"),
    f"POST {_REG}/submission": Row(mailed("POST", f"{_REG}/submission", "apply"), "holder"),
    f"POST {_REG}/stop": Row(mailed("POST", f"{_REG}/stop", "apply"), "holder"),
    f"POST {_REG}/renewal": Row(mailed("POST", f"{_REG}/renewal", "apply"), "holder"),
    **{f"GET /r/{{token}}{step}": Row(mailed("GET", f"/r/{{token}}{step}"), "holder")
       for step in (*_STEPS, "/submitted", "/stopped", "/renewed")},
    "GET /r/{token}/form": Row(
        mailed("GET", "/r/{token}/form", "apply", "correct", "account"), "holder", WHOLE | SEALED
    ),
    **{f"POST /r/{{token}}/{step}": Row(
        mailed("POST", f"/r/{{token}}/{step}", *purposes, form={"action": "look"}), "holder")
       for step, purposes in (("terms", ()), ("form", ("renew",)), ("confirm", ("apply",)),
                              ("account", ("account",)), ("stop", ()), ("renew", ("apply",)))},
    # Mailed URLs at a feature phone: as above.
    **{f"GET /m/r/{{token}}{step}": Row(mailed("GET", f"/m/r/{{token}}{step}"), "holder")
       for step in ("", "/terms", "/position", "/image", "/image/small", "/account", "/stop",
                    "/renew", "/submitted", "/stopped", "/renewed")},
    "GET /m/r/{token}/form": Row(
        mailed("GET", "/m/r/{token}/form", "apply", "correct", "account"), "holder"
    ),
    "GET /m/r/{token}/form/{part}": Row(
        mailed("GET", "/m/r/{token}/form/person", "apply", "correct", "account"),
        "holder",
        frozenset({"name", "birth", "mail"}),
    ),
    "GET /m/r/{token}/measured/{where}": Row(
        mailed("GET", "/m/r/{token}/measured/address", "apply", "correct", "account"), "holder"
    ),
    "GET /m/r/{token}/confirm": Row(
        mailed("GET", "/m/r/{token}/confirm", "apply", "correct", "account"), "holder"
    ),
    **{f"POST /m/r/{{token}}/{route}": Row(
        mailed("POST", f"/m/r/{{token}}/{step}", *purposes, form={"look": "look"}), "holder")
       for route, step, purposes in (
           ("terms", "terms", ()), ("form/{part}", "form/person", ("renew",)),
           ("position", "position", ("apply", "renew")), ("image", "image", ("renew",)),
           ("measured/{where}", "measured/address", ("renew",)),
           ("confirm", "confirm", ("apply",)), ("account", "account", ("account",)),
           ("stop", "stop", ()), ("renew", "renew", ("apply", "renew")))},
    # A registrant who has logged in.
    "POST /api/handset/v1/sessions": Row(
        once("POST", "/api/handset/v1/sessions", json={"loginId": "none", "password": "wrong-one"})
    ),
    "POST /api/handset/v1/calls": Row(once("POST", "/api/handset/v1/calls", json=_CALL)),
    "GET /api/handset/v1/calls": Row(once("GET", "/api/handset/v1/calls"), "self"),
    "GET /api/handset/v1/calls/{call_id}": Row(
        called("GET", "/api/handset/v1/calls/{call_id}"), "self"
    ),
    "GET /api/handset/v1/calls/{call_id}/lines": Row(
        called("GET", "/api/handset/v1/calls/{call_id}/lines"), "self"
    ),
    "POST /api/handset/v1/calls/{call_id}/lines": Row(
        called("POST", "/api/handset/v1/calls/{call_id}/lines", _LINE), "self"
    ),
    "POST /api/handset/v1/calls/{call_id}/locations": Row(
        called("POST", "/api/handset/v1/calls/{call_id}/locations", {"problem": "none"}), "self"
    ),
    "WS /api/handset/v1/calls/{call_id}/chat": Row(chat, "self"),
    "GET /api/handset/v1/account": Row(
        once("GET", "/api/handset/v1/account"), "self", frozenset({"name", "mail"})
    ),
    "GET /my": Row(once("GET", "/my"), "self", FEW),
    "GET /my/call-page": Row(once("GET", "/my/call-page"), "self"),
    "GET /my/remove": Row(once("GET", "/my/remove"), "self"),
    "GET /my/account-mail": Row(once("GET", "/my/account-mail"), "self"),
    "GET /my/logged-out": Row(once("GET", "/my/logged-out")),
    "POST /my": Row(once("POST", "/my", form={"action": "remove", "csrf": "forged"}), "self"),
    "POST /api/handset/v1/account-mail": Row(once("POST", "/api/handset/v1/account-mail"), "self"),
    "POST /api/handset/v1/call-page": Row(
        once("POST", "/api/handset/v1/call-page", json={"device": "short"}), "self"
    ),
    "POST /api/handset/v1/call-page/sessions": Row(opened, "self", FEW),
    # With a token of nobody's: who walks here goes on to the next route.
    "DELETE /api/handset/v1/call-page": Row(
        once("DELETE", "/api/handset/v1/call-page", headers=_FORGED), "self"
    ),
    "DELETE /api/handset/v1/sessions": Row(
        once("DELETE", "/api/handset/v1/sessions", headers=_FORGED), "self"
    ),
    "POST /places/at": Row(
        once("POST", "/places/at", form={"lat": "42.634", "lon": "141.6055"})
    ),
    "GET /c/offline": Row(once("GET", "/c/offline")),
    "GET /c/sw.js": Row(once("GET", "/c/sw.js")),
    "GET /c/{secret}": Row(pages("GET", "/c/{secret}"), "page", FEW),
    "GET /c/{secret}/place": Row(
        pages("GET", "/c/{secret}/place", query={"kind": "fire", "key": "walked-key"}),
        "page",
        frozenset({"street", "place"}),
    ),
    "GET /c/{secret}/map": Row(
        pages(
            "GET",
            "/c/{secret}/map",
            query={"kind": "fire", "place": "home", "key": "walked-key"},
        ),
        "page",
        frozenset({"street"}),
    ),
    "GET /c/{secret}/calls": Row(pages("GET", "/c/{secret}/calls"), "page"),
    # Refused: its form is of another log-in.
    "POST /c/{secret}/calls": Row(
        pages("POST", "/c/{secret}/calls", form={"kind": "fire", "csrf": "forged"}), "page"
    ),
    "GET /c/{secret}/made": Row(pages("GET", "/c/{secret}/made"), "page"),
    "GET /c/{secret}/manifest.webmanifest": Row(
        pages("GET", "/c/{secret}/manifest.webmanifest"), "page"
    ),
    # Feature phones.
    "GET /m": Row(once("GET", "/m")),
    "POST /m": Row(once("POST", "/m", form={"url": "none"})),
    "GET /m/check": Row(once("GET", "/m/check")),
    "GET /m/check/result": Row(once("GET", "/m/check/result")),
    "POST /m/check/result": Row(once("POST", "/m/check/result", form={"charset": "x"})),
    "GET /m/log-in": Row(once("GET", "/m/log-in")),
    "POST /m/log-in": Row(
        once("POST", "/m/log-in", form={"login_id": "none", "password": "wrong-one"})
    ),
    "GET /m/s/{session}": Row(phoned("GET", "/m/s/{session}"), "self", FEW),
    **{f"{method} /m/s/{{session}}{path}": Row(
        phoned(method, f"/m/s/{{session}}{path}".replace("{key}", "r-12345678901").replace(
            "{kind}", "fire").replace("{place}", place).replace("{seq}", "1"), **more),
        "self", frozenset(must))
       for method, path, place, must, more in _PHONE},
    # With a session of nobody's: who walks here goes on to the next route.
    "POST /m/s/{session}/account-mail": Row(
        once("POST", f"/m/s/{UNKNOWN}/account-mail", form={"account-mail": "x"}), "self"
    ),
    "POST /m/s/{session}/log-out": Row(
        once("POST", f"/m/s/{UNKNOWN}/log-out", form={"log-out": "x"}), "self"
    ),
    "GET /c/{secret}/card": Row(
        pages("GET", "/c/{secret}/card", query={"place": "home"}),
        "page",
        frozenset({"name", "street"}),
    ),
    f"GET {_PAGED}": Row(paged("GET", _PAGED), "page"),
    f"GET {_PAGED}/card": Row(paged("GET", f"{_PAGED}/card"), "page"),
    **{f"POST {_PAGED}/{each}": Row(
        paged("POST", f"{_PAGED}/{each}", form={"text": "x", "client_id": "x", "csrf": "forged"}),
        "page") for each in ("lines", "location")},
    f"WS {_PAGED}/chat": Row(
        paged("WS", f"{_PAGED}/chat", frames=({"type": "hello", "after": 0},)), "page"
    ),
    **{name: Row(asks) for name, asks in CALLBACK_URLS.items()},
    # Dispatchers: nothing before a call.
    "GET /api/console/v1/calls": Row(
        once("GET", "/api/console/v1/calls"), "center", WHOLE | SEALED
    ),
    "GET /api/console/v1/calls/{call_id}": Row(
        called("GET", "/api/console/v1/calls/{call_id}"), "center", WHOLE | SEALED
    ),
    **{
        f"POST {CONSOLE_CALL}/{act}": Row(called("POST", f"{CONSOLE_CALL}/{act}", body), "center")
        for act, body in CALL_ACTS.items()
    },
    "WS /api/console/v1/feed": Row(feed, "center", WHOLE | SEALED),
    "GET /api/console/v1/center": Row(once("GET", "/api/console/v1/center")),
    "GET /api/console/v1/departments/{department}/area": Row(
        once("GET", "/api/console/v1/departments/tomakomai/area")
    ),
    # What the center's own consoles were told in a drill; none was uploaded here.
    "GET /api/console/v1/replays/{replay_id}": Row(
        once("GET", "/api/console/v1/replays/00000000-0000-0000-0000-000000000000"), "center"
    ),
    # The page holds nobody's data: its scripts ask the API above.
    "GET /console": Row(once("GET", "/console")),
    "GET /console/replay/{replay_id}": Row(once("GET", "/console/replay/none")),
    "GET /console/log-in": Row(once("GET", "/console/log-in")),
    "POST /console/log-in": Row(
        once("POST", "/console/log-in", form={"center": "x", "name": "x", "password": "x"})
    ),
    "POST /console/log-out": Row(once("POST", "/console/log-out", form={"action": "x"})),
    "POST /console/token": Row(once("POST", "/console/token", form={"csrf": "forged"})),
    **STAFF_ROUTES,
    **ALARM_ROUTES,
}  # fmt: skip
