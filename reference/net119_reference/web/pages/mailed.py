"""Mailed URLs: what they share, the first step of each, and those that do not open."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration.ports import (
    LinkProblem,
    LinkPurpose,
    LinkRefused,
    LinkUse,
    LinkView,
    Registrations,
)
from net119_reference.web.pages.application_view import edited
from net119_reference.web.pages.forms import read_form
from net119_reference.web.pages.mobile.phone import is_feature_phone
from net119_reference.web.pages.routing import PageContext, see_other
from net119_reference.web.routes import ask_department

Handler: TypeAlias = Callable[[Request, LinkView], Awaitable[Response]]
FORMS = frozenset({LinkPurpose.APPLY, LinkPurpose.CORRECT, LinkPurpose.ACCOUNT})
"""Purposes whose URL has the application form."""
STATUS_CLOSED = {LinkProblem.UNKNOWN: 404}
"""HTTP status of URLs that do not open; 410 for the others."""
_CLOSED = 410
DONE = {
    "submitted": frozenset({LinkUse.APPLIED, LinkUse.CORRECTED, LinkUse.CHANGED}),
    "stopped": frozenset({LinkUse.STOPPED}),
    "renewed": frozenset({LinkUse.RENEWED}),
}
"""Pages that tell what has just been done, and the uses of a URL that they tell of."""
AGREE = FieldProblem(
    "agree",
    "terms",
    "先へ進むには、「同意する」を選んでから「次へ」を押してください。",
    "To go on, choose “I agree”, then press “Next”.",
)
NEW_TERMS = FieldProblem(
    "agree",
    "terms-changed",
    "利用規約が新しくなりました。もう一度読んで、同意するかどうかを選んでください。",
    "The terms of use have changed. Read them again and choose whether you agree.",
)


def token_of(request: Request) -> str:
    """The secret of the URL."""
    token: str = request.path_params["token"]
    return token


def path(request: Request, step: str = "") -> str:
    """Path of a step of the same mailed URL."""
    return f"/r/{quote(token_of(request), safe='')}{f'/{step}' if step else ''}"


@dataclass(frozen=True)
class Mailed:
    """What the pages behind mailed URLs are built from."""

    context: PageContext

    @property
    def desk(self) -> Registrations:
        """The registration service."""
        return self.context.context.service.registrations

    def add(
        self,
        routes: APIRouter,
        step: str,
        handler: Handler,
        *methods: str,
        purposes: frozenset[LinkPurpose] = frozenset(LinkPurpose),
    ) -> None:
        """Add a step; who holds a URL for something else is led to what it is for."""

        async def opened(request: Request) -> Response:
            if request.method == "GET" and is_feature_phone(request):
                # One URL is mailed to everybody; these phones cannot read its pages.
                return see_other(f"/m/r/{quote(token_of(request), safe='')}")
            try:
                view = await self.desk.open_link(token_of(request))
                ask_department(request, view.profile.department)
                if view.purpose not in purposes:
                    return see_other(path(request))
                return await handler(request, view)
            except LinkRefused as refused:
                if step == "form" and request.method == "POST":
                    await self._keep(request)
                return self.closed(request, refused)

        suffix = f"/{step}" if step else ""
        self.context.add(routes, f"/r/{{token}}{suffix}", opened, *methods)

    async def _keep(self, request: Request) -> None:
        """Keep what was sent with a URL that a newer one has replaced: it goes on there."""
        form = await read_form(request)
        with contextlib.suppress(LinkRefused):
            await self.desk.keep_entries(token_of(request), edited(form))

    def closed(self, request: Request, refused: LinkRefused) -> Response:
        """The page of a URL that does not open: what happened, what to do."""
        if refused.used is None:
            # Who tries URLs that were never ours is noted like every refused input.
            self.context.context.refusals.note(
                request.scope,
                f"link-{refused.code.value}",
                f"{request.method}: this mailed URL is {refused.code.value}",
            )
        return self.context.pages.page(
            request,
            "link_closed.html",
            status=STATUS_CLOSED.get(refused.code, _CLOSED),
            here=path(request),
            code=refused.code.value,
            used=refused.used.value if refused.used else "",
            profile=refused.profile,
        )


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the first step, the terms, and what is shown after the last step."""
    mailed = Mailed(context)

    async def first(request: Request, view: LinkView) -> Response:
        if view.purpose is LinkPurpose.RENEW:
            return see_other(path(request, "renew"))
        if view.purpose is LinkPurpose.ACCOUNT:
            return see_other(path(request, "account"))
        return see_other(path(request, "form" if accepted(view) else "terms"))

    def show_terms(request: Request, view: LinkView, *problems: FieldProblem) -> Response:
        return context.pages.page(
            request,
            "terms.html",
            status=422 if problems else 200,
            problems=problems,
            here=path(request, "terms"),
            profile=view.profile,
            agreed=accepted(view),
            account=view.purpose is LinkPurpose.ACCOUNT,
        )

    async def terms(request: Request, view: LinkView) -> Response:
        return show_terms(request, view)

    async def agree(request: Request, view: LinkView) -> Response:
        form = await read_form(request)
        if form.get("agree") != "yes":
            return show_terms(request, view, AGREE)
        try:
            await mailed.desk.accept_terms(token_of(request), form.get("version"))
        except Refused as refused:
            if refused.code is not Refusal.INVALID:
                raise
            return show_terms(request, view, NEW_TERMS)
        return see_other(path(request, "form"))

    mailed.add(routes, "", first)
    mailed.add(routes, "terms", terms, purposes=FORMS)
    mailed.add(routes, "terms", agree, "POST", purposes=FORMS)
    for step, uses in DONE.items():
        context.add(routes, f"/r/{{token}}/{step}", _done(mailed, step, uses))


def _done(
    mailed: Mailed, step: str, uses: frozenset[LinkUse]
) -> Callable[[Request], Awaitable[Response]]:
    async def done(request: Request) -> Response:
        try:
            await mailed.desk.open_link(token_of(request))
        except LinkRefused as refused:
            if refused.profile is None or refused.used not in uses:
                return mailed.closed(request, refused)
            return mailed.context.pages.page(
                request,
                f"{step}.html",
                used=refused.used.value,
                profile=refused.profile,
                expires_on=refused.expires_on,
            )
        # Not done yet: somebody typed the address of the last page.
        return see_other(path(request))

    return done


def accepted(view: LinkView) -> bool:
    """Whether the terms in force have been accepted (TOM-09, CNB-43)."""
    return view.terms_accepted == view.profile.terms.version


__all__ = [
    "AGREE",
    "DONE",
    "FORMS",
    "NEW_TERMS",
    "STATUS_CLOSED",
    "Mailed",
    "accepted",
    "add_routes",
    "path",
    "token_of",
]
