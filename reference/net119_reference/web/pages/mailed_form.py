"""The application form behind a mailed URL: entering, confirming, submitting."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.labels import Language
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from net119_reference.images.identity import ImageRefused
from net119_reference.ports import Refused
from net119_reference.registration.changes import changes_device
from net119_reference.registration.entries import fields_of, shown_entries
from net119_reference.registration.ports import LinkPurpose, LinkView, NotAccepted
from net119_reference.web.pages.application_view import ADD, LISTS, REMOVE, ApplicationView, edited
from net119_reference.web.pages.forms import Form, read_form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mailed import FORMS, Mailed, accepted, path, token_of
from net119_reference.web.pages.places import drawn, named
from net119_reference.web.pages.rendering import HEADERS, pick
from net119_reference.web.pages.routing import PageContext, see_other
from net119_reference.web.pages.shown import Section, differences, sections

_LANGUAGE = re.compile(r"lang-(ja|en)")
_ANCHORS = {"municipalities": "data.address.municipality_code", "attach": "image"}
_AFTER = "after"
"""In the query of the form's address: which kind of button led there."""
_ON = frozenset({"next", "enter", ""})
"""Buttons that lead on; browsers press ``enter``, the first button, at the Enter key."""


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add form, confirmation, and what they show."""
    part = _FormPages(Mailed(context))
    for step, get, post in (
        ("form", part.form, part.enter),
        ("confirm", part.confirm, part.submit),
    ):
        part.mailed.add(routes, step, get, purposes=FORMS)
        part.mailed.add(routes, step, post, "POST", purposes=FORMS)
    part.mailed.add(routes, "image", part.image, purposes=FORMS)
    part.mailed.add(routes, "map", part.map, purposes=FORMS)


@dataclass(frozen=True)
class _FormPages:
    mailed: Mailed

    # --- the form -----------------------------------------------------------------------------

    async def form(self, request: Request, view: LinkView) -> Response:
        """The form with what was entered; ``?check=yes`` says what is wrong with it."""
        if not accepted(view):
            return see_other(path(request, "terms"))
        if request.query_params.get("check") == "yes":
            found = await self.mailed.desk.draft_problems(token_of(request))
            return self._show(request, view, found, checked=True)
        return self._show(request, view, view.defects, returned=bool(view.defects))

    async def enter(self, request: Request, view: LinkView) -> Response:
        """Keep what was entered, whatever button was pressed; then do what it says."""
        form = await read_form(request)
        if not accepted(view):
            return see_other(path(request, "terms"))
        fields = edited(form)
        wrong = await self._attach(request, form)
        # A file in the place of a text is told as such; of its name nothing is kept.
        files = {name: content for name, content in form.files.items() if name != "image"}
        found = await self.mailed.desk.keep_entries(token_of(request), {**fields, **files})
        if wrong:
            found = tuple(each for each in found if each.path != "image")
        if form.action in _ON and (wrong or found):
            return await self._again(request, (*found, *wrong), checked=True)
        if wrong:
            return await self._again(request, wrong)
        if form.action in _ON:
            return see_other(path(request, "confirm"))
        return _back_to_form(request, form)

    async def _attach(self, request: Request, form: Form) -> tuple[FieldProblem, ...]:
        content = form.files.get("image")
        if content is None:
            return ()
        try:
            await self.mailed.desk.attach_image(token_of(request), content)
        except ImageRefused as refused:
            return (FieldProblem("image", refused.code, refused.ja, refused.en),)
        return ()

    async def _again(
        self, request: Request, problems: Iterable[FieldProblem], *, checked: bool = False
    ) -> Response:
        view = await self.mailed.desk.open_link(token_of(request))
        return self._show(request, view, problems, status=422, checked=checked)

    def _show(
        self,
        request: Request,
        view: LinkView,
        problems: Iterable[FieldProblem],
        *,
        status: int = 200,
        checked: bool = False,
        returned: bool = False,
    ) -> Response:
        profile = view.profile
        form = ApplicationView(
            profile=profile,
            lang=language_of(request),
            values=values_of(view),
            index=self.mailed.desk.places(),
            map=self.mailed.context.context.config.map,
            fixed_mail=view.mail if view.mail_is_fixed else None,
            image=path(request, "image") if view.has_own_image else None,
            has_earlier_image=view.has_image and not view.has_own_image,
            asks_image=profile.asks(Item.IDENTITY_IMAGE),
            image_mail=profile.mail.application,
        )
        return self.mailed.context.pages.page(
            request,
            "application.html",
            status=status,
            problems=problems,
            here=path(request, "form?check=yes" if checked else "form"),
            form=form,
            view=view,
            checked=checked,
            returned=returned,
            saved=request.query_params.get(_AFTER) == "save",
            continued=view.entries is not None and _AFTER not in request.query_params,
            at=path(request, "form"),
        )

    # --- the confirmation ---------------------------------------------------------------------

    async def confirm(self, request: Request, view: LinkView) -> Response:
        """Everything that will be submitted (TOM-16); a change item by item (CNB-44)."""
        if not accepted(view):
            return see_other(path(request, "terms"))
        if view.application is None or not view.drafted:
            check = "?check=yes" if view.entries is not None else ""
            return see_other(path(request, f"form{check}"))
        if await self.mailed.desk.draft_problems(token_of(request)):
            return see_other(path(request, "form?check=yes"))
        lang = language_of(request)
        draft, before = view.application, view.registered
        parts = self._sections(draft, view, lang)
        is_change = view.purpose is LinkPurpose.ACCOUNT and before is not None
        blocks = view.profile.device_change_blocks_old and before is not None
        return self.mailed.context.pages.page(
            request,
            "confirm.html",
            view=view,
            parts=parts,
            differences=differences(self._sections(before, view, lang), parts)
            if is_change and before
            else (),
            is_change=is_change,
            old_device_ends=blocks and before is not None and changes_device(before, draft),
            image=path(request, "image") if view.has_own_image else None,
            maps=self._maps(request, draft, lang),
            at=path(request, "confirm"),
        )

    async def submit(self, request: Request, view: LinkView) -> Response:
        """Hand it in, or go back to the form."""
        form = await read_form(request)
        if form.action != "submit":
            return see_other(path(request, "form"))
        try:
            await self.mailed.desk.submit(token_of(request))
        except NotAccepted as wrong:
            if any(each.code == "terms" for each in wrong.problems):
                return see_other(path(request, "terms"))
            return await self._again(request, wrong.problems, checked=True)
        return see_other(path(request, "submitted"))

    def _sections(
        self, application: Application, view: LinkView, lang: Language
    ) -> tuple[Section, ...]:
        index = self.mailed.desk.places()
        return sections(application, view.profile, lang, lambda code: named(index, code, lang))

    # --- pictures -----------------------------------------------------------------------------

    async def image(self, request: Request, view: LinkView) -> Response:
        """The image that was attached through this URL."""
        content = await self.mailed.desk.own_image(token_of(request))
        return Response(content, media_type="image/jpeg", headers=dict(HEADERS))

    async def map(self, request: Request, view: LinkView) -> Response:
        """The position of the address, or of a place (``?place=0``), drawn on its municipality."""
        lang = language_of(request)
        point = _point(view.application, request.query_params.get("place", ""))
        if point is None:
            raise Refused(Refusal.NOT_FOUND, "no position has been entered")
        index = self.mailed.desk.places()
        code = index.at(point[1], point[0]).municipality
        if code is None:
            raise Refused(Refusal.NOT_FOUND, "the position is outside Japan")
        title = pick(lang, "位置の地図", "Map of the position")
        text = drawn(index, code, *point, title)
        return Response(text, media_type="image/svg+xml", headers=dict(HEADERS))

    def _maps(
        self, request: Request, draft: Application, lang: Language
    ) -> tuple[tuple[str, str], ...]:
        """Caption and URL of each position that the person chose."""
        index = self.mailed.desk.places()
        extra = draft.data.optional
        count = len(extra.frequent_places) if extra else 0
        found = []
        own = [""] if draft.data.address.position_is_confirmed else []
        for place in (*own, *map(str, range(count))):
            point = _point(draft, place)
            code = index.at(point[1], point[0]).municipality if point else None
            if point is None or code is None:
                continue
            spot = named(index, code, lang)
            name = pick(lang, "住所の位置", "Position of the address")
            if place:
                number = int(place) + 1
                name = pick(lang, f"よく行く場所 {number} の位置", f"Position of place {number}")
            query = f"?place={place}" if place else ""
            caption = pick(lang, f"{name}（{spot}）", f"{name} ({spot})")
            found.append((caption, path(request, f"map{query}")))
        return tuple(found)


def values_of(view: LinkView) -> dict[str, str]:
    """What the form of a mailed URL holds: as typed last, else what is on record."""
    if view.entries is not None:
        return dict(view.entries)
    return fields_of(view.application) if view.application is not None else {}


def _back_to_form(request: Request, form: Form) -> RedirectResponse:
    """The form again, where the button was."""
    action, anchor, query = form.action, _ANCHORS.get(form.action, ""), []
    if found := ADD.fullmatch(action):
        where = LISTS[found[1]]
        anchor = f"{where}.{shown_entries(edited(form), where) - 1}"
    elif found := REMOVE.fullmatch(action):
        anchor = LISTS[found[1]]
    query.append(f"{_AFTER}={'save' if action == 'save' else 'edit'}")
    if form.get("check") == "yes":
        query.append("check=yes")
    if found := _LANGUAGE.fullmatch(action):
        query.append(f"lang={found[1]}")
    return see_other(path(request, f"form?{'&'.join(query)}{f'#{anchor}' if anchor else ''}"))


def _point(application: Application | None, place: str) -> tuple[float, float] | None:
    """Latitude and longitude of the address, or of the frequent place with this number."""
    if application is None:
        return None
    data = application.data
    if not place:
        return data.address.lat, data.address.lon
    known = data.optional.frequent_places if data.optional else ()
    if not (place.isascii() and place.isdigit() and len(place) <= 2) or int(place) >= len(known):
        return None
    found = known[int(place)]
    return None if found.lat is None or found.lon is None else (found.lat, found.lon)
