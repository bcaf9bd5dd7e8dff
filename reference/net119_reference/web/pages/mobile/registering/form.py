"""The application form at a feature phone: the list of its parts, and each part on a short page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.gps import PositionLink
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration.entries import moved_up
from net119_reference.registration.ports import LinkView
from net119_reference.web.pages.application_view import ApplicationView
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mailed import FORMS, accepted, token_of
from net119_reference.web.pages.mailed_form import values_of
from net119_reference.web.pages.mobile.check import position_links
from net119_reference.web.pages.mobile.form import MobileForm
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.mobile.registering.controls import Part
from net119_reference.web.pages.mobile.registering.mailed import MobileMailed, path
from net119_reference.web.pages.mobile.registering.parts import (
    ENTRIES,
    entry,
    entry_names,
    part_of,
    parts,
)
from net119_reference.web.pages.mobile.registering.typed import put
from net119_reference.web.pages.routing import see_other

_PREFECTURE = "data.address.prefecture"
_CODE = "data.address.municipality_code"
_OWN_PAGES = frozenset({"position", "image"})
"""Parts with a page of their own, in other modules."""


def application_view(mailed: MobileMailed, request: Request, view: LinkView) -> ApplicationView:
    """What the form shows, for a phone."""
    return ApplicationView(
        profile=view.profile,
        lang=language_of(request),
        values=values_of(view),
        index=mailed.desk.places(),
        fixed_mail=view.mail if view.mail_is_fixed else None,
        image=path(request, "image/small") if view.has_own_image else None,
        has_earlier_image=view.has_image and not view.has_own_image,
        asks_image=view.profile.asks(Item.IDENTITY_IMAGE),
        image_mail=view.profile.mail.application,
    )


def after(found: Iterable[Part], key: str) -> str:
    """The step that follows a part."""
    keys = [each.key for each in found]
    # Behind an entry of a list comes the list, for one more.
    if "." in key:
        return f"form/{key.partition('.')[0]}"
    at = keys.index(key) + 1 if key in keys else len(keys)
    return f"form/{keys[at]}" if at < len(keys) else "confirm"


def add_routes(routes: APIRouter, mailed: MobileMailed) -> None:
    """Add the list of parts and the parts."""
    pages = FormPages(mailed)
    mailed.add(routes, "form", pages.index, purposes=FORMS)
    mailed.add(routes, "form/{part}", pages.part, purposes=FORMS)
    mailed.add(routes, "form/{part}", pages.enter, "POST", purposes=FORMS)


@dataclass(frozen=True)
class FormPages:
    """The list of parts, and each of them."""

    mailed: MobileMailed

    async def index(self, request: Request, view: LinkView) -> Response:
        """What has been entered and what is missing; ``?check=yes`` says what is wrong."""
        if not accepted(view):
            return see_other(path(request, "terms"))
        checked = request.query_params.get("check") == "yes"
        problems = view.defects
        if checked:
            problems = await self.mailed.desk.draft_problems(token_of(request))
        return self.show_index(request, view, problems, checked=checked)

    def show_index(
        self,
        request: Request,
        view: LinkView,
        problems: Iterable[FieldProblem],
        *,
        checked: bool,
        status: int = 200,
    ) -> Response:
        """The list of parts, with what is wrong."""
        form = application_view(self.mailed, request, view)
        found = parts(form)
        wrong = tuple(problems)
        return self.mailed.page(
            request,
            "form.html",
            view,
            status=status,
            parts=found,
            wrong_in={each.key for each in found if any(each.shows(one.path) for one in wrong)},
            problems=self.mailed.told(request, wrong, lambda one: self._where(request, found, one)),
            checked=checked,
            returned=bool(view.defects) and not checked,
            continued=view.entries is not None,
        )

    def _where(self, request: Request, found: tuple[Part, ...], problem: FieldProblem) -> str:
        part = part_of(found, problem.path)
        if part is None:
            return ""
        key = part.key
        if key in ENTRIES:
            number = problem.path.removeprefix(f"{ENTRIES[key]}.").partition(".")[0]
            key = f"{key}.{number}" if number.isdigit() else key
        return path(request, f"form/{key}")

    async def part(self, request: Request, view: LinkView) -> Response:
        """One part as it was entered."""
        if not accepted(view):
            return see_other(path(request, "terms"))
        key = request.path_params["part"]
        if key in _OWN_PAGES:
            return see_other(path(request, key))
        problems: tuple[FieldProblem, ...] = view.defects
        if request.query_params.get("check") == "yes":
            problems = await self.mailed.desk.draft_problems(token_of(request))
        return self._show(request, view, key, problems)

    def _part(self, form: ApplicationView, key: str) -> Part:
        word, _, number = key.partition(".")
        if word in ENTRIES and number.isascii() and number.isdigit() and len(number) <= 2:
            most = form.profile.max_contacts if word == "contacts" else form.profile.max_places
            count = form.count(ENTRIES[word])
            if form.shows("contacts" if word == "contacts" else "frequent-places") and (
                int(number) < max(count, min(count + 1, most))
            ):
                return entry(form, word, int(number))
        found = next((each for each in parts(form) if each.key == key), None)
        if found is None or key in _OWN_PAGES:
            raise Refused(Refusal.NOT_FOUND, "the form has no such part")
        return found

    def _show(
        self,
        request: Request,
        view: LinkView,
        key: str,
        problems: Iterable[FieldProblem],
        *,
        status: int = 200,
    ) -> Response:
        form = application_view(self.mailed, request, view)
        part = self._part(form, key)
        own = tuple(each for each in problems if part.shows(each.path))
        word, _, digits = key.partition(".")
        number = int(digits) if digits else None
        block = part.paths[0] if part.paths else ""
        names = entry_names(form, word)
        most = form.profile.max_contacts if word == "contacts" else form.profile.max_places
        return self.mailed.page(
            request,
            "part.html",
            view,
            status=status,
            form=form,
            part=part,
            word=word,
            number=number,
            is_list=word in ENTRIES and number is None,
            block=block,
            entries=tuple(enumerate(names)),
            room=len(names) < most,
            link=self._measuring(request, form, key) if number in range(len(names)) else None,
            problems=self.mailed.told(request, own),
            problem_of={each.path: each for each in reversed(own)},
            next_step=path(request, after(parts(form), key)),
        )

    def _measuring(self, request: Request, form: ApplicationView, key: str) -> PositionLink | None:
        """What measures the position of a place, where the department asks for it."""
        word, _, number = key.partition(".")
        if word != "places" or not form.shows_part(
            "place-position", f"{ENTRIES[word]}.{number}.lat"
        ):
            return None
        back = f"{self.mailed.context.origin(request)}{path(request, f'measured/{key}')}"
        return position_links(phone_of(request).carrier, back)[0]

    async def enter(self, request: Request, view: LinkView) -> Response:
        """Keep a part as it was typed, whatever button was pressed; then do what it says."""
        form = await self.mailed.context.form(request)
        if not accepted(view):
            return see_other(path(request, "terms"))
        key = request.path_params["part"]
        shown = application_view(self.mailed, request, view)
        part = self._part(shown, key)
        if form.pressed("remove") and "." in key:
            word, _, number = key.partition(".")
            fields = moved_up(shown.values, ENTRIES[word], int(number))
            await self.mailed.desk.keep_entries(token_of(request), fields)
            return see_other(path(request, f"form/{word}"))
        fields, unreadable = self._typed(request, shown, part, form)
        found = await self.mailed.desk.keep_entries(token_of(request), fields)
        own = tuple(each for each in found if part.shows(each.path))
        if form.pressed("list") and not unreadable:
            return see_other(path(request, "form"))
        told = {each.path for each in unreadable}
        problems = (*unreadable, *(each for each in own if each.path not in told))
        if problems:
            again = await self.mailed.desk.open_link(token_of(request))
            return self._show(request, again, key, problems, status=422)
        now = replace(shown, values=fields)
        return see_other(path(request, after(parts(now), key)))

    def _typed(
        self, request: Request, shown: ApplicationView, part: Part, form: MobileForm
    ) -> tuple[dict[str, str], tuple[FieldProblem, ...]]:
        names = [each.name for each in part.controls]
        fields, unreadable = put(shown.values, form, names, phone_of(request).charset)
        if "." in part.key and not any(fields.get(name, "").strip() for name in names):
            # An entry that was left blank is none, and the next one takes its number.
            word, _, number = part.key.partition(".")
            fields = moved_up(fields, ENTRIES[word], int(number))
        if _PREFECTURE in names and _elsewhere(fields, shown):
            fields.pop(_CODE, None)
        return fields, unreadable


def _elsewhere(fields: Mapping[str, str], shown: ApplicationView) -> bool:
    """Whether the municipality entered before lies in another prefecture than the one chosen."""
    row = shown.index.municipalities.get(fields.get(_CODE, "").strip())
    return row is not None and row.prefecture != fields.get(_PREFECTURE, "").strip()
