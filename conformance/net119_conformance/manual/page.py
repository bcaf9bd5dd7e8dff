"""The page on which a person is asked, and the requests of the worker that asks.

Everything lies below a secret path, so that no other user of this machine, and no page of another
origin, can answer. It is served on a loopback address only.
"""

import asyncio
import secrets
from importlib.resources import files
from typing import Any

import jinja2
from net119_simulators.errors import Waited
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from net119_conformance.catalogue import Lang, Text
from net119_conformance.manual.desk import About, Desk
from net119_conformance.manual.pictures import MOST_BYTES, PictureRefused, cleaned
from net119_conformance.manual.steps import BY_PEOPLE, Given, Outcome, Step, Wrong
from net119_conformance.manual.words import WORDS

LONG_POLL_S = 20.0
MOST_OF_ANSWER = MOST_BYTES + 1024 * 1024
_PREFIX = "q-"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TOO_LARGE = Text(
    ja="送られたものが大きすぎます。画像は 10 MB 以内にして、もう一度答えてください。",
    en="What was sent is too large. Use a picture of 10 MB at most, and answer again.",
)


class DeskPages:
    """Page and worker's requests of one desk; ``lang`` is that of the page until it is switched."""

    def __init__(self, desk: Desk, lang: Lang) -> None:
        self._desk = desk
        self._lang: Lang = lang
        self.secret = secrets.token_urlsafe(18)
        self._template = _template()
        routes = [
            Route("/", self._page),
            Route("/changes", self._changes),
            Route("/answer/{number:int}", self._answer, methods=["POST"]),
            Route("/more-time/{number:int}", self._more_time, methods=["POST"]),
            Route("/page.css", _css),
            Route("/page.js", _js),
            Route("/worker/begin", self._begin, methods=["POST"]),
            Route("/worker/finish", self._finish, methods=["POST"]),
            Route("/worker/step", self._ask, methods=["POST"]),
            Route("/worker/step/{number:int}", self._wait),
            Route("/worker/step/{number:int}/close", self._close, methods=["POST"]),
        ]
        # A name that somebody's DNS points here is none of ours (DNS rebinding).
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        self.app = Starlette(routes=[Mount(f"/{self.secret}", routes=routes)], middleware=[hosts])

    # --- the person -------------------------------------------------------------------------------

    async def _page(self, request: Request) -> Response:
        return self._shown(self._lang_of(request))

    async def _changes(self, request: Request) -> Response:
        """Answered once there is something new to show, or after `LONG_POLL_S`."""
        known = request.query_params.get("after", "")

        def look() -> int | None:
            # After the end nothing new comes, and the server must not wait for who looks then.
            new = self._desk.ended or str(self._desk.version) != known
            return self._desk.version if new else None

        try:
            await self._desk.watch.until(look, "a change", LONG_POLL_S, str)
        except Waited:
            self._desk.left_s()  # lets time pass where no worker looks
        told = {"version": self._desk.version, "ended": self._desk.ended}
        return JSONResponse(told, headers=_HEADERS)

    async def _answer(self, request: Request) -> Response:
        lang = self._lang_of(request)
        number = int(request.path_params["number"])
        if int(request.headers.get("content-length") or MOST_OF_ANSWER + 1) > MOST_OF_ANSWER:
            return self._shown(lang, wrong=(Wrong(name="picture", text=_TOO_LARGE),), status=413)
        values: dict[str, str] = {}
        picture: bytes | None = None
        wrong: tuple[Wrong, ...] = ()
        async with request.form(max_files=1, max_fields=100) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    values[name] = value.replace("\r\n", "\n")
                elif value.filename and isinstance(value, UploadFile):
                    try:
                        data = await value.read(MOST_BYTES + 1)
                        picture, _ = await asyncio.to_thread(cleaned, data)
                    except PictureRefused as refused:
                        wrong = (Wrong(name="picture", text=refused.text),)
        outcome = values.get("outcome", "")
        known = outcome in {each.value for each in BY_PEOPLE}
        given = Given(
            # What a person cannot say is refused by the step, with words.
            outcome=Outcome(outcome) if known else Outcome.WITHDRAWN,
            values={
                name.removeprefix(_PREFIX): value
                for name, value in values.items()
                if name.startswith(_PREFIX)
            },
            said=values.get("said", ""),
            note=values.get("note", ""),
            picture=picture,
        )
        wrong = wrong or self._desk.give(number, given)
        if wrong:
            return self._shown(lang, wrong=wrong, given=given, status=422)
        if given.outcome is Outcome.STOPPED:
            # The server goes with the run: a page that was fetched next would be an error page.
            return self._shown(lang, ended=True)
        return RedirectResponse(f"/{self.secret}/?lang={lang}", 303, headers=_HEADERS)

    async def _more_time(self, request: Request) -> Response:
        lang = self._lang_of(request)
        self._desk.more_time(int(request.path_params["number"]))
        return RedirectResponse(f"/{self.secret}/?lang={lang}", 303, headers=_HEADERS)

    def _lang_of(self, request: Request) -> Lang:
        asked = request.query_params.get("lang")
        if asked == "ja":
            return "ja"
        return "en" if asked == "en" else self._lang

    def _shown(
        self,
        lang: Lang,
        *,
        wrong: tuple[Wrong, ...] = (),
        given: Given | None = None,
        status: int = 200,
        ended: bool = False,
    ) -> Response:
        desk = self._desk
        case = desk.open_case
        page = self._template.render(
            lang=lang,
            say=lambda text: text.get(lang),
            words=WORDS,
            root=f"/{self.secret}",
            desk=desk,
            ended=ended or desk.ended,
            step=case.step if case is not None else None,
            left=round(desk.left_s()),
            wrong={each.name: each.text for each in wrong},
            given=given or Given(outcome=Outcome.DONE),
            prefix=_PREFIX,
        )
        return HTMLResponse(page, status, headers=_HEADERS)

    # --- the worker -------------------------------------------------------------------------------

    async def _begin(self, request: Request) -> Response:
        try:
            about = About.model_validate_json(await request.body())
        except ValidationError as wrong:
            return JSONResponse({"wrong": str(wrong)}, 422)
        self._desk.begin(about)
        return JSONResponse({})

    async def _finish(self, request: Request) -> Response:
        self._desk.finish()
        return JSONResponse({})

    async def _ask(self, request: Request) -> Response:
        try:
            step = Step.model_validate_json(await request.body())
        except ValidationError as wrong:
            return JSONResponse({"wrong": str(wrong)}, 422)
        return JSONResponse({"number": self._desk.ask(step)})

    async def _wait(self, request: Request) -> Response:
        """The answer, or 204 after ``within`` seconds without one."""
        case = self._desk.case(int(request.path_params["number"]))
        if case is None:
            return JSONResponse({}, 404)
        within = min(float(request.query_params.get("within", "1")), LONG_POLL_S)
        try:
            answer = await self._desk.watch.until(lambda: case.answer, "an answer", within, str)
        except (Waited, ClientDisconnect):
            self._desk.left_s()
            return Response(status_code=204)
        return Response(answer.model_dump_json(), media_type="application/json")

    async def _close(self, request: Request) -> Response:
        on_the_wire = request.query_params.get("on-the-wire") == "yes"
        self._desk.close(int(request.path_params["number"]), on_the_wire=on_the_wire)
        return JSONResponse({})


async def _css(request: Request) -> Response:
    return Response(_resource("page.css"), media_type="text/css", headers=_HEADERS)


async def _js(request: Request) -> Response:
    return Response(_resource("page.js"), media_type="text/javascript", headers=_HEADERS)


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_resource("page.html.j2"))


def _resource(name: str) -> Any:
    return files("net119_conformance.manual").joinpath(name).read_text("utf-8")
