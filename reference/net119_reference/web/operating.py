"""Health and metrics, open to anybody who reaches the listener; no personal data in either."""

from fastapi import APIRouter
from net119_protocol.api import admin
from starlette.responses import Response

from net119_reference.metrics import CONTENT_TYPE
from net119_reference.web.routes import Context, add_operation


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes for operating a provider."""

    async def health() -> admin.Health:
        return context.service.health()

    async def metrics() -> Response:
        return Response(context.metrics.text(), media_type=CONTENT_TYPE)

    add_operation(routes, health.__name__, health)
    # Not one of the protocol's operations: its form is Prometheus' own.
    routes.add_api_route(
        "/metrics", metrics, methods=["GET"], name="metrics", include_in_schema=False
    )
