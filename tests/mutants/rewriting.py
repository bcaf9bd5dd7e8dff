"""Pages, and files beside them, whose texts a careless hand changed."""

import re
from typing import Any

from net119_reference.web.pages import application
from net119_reference.web.pages.rendering import STATIC, Pages
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tests.mutants.registry import Patch


def rewritten(patch: Patch, template: str, was: str, becomes: str = "") -> None:
    """Whatever fits the pattern ``was`` reads otherwise in a template; it must be there."""
    pattern = re.compile(was, re.DOTALL)

    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        made: HTMLResponse = original(pages, request, name, **values)
        if name != template:
            return made
        text, count = pattern.subn(becomes, bytes(made.body).decode())
        assert count, f"{template} has nothing like {was!r}"
        changed = HTMLResponse(text, status_code=made.status_code)
        for key, value in made.headers.items():
            if key != "content-length":
                changed.headers[key] = value
        return changed

    patch.around(Pages, "page", page)


def static(patch: Patch, file: str, was: str, becomes: str = "") -> None:
    """A static file reads otherwise in one place, which must be there."""
    text = (STATIC / file).read_text("utf-8")
    assert was in text, f"{file} has nothing like {was!r}"
    kind = "text/css" if file.endswith(".css") else "text/javascript"

    async def served(original: Any, own: Any, path: str, scope: Any) -> Response:
        if path == file:
            return Response(text.replace(was, becomes), media_type=kind)
        made: Response = await original(own, path, scope)
        return made

    patch.around(application._Assets, "get_response", served)
