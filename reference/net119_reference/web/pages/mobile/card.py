"""The plea to people nearby, in large text: these phones do not speak (CTS-08, ASO-29)."""

from fastapi import APIRouter
from net119_protocol.labels import label
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mobile.chat import CALL
from net119_reference.web.pages.mobile.context import MobileContext, MobileSession, call_number
from net119_reference.web.pages.mobile.modes import banner_of
from net119_reference.web.pages.mobile.places import in_words


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add the card of a call."""
    service = context.context.service

    async def card(request: Request, session: MobileSession) -> Response:
        number = call_number(request.path_params["call_id"])
        plea = await service.plea_of(session.who, number)
        call, place = plea.call, plea.place
        if call is None or place is None:
            raise LookupError("a call has a view and a place")
        lang = language_of(request)
        point = place.point
        words = None
        if point is not None and place.registered is None:
            accuracy = None if place.fix is None else place.fix.accuracy_m
            words = in_words(service.registrations.places(), point.lat, point.lon, accuracy)
        return context.page(
            request,
            "card.html",
            here=f"{session.path}/c/{number}",
            banner=banner_of(call.mode, lang),
            kind=label(call.kind, lang),
            address=place.registered.address if place.registered else "",
            words=words,
            point=point,
            name=plea.name,
        )

    context.add_call(routes, f"{CALL}/card", card)
