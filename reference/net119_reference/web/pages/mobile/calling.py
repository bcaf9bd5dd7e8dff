"""From the menu to a call: kind, place, measuring, a look at the place (CNB-26 to CNB-28)."""

from fastapi import APIRouter
from net119_protocol.codes import Kind, Refusal
from net119_protocol.directory.municipalities import CREDIT_EN, CREDIT_JA
from net119_protocol.gps import CarrierFix, PositionProblem
from net119_protocol.labels import label
from net119_protocol.places import Fix
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mobile.check import position_links, told_position
from net119_reference.web.pages.mobile.context import MobileContext, MobileSession
from net119_reference.web.pages.mobile.drafts import (
    Draft,
    StatedPlace,
    draft_of,
    frequent_places,
    new_key,
    place_of,
)
from net119_reference.web.pages.mobile.fixes import hidden_fields
from net119_reference.web.pages.mobile.modes import banner_of
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.mobile.places import in_words

DRAFT = "/n/{key}/{kind}"


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add the pages before the call."""
    steps = _Steps(context)
    context.add_step(routes, "/new", steps.kind)
    context.add_step(routes, "/practice", steps.kind_of_practice)
    context.add_step(routes, DRAFT, steps.place)
    context.add_step(routes, f"{DRAFT}/{{place}}", steps.locate)
    context.add_step(routes, f"{DRAFT}/{{place}}/here", steps.here)
    context.add_step(routes, f"{DRAFT}/{{place}}/unmeasured", steps.unmeasured)


class _Steps:
    def __init__(self, context: MobileContext) -> None:
        self._context = context
        self._service = context.context.service

    async def kind(self, request: Request, session: MobileSession) -> Response:
        """Fire, ambulance or something else."""
        return self._kinds(request, session, practice=False)

    async def kind_of_practice(self, request: Request, session: MobileSession) -> Response:
        """The same to practise."""
        account = await self._service.registrations.account(session.who)
        if not self._context.practice_allowed(account.profile):
            raise Refused(Refusal.MODE_NOT_ACCEPTED, "practice calls are not taken here")
        return self._kinds(request, session, practice=True)

    def _kinds(self, request: Request, session: MobileSession, *, practice: bool) -> Response:
        key = new_key(practice=practice)
        lang = language_of(request)
        kinds = [(f"{session.path}{Draft(key, each).path}", label(each, lang)) for each in Kind]
        mode = self._context.context.config.modes.of_pages(practice=practice)
        return self._context.page(
            request, "kind.html", kinds=kinds, base=session.path, banner=banner_of(mode, lang)
        )

    async def place(self, request: Request, session: MobileSession) -> Response:
        """Where: the present position, home, a frequent place, or in words."""
        places = await self._service.registrations.call_places(session.who)
        return self._page(
            request,
            session,
            draft_of(request),
            "place.html",
            home=places.home.one_line(),
            frequent=frequent_places(places),
            # 1 to 3 and 9 are taken; further places are links without a key.
            keys=(4, 5, 6, 7, 8, 0),
        )

    async def _stated(self, request: Request, session: MobileSession) -> StatedPlace:
        return place_of(request, await self._service.registrations.call_places(session.who))

    async def locate(self, request: Request, session: MobileSession) -> Response:
        """Let the phone measure."""
        place = await self._stated(request, session)
        return self._locate(request, session, draft_of(request), place)

    def _locate(
        self,
        request: Request,
        session: MobileSession,
        draft: Draft,
        place: StatedPlace,
        trouble: str = "",
    ) -> Response:
        here = f"{session.path}{draft.path}/{place.word}"
        back = f"{self._context.origin(request)}{here}/here"
        link, simple = position_links(phone_of(request).carrier, back)
        return self._page(
            request,
            session,
            draft,
            "locate.html",
            link=link,
            simple=simple,
            here=here,
            place=place,
            trouble=trouble,
        )

    async def here(self, request: Request, session: MobileSession) -> Response:
        """The phone has measured and come back."""
        draft, place = draft_of(request), await self._stated(request, session)
        found = told_position(request)
        if not isinstance(found, CarrierFix):
            nothing = found.problem in (PositionProblem.NO_POSITION, PositionProblem.NO_DIALECT)
            self._context.note(request, Refused(Refusal.INVALID, f"position: {found.code}"))
            trouble = "no-position" if nothing else "unreadable"
            return self._locate(request, session, draft, place, trouble)
        fix = found.to_fix(self._service.registrations.now())
        return await self._confirm(request, session, draft, place, fix)

    async def unmeasured(self, request: Request, session: MobileSession) -> Response:
        """At home or at a frequent place, with what is registered of it alone."""
        draft, place = draft_of(request), await self._stated(request, session)
        if place.name is None:
            return self._locate(request, session, draft, place, "no-position")
        return await self._confirm(request, session, draft, place, None)

    async def _confirm(
        self,
        request: Request,
        session: MobileSession,
        draft: Draft,
        place: StatedPlace,
        fix: Fix | None,
    ) -> Response:
        """The place in words, before the call is made."""
        index = self._service.registrations.places()
        words = None if fix is None else in_words(index, fix.lat, fix.lon, fix.accuracy_m)
        if fix is not None and words is None and place.name is None:
            # The call itself would be refused for this (CNB-35, ASO-21).
            raise Refused(Refusal.OUTSIDE_JAPAN, "the position lies outside Japan")
        return self._page(
            request,
            session,
            draft,
            "confirm.html",
            place=place,
            fix=fix,
            words=words,
            fields=hidden_fields(fix),
            here=f"{session.path}{draft.path}/{place.word}",
            credit=(CREDIT_JA, CREDIT_EN),
        )

    def _page(
        self,
        request: Request,
        session: MobileSession,
        draft: Draft,
        template: str,
        **values: object,
    ) -> Response:
        lang = language_of(request)
        mode = self._context.context.config.modes.of_pages(practice=draft.practice)
        return self._context.page(
            request,
            template,
            base=session.path,
            draft=f"{session.path}{draft.path}",
            kind=label(draft.kind, lang),
            banner=banner_of(mode, lang),
            **values,
        )
