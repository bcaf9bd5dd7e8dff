"""Every HTTP operation and WebSocket of the APIs, as data.

The OpenAPI description is generated from this table, clients read paths from it, and a test
compares a provider's routes with it.
"""

from net119_protocol.api import admin, common, console, handset, staff
from net119_protocol.api.alarm_operations import (
    DESK_OPERATIONS as ALARM_DESK_OPERATIONS,
)
from net119_protocol.api.alarm_operations import UNIT_OPERATIONS
from net119_protocol.api.alarm_register_operations import REGISTER_OPERATIONS
from net119_protocol.api.console_operations import (
    CALLBACK_OPERATIONS,
    DESK_OPERATIONS,
    TRANSFER_OPERATIONS,
)
from net119_protocol.api.handset_operations import CALLBACK_URL_OPERATIONS, LOCATION_OPERATIONS
from net119_protocol.api.operation import Auth, Operation, Socket
from net119_protocol.api.records_operations import RECORDS_OPERATIONS
from net119_protocol.api.registration_operations import REGISTRATION_OPERATIONS
from net119_protocol.api.replay_operations import REPLAY_OPERATIONS

_H = "/api/handset/v1"
_C = "/api/console/v1"
_S = "/api/staff/v1"
_A = "/api/admin/v1"
_COMMON = (400, 401, 413, 422, 503)

OPERATIONS: tuple[Operation, ...] = (
    *REGISTRATION_OPERATIONS,
    Operation("health", "GET", "/health", Auth.NONE, "State of the provider", admin.Health),
    Operation(
        "log_in",
        "POST",
        f"{_H}/sessions",
        Auth.NONE,
        "Log in with the registered ID and password",
        handset.Session,
        handset.LogIn,
        status=201,
        refusals=(*_COMMON, 403, 429),
    ),
    Operation(
        "call",
        "POST",
        f"{_H}/calls",
        Auth.HANDSET,
        "Call for help",
        handset.CallAddress,
        handset.NewCall,
        status=201,
        refusals=(*_COMMON, 403, 409, 429),
    ),
    Operation(
        "my_calls",
        "GET",
        f"{_H}/calls",
        Auth.HANDSET,
        "The caller's own calls",
        handset.CallsOfCaller,
        refusals=(401,),
    ),
    Operation(
        "my_call",
        "GET",
        f"{_H}/calls/{{call_id}}",
        Auth.HANDSET,
        "One of the caller's calls",
        common.CallView,
        refusals=(401, 404, 422),
    ),
    Operation(
        "my_lines",
        "GET",
        f"{_H}/calls/{{call_id}}/lines",
        Auth.HANDSET,
        "Lines after a number, for handsets that poll",
        common.Transcript,
        query=(("after", "last line already seen, 0 for all"),),
        refusals=(401, 404, 422),
    ),
    Operation(
        "say",
        "POST",
        f"{_H}/calls/{{call_id}}/lines",
        Auth.HANDSET,
        "Say a line; answered when it is durably stored",
        common.LineStored,
        common.NewLine,
        status=201,
        refusals=(*_COMMON, 404, 409, 429),
    ),
    Operation(
        "center_calls",
        "GET",
        f"{_C}/calls",
        Auth.DISPATCHER,
        "Calls of the dispatcher's center",
        console.CallList,
        refusals=(401,),
    ),
    Operation(
        "call_record",
        "GET",
        f"{_C}/calls/{{call_id}}",
        Auth.DISPATCHER,
        "A call with transcript and history",
        console.CallRecord,
        refusals=(401, 404, 422),
    ),
    Operation(
        "answer",
        "POST",
        f"{_C}/calls/{{call_id}}/answer",
        Auth.DISPATCHER,
        "Take a ringing call",
        console.ConsoleCall,
        refusals=(401, 404, 409, 422, 503),
    ),
    Operation(
        "dispatcher_says",
        "POST",
        f"{_C}/calls/{{call_id}}/lines",
        Auth.DISPATCHER,
        "Say a line to the caller; answered when the anchor has stored it",
        common.LineStored,
        common.NewLine,
        status=201,
        refusals=(*_COMMON, 404, 409, 429),
    ),
    Operation(
        "close",
        "POST",
        f"{_C}/calls/{{call_id}}/close",
        Auth.DISPATCHER,
        "Close a call with its outcome, which for practice and test is never a dispatch",
        console.ConsoleCall,
        console.CloseCall,
        refusals=(*_COMMON, 403, 404, 409),
    ),
    Operation(
        "enter_registrant",
        "POST",
        f"{_S}/registrants",
        Auth.STAFF,
        "Key in an application",
        staff.RegistrantView,
        staff.NewRegistrant,
        status=201,
        refusals=(*_COMMON, 403),
    ),
    Operation(
        "registrant",
        "GET",
        f"{_S}/registrants/{{registrant_id}}",
        Auth.STAFF,
        "A registrant of the department",
        staff.RegistrantView,
        refusals=(401, 404, 422),
    ),
    Operation(
        "approve_registrant",
        "POST",
        f"{_S}/registrants/{{registrant_id}}/approve",
        Auth.STAFF,
        "Approve an application; the log-in is shown once",
        staff.Credentials,
        refusals=(401, 404, 409, 422, 503),
    ),
    Operation(
        "suspend_registrant",
        "POST",
        f"{_S}/registrants/{{registrant_id}}/suspend",
        Auth.STAFF,
        "Refuse further calls of a registrant",
        staff.RegistrantView,
        staff.Suspend,
        refusals=(*_COMMON, 404, 409),
    ),
    *TRANSFER_OPERATIONS,
    *LOCATION_OPERATIONS,
    *CALLBACK_OPERATIONS,
    *DESK_OPERATIONS,
    *CALLBACK_URL_OPERATIONS,
    *RECORDS_OPERATIONS,
    *REPLAY_OPERATIONS,
    *UNIT_OPERATIONS,
    *ALARM_DESK_OPERATIONS,
    *REGISTER_OPERATIONS,
    Operation(
        "load_directory",
        "PUT",
        f"{_A}/directory",
        Auth.ADMIN,
        "Replace the jurisdiction directory",
        admin.Health,
        admin.LoadDirectory,
        refusals=(*_COMMON, 403),
    ),
    Operation(
        "load_operators",
        "PUT",
        f"{_A}/operators",
        Auth.ADMIN,
        "Replace the list of peers",
        admin.Health,
        admin.Operators,
        refusals=(*_COMMON, 403),
    ),
    Operation(
        "add_account",
        "POST",
        f"{_A}/accounts",
        Auth.ADMIN,
        "Add a dispatcher or a staff member; the token is shown once",
        admin.Account,
        admin.NewAccount,
        status=201,
        refusals=(*_COMMON, 403),
    ),
    Operation(
        "set_state",
        "PUT",
        f"{_A}/state",
        Auth.ADMIN,
        "Set the provider's own state, told to all peers",
        admin.Health,
        admin.SetState,
        refusals=(*_COMMON, 403),
    ),
    Operation(
        "accepted_modes",
        "GET",
        f"{_A}/modes",
        Auth.ADMIN,
        "The modes of calls that are taken: no drill begins where live ones are",
        admin.AcceptedModes,
        refusals=(401, 403),
    ),
    Operation(
        "set_clock",
        "PUT",
        f"{_A}/clock",
        Auth.ADMIN,
        "Set the provider's clock ahead; all that is due then is done before the answer",
        admin.ClockState,
        admin.SetClock,
        refusals=(*_COMMON, 403),
    ),
    Operation(
        "sweep",
        "POST",
        f"{_A}/sweeps",
        Auth.ADMIN,
        "Do what is due for the records, or say what would be due at a moment",
        admin.Sweep,
        admin.SweepOrder,
        refusals=(*_COMMON, 403),
    ),
    Operation(
        "refused_inputs",
        "GET",
        f"{_A}/refused-inputs",
        Auth.ADMIN,
        "What was refused, after a number",
        admin.RefusedInputs,
        query=(("after", "number of the last entry already seen"),),
        refusals=(401, 403, 422),
    ),
    Operation(
        "discrepancies",
        "GET",
        f"{_A}/discrepancies",
        Auth.ADMIN,
        "Discrepancies that were reported for calls, here or by other providers",
        admin.ReportedDiscrepancies,
        query=(("after", "number of the last entry already seen"),),
        refusals=(401, 403, 422),
    ),
)

SOCKETS: tuple[Socket, ...] = (
    Socket("chat", f"{_H}/calls/{{call_id}}/chat", Auth.HANDSET, "Chat of one call"),
    Socket("feed", f"{_C}/feed", Auth.DISPATCHER, "Feed of a center"),
)


def operation(name: str) -> Operation:
    """The operation of this name.

    Raises:
        KeyError: there is none.
    """
    return _BY_NAME[name]


_BY_NAME = {entry.name: entry for entry in OPERATIONS}

__all__ = ["OPERATIONS", "SOCKETS", "Auth", "Operation", "Socket", "operation"]
