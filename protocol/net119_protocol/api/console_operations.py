"""Operations of a dispatcher beside answering and writing, as data."""

from net119_protocol.api import console, console_acts, console_desk
from net119_protocol.api.operation import Auth, Operation

_C = "/api/console/v1/calls/{call_id}"
_REFUSALS = (400, 401, 404, 409, 413, 422, 429, 503)

TRANSFER_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "transfer",
        "POST",
        f"{_C}/transfers",
        Auth.DISPATCHER,
        "Give the call to another department; answered when that is done or has failed",
        console_acts.Transfer,
        console_acts.NewTransfer,
        refusals=_REFUSALS,
    ),
    Operation(
        "ask_location",
        "POST",
        f"{_C}/location-requests",
        Auth.DISPATCHER,
        "Ask the caller's handset for its position; the feed tells what comes",
        console_acts.LocationAsked,
        status=202,
        refusals=_REFUSALS,
    ),
    Operation(
        "report_discrepancy",
        "POST",
        f"{_C}/discrepancies",
        Auth.DISPATCHER,
        "Report that something about the call was wrong, to the other provider too",
        console_acts.Discrepancy,
        console_acts.NewDiscrepancy,
        status=201,
        refusals=_REFUSALS,
    ),
)

CALLBACK_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "call_back",
        "POST",
        f"{_C}/callbacks",
        Auth.DISPATCHER,
        "Mail the caller a URL that reopens this call; answered when it is sent or has failed,"
        " at most 10 s later",
        console_acts.Callback,
        status=201,
        refusals=_REFUSALS,
    ),
    Operation(
        "disclose",
        "POST",
        f"{_C}/disclosures",
        Auth.DISPATCHER,
        "Record that the caller's data were given to somebody outside",
        console_acts.CallDisclosure,
        console_acts.NewCallDisclosure,
        status=201,
        refusals=_REFUSALS,
    ),
    Operation(
        "record_dispatch",
        "POST",
        f"{_C}/dispatches",
        Auth.DISPATCHER,
        "Record that a crew was sent; refused before the answer, and for practice and test",
        console_acts.Dispatch,
        console_acts.NewDispatch,
        status=201,
        refusals=(403, *_REFUSALS),
    ),
    Operation(
        "block_caller",
        "POST",
        f"{_C}/block",
        Auth.DISPATCHER,
        "Refuse further calls of this caller; the home department's center only",
        console_acts.Blocked,
        console_acts.Block,
        status=201,
        refusals=(403, *_REFUSALS),
    ),
)

DESK_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "my_center",
        "GET",
        "/api/console/v1/center",
        Auth.DISPATCHER,
        "The dispatcher's center, and to whom a call can be given",
        console_desk.CenterView,
        refusals=(401,),
    ),
    Operation(
        "department_area",
        "GET",
        "/api/console/v1/departments/{department}/area",
        Auth.DISPATCHER,
        "The border of a department, for drawing",
        console_desk.DepartmentArea,
        refusals=(401, 404, 422),
    ),
    Operation(
        "take_over",
        "POST",
        f"{_C}/take-over",
        Auth.DISPATCHER,
        "Take an answered call over from another dispatcher of the same center",
        console.ConsoleCall,
        refusals=(401, 404, 409, 422, 503),
    ),
)
