"""Making the call: once, however often the form is sent; and why there is none (CNB-29, ASO-10)."""

from fastapi import APIRouter
from net119_protocol.api.common import NewLine
from net119_protocol.api.handset import NewCall
from net119_protocol.codes import CallState, Positioning, Refusal
from net119_protocol.labels import label
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.places import Fix
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused, StorageFailed
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mobile.calling import DRAFT
from net119_reference.web.pages.mobile.context import MobileContext, MobileSession
from net119_reference.web.pages.mobile.drafts import (
    CURRENT,
    Draft,
    StatedPlace,
    draft_of,
    new_key,
    place_of,
)
from net119_reference.web.pages.mobile.fixes import fix_of, hidden_fields
from net119_reference.web.pages.mobile.form import MobileForm
from net119_reference.web.pages.mobile.modes import banner_of
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.mobile.places import in_words
from net119_reference.web.pages.routing import see_other
from net119_reference.web.problems import problem

_ROOM = 200
"""Characters kept free beside the caller's words about the place."""
_AGAIN = frozenset(
    {
        Refusal.STORAGE_FAILED,
        Refusal.OVERLOAD,
        Refusal.TOO_MANY,
        Refusal.INTERNAL,
        Refusal.CALL_CLOSED,
    }
)
"""Refusals after which the same may be called for once more."""


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add what makes calls."""
    calls = _Calls(context)
    # Before the pattern of places, which would take these words for one.
    context.add_own(routes, f"{DRAFT}/words", calls.words)
    context.add_own(routes, f"{DRAFT}/words", calls.call_in_words, "POST")
    context.add_step(routes, f"{DRAFT}/off", calls.positioning_off)
    context.add_own(routes, f"{DRAFT}/{{place}}/call", calls.call, "POST")


class _Calls:
    def __init__(self, context: MobileContext) -> None:
        self._context = context
        self._service = context.context.service

    async def call(self, request: Request, session: MobileSession) -> Response:
        """The caller has looked at the place and calls."""
        draft = draft_of(request)
        fix = fix_of(await self._context.form(request))
        step = f"/{request.path_params['place']}/call"
        try:
            places = await self._service.registrations.call_places(session.who)
            place = place_of(request, places)
            call_path = await self._place(request, session, draft, place, fix)
        except (Refused, StorageFailed) as error:
            return self._refuse(request, session, draft, error, step, hidden_fields(fix))
        return see_other(call_path)

    async def positioning_off(self, request: Request, session: MobileSession) -> Response:
        """The caller says that the phone gives no position: no call, and what to do (ASO-10)."""
        draft = draft_of(request)
        try:
            path = await self._place(request, session, draft, CURRENT, None, Positioning.OFF)
        except (Refused, StorageFailed) as error:
            return self._refuse(request, session, draft, error)
        return see_other(path)  # it was made before

    async def _place(
        self,
        request: Request,
        session: MobileSession,
        draft: Draft,
        place: StatedPlace,
        fix: Fix | None,
        positioning: Positioning = Positioning.ON,
    ) -> str:
        """Make the call, or find the one that this draft has made; the path of its page.

        Raises:
            Refused: there is no call; ``call-closed`` if the draft's call is over: the page was
                from before, and this may be a new emergency.
        """
        modes = self._context.context.config.modes
        body = NewCall(
            client_call_id=draft.client_call_id(place),
            kind=draft.kind,
            place=place.choice,
            mode=modes.of_pages(practice=draft.practice),
            positioning=positioning,
            fix=fix,
            frequent_place=place.frequent,
        )
        metrics = self._context.context.metrics
        try:
            placed = await self._service.place_call(session.who, body, phone_of(request).link)
            if placed.call.state is CallState.CLOSED:
                raise Refused(Refusal.CALL_CLOSED, "the call of this draft is closed")
        except Refused as refused:
            metrics.call_refused(refused.code.value)
            raise
        notices = placed.call.notices
        metrics.call_placed(notices[0].code.value if notices else "none")
        return f"{session.path}/c/{placed.call.call_id}"

    # --- in words -----------------------------------------------------------------------------

    async def words(self, request: Request, session: MobileSession) -> Response:
        """Ask for the place in words."""
        return self._ask(request, session, draft_of(request), MobileForm({}))

    async def call_in_words(self, request: Request, session: MobileSession) -> Response:
        """Call with the place as the first line; a measured position that is wrong is left out.

        It would be routed by; the line says that there was one, and where.
        """
        draft = draft_of(request)
        form = await self._context.form(request)
        text = form.get("text")
        if not form.pressed("call"):
            return self._ask(request, session, draft, form)
        if not text:
            return self._ask(request, session, draft, form, "missing")
        if len(text) > TEXT_LIMIT - _ROOM:
            return self._ask(request, session, draft, form, "too-long")
        fields = (*hidden_fields(fix_of(form)), ("text", text))
        try:
            path = await self._place(request, session, draft, CURRENT, None)
            call_id = path.rpartition("/")[2]
            line = NewLine(client_id=f"place-{draft.key}", text=self._line(form, text))
            await self._context.say(session, call_id, line)
        except (Refused, StorageFailed) as error:
            return self._refuse(request, session, draft, error, "/words", fields)
        return see_other(f"{path}?replaced=1" if "text" in form.replaced else path)

    def _line(self, form: MobileForm, text: str) -> str:
        """What the dispatcher reads first."""
        line = f"【場所】{text}"
        fix = fix_of(form)
        if fix is None:
            return line
        index = self._service.registrations.places()
        words = in_words(index, fix.lat, fix.lon, fix.accuracy_m)
        where = words.ja if words else "日本の外"
        return f"{line}\n（電話の測位は{where}でしたが、通報者はちがうと言っています）"

    def _ask(
        self,
        request: Request,
        session: MobileSession,
        draft: Draft,
        form: MobileForm,
        trouble: str = "",
    ) -> Response:
        self._context.context.check_link(session.who.department, request.scope)
        return self._context.page(
            request,
            "words.html",
            status=422 if trouble else 200,
            base=session.path,
            draft=f"{session.path}{draft.path}",
            kind=label(draft.kind, language_of(request)),
            banner=self._banner(request, draft),
            text=form.get("text"),
            fields=hidden_fields(fix_of(form)),
            trouble=trouble,
        )

    # --- no call ------------------------------------------------------------------------------

    def _banner(self, request: Request, draft: Draft) -> tuple[str, str]:
        modes = self._context.context.config.modes
        mode = modes.of_pages(practice=draft.practice)
        return banner_of(mode, language_of(request))

    def _refuse(
        self,
        request: Request,
        session: MobileSession,
        draft: Draft,
        error: Refused | StorageFailed,
        step: str = "",
        fields: tuple[tuple[str, str], ...] = (),
    ) -> Response:
        """Why there is no call, what else to do, and the form once more where that may help.

        ``step``: what of the draft's path the form went to.
        """
        refused = (
            error
            if isinstance(error, Refused)
            else Refused(Refusal.STORAGE_FAILED, "the database could not store it; try again")
        )
        self._context.note(request, refused)
        profile = self._service.registrations.profile(session.who.department)
        document = problem(refused.code, refused.detail, profile=profile)
        if refused.code is Refusal.CALL_CLOSED:
            draft = Draft(new_key(practice=draft.practice), draft.kind)
        here = f"{session.path}{draft.path}"
        retry = f"{here}{step}" if step and refused.code in _AGAIN else ""
        back = {Refusal.POSITIONING_OFF, Refusal.INVALID, Refusal.OUTSIDE_JAPAN}
        if not retry:
            back.add(Refusal.CALL_CLOSED)
        return self._context.page(
            request,
            "refused_call.html",
            status=document.status,
            document=document,
            banner=self._banner(request, draft),
            retry=retry,
            fields=fields,
            again=here if refused.code in back else "",
        )
