"""Turns templates into responses, with the headers that every page carries."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from net119_protocol.labels import Language
from net119_protocol.profile.check import FieldProblem
from starlette.requests import Request
from starlette.responses import HTMLResponse

from net119_reference.registration.expiry import last_valid_day
from net119_reference.registration.item_names import label_of_path
from net119_reference.web.pages.language import PARAMETER, keep_language, language_of

JAPAN = ZoneInfo("Asia/Tokyo")
STATIC = Path(__file__).parent / "static"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            # data: is the one-pixel picture that the map library puts in place of a tile.
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    # The path of a page may be a secret: it stays on this site. Not "no-referrer", with which
    # browsers send the origin "null" for a form, so that its origin could not be checked.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Pages:
    """Renders the templates of this package.

    ``tile_origin`` is where pictures of maps may come from besides this site.
    """

    def __init__(self, tile_origin: str | None = None) -> None:
        self.headers = dict(HEADERS)
        if tile_origin is not None:
            policy = HEADERS["Content-Security-Policy"]
            own = "img-src 'self' data:"
            self.headers["Content-Security-Policy"] = policy.replace(own, f"{own} {tile_origin}")
        self.environment = Environment(
            loader=PackageLoader("net119_reference.web.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals["asset"] = asset

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        problems: Iterable[FieldProblem] = (),
        here: str | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """The page made from a template.

        Args:
            template: file below ``templates/``; it may use ``t(ja, en)``, ``lang``, ``problems``
                (all of them), ``problem_of`` (the first of each path), and ``values``.
            problems: what is wrong with the form on the page, per field.
            here: path, with its query if it needs one, that shows this page again, for the
                language switch; by default the path of the request.
        """
        lang = language_of(request)
        found = tuple(problems)
        first: dict[str, FieldProblem] = {}
        for each in found:
            first.setdefault(each.path, each)
        text = self.environment.get_template(template).render(
            lang=lang,
            t=partial(pick, lang),
            when=partial(when, lang),
            day=partial(day, lang),
            summed_up=partial(summed_up, lang),
            last_day=partial(last_day, lang),
            problems=found,
            problem_of=first,
            switch=_switch(here or request.url.path, "en" if lang == "ja" else "ja"),
            **values,
        )
        response = HTMLResponse(text, status_code=status, headers=self.headers)
        response.headers["Content-Language"] = lang
        keep_language(request, response)
        return response


def pick(lang: Language, ja: str, en: str) -> str:
    """The text in the reader's language."""
    return ja if lang == "ja" else en


def summed_up(lang: Language, problem: FieldProblem) -> str:
    """A problem away from its field: the field of an application is named where the text does not.

    Those of other forms name theirs.
    """
    text = pick(lang, problem.ja, problem.en)
    path = problem.path.removeprefix("defect.")
    name = label_of_path(path, lang)
    if not path or name == path or name.casefold() in text.casefold():
        return text
    return f"{name}: {text}"


def day(lang: Language, value: date | datetime) -> str:
    """A day as people write it; of a moment, the day in Japan."""
    local = value.astimezone(JAPAN).date() if isinstance(value, datetime) else value
    if lang == "ja":
        return f"{local.year}年{local.month}月{local.day}日"
    return f"{local.day} {local:%B %Y}"


def last_day(lang: Language, expires_at: datetime) -> str:
    """The last valid day before an expiry."""
    return day(lang, last_valid_day(expires_at))


def when(lang: Language, moment: datetime) -> str:
    """A moment as people write it, in Japan's time."""
    local = moment.astimezone(JAPAN)
    clock = (
        f" {local.hour}時{local.minute:02d}分" if lang == "ja" else f", {local:%H:%M} (Japan time)"
    )
    return f"{day(lang, moment)}{clock}"


def _switch(here: str, other: Language) -> str:
    # Two slashes, or what browsers take for them, would begin the name of another host.
    here = "/" + here.lstrip("/\\")
    return f"{here}{'&' if '?' in here else '?'}{PARAMETER}={other}"


@cache
def asset(name: str) -> str:
    """URL of a static file; it changes with the content, so that browsers may keep it.

    Raises:
        FileNotFoundError: there is no such file.
    """
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
