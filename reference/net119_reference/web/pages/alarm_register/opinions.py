"""Opinions on people who need a unit, which a station sends to the ward office (KYO-17)."""

from fastapi import APIRouter
from net119_protocol.alarms.people import NewOpinion
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from pydantic import ValidationError
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.web.pages.alarm_register import problems
from net119_reference.web.pages.alarm_register.desk import HOME, Desk, Visit
from net119_reference.web.pages.alarm_register.home import number_of
from net119_reference.web.pages.routing import see_other

OPINIONS = f"{HOME}/opinions"
_LIMITS = {"name": 80, "address": 200, "why": 2000}


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""

    async def page(visit: Visit, wrong: tuple[FieldProblem, ...] = ()) -> Response:
        sent = (await desk.register.opinions(visit.who)).opinions
        return desk.page(
            visit,
            "opinions.html",
            current="opinions",
            here=OPINIONS,
            status=422 if wrong else 200,
            problems=wrong,
            sent=sorted(sent, key=lambda each: -each.number),
            typed=dict(visit.sent.fields),
            offices=desk.offices(),
            done=visit.asked("done"),
        )

    async def show(visit: Visit) -> Response:
        return await page(visit)

    async def send(visit: Visit) -> Response:
        form = visit.sent
        wrong = [
            problems.too_long(name, len(form.get(name)), limit)
            if form.get(name)
            else problems.missing(name)
            for name, limit in _LIMITS.items()
            if not 0 < len(form.get(name)) <= limit
        ]
        office = form.get("ward_office")
        if office not in {code for code, _ in desk.offices()}:
            wrong.append(problems.choose("ward_office"))
        if wrong:
            return await page(visit, tuple(wrong))
        try:
            texts = {name: form.get(name) for name in _LIMITS}
            body = NewOpinion(ward_office=office, **texts)
        except ValidationError as error:
            return await page(visit, tuple(problems.of_validation(error)))
        made = await desk.register.send_opinion(visit.who, body)
        return see_other(f"{OPINIONS}?done={made.number}")

    async def printed(visit: Visit) -> Response:
        number = number_of(str(visit.request.path_params["number"]))
        sent = (await desk.register.opinions(visit.who)).opinions
        found = next((each for each in sent if each.number == number), None)
        if found is None:
            raise Refused(Refusal.NOT_FOUND, "this station has sent no such opinion")
        return desk.page(visit, "print/opinion.html", current="opinions", opinion=found)

    desk.add(routes, OPINIONS, show)
    desk.add(routes, OPINIONS, send, "POST")
    desk.add(routes, f"{OPINIONS}/{{number}}", printed)
