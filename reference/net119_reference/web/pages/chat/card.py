"""The pages of the read-aloud card (CTS-08, CNB-38, ASO-29).

One is about a call, below its chat page; ``/c/{secret}/card`` is for whoever cannot make one.
"""

from collections.abc import Iterable

from fastapi import APIRouter
from net119_protocol.codes import Kind, Mode, PlaceChoice
from net119_protocol.unreachable_texts import ASKS_NOBODY
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Plea
from net119_reference.registration.ports import CallPageSession
from net119_reference.web.pages.call_door import CallPageDoor
from net119_reference.web.pages.chat.plea import not_real, sentences
from net119_reference.web.pages.chat.visit import ChatDoor, Visit
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mobile.modes import mark_of
from net119_reference.web.pages.routing import PageContext


def add_routes(routes: APIRouter, context: PageContext, doors: Iterable[ChatDoor]) -> None:
    """Add both cards."""
    service = context.context.service
    personal = CallPageDoor(context)
    # That of the calls that these pages make, unless they are practice.
    own_mode = context.context.config.modes.of_pages(practice=False)

    def page(
        request: Request, plea: Plea, *, mode: Mode, back: str, kind: Kind | None, at_home: bool
    ) -> Response:
        index = service.registrations.places()
        asks_nobody = mode in ASKS_NOBODY
        asked = [] if asks_nobody else sentences(plea, index, kind=kind, at_home=at_home)
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return context.pages.page(
            request,
            "call-card.html",
            here=request.url.path if "lang=" in here else here,
            practice=mode is Mode.PRACTICE,
            asks_nobody=asks_nobody,
            mark=mark_of(mode, language_of(request)),
            not_real=not_real(mode),
            sentences=asked,
            about_call=plea.call is not None,
            kind=kind,
            at_home=at_home,
            back=back,
        )

    async def of_call(request: Request, visit: Visit) -> Response:
        plea = await service.plea_of(visit.identity, visit.call_id)
        call = plea.call
        return page(
            request,
            plea,
            mode=call.mode if call else own_mode,
            back=visit.path,
            kind=call.kind if call else None,
            at_home=False,
        )

    async def before(request: Request, session: CallPageSession) -> Response:
        asked = request.query_params
        known = {each.value: each for each in Kind}
        return page(
            request,
            await service.plea_of(session.identity, None),
            mode=Mode.PRACTICE if asked.get("practice") == "1" else own_mode,
            back=f"/c/{request.path_params['secret']}",
            kind=known.get(asked.get("kind", "")),
            at_home=asked.get("place") == PlaceChoice.HOME.value,
        )

    for door in doors:
        context.add(routes, f"{door.path}/card", door.guard(of_call))
    context.add(routes, "/c/{secret}/card", personal.guard(before))
