"""What all routers share: routes made from the table of operations, and identities of clients."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from net119_protocol.api.operations import operation
from net119_protocol.api.problems import Problem
from net119_protocol.model import MAX_COUNT
from net119_protocol.spec.openapi import raw_body

from net119_reference.config import Config
from net119_reference.metrics import Metrics
from net119_reference.ports import (
    DispatcherIdentity,
    HandsetIdentity,
    ProviderService,
    StaffIdentity,
)
from net119_reference.web.access import LogInBrake, bearer_token
from net119_reference.web.guard import Refusals

After = Annotated[int, Query(ge=0, le=MAX_COUNT)]

Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Context:
    """What the routers are built from."""

    service: ProviderService
    config: Config
    metrics: Metrics
    refusals: Refusals
    brake: LogInBrake

    async def handset(self, request: Request) -> HandsetIdentity:
        """The registrant who asks; a FastAPI dependency."""
        who = await self.service.handset_identity(bearer_token(request.headers))
        ask_department(request, who.department)
        return who

    async def dispatcher(self, request: Request) -> DispatcherIdentity:
        """The dispatcher who asks; a FastAPI dependency."""
        return await self.service.dispatcher_identity(bearer_token(request.headers))

    async def staff(self, request: Request) -> StaffIdentity:
        """The staff member who asks; a FastAPI dependency."""
        return await self.service.staff_identity(bearer_token(request.headers))


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
        responses={status: {"model": Problem} for status in entry.refusals},
        summary=entry.summary,
        name=entry.name,
        operation_id=entry.name,
        description="",
        openapi_extra=extra,
        dependencies=[] if only_for is None else [Depends(only_for)],
    )
