"""Mailed URLs of registrants: change or stop (TOM-20, TOM-21), and renewal (ASO-13)."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.registration.ports import LinkPurpose, LinkView
from net119_reference.web.pages.forms import read_form
from net119_reference.web.pages.mailed import Mailed, accepted, path, token_of
from net119_reference.web.pages.routing import PageContext, see_other

_ACCOUNT = frozenset({LinkPurpose.ACCOUNT})
_RENEW = frozenset({LinkPurpose.RENEW})


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the choice, the question before stopping, and the renewal."""
    mailed = Mailed(context)

    async def account(request: Request, view: LinkView) -> Response:
        return context.pages.page(request, "account.html", here=path(request, "account"), view=view)

    async def choose(request: Request, view: LinkView) -> Response:
        form = await read_form(request)
        if form.action == "stop":
            return see_other(path(request, "stop"))
        return see_other(path(request, "form" if accepted(view) else "terms"))

    async def stop(request: Request, view: LinkView) -> Response:
        return context.pages.page(request, "stop.html", view=view)

    async def do_stop(request: Request, view: LinkView) -> Response:
        form = await read_form(request)
        # Only the button itself stops: Enter in an empty form must not end a registration.
        if form.action != "stop":
            return see_other(path(request, "account"))
        await mailed.desk.stop(token_of(request))
        return see_other(path(request, "stopped"))

    async def renew(request: Request, view: LinkView) -> Response:
        # A button, though the source says "when opened": mail filters open URLs, too, and would
        # renew the registration of somebody who no longer wants it.
        return context.pages.page(request, "renew.html", view=view)

    async def do_renew(request: Request, view: LinkView) -> Response:
        await read_form(request)
        await mailed.desk.renew(token_of(request))
        return see_other(path(request, "renewed"))

    mailed.add(routes, "account", account, purposes=_ACCOUNT)
    mailed.add(routes, "account", choose, "POST", purposes=_ACCOUNT)
    mailed.add(routes, "stop", stop, purposes=_ACCOUNT)
    mailed.add(routes, "stop", do_stop, "POST", purposes=_ACCOUNT)
    mailed.add(routes, "renew", renew, purposes=_RENEW)
    mailed.add(routes, "renew", do_renew, "POST", purposes=_RENEW)
