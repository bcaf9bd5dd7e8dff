"""A call at the smartphone's pages: the chat, and the card that asks bystanders to call."""

from fastapi import APIRouter

from net119_reference.web.pages.chat import card, page, socket
from net119_reference.web.pages.routing import PageContext


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add everything that belongs to the chat of a call."""
    page.add_routes(routes, context)
    card.add_routes(routes, context)
    socket.add_routes(routes, context.context)
