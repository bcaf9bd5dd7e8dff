"""Everything once more before it is submitted (TOM-16), on as many short pages as it takes."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.registration.changes import changes_device
from net119_reference.registration.ports import LinkPurpose, LinkView, NotAccepted
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mailed import FORMS, accepted, token_of
from net119_reference.web.pages.mobile.registering.form import FormPages
from net119_reference.web.pages.mobile.registering.mailed import MobileMailed, path
from net119_reference.web.pages.mobile.registering.reading import asked_leaf, leaves
from net119_reference.web.pages.places import named
from net119_reference.web.pages.routing import see_other
from net119_reference.web.pages.shown import Difference, differences, sections


def add_routes(routes: APIRouter, mailed: MobileMailed) -> None:
    """Add the confirmation."""
    pages = _ConfirmPages(mailed, FormPages(mailed))
    mailed.add(routes, "confirm", pages.confirm, purposes=FORMS)
    mailed.add(routes, "confirm", pages.submit, "POST", purposes=FORMS)


@dataclass(frozen=True)
class _ConfirmPages:
    mailed: MobileMailed
    form: FormPages

    async def confirm(self, request: Request, view: LinkView) -> Response:
        """Everything that will be submitted; of a change, what changes (CNB-44)."""
        if not accepted(view):
            return see_other(path(request, "terms"))
        draft, before = view.application, view.registered
        if (
            draft is None
            or not view.drafted
            or await self.mailed.desk.draft_problems(token_of(request))
        ):
            return see_other(path(request, "form?check=yes"))
        lang, index = language_of(request), self.mailed.desk.places()

        def place(code: str) -> str:
            return named(index, code, lang)

        parts = sections(draft, view.profile, lang, place)
        changed: tuple[Difference, ...] = ()
        if view.purpose is LinkPurpose.ACCOUNT and before is not None:
            changed = differences(sections(before, view.profile, lang, place), parts)
        rows = [(row.path, row.label, row.text) for part in parts for row in part.rows]
        lines = [f"{label}\n{text}" for _, label, text in rows]
        found = leaves(lines)
        number = asked_leaf(request.query_params.get("page", ""), len(found))
        start = sum(len(each) for each in found[: number - 1])
        return self.mailed.page(
            request,
            "confirm.html",
            view,
            rows=rows[start : start + len(found[number - 1])],
            number=number,
            count=len(found),
            changed=changed if number == 1 else (),
            is_change=view.purpose is LinkPurpose.ACCOUNT,
            old_device_ends=view.profile.device_change_blocks_old
            and before is not None
            and changes_device(before, draft),
            unconfirmed=not draft.data.address.position_is_confirmed,
            image=path(request, "image/small") if view.has_own_image else None,
        )

    async def submit(self, request: Request, view: LinkView) -> Response:
        """Hand it in."""
        form = await self.mailed.context.form(request)
        if not form.pressed("submit"):
            return see_other(path(request, "form"))
        try:
            await self.mailed.desk.submit(token_of(request))
        except NotAccepted as wrong:
            if any(each.code == "terms" for each in wrong.problems):
                return see_other(path(request, "terms"))
            again = await self.mailed.desk.open_link(token_of(request))
            return self.form.show_index(request, again, wrong.problems, checked=True, status=422)
        return see_other(path(request, "submitted"))
