"""What all routers share: routes made from the table of operations, and identities of clients."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from net119_protocol.api.operations import operation
from net119_protocol.api.problems import MEDIA_TYPE, Problem
from net119_protocol.codes import LinkSecurity, Refusal
from net119_protocol.model import MAX_COUNT
from net119_protocol.spec.openapi import raw_body
from starlette.types import Scope

from net119_reference.config import Config
from net119_reference.metrics import Metrics
from net119_reference.ports import (
    DispatcherIdentity,
    HandsetIdentity,
    ProviderService,
    Refused,
    StaffIdentity,
)
from net119_reference.web.access import LogInBrake, bearer_token, link_security
from net119_reference.web.encoding import Encoder
from net119_reference.web.guard import Refusals
from net119_reference.web.replays import Replays

After = Annotated[int, Query(ge=0, le=MAX_COUNT)]

Handler = Callable[..., Awaitable[Any]]

_REFUSED: dict[str, Any] = {
    "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
}
"""How a refusal is described. By reference: given the model, FastAPI makes a validator of it for
each of the hundreds of refusals, which is most of what building the application would take."""


@dataclass(frozen=True)
class Context:
    """What the routers are built from."""

    service: ProviderService
    config: Config
    metrics: Metrics
    refusals: Refusals
    brake: LogInBrake
    encoder: Encoder = field(default_factory=Encoder)
    replays: Replays = field(default_factory=Replays)

    def now(self) -> datetime:
        """The present moment by the provider's clock, UTC."""
        return self.service.registrations.now()

    async def handset(self, request: Request) -> HandsetIdentity:
        """The registrant who asks; a FastAPI dependency."""
        who = await self.service.handset_identity(
            bearer_token(request.headers), call_in(request.path_params)
        )
        ask_department(request, who.department)
        return self.over_link(who, request.scope)

    def over_link(self, who: HandsetIdentity, scope: Scope) -> HandsetIdentity:
        """The same registrant, who is known to use this connection from here on.

        Raises:
            Refused: (plaintext-not-allowed) it is not encrypted, and the department wants it so.
        """
        link = link_security(scope)
        self.check_link(who.department, scope)
        return replace(who, link=link)

    def check_link(self, department: str, scope: Scope) -> None:
        """Let a department's registrants use this connection (ASO-08, CNB-11).

        Raises:
            Refused: (plaintext-not-allowed) it is not encrypted, and the department wants it so.
        """
        if link_security(scope) is LinkSecurity.ENCRYPTED:
            return
        if not self.config.plaintext_allowed(self.service.registrations.profile(department)):
            raise Refused(
                Refusal.PLAINTEXT_NOT_ALLOWED,
                f"the connection is not encrypted, and {department} does not allow that; use https",
            )

    async def dispatcher(self, request: Request) -> DispatcherIdentity:
        """The dispatcher who asks; a FastAPI dependency."""
        return await self.service.dispatcher_identity(bearer_token(request.headers))

    async def staff(self, request: Request) -> StaffIdentity:
        """The staff member who asks; a FastAPI dependency."""
        return await self.service.staff_identity(bearer_token(request.headers))


def call_in(path_params: Mapping[str, Any]) -> UUID | None:
    """The call that a path is about, if it is about one."""
    try:
        return UUID(str(path_params["call_id"]))
    except (KeyError, ValueError):
        return None


def ask_department(request: Request, department: str) -> None:
    """From here on a refusal of the request names this department as the one to ask (CNB-15)."""
    request.state.department = department


def asked_department(request: Request) -> str | None:
    """The department that a refusal of the request names, if it is known."""
    found: str | None = getattr(request.state, "department", None)
    return found


def add_operation(
    routes: APIRouter, name: str, handler: Handler, *, only_for: Handler | None = None
) -> None:
    """Add the route of the operation ``name`` as the protocol's table describes it.

    Args:
        only_for: a dependency that refuses whoever may not use it.
    """
    entry = operation(name)
    extra = {"requestBody": raw_body(entry)} if entry.raw_request else None
    routes.add_api_route(
        entry.path,
        handler,
        methods=[entry.method],
        status_code=entry.status,
        response_model=entry.response,
        response_model_exclude_none=True,
        responses={status: _REFUSED for status in entry.refusals},
        summary=entry.summary,
        name=entry.name,
        operation_id=entry.name,
        description="",
        openapi_extra=extra,
        dependencies=[] if only_for is None else [Depends(only_for)],
    )
