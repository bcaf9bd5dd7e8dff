"""For which units accounts can be made: our centers and departments, and the alarm service's."""

from net119_protocol.api.admin import AccountRole, NewAccount
from net119_protocol.codes import Refusal

from net119_reference.ports import Refused
from net119_reference.service.alarms.service import AlarmService
from net119_reference.service.core import Core


def check_unit(core: Core, alarms: AlarmService, body: NewAccount) -> None:
    """Let accounts be made for units of ours only.

    Raises:
        Refused: (invalid) the center or department is not ours.
    """
    jurisdiction, now = core.jurisdiction, core.clock.now()
    dispatcher = body.role is AccountRole.DISPATCHER
    if alarms.has_unit(body.unit, dispatcher=dispatcher):
        return
    ours = (
        jurisdiction.has_center(body.unit, now)
        if dispatcher
        else jurisdiction.own_unit(body.unit, now) is not None
    )
    if not ours:
        unit = "center" if dispatcher else "department"
        raise Refused(Refusal.INVALID, f"{body.unit} is no {unit} of {core.operator}", field="unit")
