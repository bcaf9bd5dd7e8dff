"""Operations of replays, as data."""

from net119_protocol.api import replays
from net119_protocol.api.operation import Auth, Operation

REPLAY_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "keep_replay",
        "PUT",
        "/api/admin/v1/replays/{replay_id}",
        Auth.ADMIN,
        "Keep a drill for looking at it again on the console, in the place of one of that name",
        replays.ReplayKept,
        replays.NewReplay,
        refusals=(400, 401, 403, 413, 422, 503),
    ),
    Operation(
        "replay",
        "GET",
        "/api/console/v1/replays/{replay_id}",
        Auth.DISPATCHER,
        "A replay of the dispatcher's center",
        replays.Replay,
        refusals=(401, 404, 422),
    ),
)
