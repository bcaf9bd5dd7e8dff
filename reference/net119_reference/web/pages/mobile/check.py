"""The check page, ``/m/check``: whether a phone can be used, and if not, why (CTS-04, TOM-05)."""

from fastapi import APIRouter
from net119_protocol.directory.municipalities import CREDIT_EN, CREDIT_JA
from net119_protocol.gps import (
    Carrier,
    CarrierFix,
    Dialect,
    PositionLink,
    PositionUnreadable,
    dialects_of,
    position_link,
    read_position,
)
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.web.pages.mobile import checking
from net119_reference.web.pages.mobile.context import MobileContext
from net119_reference.web.pages.mobile.form import MobileForm
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.mobile.places import in_words

_COOKIE = "net119_check"
_RESULT = "/check/result"


def position_links(carrier: Carrier, back: str) -> tuple[PositionLink | None, PositionLink | None]:
    """What lets this carrier's phones measure: exactly, and without GPS, where there is that."""
    dialects = dialects_of(carrier)
    if not dialects:
        return None, None
    simple = position_link(carrier, Dialect.AU_SIMPLE, back) if carrier is Carrier.AU else None
    return position_link(carrier, None, back), simple


def told_position(request: Request) -> CarrierFix | PositionUnreadable:
    """The position that a phone came back with, or why there is none."""
    try:
        return read_position(phone_of(request).carrier, request.url.query)
    except PositionUnreadable as error:
        return error


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add the check page and its result."""
    desk, config = context.context.service.registrations, context.context.config

    async def check(request: Request) -> Response:
        back = f"{context.origin(request)}/m{_RESULT}"
        link, simple = position_links(phone_of(request).carrier, back)
        response = context.page(request, "check.html", link=link, simple=simple)
        response.set_cookie(_COOKIE, "seen", max_age=3600, path="/m/check", httponly=True)
        return response

    def judged(request: Request, form: MobileForm | None) -> tuple[checking.Test, ...]:
        phone = phone_of(request)
        found = told_position(request)
        place = None
        if isinstance(found, CarrierFix):
            place = in_words(desk.places(), found.lat, found.lon, found.accuracy_m)
        allowed = any(config.plaintext_allowed(each) for each in desk.profiles())
        return (
            checking.link_test(plaintext=phone.plaintext, allowed_somewhere=allowed),
            checking.cookie_test(seen=request.cookies.get(_COOKIE) == "seen"),
            checking.gps_test(found, place),
            checking.charset_test(
                phone.charset, form.probe if form else None, asked=form is not None
            ),
        )

    def show(request: Request, form: MobileForm | None) -> Response:
        tests = judged(request, form)
        query = f"?{request.url.query}" if request.url.query else ""
        return context.page(
            request,
            "check_result.html",
            tests=tests,
            verdict=checking.verdict_of(tests),
            untested=form is None,
            here=f"/m{_RESULT}{query}",
            encrypted=f"{config.public_url}/m/check",
            departments=[(each, config.plaintext_allowed(each)) for each in desk.profiles()],
            credit=(CREDIT_JA, CREDIT_EN),
        )

    async def result(request: Request) -> Response:
        return show(request, None)

    async def with_characters(request: Request) -> Response:
        return show(request, await context.form(request))

    context.add(routes, "/check", check)
    context.add(routes, _RESULT, result)
    context.add(routes, _RESULT, with_characters, "POST")
