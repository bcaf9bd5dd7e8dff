"""Interface C for a department's staff: registrants."""

from uuid import UUID

from fastapi import APIRouter, Depends
from net119_protocol.api import staff

from net119_reference.ports import StaffIdentity
from net119_reference.web.routes import Context, add_operation


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes for staff."""
    service = context.service
    who_asks = Depends(context.staff)

    async def enter_registrant(
        body: staff.NewRegistrant, who: StaffIdentity = who_asks
    ) -> staff.RegistrantView:
        return await service.enter_registrant(who, body)

    async def registrant(
        registrant_id: UUID, who: StaffIdentity = who_asks
    ) -> staff.RegistrantView:
        return await service.registrant(who, registrant_id)

    async def approve_registrant(
        registrant_id: UUID, who: StaffIdentity = who_asks
    ) -> staff.Credentials:
        return await service.approve_registrant(who, registrant_id)

    async def suspend_registrant(
        registrant_id: UUID, body: staff.Suspend, who: StaffIdentity = who_asks
    ) -> staff.RegistrantView:
        return await service.suspend_registrant(who, registrant_id, body)

    for handler in (enter_registrant, registrant, approve_registrant, suspend_registrant):
        add_operation(routes, handler.__name__, handler)
