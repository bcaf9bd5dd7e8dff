"""The page of a registration and its identity image."""

from fastapi import APIRouter
from starlette.responses import Response

from net119_reference.registration.roles import Right
from net119_reference.web.pages.rendering import HEADERS
from net119_reference.web.pages.staff.desk import Desk, Visit
from net119_reference.web.pages.staff.record import (
    ask_purpose,
    purpose_of,
    record_page,
    registrant_id_of,
)

PATH = "/staff/registrants/{registrant_id}"


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""

    async def show(visit: Visit) -> Response:
        registrant_id, purpose = registrant_id_of(visit), purpose_of(visit)
        if not purpose:
            return ask_purpose(desk, visit)
        return await record_page(desk, visit, registrant_id, purpose)

    async def image(visit: Visit) -> Response:
        registrant_id, purpose = registrant_id_of(visit), purpose_of(visit)
        content = await desk.service.identity_image(visit.who, registrant_id, purpose)
        headers = {
            **HEADERS,
            "Content-Disposition": "inline",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        return Response(content, media_type="image/jpeg", headers=headers)

    desk.add(routes, PATH, show, right=Right.READ)
    desk.add(routes, f"{PATH}/image", image, right=Right.SEE_IMAGES)
