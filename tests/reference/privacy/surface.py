"""Every route of the application: how it is asked in this test, and who may see whom in its answer.

A route that is not here fails the test: whoever adds one says here what it shows.
"""

from dataclasses import dataclass
from typing import Any

from net119_reference.registration.roles import Right

from tests.reference.privacy.asks import (
    UNKNOWN,
    Asks,
    announcement,
    called,
    chat,
    drafts,
    entered,
    feed,
    key_in,
    mailed,
    once,
    opened,
    paged,
    pages,
    paper,
    paper_change,
    phoned,
    recorded,
    searches,
    stale,
)
from tests.reference.privacy.call_acts import CALL_ACTS, CONSOLE_CALL
from tests.reference.privacy.callback_urls import CALLBACK_URLS
from tests.reference.privacy.people import IMAGE, SEALED
from tests.reference.privacy.world import RECEIVED

FEW = frozenset({"name"})
WHOLE = frozenset({"name", "birth", "street", "mail", "reason", "device"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """One route: what is asked of it, whom it may show anything, and what it must show them."""

    asks: Asks
    audience: str = "nobody"
    must: frozenset[str] = NONE
    right: Right | None = None
    """For staff: the right with which it must be shown."""
    subject: str = "plain"
    """Which of the department's people a list must show."""


def act(code: str, **fields: str) -> dict[str, Row]:
    """The two routes of an act upon a registration; two people stand for all."""

    path = f"/staff/registrants/{{registrant_id}}/{code}"
    right = {"change": Right.KEY_IN, "withdraw": Right.KEY_IN, "password": Right.KEY_IN}.get(
        code, Right.READ if code == "disclose" else Right.REVIEW
    )
    few = ("plain", "paper")
    form = {**fields, "action": "confirm"}
    return {
        f"GET {path}": Row(recorded("GET", path, states=few), "staff", FEW, right),
        f"POST {path}": Row(recorded("POST", path, form=form, states=few), "staff", FEW, right),
    }


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
_REC = "/api/staff/v1/registrations"
_OLD = "/api/staff/v1/registrants/{registrant_id}"
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
    # Staff's programs.
    "POST /api/staff/v1/registrants": Row(entered, "staff", FEW, Right.KEY_IN),
    f"GET {_OLD}": Row(recorded("GET", _OLD), "staff", WHOLE, Right.READ),
    f"POST {_OLD}/approve": Row(
        recorded("POST", f"{_OLD}/approve", states=("plain", "paper")), "staff"
    ),
    f"POST {_OLD}/suspend": Row(
        recorded("POST", f"{_OLD}/suspend", json=lambda _: {"reason": "x"}, states=("applied",)),
        "staff",
    ),
    f"GET {_REC}": Row(once("GET", _REC), "staff", FEW, Right.READ),
    f"GET {_REC}/{{registrant_id}}": Row(
        recorded("GET", f"{_REC}/{{registrant_id}}"), "staff", WHOLE, Right.READ
    ),
    f"POST {_REC}/{{registrant_id}}/decisions": Row(
        recorded(
            "POST",
            f"{_REC}/{{registrant_id}}/decisions",
            json=stale(decision="cancel", reason="x"),
        ),
        "staff",
    ),
    "POST /api/staff/v1/paper-applications": Row(paper, "staff"),
    f"POST {_REC}/{{registrant_id}}/paper-changes": Row(paper_change, "staff"),
    "GET /api/staff/v1/expiring": Row(
        once("GET", "/api/staff/v1/expiring", query={"days": "3000"}), "staff", FEW, Right.READ
    ),
    f"POST {_REC}/{{registrant_id}}/withdrawals": Row(
        recorded(
            "POST",
            f"{_REC}/{{registrant_id}}/withdrawals",
            json=stale(signed=True, receivedOn=RECEIVED.isoformat()),
        ),
        "staff",
    ),
    f"POST {_REC}/{{registrant_id}}/passwords": Row(
        recorded("POST", f"{_REC}/{{registrant_id}}/passwords", json=stale()), "staff"
    ),
    f"POST {_REC}/{{registrant_id}}/disclosures": Row(
        recorded(
            "POST",
            f"{_REC}/{{registrant_id}}/disclosures",
            json=lambda _: {"to": "病院", "why": "救急", "items": ["name"]},
        ),
        "staff",
    ),
    "GET /api/staff/v1/failed-mails": Row(
        once("GET", "/api/staff/v1/failed-mails"), "staff", frozenset({"mail"}), Right.READ
    ),
    "GET /api/staff/v1/accesses": Row(once("GET", "/api/staff/v1/accesses")),
    "GET /api/staff/v1/deletions": Row(once("GET", "/api/staff/v1/deletions")),
    "POST /api/staff/v1/announcements": Row(
        once("POST", "/api/staff/v1/announcements", json={"kind": "none"})
    ),
    "GET /api/staff/v1/announcements": Row(once("GET", "/api/staff/v1/announcements")),
    # Staff's pages.
    "GET /staff/log-in": Row(once("GET", "/staff/log-in")),
    "POST /staff/log-in": Row(
        once("POST", "/staff/log-in", form={"department": "chitose", "name": "x", "password": "y"})
    ),
    "POST /staff/log-out": Row(once("POST", "/staff/log-out", headers={"Cookie": "a=b"})),
    "GET /staff": Row(once("GET", "/staff"), "staff", FEW, Right.READ, "applied"),
    "GET /staff/search": Row(searches, "staff", FEW, Right.READ),
    "GET /staff/registrants/{registrant_id}": Row(
        recorded(
            "GET", "/staff/registrants/{registrant_id}", purposes=("review", "")
        ),
        "staff",
        WHOLE,
        Right.READ,
    ),
    "GET /staff/registrants/{registrant_id}/image": Row(
        recorded("GET", "/staff/registrants/{registrant_id}/image"),
        "staff",
        frozenset({IMAGE}),
        Right.SEE_IMAGES,
    ),
    "POST /staff/registrants/{registrant_id}/decide": Row(
        recorded(
            "POST",
            "/staff/registrants/{registrant_id}/decide",
            form={"action": "refuse-confirm", "reason": "x", "purpose": "review"},
        ),
        "staff",
        FEW,
        Right.REVIEW,
    ),
    "GET /staff/key-in": Row(once("GET", "/staff/key-in")),
    "POST /staff/key-in": Row(key_in, "staff", FEW, Right.KEY_IN),
    **act("change"),
    **act("suspend", reason="x"),
    **act("resume"),
    **act("cancel", reason="x"),
    **act("delete", requested="yes"),
    **act("withdraw", **{"form.signed": "yes", "paper.received_on": RECEIVED.isoformat()}),
    **act("password"),
    **act("disclose"),
    "GET /staff/undeliverable": Row(
        once("GET", "/staff/undeliverable"), "staff", frozenset({"mail"}), Right.READ
    ),
    "GET /staff/expiring": Row(once("GET", "/staff/expiring"), "staff", NONE, Right.READ),
    "GET /staff/announcements": Row(once("GET", "/staff/announcements")),
    "POST /staff/announcements": Row(
        once("POST", "/staff/announcements", form={"action": "look"})
    ),
    "GET /staff/announcements/{announcement_id}": Row(
        announcement("/staff/announcements/{announcement_id}")
    ),
    "GET /staff/announcements/{announcement_id}/progress": Row(
        announcement("/staff/announcements/{announcement_id}/progress")
    ),
    "GET /staff/audit": Row(once("GET", "/staff/audit")),
}  # fmt: skip
