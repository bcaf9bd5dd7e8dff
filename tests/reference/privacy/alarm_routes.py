"""Routes of the home alarm service: none of these actors is of it, so nobody sees anything.

Who of the service itself sees what is tested beside it, in `tests/reference/service/alarms`.
"""

from typing import Any

from tests.reference.privacy.asks import once
from tests.reference.privacy.rows import Row

_ONE = "00000000-0000-0000-0000-000000000000"
_D, _S, _U = "/api/alarms/v1", "/api/staff/v1/alarms", "/api/unit/v1"
_I = f"{_D}/incidents/{{incident_id}}"
_L = f"{_S}/ledgers/{{registration}}"
_DAY = {"on": "2026-03-31"}
_P = "/staff/alarms"
_PAGES = (
    _P,
    f"{_P}/log-in",
    f"{_P}/cards/new",
    f"{_P}/opinions",
    *(
        f"{_P}/ledgers/{{registration}}/{each}"
        for each in (
            *("change", "move", "consultation", "give-back", "section-way", "station-way"),
            *("unit", "visit", "attendance", "attendance-declined", "heard", "told"),
            *("inquiry", "unit-return"),
        )
    ),
)
"""Pages that are opened, and to which a form is sent, but for the first."""

_READS = (
    f"{_U}/speech",
    f"{_D}/incidents",
    f"{_D}/units",
    _I,
    f"{_S}/ledgers",
    _L,
    f"{_L}/evacuation-record",
    f"{_S}/opinions",
    f"{_S}/work",
    *(
        f"/console/alarms/{{incident_id}}/{each}"
        for each in ("ward-report", "home-station", "record")
    ),
    *_PAGES,
    f"{_P}/opinions/{{number}}",
    f"{_P}/audit",
    f"{_P}/ledgers",
    f"{_P}/ledgers/{{registration}}",
    f"{_P}/ledgers/{{registration}}/paper",
    f"{_P}/ledgers/{{registration}}/evacuation-record",
)
_ACTS: dict[str, Any] = {
    f"{_U}/signals": {"n": 1, "kind": "alarm", "mode": "test"},
    f"{_U}/speech": {"text": "x"},
    f"{_I}/take": None,
    f"{_I}/hail": None,
    f"{_I}/speech": {"text": "x"},
    f"{_I}/decision": {"finding": "disaster"},
    f"{_I}/helpers": {"order": 1, "answer": "goes"},
    f"{_I}/scene": {"event": "arrived", "by": "x"},
    f"{_I}/tellings": {"recipient": "police", "what": "x", "urgent": True},
    f"{_I}/tellings/result": {"number": 1, "reached": True},
    f"{_I}/ward-report": {"other": "x"},
    f"{_I}/ward-report/sent": None,
    f"{_I}/home-station": {"what": "x"},
    f"{_I}/equipment": {"good": True},
    f"{_I}/close": {"reason": "x"},
    f"{_I}/heard-change": {"what": "x"},
    f"{_S}/ledgers": {"registration": 1, "receivedOn": "2026-03-31"},
    f"{_L}/changes": {"kind": "change", "receivedOn": "2026-03-31"},
    f"{_L}/entries/{{number}}/consultation": {"accepted": True},
    f"{_L}/entries/{{number}}/return": {"household": "S-1", **_DAY},
    f"{_L}/way/section": _DAY,
    f"{_L}/way/station": _DAY,
    f"{_L}/unit": {"unitId": "K-1", **_DAY},
    f"{_L}/visits": {"kind": "survey", "by": "x", **_DAY},
    f"{_L}/heard": {"what": "x"},
    f"{_L}/heard/{{number}}/told": {"to": "user"},
    f"{_L}/attendance": {"askedOn": "2026-03-31"},
    f"{_L}/attendance/declined": {"why": "x"},
    f"{_L}/unit-return": {"receivedOn": "2026-03-31"},
    f"{_L}/inquiries": {"by": "x", "purpose": "x"},
    f"{_S}/opinions": {"name": "x", "address": "x", "wardOffice": "x", "why": "x"},
}


def _path(route: str) -> str:
    return route.format(incident_id=_ONE, registration=1, number=1)


ALARM_ROUTES: dict[str, Row] = {
    **{f"GET {route}": Row(once("GET", _path(route))) for route in _READS},
    **{
        f"POST {route}": Row(once("POST", _path(route), json=body)) for route, body in _ACTS.items()
    },
    **{
        f"POST {route}": Row(once("POST", _path(route), form={"action": "next", "name": "x"}))
        for route in (*_PAGES[1:], f"{_P}/log-out")
    },
}
