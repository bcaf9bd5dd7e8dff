"""Mailed URLs at a feature phone: what its pages share, and those URLs that do not open."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import quote

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration.ports import LinkPurpose, LinkRefused, LinkView, Registrations
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mailed import STATUS_CLOSED, token_of
from net119_reference.web.pages.mobile.context import MobileContext
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.mobile.rendering import ROOT
from net119_reference.web.pages.rendering import last_day, summed_up
from net119_reference.web.pages.routing import see_other
from net119_reference.web.routes import ask_department

Handler: TypeAlias = Callable[[Request, LinkView], Awaitable[Response]]
PLAINTEXT = "plaintext-not-allowed"


@dataclass(frozen=True)
class Told:
    """One problem in words; ``href`` leads to where it can be mended, if that is elsewhere."""

    path: str
    code: str
    text: str
    href: str


def path(request: Request, step: str = "") -> str:
    """Path of a step of the same mailed URL."""
    return f"{ROOT}/r/{quote(token_of(request), safe='')}{f'/{step}' if step else ''}"


@dataclass(frozen=True)
class MobileMailed:
    """What the pages below ``/m/r/`` are built from."""

    context: MobileContext

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
            try:
                view = await self.desk.open_link(token_of(request))
                ask_department(request, view.profile.department)
                config = self.context.context.config
                if phone_of(request).plaintext and not config.plaintext_allowed(view.profile):
                    return self._unprotected(request, view)
                if view.purpose not in purposes:
                    return see_other(path(request))
                return await handler(request, view)
            except LinkRefused as refused:
                return await self.closed(request, refused)

        self.context.add(routes, f"/r/{{token}}{f'/{step}' if step else ''}", opened, *methods)

    def page(
        self, request: Request, template: str, view: LinkView | None = None, **values: Any
    ) -> Response:
        """A page; ``base`` is the path of the mailed URL here."""
        profile = view.profile if view else values.pop("profile", None)
        lang = language_of(request)
        return self.context.page(
            request,
            f"registering/{template}",
            view=view,
            profile=profile,
            base=path(request),
            last_day=partial(last_day, lang),
            **values,
        )

    def told(
        self,
        request: Request,
        problems: Iterable[FieldProblem],
        where: Callable[[FieldProblem], str] = lambda problem: f"#{problem.path}",
    ) -> tuple[Told, ...]:
        """Problems for the summary at the head of a page; ``where`` each can be mended."""
        lang = language_of(request)
        return tuple(
            Told(each.path, each.code, summed_up(lang, each), where(each)) for each in problems
        )

    async def closed(self, request: Request, refused: LinkRefused) -> Response:
        """The page of a URL that does not open: what happened, what to do, what was typed."""
        typed: tuple[str, ...] = ()
        if request.method == "POST" and refused.used is None and refused.profile is not None:
            typed = await self._typed(request)
        if refused.used is None:
            self.context.context.refusals.note(
                request.scope,
                f"link-{refused.code.value}",
                f"{request.method}: this mailed URL is {refused.code.value}",
            )
        return self.page(
            request,
            "closed.html",
            status=STATUS_CLOSED.get(refused.code, 410),
            code=refused.code.value,
            used=refused.used.value if refused.used else "",
            profile=refused.profile,
            typed=typed,
        )

    async def _typed(self, request: Request) -> tuple[str, ...]:
        """Texts of a form that came too late, to be copied: a phone shows no page from before."""
        if request.headers.get("content-type", "").startswith("multipart/"):
            return ()
        form = await self.context.form(request)
        return tuple(
            text
            for name, text in form.fields.items()
            if name.startswith(("data.", "guardian.")) and text.strip()
        )

    def _unprotected(self, request: Request, view: LinkView) -> Response:
        """The department does not take what others can overhear (CNB-11)."""
        self.context.note(
            request, Refused(Refusal.FORBIDDEN, "the department takes no plaintext connections")
        )
        return self.page(
            request,
            "unprotected.html",
            view,
            status=403,
            code=PLAINTEXT,
            encrypted=f"{self.context.context.config.public_url}{request.url.path}",
        )
