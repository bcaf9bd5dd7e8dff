"""The position of an address at a feature phone: measured where one stands, or left to others.

These phones have no map.  A phone that measures at home says where the house is (TOM-13); else
the position stays unconfirmed, and the department finds the place from the address.
"""

import math
from dataclasses import dataclass

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.directory.municipalities import CREDIT_EN, CREDIT_JA
from net119_protocol.gps import CarrierFix
from net119_protocol.profile.check import FieldProblem
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration.ports import LinkView
from net119_reference.web.pages.application_view import ApplicationView
from net119_reference.web.pages.mailed import FORMS, accepted, token_of
from net119_reference.web.pages.mobile.check import position_links, told_position
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.mobile.places import in_words
from net119_reference.web.pages.mobile.registering.form import after, application_view
from net119_reference.web.pages.mobile.registering.mailed import MobileMailed, path
from net119_reference.web.pages.mobile.registering.measured import spot_of
from net119_reference.web.pages.mobile.registering.parts import ADDRESS, ENTRIES, POSITION, parts
from net119_reference.web.pages.routing import see_other


def add_routes(routes: APIRouter, mailed: MobileMailed) -> None:
    """Add the choice, and what comes back from a measurement."""
    pages = _PositionPages(mailed)
    mailed.add(routes, "position", pages.position, purposes=FORMS)
    mailed.add(routes, "position", pages.choose, "POST", purposes=FORMS)
    mailed.add(routes, "measured/{where}", pages.measured, purposes=FORMS)
    mailed.add(routes, "measured/{where}", pages.take, "POST", purposes=FORMS)


@dataclass(frozen=True)
class _PositionPages:
    mailed: MobileMailed

    async def position(self, request: Request, view: LinkView) -> Response:
        """Measure here, or do without."""
        if not accepted(view):
            return see_other(path(request, "terms"))
        problems: tuple[FieldProblem, ...] = view.defects
        if request.query_params.get("check") == "yes" or view.entries is not None:
            problems = await self.mailed.desk.draft_problems(token_of(request))
        form = application_view(self.mailed, request, view)
        entered = form.value(f"{ADDRESS}.lat") or form.value(POSITION)
        return self._show(request, view, problems if entered else ())

    def _show(
        self,
        request: Request,
        view: LinkView,
        problems: tuple[FieldProblem, ...],
        status: int = 200,
    ) -> Response:
        form = application_view(self.mailed, request, view)
        part = next(each for each in parts(form) if each.key == "position")
        own = tuple(each for each in problems if part.shows(each.path))
        link, _simple = position_links(phone_of(request).carrier, self._back(request, "address"))
        return self.mailed.page(
            request,
            "position.html",
            view,
            status=status,
            form=form,
            link=link,
            chosen=form.value(POSITION),
            has_position=bool(form.value(f"{ADDRESS}.lat")),
            problems=self.mailed.told(request, own),
            problem_of={each.path: each for each in reversed(own)},
            next_step=path(request, after(parts(form), "position")),
        )

    def _back(self, request: Request, where: str) -> str:
        return f"{self.mailed.context.origin(request)}{path(request, f'measured/{where}')}"

    async def choose(self, request: Request, view: LinkView) -> Response:
        """Do without a position of one's own."""
        form = await self.mailed.context.form(request)
        if not accepted(view):
            return see_other(path(request, "terms"))
        shown = application_view(self.mailed, request, view)
        if form.pressed("without"):
            fields = dict(shown.values) | {POSITION: "no"}
            for half in ("lat", "lon"):
                fields.pop(f"{ADDRESS}.{half}", None)
            await self.mailed.desk.keep_entries(token_of(request), fields)
        return see_other(path(request, after(parts(shown), "position")))

    # --- what a phone measured ----------------------------------------------------------------

    def _path_of(self, request: Request, form: ApplicationView) -> str:
        """The block of fields that the position is for: the address or a place of the list."""
        where: str = request.path_params["where"]
        if where == "address":
            return ADDRESS
        word, _, number = where.partition(".")
        known = number.isascii() and number.isdigit() and len(number) <= 2
        if word != "places" or not known or int(number) >= form.count(ENTRIES["places"]):
            raise Refused(Refusal.NOT_FOUND, "the form has no such place")
        return f"{ENTRIES['places']}.{number}"

    async def measured(self, request: Request, view: LinkView) -> Response:
        """Where the phone says that it is; nothing is stored yet."""
        if not accepted(view):
            return see_other(path(request, "terms"))
        form = application_view(self.mailed, request, view)
        self._path_of(request, form)
        return self._measured(request, view, told_position(request))

    def _measured(self, request: Request, view: LinkView, fix: object) -> Response:
        where: str = request.path_params["where"]
        link, _simple = position_links(phone_of(request).carrier, self._back(request, where))
        spot = words = None
        code = "unreadable"
        if isinstance(fix, CarrierFix):
            words = in_words(self.mailed.desk.places(), fix.lat, fix.lon, fix.accuracy_m)
            spot = spot_of(fix)
            code = "outside-japan" if words is None else "" if spot else "too-coarse"
        return self.mailed.page(
            request,
            "measured.html",
            view,
            status=422 if code else 200,
            spot=spot if words else None,
            words=words,
            code=code,
            link=link,
            where=where,
            back=path(request, "position" if where == "address" else f"form/{where}"),
            credit=(CREDIT_JA, CREDIT_EN),
        )

    async def take(self, request: Request, view: LinkView) -> Response:
        """Use what was measured."""
        form = await self.mailed.context.form(request)
        if not accepted(view):
            return see_other(path(request, "terms"))
        shown = application_view(self.mailed, request, view)
        at = self._path_of(request, shown)
        lat, lon = (_degrees(form.get(each)) for each in ("lat", "lon"))
        fields = dict(shown.values) | {f"{at}.lat": lat, f"{at}.lon": lon}
        if at == ADDRESS:
            fields[POSITION] = "yes"
        found = await self.mailed.desk.keep_entries(token_of(request), fields)
        if at != ADDRESS:
            return see_other(path(request, f"form/{request.path_params['where']}"))
        wrong = tuple(each for each in found if each.path in (f"{at}.lat", f"{at}.lon"))
        # The municipality may still be missing; then there is nothing to compare with.
        if wrong:
            again = await self.mailed.desk.open_link(token_of(request))
            return self._show(request, again, wrong, status=422)
        return see_other(path(request, after(parts(shown), "position")))


def _degrees(text: str) -> str:
    """A number of degrees as our own page wrote it.

    Raises:
        Refused: (``invalid``) it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 180 or len(text) > 20:
        raise Refused(Refusal.INVALID, "the position is not a number of degrees; measure again")
    return text
