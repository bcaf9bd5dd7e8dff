"""The way to a call on a smartphone: what a careless hand makes of it."""

import asyncio
from dataclasses import replace
from typing import Any

from net119_protocol.codes import PlaceChoice
from net119_reference.web.pages.calling import steps
from net119_reference.web.pages.calling.choice import read_choice
from net119_reference.web.pages.calling.form import CallForm, _Reader, read_call
from net119_reference.web.pages.forms import Form
from starlette.requests import Request
from starlette.responses import Response

from tests.mutants.defects.late import LATE_S
from tests.mutants.registry import Patch, mutant
from tests.mutants.rewriting import rewritten


def _sent(patch: Patch, **change: Any) -> None:
    """Each call that a form asks for is changed by functions of the call, by field."""

    def read(original: Any, *given: Any) -> CallForm:
        form: CallForm = original(*given)
        if form.call is None:
            return form
        told = {name: make(form.call) for name, make in change.items()}
        return replace(form, call=form.call.model_copy(update=told))

    patch.around(steps, "read_call", read)


@mutant(
    "call-page-knows-no-other",
    kills={"PAGE-CALL-STEPS": "the call page offers fire, ambulance and other"},
)
def no_other(patch: Patch) -> None:
    """Only fire and ambulance can be called."""
    rewritten(patch, "call.html", r'<a class="kind other".*?</a>')


@mutant(
    "call-page-knows-no-home",
    kills={
        "PAGE-CALL-STEPS": "after the kind the place is asked: home or the current position",
    },
)
def no_home(patch: Patch) -> None:
    """The home address is no place to call from."""
    rewritten(patch, "call-place.html", r'<a class="place" data-place="home".*?</a>')


@mutant(
    "call-page-asks-twice-more",
    kills={"PAGE-CALL-STEPS": "four actions at most lead to the connected call"},
)
def asks_twice_more(patch: Patch) -> None:
    """Whoever calls is asked twice whether it is meant."""
    asked: dict[str, int] = {}

    async def call(
        original: Any, own: Any, request: Request, session: Any, choice: Any, form: Form, call: Any
    ) -> Response:
        asked[choice.client_call_id] = asked.get(choice.client_call_id, 0) + 1
        if asked[choice.client_call_id] <= 2:
            places = await own._service.registrations.call_places(session.identity)
            again: Response = await own._map(request, session, choice, places, sent=form)
            return again
        made: Response = await original(own, request, session, choice, form, call)
        return made

    patch.around(steps._Steps, "_call", call)


@mutant(
    "rings-while-the-map-is-read",
    kills={"PAGE-CALL-STEPS": "nothing rings before the second call is sent, not even late"},
)
def rings_while_the_map_is_read(patch: Patch) -> None:
    """A second after the place was chosen the call is made; to send it only shows its chat."""
    placing: set[asyncio.Task[Any]] = set()

    async def map_(original: Any, own: Any, request: Request, session: Any) -> Response:
        async def late() -> None:
            await asyncio.sleep(LATE_S)
            mode = steps.mode_of(choice, own._context.config.modes)
            read = read_call(
                {"positioning": "on", "client_call_id": choice.client_call_id}, choice, mode
            )
            await own._placed(request, session, read.call)

        choice, _ = read_choice(dict(request.query_params))
        if choice.place is not None and choice.key == request.query_params.get("key"):
            placing.add(asyncio.create_task(late()))
        made: Response = await original(own, request, session)
        return made

    patch.around(steps._Steps, "map", map_)


@mutant(
    "page-place-is-always-current",
    kills={"PAGE-CALL-STEPS": "the console shows other and home, as they were tapped"},
)
def always_current(patch: Patch) -> None:
    """“Home” is sent as if the current position had been chosen."""
    _sent(patch, place=lambda _call: PlaceChoice.CURRENT)


@mutant(
    "page-forgets-the-pin",
    kills={"PAGE-CALL-POSITION": "the console shows the corrected position"},
)
def forgets_the_pin(patch: Patch) -> None:
    """The form's corrected position is not read."""

    def point(original: Any, reader: _Reader, name: str) -> Any:
        return None if name == "pin" else original(reader, name)

    patch.around(_Reader, "point", point)


@mutant(
    "page-sends-the-pin-as-fix",
    kills={"PAGE-CALL-POSITION": "the fix is kept as it was measured"},
)
def pin_as_fix(patch: Patch) -> None:
    """The corrected position takes the place of the one that was measured."""

    def fix(call: Any) -> Any:
        pin = call.corrected_pin
        if pin is None or call.fix is None:
            return call.fix
        return call.fix.model_copy(update={"lat": pin.lat, "lon": pin.lon})

    _sent(patch, fix=fix)


@mutant(
    "page-home-without-fix",
    kills={"PAGE-CALL-POSITION": "the fix from home is kept as it was measured"},
)
def home_without_fix(patch: Patch) -> None:
    """Who chooses “home” is taken to be there: the position is not sent."""
    _sent(patch, fix=lambda call: None if call.place is PlaceChoice.HOME else call.fix)


@mutant(
    "call-map-without-licence",
    kills={"PAGE-CALL-MAP-LICENCE": "the call's page with the map names the source of its data"},
)
def without_licence(patch: Patch) -> None:
    """The map of a call does not say whose data it is."""
    rewritten(patch, "call-map.html", r"出典：.*?(?=</p>)")
