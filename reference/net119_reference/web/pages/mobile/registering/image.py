"""The identity image at a feature phone: mailed as an attachment, or sent with a form."""

import asyncio
import io
from dataclasses import dataclass

from fastapi import APIRouter
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.images.identity import ImageRefused
from net119_reference.registration.ports import LinkView
from net119_reference.web.pages.forms import read_form
from net119_reference.web.pages.mailed import FORMS, accepted, token_of
from net119_reference.web.pages.mobile.registering.form import after, application_view
from net119_reference.web.pages.mobile.registering.mailed import MobileMailed, path
from net119_reference.web.pages.mobile.registering.parts import parts
from net119_reference.web.pages.rendering import HEADERS
from net119_reference.web.pages.routing import see_other

SIDE = 220
"""Longest side of the picture that is shown, in pixels: the width of a phone of 2005."""
_NONE = FieldProblem(
    "image",
    "empty",
    "画像を選んでください。選べないときは、メールに添付して送ってください。",
    "Choose an image. If you cannot, send it attached to a mail.",
)


def add_routes(routes: APIRouter, mailed: MobileMailed) -> None:
    """Add the page of the image, and the image small enough for a phone."""
    pages = _ImagePages(mailed)
    mailed.add(routes, "image", pages.page, purposes=FORMS)
    mailed.add(routes, "image", pages.send, "POST", purposes=FORMS)
    mailed.add(routes, "image/small", pages.small, purposes=FORMS)


@dataclass(frozen=True)
class _ImagePages:
    mailed: MobileMailed

    async def page(self, request: Request, view: LinkView) -> Response:
        """How to send the image; the image, once it is here."""
        if not accepted(view):
            return see_other(path(request, "terms"))
        own = tuple(each for each in view.defects if each.path == "image")
        return self._show(request, view, own)

    def _show(
        self,
        request: Request,
        view: LinkView,
        problems: tuple[FieldProblem, ...],
        status: int = 200,
    ) -> Response:
        if not view.profile.asks(Item.IDENTITY_IMAGE):
            return see_other(path(request, "form"))
        form = application_view(self.mailed, request, view)
        return self.mailed.page(
            request,
            "image.html",
            view,
            status=status,
            form=form,
            problems=self.mailed.told(request, problems),
            problem_of={each.path: each for each in problems},
            next_step=path(request, after(parts(form), "image")),
        )

    async def send(self, request: Request, view: LinkView) -> Response:
        """Keep an image that the phone uploaded."""
        form = await read_form(request)
        if not accepted(view):
            return see_other(path(request, "terms"))
        content = form.files.get("image")
        if content is None:
            return self._show(request, view, (_NONE,), status=422)
        try:
            await self.mailed.desk.attach_image(token_of(request), content)
        except ImageRefused as refused:
            problem = FieldProblem("image", refused.code, refused.ja, refused.en)
            return self._show(request, view, (problem,), status=422)
        return see_other(path(request, "image"))

    async def small(self, request: Request, view: LinkView) -> Response:
        """The image that came through this URL or by mail."""
        content = await self.mailed.desk.own_image(token_of(request))
        shrunk = await asyncio.to_thread(_shrunk, content)
        return Response(shrunk, media_type="image/jpeg", headers=dict(HEADERS))


def _shrunk(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        flat = picture.convert("RGB")
    flat.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=60)
    return out.getvalue()
