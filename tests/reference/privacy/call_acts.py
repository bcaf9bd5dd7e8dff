"""Routes of what dispatchers do with a call."""

CONSOLE_CALL = "/api/console/v1/calls/{call_id}"
CALL_ACTS: dict[str, object] = {
    "answer": None,
    "lines": {"text": "x", "clientId": "x"},
    "close": {"outcome": "none"},
    "transfers": {"department": "?"},
    "location-requests": None,
    "discrepancies": {"kind": "none"},
    "callbacks": None,
    "disclosures": {"receiver": "none"},
    "dispatches": {"units": ""},
    "block": {"reason": ""},
    "take-over": None,
}
"""What a dispatcher does with a call, with bodies that are refused where they would change it."""
