"""The application: all routers, and every kind of "no" as a problem document."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from net119_protocol import __version__
from net119_protocol.api.operations import OPERATIONS, Auth
from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from net119_reference.config import Config
from net119_reference.metrics import Metrics
from net119_reference.ports import ProviderService, Refused, StorageFailed
from net119_reference.web import (
    account,
    admin,
    alarm_register,
    alarms,
    chat,
    console,
    feed,
    handset,
    operating,
    records,
    registration,
    staff,
)
from net119_reference.web.access import LogInBrake, TooSoon
from net119_reference.web.guard import Answer, Guard, Refusals
from net119_reference.web.link_rules import LinkRules
from net119_reference.web.pages.application import add_pages
from net119_reference.web.pages.rendering import Pages
from net119_reference.web.pages.routing import is_page, problem_page
from net119_reference.web.problems import (
    DetailedRefusal,
    code_of_errors,
    explain_errors,
    problem,
    problem_response,
)
from net119_reference.web.routes import Context, asked_department


def create_app(
    service: ProviderService, config: Config, *, metrics: Metrics | None = None
) -> FastAPI:
    """The ASGI application of a provider; the service's life is the caller's business.

    Args:
        metrics: counters to use, where the service counts in them too.
    """
    counters = metrics or Metrics(config.operator)
    counters.follow_open_calls(lambda: service.health().open_calls)
    refusals = Refusals(service, counters)
    limits = config.limits
    brake = LogInBrake(
        limits.log_in_attempts, limits.log_in_failures_of_source, limits.log_in_window_s
    )
    context = Context(service, config, counters, refusals, brake)
    app = FastAPI(
        title="NET119 reference provider",
        version=__version__,
        # The interactive pages load scripts from elsewhere; the description itself is served.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    parts = [operating, registration, handset, account, console, staff, records, chat, feed]
    parts += [alarms, alarm_register]
    if config.admin.enabled:
        parts.append(admin)
    for part in parts:
        part.add_routes(app.router, context)
    pages = Pages(config.map.tile_origin)
    add_pages(app, context, pages)
    answer = answers(pages)
    _handle_errors(app, refusals, service, answer)
    app.add_middleware(
        LinkRules,
        public_url=config.public_url,
        refusals=refusals,
        answer=answer,
        consoles_in_lan=config.lan.consoles,
    )
    # Outermost: it logs what the rules answer, too.
    app.add_middleware(Guard, refusals=refusals, metrics=counters, answer=answer)

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]  # FastAPI documents this assignment
    return app


def answers(pages: Pages) -> Answer:
    """How a refusal is answered: to a person's browser with a page, else as a problem document."""

    def answer(scope: Scope, document: Problem, headers: Mapping[str, str] | None) -> Response:
        if not is_page(scope):
            return problem_response(document, headers)
        response = problem_page(pages, Request(scope), document)
        response.headers.update(headers or {})
        return response

    return answer


def _handle_errors(
    app: FastAPI, refusals: Refusals, service: ProviderService, answer: Answer
) -> None:
    def refuse(
        request: Request,
        code: Refusal,
        detail: str,
        *,
        field: str | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        more: DetailedRefusal | None = None,
    ) -> Response:
        department = asked_department(request)
        profile = service.registrations.profile(department) if department else None
        document = problem(
            code,
            detail,
            field=field,
            status=status,
            profile=more.profile if more and more.profile else profile,
            problems=more.problems if more else (),
        )
        noted = f"{request.method}: {detail}"
        refusals.note(request.scope, code.value, noted)
        return answer(request.scope, document, headers)

    async def on_refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, Refused):
            raise error
        headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooSoon) else None
        more = error if isinstance(error, DetailedRefusal) else None
        return refuse(
            request, error.code, error.detail, field=error.field, headers=headers, more=more
        )

    async def on_storage_failed(request: Request, error: Exception) -> Response:
        return refuse(
            request,
            Refusal.STORAGE_FAILED,
            error.detail if isinstance(error, StorageFailed) else StorageFailed.detail,
        )

    async def on_invalid(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        errors = error.errors()
        if any(entry["type"] == "json_invalid" for entry in errors):
            place = errors[0]["loc"][-1]
            reason = str(errors[0].get("ctx", {}).get("error", ""))
            return refuse(
                request,
                Refusal.INVALID,
                f"the body is not JSON: {reason} at character {place}",
                status=400,
            )
        if any(entry["loc"] == ("body",) for entry in errors) and not _says_json(request):
            return refuse(
                request,
                Refusal.INVALID,
                "a JSON body is needed, with the header Content-Type: application/json",
                status=422,
            )
        detail, field = explain_errors(errors, skip=1)
        return refuse(request, code_of_errors(errors), detail, field=field)

    async def on_http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        texts = {
            400: (Refusal.INVALID, "the body cannot be read as JSON in UTF-8"),
            404: (Refusal.NOT_FOUND, "there is nothing at this path"),
            405: (
                Refusal.NOT_FOUND,
                f"this path does not take {request.method}; see the header Allow",
            ),
        }
        code, detail = texts.get(error.status_code, (Refusal.INVALID, "the request is refused"))
        headers = _allowed(app, request) if error.status_code == 405 else None
        return refuse(request, code, detail, status=error.status_code, headers=headers)

    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(StorageFailed, on_storage_failed)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)


def _says_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def _allowed(app: FastAPI, request: Request) -> dict[str, str]:
    """The Allow header of a 405 (RFC 9110, 15.5.6), over all routes of the path."""
    methods: set[str] = set()
    for route in app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return {"Allow": ", ".join(sorted(methods))}


def _describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with problem documents and bearer tokens as they really are."""
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    needs_token = {entry.name for entry in OPERATIONS if entry.auth is not Auth.NONE}
    for methods in document["paths"].values():
        for entry in methods.values():
            if entry["operationId"] in needs_token:
                entry["security"] = [{"bearer": []}]
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    # The routes name it by reference only.
    of_refusals = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = components.setdefault("schemas", {})
    schemas |= {**of_refusals.pop("$defs"), Problem.__name__: of_refusals}
    return document
