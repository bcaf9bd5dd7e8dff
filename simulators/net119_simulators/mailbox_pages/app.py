"""The pages as a web application, for this machine's own browser only."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from net119_simulators.mailbox import Draft, MailboxServer, Situation, load_situations, send_mail
from net119_simulators.mailbox.journal import STOPPED
from net119_simulators.mailbox.letter import URL
from net119_simulators.mailbox.sending import MailNotTaken
from net119_simulators.mailbox_pages import words
from net119_simulators.mailbox_pages.words import Language
from net119_simulators.safety import is_loopback

_JAPAN = ZoneInfo("Asia/Tokyo")
_COOKIE = "net119_mailboxes_lang"
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[A-Za-z0-9.-]{1,253}")
_STATIC = {
    "icon.svg": "image/svg+xml",
    "mailboxes.css": "text/css",
    "watch.js": "text/javascript",
}
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers then send the origin "null" for a form.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def mailbox_app(
    boxes: MailboxServer, applications: Mapping[str, tuple[str, int]] | None = None
) -> ASGIApp:
    """The application over these mailboxes; run it in their event loop.

    ``applications`` are addresses that an empty mail can be sent to, to begin a registration
    (TOM-08), each with host and port of its mail server; without any, none is offered.
    """
    pages = _Pages(boxes, applications or {})
    app = Starlette(
        routes=[
            Route("/", pages.all),
            Route("/box", pages.box),
            Route("/box/situation", pages.set_situation, methods=["POST"]),
            Route("/box/empty-mail", pages.send_empty_mail, methods=["POST"]),
            Route("/mail/{number:int}", pages.mail),
            Route("/version", pages.version),
            Route("/static/{name}", pages.static),
        ],
        exception_handlers={404: pages.no_page},
    )
    return _LoopbackOnly(app)


class _LoopbackOnly:
    """Answers only who names this machine: another name may be a page that was rebound to it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_loopback(_host(Request(scope))):
            refusal = PlainTextResponse(
                "These pages answer to loopback addresses only.", 421, headers=dict(HEADERS)
            )
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _host(request: Request) -> str:
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


class _Pages:
    def __init__(self, boxes: MailboxServer, applications: Mapping[str, tuple[str, int]]) -> None:
        self._boxes = boxes
        self._applications = dict(applications)
        self._situations = load_situations()
        self._environment = Environment(
            loader=PackageLoader("net119_simulators.mailbox_pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            words=words,
            box_url=_box_url,
            pieces=_pieces,
            when=_when,
            # A long address is broken before its domain.
            at=Markup("<wbr>@"),
        )

    async def all(self, request: Request) -> Response:
        """All mailboxes."""
        rows: list[dict[str, Any]] = []
        for address in self._boxes.addresses:
            decisions = self._boxes.decisions(address)
            rows.append(
                {
                    "address": address,
                    "carrier": self._boxes.carriers.of(address),
                    "came": len(self._boxes.letters(address)),
                    "stopped": sum(each.fate in STOPPED for each in decisions),
                    "last": decisions[-1].at,
                }
            )
        rows.sort(key=lambda row: row["last"], reverse=True)
        return self._page(request, "all.html", rows=rows)

    async def box(self, request: Request) -> Response:
        """One mailbox, whether it ever got a mail or not."""
        address = request.query_params.get("address", "").strip()
        if not _ADDRESS.fullmatch(address):
            return self._page(request, "wrong.html", 400, address=address)
        return self._box(request, address)

    def _box(
        self,
        request: Request,
        address: str,
        status: int = 200,
        refused: tuple[str, str] | None = None,
    ) -> Response:
        """``refused``: the address that took no empty mail, and what its server said."""
        sent = request.query_params.get("sent", "")
        offered = self._offered(address)
        numbered = [
            (number, each)
            for number, each in enumerate(self._boxes.decisions())
            if each.address == self._boxes.mailbox(address).key
        ]
        return self._page(
            request,
            "box.html",
            status,
            mailbox=self._boxes.mailbox(address),
            decisions=numbered[::-1],
            situations=offered,
            elsewhere=[each for each in self._situations.values() if each not in offered],
            chosen=self._chosen(address),
            applications=list(self._applications),
            sent=sent if sent in self._applications else "",
            refused=refused,
        )

    async def set_situation(self, request: Request) -> Response:
        """Give a mailbox a situation; from these pages only."""
        if not _from_these_pages(request):
            return _foreign()
        form = await request.form()
        address, code = str(form.get("address", "")), str(form.get("situation", ""))
        offered = {each.code for each in self._offered(address)}
        if not _ADDRESS.fullmatch(address) or code not in offered:
            return self._page(request, "wrong.html", 400, address=address)
        self._boxes.set_rule(address, self._situations[code].rule)
        return RedirectResponse(f"{_box_url(address)}&set=1", 303, headers=dict(HEADERS))

    async def send_empty_mail(self, request: Request) -> Response:
        """Send a department the empty mail that begins a registration; from these pages only."""
        if not _from_these_pages(request):
            return _foreign()
        form = await request.form()
        address, to = str(form.get("address", "")), str(form.get("to", ""))
        if not _ADDRESS.fullmatch(address) or to not in self._applications:
            return self._page(request, "wrong.html", 400, address=address)
        try:
            await send_mail(Draft(address, to), *self._applications[to])
        except MailNotTaken as wrong:
            return self._box(request, address, 502, (to, str(wrong)))
        query = urlencode({"sent": to})
        return RedirectResponse(f"{_box_url(address)}&{query}", 303, headers=dict(HEADERS))

    async def mail(self, request: Request) -> Response:
        """One mail, delivered or not."""
        number = int(request.path_params["number"])
        decisions = self._boxes.decisions()
        found = decisions[number] if number < len(decisions) else None
        if found is None or found.letter is None:
            return await self.not_found(request)
        mailbox = self._boxes.mailbox(found.address)
        return self._page(
            request,
            "mail.html",
            decision=found,
            letter=found.letter,
            shown=mailbox.shown(found.letter),
            carrier=mailbox.carrier,
        )

    async def version(self, request: Request) -> Response:
        """A number that grows with every change, for the script that watches."""
        return PlainTextResponse(str(self._boxes.version), headers=dict(HEADERS))

    async def static(self, request: Request) -> Response:
        """Style and script."""
        name = str(request.path_params["name"])
        if name not in _STATIC:
            return await self.not_found(request)
        content = files("net119_simulators.mailbox_pages").joinpath("static", name).read_bytes()
        return Response(content, media_type=_STATIC[name], headers=dict(HEADERS))

    async def no_page(self, request: Request, _error: Exception) -> Response:
        """There is no such page."""
        return await self.not_found(request)

    async def not_found(self, request: Request) -> Response:
        """There is no such page, or no such mail any more."""
        return self._page(request, "gone.html", 404)

    def _offered(self, address: str) -> list[Situation]:
        """The situations that have an effect at the carrier of an address."""
        carrier = self._boxes.carriers.of(address)
        return [each for each in self._situations.values() if each.works_at(carrier)]

    def _chosen(self, address: str) -> Situation | None:
        rule = self._boxes.rule(address)
        return next((each for each in self._situations.values() if each.rule == rule), None)

    def _page(
        self, request: Request, template: str, status: int = 200, **values: Any
    ) -> HTMLResponse:
        lang = _language(request)
        text = self._environment.get_template(template).render(
            lang=lang,
            t=partial(_pick, lang),
            version=self._boxes.version,
            switch=_switch(request, "en" if lang == "ja" else "ja"),
            done="set" in request.query_params,
            **values,
        )
        response = HTMLResponse(text, status, headers=dict(HEADERS))
        response.headers["Content-Language"] = lang
        if request.query_params.get("lang") in ("ja", "en"):
            response.set_cookie(_COOKIE, lang, httponly=True, samesite="lax")
        return response


def _from_these_pages(request: Request) -> bool:
    return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host")


def _foreign() -> Response:
    return PlainTextResponse("This form was not sent from these pages.", 403, headers=dict(HEADERS))


def _language(request: Request) -> Language:
    for wanted in (request.query_params.get("lang"), request.cookies.get(_COOKIE)):
        if wanted in ("ja", "en"):
            return "en" if wanted == "en" else "ja"
    return "ja"


def _pick(lang: Language, ja: str, en: str) -> str:
    return ja if lang == "ja" else en


def _switch(request: Request, lang: Language) -> str:
    if request.method != "GET":
        return f"/?lang={lang}"
    kept = [(key, value) for key, value in request.query_params.items() if key == "address"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', lang)])}"


def _box_url(address: str) -> str:
    return f"/box?{urlencode({'address': address})}"


def _pieces(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is a URL."""
    found: list[tuple[str, bool]] = []
    begin = 0
    for each in URL.finditer(text):
        found += [(text[begin : each.start()], False), (each.group(), True)]
        begin = each.end()
    return [*found, (text[begin:], False)]


def _when(at: datetime) -> str:
    return at.astimezone(_JAPAN).strftime("%Y-%m-%d %H:%M:%S")
