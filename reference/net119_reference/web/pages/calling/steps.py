"""From the personal call page to the connected call: kind, place, map, and the call itself.

Three taps from the page to the call, and a fourth where the browser asks for the position
(CTS-06, CNB-26 to CNB-29).  Nothing is stored before the last of them.
"""

from typing import Any, TypeAlias

from fastapi import APIRouter
from net119_protocol.api.common import CallView
from net119_protocol.api.handset import NewCall
from net119_protocol.codes import CallState, Kind, Mode, Refusal
from net119_protocol.labels import label
from net119_protocol.profile.check import FieldProblem
from net119_protocol.texts import refusal_texts
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from net119_reference.config import Modes
from net119_reference.ports import Refused, StorageFailed
from net119_reference.registration.person_views import CallPlaces
from net119_reference.registration.ports import AccountView, CallPageSession
from net119_reference.web.access import link_security
from net119_reference.web.pages.call_door import CallPageDoor, csrf_of_page
from net119_reference.web.pages.calling.choice import Choice, Place, new_key, read_choice, wrong
from net119_reference.web.pages.calling.form import PATHS, read_call
from net119_reference.web.pages.forms import Form, read_form
from net119_reference.web.pages.registrants import MEANS
from net119_reference.web.pages.rendering import HEADERS
from net119_reference.web.pages.routing import PageContext, see_other
from net119_reference.web.pages.sessions import check_csrf
from net119_reference.web.problems import STATUS

Problems: TypeAlias = tuple[FieldProblem, ...]
NO_FIX_S = 15
"""How long the map page waits for a position before the call goes on without one."""


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the personal call page and the pages behind it."""
    steps = _Steps(context)
    door = steps.door
    context.add(routes, "/c/{secret}", door.guard(steps.start))
    context.add(routes, "/c/{secret}/place", door.guard(steps.place))
    context.add(routes, "/c/{secret}/map", door.guard(steps.map))
    context.add(routes, "/c/{secret}/calls", door.guard(steps.place_call), "POST")
    context.add(routes, "/c/{secret}/calls", door.guard(steps.back_to_start))


def mode_of(choice: Choice, modes: Modes) -> Mode:
    """How a call from the page is meant: practice only where the caller said so (I5)."""
    return modes.of_pages(practice=choice.practice)


class _Steps:
    """The pages; what they share."""

    def __init__(self, context: PageContext) -> None:
        self._context = context.context
        self._pages = context.pages
        self._service = context.context.service
        self.door = CallPageDoor(context)

    # --- pages ----------------------------------------------------------------------------------

    async def start(self, request: Request, session: CallPageSession) -> Response:
        """The personal call page (TOM-19): what happened?"""
        choice, problems = read_choice({"practice": request.query_params.get("practice", "")})
        return await self._start(request, session, choice, problems)

    async def _start(
        self, request: Request, session: CallPageSession, choice: Choice, problems: Problems = ()
    ) -> Response:
        account = await self.door.account(request, session)
        calls = (await self._service.calls_of(session.identity)).calls
        return self._page(
            request,
            "call.html",
            account,
            choice,
            status=422 if problems else 200,
            problems=problems,
            here="" if not choice.practice else "practice=1",
            unfinished=[call for call in calls if call.state is not CallState.CLOSED],
            kinds=tuple(Kind),
            may_practise=self._may_practise(account),
            provider_state=self._service.health().status,
        )

    async def place(self, request: Request, session: CallPageSession) -> Response:
        """Where? (CNB-26)"""
        choice, problems = read_choice(dict(request.query_params))
        if problems or choice.kind is None:
            missing = wrong("kind", "種別を選んでください。", "Choose the kind.", "missing")
            return await self._start(request, session, choice, problems or (missing,))
        if choice.key != request.query_params.get("key"):
            return see_other(f"/c/{request.path_params['secret']}/place?{choice.query()}")
        return await self._place(request, session, choice)

    async def _place(
        self, request: Request, session: CallPageSession, choice: Choice, problems: Problems = ()
    ) -> Response:
        account = await self.door.account(request, session)
        places = await self._service.registrations.call_places(session.identity)
        return self._page(
            request,
            "call-place.html",
            account,
            choice,
            status=422 if problems else 200,
            problems=problems,
            here=f"/place?{choice.query()}",
            places=places,
            Place=Place,
        )

    async def map(self, request: Request, session: CallPageSession) -> Response:
        """Check the position, correct it, call (CNB-28, ASO-16)."""
        choice, problems = read_choice(dict(request.query_params))
        if choice.kind is None:
            return await self.place(request, session)
        places = await self._service.registrations.call_places(session.identity)
        if problems or choice.place is None or not _known(choice, places):
            again = wrong("place", "場所を選んでください。", "Choose the place.", "missing")
            return await self._place(request, session, choice, problems or (again,))
        if choice.key != request.query_params.get("key"):
            return see_other(f"/c/{request.path_params['secret']}/map?{choice.query()}")
        return await self._map(request, session, choice, places)

    async def _map(
        self,
        request: Request,
        session: CallPageSession,
        choice: Choice,
        places: CallPlaces,
        problems: Problems = (),
        sent: Form | None = None,
        told: str = "",
    ) -> Response:
        account = await self.door.account(request, session)
        stated = places.frequent[choice.number or 0] if choice.place is Place.FREQUENT else None
        return self._page(
            request,
            "call-map.html",
            account,
            choice,
            status=422 if problems else 409 if told else 200,
            problems=problems,
            here=f"/map?{choice.query()}",
            csrf=csrf_of_page(session),
            home=places.home,
            stated=stated,
            filled={name: sent.get(name) if sent else "" for name in PATHS},
            positioning=sent.get("positioning") if sent else "",
            told=told,
            seconds=NO_FIX_S,
            map=self._context.config.map,
            Place=Place,
        )

    async def back_to_start(self, request: Request, session: CallPageSession) -> Response:
        """Somebody reloads where only a form is taken."""
        return see_other(f"/c/{request.path_params['secret']}")

    # --- calling --------------------------------------------------------------------------------

    async def place_call(self, request: Request, session: CallPageSession) -> Response:
        """Place the call of the form, and go on to its chat (CNB-29)."""
        form = await read_form(request)
        check_csrf(form, csrf_of_page(session))
        choice, problems = read_choice({**form.fields, "key": form.get("key")})
        read = read_call(form.fields, choice, mode_of(choice, self._context.config.modes))
        problems = (*problems, *read.problems)
        if problems or read.call is None:
            return await self._again(request, session, choice, form, problems)
        return await self._call(request, session, choice, form, read.call)

    async def _call(
        self,
        request: Request,
        session: CallPageSession,
        choice: Choice,
        form: Form,
        call: NewCall,
    ) -> Response:
        try:
            self._check_practice(choice, await self.door.account(request, session))
            view = await self._placed(request, session, call)
        except (Refused, StorageFailed) as no:
            refused = no if isinstance(no, Refused) else _not_stored()
            if refused.field == "frequentPlace":
                again = wrong(
                    "frequent",
                    "よく行く場所の登録が変わりました。選び直してください。",
                    "Your frequent places have changed. Choose again.",
                )
                return await self._place(request, session, choice, (again,))
            return await self._refused(request, session, choice, refused)
        if view.state is CallState.CLOSED:
            # A page from before: what was asked for then is over, and this may be a new emergency.
            places = await self._service.registrations.call_places(session.identity)
            fresh = Choice(new_key(), choice.practice, choice.kind, choice.place, choice.number)
            return await self._map(request, session, fresh, places, sent=form, told="call-closed")
        path = f"/c/{request.path_params['secret']}/calls/{view.call_id}"
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(
                {"location": path}, status_code=201, headers={**HEADERS, "Location": path}
            )
        return see_other(path)

    async def _placed(self, request: Request, session: CallPageSession, call: NewCall) -> CallView:
        metrics = self._context.metrics
        try:
            placed = await self._service.place_call(
                session.identity, call, link_security(request.scope)
            )
        except Refused as refused:
            metrics.call_refused(refused.code.value)
            raise
        notices = placed.call.notices
        metrics.call_placed(notices[0].code.value if notices else "none")
        return placed.call

    def _check_practice(self, choice: Choice, account: AccountView) -> None:
        if choice.practice and not self._may_practise(account):
            raise Refused(
                Refusal.MODE_NOT_ACCEPTED,
                f"{account.profile.department} takes no practice calls",
                field="practice",
            )

    def _may_practise(self, account: AccountView) -> bool:
        accepted = Mode.PRACTICE in self._context.config.modes.accepted
        return accepted and account.profile.practice_calls

    async def _again(
        self,
        request: Request,
        session: CallPageSession,
        choice: Choice,
        form: Form,
        problems: Problems,
    ) -> Response:
        """The form once more, with what is wrong."""
        detail = "; ".join(f"{each.path}: {each.en}" for each in problems)
        self._context.refusals.note(request.scope, Refusal.INVALID.value, f"POST: {detail}")
        places = await self._service.registrations.call_places(session.identity)
        if choice.kind is None:
            return await self._start(request, session, choice, problems)
        if choice.place is None or not _known(choice, places):
            return await self._place(request, session, choice, problems)
        return await self._map(request, session, choice, places, problems, sent=form)

    async def _refused(
        self, request: Request, session: CallPageSession, choice: Choice, refused: Refused
    ) -> Response:
        """Why there is no call, whom to ask, and what else to do (CNB-33, CNB-35, CNB-38)."""
        self._context.refusals.note(
            request.scope, refused.code.value, f"{request.method}: {refused.detail}"
        )
        return self._page(
            request,
            "call-refused.html",
            await self.door.account(request, session),
            choice,
            status=STATUS[refused.code],
            here=f"/map?{choice.query()}",
            code=refused.code.value,
            texts=refusal_texts(refused.code),
            detail=refused.detail,
        )

    def _page(
        self,
        request: Request,
        template: str,
        account: AccountView,
        choice: Choice,
        *,
        here: str,
        **values: Any,
    ) -> Response:
        secret = request.path_params["secret"]
        rest = f"?{here}" if here and not here.startswith("/") else here
        return self._pages.page(
            request,
            template,
            here=f"/c/{secret}{rest}",
            account=account,
            secret=secret,
            choice=choice,
            practice=choice.practice,
            label=label,
            means=MEANS,
            **values,
        )


def _known(choice: Choice, places: CallPlaces) -> bool:
    """Whether the place that was chosen can be called from."""
    if choice.place is not Place.FREQUENT:
        return True
    number = choice.number
    if number is None or number >= len(places.frequent):
        return False
    return places.frequent[number].lat is not None


def _not_stored() -> Refused:
    return Refused(
        Refusal.STORAGE_FAILED, "the database could not store it, so nothing was done; try again"
    )


__all__ = ["add_routes", "mode_of"]
