"""URLs mailed to registrants, at a feature phone: change, stop (TOM-20, TOM-21), renew (ASO-13)."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.registration.ports import LinkPurpose, LinkView
from net119_reference.web.pages.mailed import accepted, token_of
from net119_reference.web.pages.mobile.registering.mailed import MobileMailed, path
from net119_reference.web.pages.routing import see_other

_ACCOUNT = frozenset({LinkPurpose.ACCOUNT})
_RENEW = frozenset({LinkPurpose.RENEW})


def add_routes(routes: APIRouter, mailed: MobileMailed) -> None:
    """Add the choice, the question before stopping, and the renewal."""

    async def account(request: Request, view: LinkView) -> Response:
        return mailed.page(request, "account.html", view)

    async def choose(request: Request, view: LinkView) -> Response:
        form = await mailed.context.form(request)
        if form.pressed("stop"):
            return see_other(path(request, "stop"))
        return see_other(path(request, "form" if accepted(view) else "terms"))

    async def stop(request: Request, view: LinkView) -> Response:
        return mailed.page(request, "stop.html", view)

    async def do_stop(request: Request, view: LinkView) -> Response:
        form = await mailed.context.form(request)
        # Only the button itself stops: Enter in an empty form must not end a registration.
        if not form.pressed("stop"):
            return see_other(path(request, "account"))
        await mailed.desk.stop(token_of(request))
        return see_other(path(request, "stopped"))

    async def renew(request: Request, view: LinkView) -> Response:
        return mailed.page(request, "renew.html", view)

    async def do_renew(request: Request, view: LinkView) -> Response:
        form = await mailed.context.form(request)
        if not form.pressed("renew"):
            return see_other(path(request, "renew"))
        await mailed.desk.renew(token_of(request))
        return see_other(path(request, "renewed"))

    mailed.add(routes, "account", account, purposes=_ACCOUNT)
    mailed.add(routes, "account", choose, "POST", purposes=_ACCOUNT)
    mailed.add(routes, "stop", stop, purposes=_ACCOUNT)
    mailed.add(routes, "stop", do_stop, "POST", purposes=_ACCOUNT)
    mailed.add(routes, "renew", renew, purposes=_RENEW)
    mailed.add(routes, "renew", do_renew, "POST", purposes=_RENEW)
