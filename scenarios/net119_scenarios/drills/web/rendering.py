"""Turns templates into pages, with the headers that every page carries."""

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from net119_protocol.codes import CallState, Mode, Presence
from net119_protocol.labels import Label, Language, label
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from net119_scenarios import lengths
from net119_scenarios.drills.view import DrillView
from net119_scenarios.drills.web.guard import form_token
from net119_scenarios.drills.web.words import CONTROLS, PLAYERS, ROLES, STATES, STEPS

STATIC: Mapping[str, str] = {
    "drill.css": "text/css",
    "control.js": "text/javascript",
    "copy.js": "text/javascript",
    "letters.js": "text/javascript",
    "opening.js": "text/javascript",
    "position.js": "text/javascript",
    "telephone.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers then send the origin "null" for a form.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OF_DOCUMENTS: Mapping[str, str] = {
    **HEADERS,
    # One file with a style of its own, to be kept and printed; it has no scripts.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
}
_COOKIE = "net119_lang"
_A_YEAR_S = 365 * 24 * 3600


class Place(NamedTuple):
    """Where a link of the menu leads."""

    path: str
    title: Label


class Pages:
    """Renders the templates of this package; ``places`` are the menu, by name."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._environment = Environment(
            loader=PackageLoader("net119_scenarios.drills.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "asset": asset,
            "places": dict(places),
            "players": PLAYERS,
            "role_titles": ROLES,
            "state_titles": STATES,
            "step_titles": STEPS,
            "control_titles": CONTROLS,
            "clock": lengths.moment,
            "long": lengths.long,
        }

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """The page made from a template; it may use ``t(ja, en)``, ``words(text)``, ``lang``."""
        lang = language_of(request)
        other: Language = "en" if lang == "ja" else "ja"
        # Two slashes, or what browsers take for them, would begin the name of another host.
        here = "/" + request.url.path.lstrip("/\\") if request.method == "GET" else "/"
        text = self.part(request, template, here=here, switch=f"{here}?lang={other}", **values)
        response = HTMLResponse(text, status, headers=dict(HEADERS))
        response.headers["Content-Language"] = lang
        if request.query_params.get("lang") in ("ja", "en"):
            response.set_cookie(_COOKIE, lang, max_age=_A_YEAR_S, httponly=True, samesite="lax")
        return response

    def part(self, request: Request, template: str, **values: Any) -> str:
        """The text made from a template, such as a part of a page."""
        lang = language_of(request)
        return self._environment.get_template(template).render(
            lang=lang,
            t=partial(pick, lang),
            words=lambda text: text.ja if lang == "ja" else text.en,
            code_label=partial(code_label, lang),
            actor_of=partial(actor_of, lang),
            csrf=form_token(request),
            **values,
        )


def code_label(lang: Language, kind: str, code: str) -> str:
    """A code of the protocol in words."""
    lists: dict[str, type[Mode | CallState | Presence]] = {
        "mode": Mode,
        "state": CallState,
        "presence": Presence,
    }
    return label(lists[kind](code), lang)


def actor_of(lang: Language, view: DrillView, actor: str) -> str:
    """How an actor is called."""
    found = next((each.called for each in view.roles if each.actor == actor), None)
    return actor if found is None else pick(lang, found.ja, found.en)


def language_of(request: Request) -> Language:
    """The language to answer in: what was chosen, else Japanese."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(_COOKIE)):
        if wanted in ("ja", "en"):
            return "en" if wanted == "en" else "ja"
    return "ja"


def pick(lang: Language, ja: str, en: str) -> str:
    """The text in the reader's language."""
    return ja if lang == "ja" else en


def see_other(path: str) -> Response:
    """Go on with GET, so that a reload repeats nothing (RFC 9110, 15.4.4)."""
    return RedirectResponse(path, 303, headers=dict(HEADERS))


@cache
def asset(name: str) -> str:
    """URL of a static file, which changes with its content."""
    return f"/static/{name}?v={hashlib.sha256(content_of(name)).hexdigest()[:12]}"


def content_of(name: str) -> bytes:
    """A static file."""
    return files("net119_scenarios.drills.web").joinpath("static", name).read_bytes()


async def static(request: Request) -> Response:
    """Serve a static file."""
    name = str(request.path_params["name"])
    if name not in STATIC:
        return Response(status_code=404, headers=dict(HEADERS))
    headers = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(content_of(name), media_type=STATIC[name], headers=headers)
