"""A call at the smartphone's pages: the chat, and the card that asks bystanders to call."""

from fastapi import APIRouter

from net119_reference.web.pages.chat import card, page, socket
from net119_reference.web.pages.chat.callback_door import CallbackChatDoor
from net119_reference.web.pages.chat.visit import CallPageChatDoor, ChatDoor
from net119_reference.web.pages.routing import PageContext


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add everything that belongs to the chat of a call, behind each of its doors."""
    doors: tuple[ChatDoor, ...] = (CallPageChatDoor(context), CallbackChatDoor(context))
    for door in doors:
        page.add_routes(routes, context, door)
        socket.add_routes(routes, context.context, door)
    card.add_routes(routes, context, doors)
