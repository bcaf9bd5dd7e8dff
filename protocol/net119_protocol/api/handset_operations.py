"""Operations of a handset during and after a call, as data."""

from net119_protocol.api import common, handset
from net119_protocol.api.operation import Auth, Operation

_H = "/api/handset/v1"

LOCATION_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "tell_location",
        "POST",
        f"{_H}/calls/{{call_id}}/locations",
        Auth.HANDSET,
        "Tell where the handset is now; answered when it is durably stored",
        common.CallView,
        handset.NewLocation,
        status=201,
        refusals=(400, 401, 404, 409, 413, 422, 429, 503),
    ),
)

CALLBACK_URL_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "open_callback",
        "POST",
        f"{_H}/callbacks/{{secret}}",
        Auth.NONE,
        "Come back to a call by the URL of its callback mail",
        handset.CallbackOpened,
        status=201,
        refusals=(403, 404, 409, 410, 422, 429, 503),
    ),
)
