"""Routes of staff: their programs and their pages, with the rights that these need."""

from net119_reference.registration.roles import Right

from tests.reference.privacy.asks import (
    announcement,
    entered,
    key_in,
    once,
    paper,
    paper_change,
    recorded,
    searches,
    stale,
)
from tests.reference.privacy.people import IMAGE
from tests.reference.privacy.rows import FEW, NONE, WHOLE, Row
from tests.reference.privacy.world import RECEIVED

_REC = "/api/staff/v1/registrations"
_OLD = "/api/staff/v1/registrants/{registrant_id}"


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


STAFF_ROUTES: dict[str, Row] = {
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
