"""Where a mailed URL leads at first, the terms, and what is shown when all is done."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration.ports import LinkPurpose, LinkRefused, LinkUse, LinkView
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mailed import AGREE, DONE, FORMS, NEW_TERMS, accepted, token_of
from net119_reference.web.pages.mobile.registering.mailed import MobileMailed, path
from net119_reference.web.pages.mobile.registering.reading import asked_leaf, leaves
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.routing import see_other


def add_routes(routes: APIRouter, mailed: MobileMailed) -> None:
    """Add the first step, the terms, and the last pages."""

    async def first(request: Request, view: LinkView) -> Response:
        if view.purpose in (LinkPurpose.RENEW, LinkPurpose.ACCOUNT):
            return see_other(path(request, view.purpose.value))
        return see_other(path(request, "form" if accepted(view) else "terms"))

    def show(request: Request, view: LinkView, problem: FieldProblem | None = None) -> Response:
        lang = language_of(request)
        terms = view.profile.terms
        found = leaves(pick(lang, terms.text.ja, terms.text.en).splitlines(keepends=True))
        number = asked_leaf(request.query_params.get("page", ""), len(found))
        if problem is not None:
            number = len(found)
        return mailed.page(
            request,
            "terms.html",
            view,
            status=422 if problem else 200,
            text="".join(found[number - 1]),
            number=number,
            count=len(found),
            agreed=accepted(view),
            problems=mailed.told(request, (problem,) if problem else ()),
        )

    async def terms(request: Request, view: LinkView) -> Response:
        return show(request, view)

    async def agree(request: Request, view: LinkView) -> Response:
        form = await mailed.context.form(request)
        if form.get("agree") != "yes":
            return show(request, view, AGREE)
        try:
            await mailed.desk.accept_terms(token_of(request), form.get("version"))
        except Refused as refused:
            if refused.code is not Refusal.INVALID:
                raise
            return show(request, view, NEW_TERMS)
        return see_other(path(request, "form"))

    mailed.add(routes, "", first)
    mailed.add(routes, "terms", terms, purposes=FORMS)
    mailed.add(routes, "terms", agree, "POST", purposes=FORMS)
    for step, uses in DONE.items():
        mailed.context.add(routes, f"/r/{{token}}/{step}", _done(mailed, step, uses))


def _done(
    mailed: MobileMailed, step: str, uses: frozenset[LinkUse]
) -> Callable[[Request], Awaitable[Response]]:
    async def done(request: Request) -> Response:
        try:
            await mailed.desk.open_link(token_of(request))
        except LinkRefused as refused:
            if refused.profile is None or refused.used not in uses:
                return await mailed.closed(request, refused)
            return mailed.page(
                request,
                "done.html",
                step=step,
                used=refused.used.value,
                profile=refused.profile,
                expires_on=refused.expires_on,
            )
        # Not done yet: somebody typed the address of the last page.
        return see_other(path(request))

    return done
