"""Pages whose texts a careless hand changed."""

import re
from typing import Any

from net119_reference.web.pages.rendering import Pages
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
