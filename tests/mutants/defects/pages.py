"""Pages: what a careless hand makes of them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from net119_protocol.profile import form
from net119_reference.registration import entries
from net119_reference.registration.ports import LinkView
from net119_reference.service.registration.account import AccountDesk
from net119_reference.web.pages import application_view, mailed, mailed_form, my, shown
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.mailed_form import _FormPages
from net119_reference.web.pages.rendering import Pages
from net119_reference.web.pages.routing import see_other
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tests.mutants.registry import Patch, mutant


def _rewritten(patch: Patch, template: str, was: str, becomes: str = "") -> None:
    """A text of one template reads otherwise; it must be there."""

    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        made: HTMLResponse = original(pages, request, name, **values)
        if name != template:
            return made
        text = bytes(made.body).decode()
        assert was in text, f"{template} does not say {was!r}"
        changed = HTMLResponse(text.replace(was, becomes), status_code=made.status_code)
        for key, value in made.headers.items():
            if key != "content-length":
                changed.headers[key] = value
        return changed

    patch.around(Pages, "page", page)


@mutant(
    "form-opens-without-consent",
    kills={"PAGE-TERMS-FIRST": "the form does not open before the terms are accepted"},
)
def form_opens(patch: Patch) -> None:
    """Only the first page looks whether the terms were accepted."""
    patch(mailed_form, "accepted", lambda _view: True)


@mutant(
    "form-taken-without-consent",
    kills={"PAGE-TERMS-FIRST": "a form sent before the terms are accepted leads to the terms"},
)
def form_taken(patch: Patch) -> None:
    """The form is not shown without consent, but it is taken."""

    async def enter(original: Any, part: _FormPages, request: Request, view: LinkView) -> Response:
        version = view.profile.terms.version
        answer: Response = await original(part, request, replace(view, terms_accepted=version))
        if answer.headers.get("location", "").endswith("/confirm"):
            await part.mailed.desk.accept_terms(mailed.token_of(request), version)
        return answer

    patch.around(_FormPages, "enter", enter)


@mutant(
    "next-is-consent",
    kills={"PAGE-TERMS-FIRST": "“next” without “I agree” does not go on"},
)
def next_is_consent(patch: Patch) -> None:
    """Whoever presses “next” is taken to have agreed."""

    async def read(original: Any, request: Request) -> Form:
        form: Form = await original(request)
        return replace(form, fields={**form.fields, "agree": "yes"})

    patch.around(mailed, "read_form", read)


@mutant(
    "problems-at-the-top-only",
    kills={"PAGE-BIRTH-DATE": "a day that does not exist comes back, named at the field"},
)
def problems_at_the_top(patch: Patch) -> None:
    """What is wrong is listed at the top, and no field says that it is meant."""

    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        listed = [replace(each, path="") for each in values.pop("problems", ())]
        made: Response = original(pages, request, name, problems=listed, **values)
        return made

    patch.around(Pages, "page", page)


@mutant(
    "sex-unstated-unless-said",
    kills={"PAGE-REQUIRED-ITEMS": "without the sex the form comes back, and names it"},
)
def sex_unstated(patch: Patch) -> None:
    """Who says nothing of the sex is put down as somebody who does not want to."""

    def read(original: Any, fields: Any, *rest: Any, **named: Any) -> Any:
        return original({"data.sex": "unstated", **fields}, *rest, **named)

    patch.around(entries, "read", read)


@mutant(
    "lives-there-unless-said",
    kills={"PAGE-REQUIRED-ITEMS": "without the tie to the area the form comes back, and names it"},
)
def lives_there(patch: Patch) -> None:
    """Who does not say what ties them to the area is put down as living there."""

    def read(original: Any, fields: Any, *rest: Any, **named: Any) -> Any:
        return original({"basis": "lives", **fields}, *rest, **named)

    patch.around(entries, "read", read)


@mutant(
    "birth-date-not-confirmed",
    kills={"PAGE-CONFIRMATION": "the confirmation shows everything that was entered"},
)
def birth_date_not_confirmed(patch: Patch) -> None:
    """The confirmation leaves the date of birth out."""

    def person(original: Any, *given: Any) -> Any:
        return (each for each in original(*given) if each[0] != "data.birth_date")

    patch.around(shown, "_person", person)


@mutant(
    "days-roll-over",
    kills={"PAGE-BIRTH-DATE": "a day that does not exist comes back, named at the field"},
)
def days_roll_over(patch: Patch) -> None:
    """A day that does not exist becomes one of the next month, as lenient date parsers have it."""

    def read(original: Any, field: Any, text: str, *more: Any) -> Any:
        rolled = text[:4] + "-03-01" if text.endswith("-02-29") else text
        return original(field, rolled, *more)

    patch.around(form, "read_field", read)


@mutant(
    "all-municipalities-offered",
    kills={"PAGE-ADDRESS": "the municipalities offered are those of the prefecture"},
)
def all_municipalities(patch: Patch) -> None:
    """The list of municipalities does not look at the prefecture."""

    def listed(original: Any, index: Any, _prefecture: str) -> Iterable[tuple[str, str, str]]:
        return (each for name in ("北海道", "沖縄県", "熊本県") for each in original(index, name))

    patch.around(application_view, "listed", listed)


@mutant("any-position-taken", kills={"PAGE-ADDRESS": "a position far off is refused, and named"})
def any_position(patch: Patch) -> None:
    """The position is not compared with the municipality."""
    patch(entries, "_is_outside", lambda *_: False)


@mutant("map-not-shown", kills={"PAGE-ADDRESS": "the position is shown on a map before submission"})
def map_not_shown(patch: Patch) -> None:
    """The confirmation shows the position in figures only."""
    patch(_FormPages, "_maps", lambda *_: ())


@mutant(
    "map-without-licence",
    kills={"PAGE-MAP-LICENCE": "the page with the map names the source of its data"},
)
def map_without_licence(patch: Patch) -> None:
    """The confirmation shows a map and not whose data it is."""
    _rewritten(patch, "confirm.html", "出典：気象庁ホームページを加工して作成")


@mutant(
    "optional-items-not-confirmed",
    kills={"PAGE-CONFIRMATION": "the confirmation shows everything that was entered"},
)
def optional_items_not_confirmed(patch: Patch) -> None:
    """The confirmation shows the required items only."""

    def sections(original: Any, *given: Any) -> Any:
        return tuple(
            part
            for part in original(*given)
            if not any("optional" in row.path for row in part.rows)
        )

    patch.around(mailed_form, "sections", sections)


@mutant(
    "submitted-by-next", kills={"PAGE-CONFIRMATION": "a confirmation comes before the submission"}
)
def submitted_by_next(patch: Patch) -> None:
    """A form without problems is handed in at once."""

    async def enter(original: Any, part: _FormPages, request: Request, view: LinkView) -> Response:
        answer: Response = await original(part, request, view)
        if answer.headers.get("location", "").endswith("/confirm"):
            await part.mailed.desk.submit(mailed.token_of(request))
            return see_other(mailed.path(request, "submitted"))
        return answer

    patch.around(_FormPages, "enter", enter)


@mutant("back-empties-the-form", kills={"PAGE-CONFIRMATION": "going back loses nothing"})
def back_empties(patch: Patch) -> None:
    """Who goes back from the confirmation finds the list of contacts empty."""

    async def submit(original: Any, part: _FormPages, request: Request, view: LinkView) -> Response:
        answer: Response = await original(part, request, view)
        if answer.headers.get("location", "").endswith("/form"):
            left = {k: v for k, v in (view.entries or {}).items() if "contacts" not in k}
            await part.mailed.desk.keep_entries(mailed.token_of(request), left)
        return answer

    patch.around(_FormPages, "submit", submit)


@mutant("last-block-removed", kills={"PAGE-BLOCKS": "only the removed contact is gone"})
def last_block_removed(patch: Patch) -> None:
    """Whichever block is to be removed, the last one goes."""

    def moved(original: Any, fields: Any, where: str, _number: int) -> Any:
        return original(fields, where, entries.shown_entries(fields, where) - 1)

    patch.around(application_view, "moved_up", moved)


@mutant(
    "pages-unescaped", kills={"PAGE-HOSTILE-TEXT": "the form that comes back has no element of it"}
)
def pages_unescaped(patch: Patch) -> None:
    """Texts are put into pages as they are."""

    def made(original: Any, pages: Pages, *given: Any) -> None:
        original(pages, *given)
        pages.environment.autoescape = False

    patch.around(Pages, "__init__", made)


@mutant(
    "documents-not-named",
    kills={"PAGE-IDENTITY-DOCUMENTS": "the documents that it may show are named"},
)
def documents_not_named(patch: Patch) -> None:
    """The form asks for an image without saying of what."""
    _rewritten(patch, "application.html", "運転免許証、社員証、学生証、障害者手帳などの写真。")


@mutant(
    "log-in-page-names-nobody",
    kills={"PAGE-WHOM-TO-ASK": "a wrong password is refused with whom to contact"},
)
def log_in_page_names_nobody(patch: Patch) -> None:
    """Whoever cannot log in reads that it was wrong, and no more."""

    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        if name == "my-log-in.html":
            values["profiles"] = ()
        made: Response = original(pages, request, name, **values)
        return made

    patch.around(Pages, "page", page)


@mutant(
    "call-page-needs-log-in",
    kills={"PAGE-CALL-PAGE": "its URL opens the person's page after the log-out"},
)
def call_page_needs_log_in(patch: Patch) -> None:
    """The call page is a page of the session: with the log-out it is gone."""

    async def log_out(original: Any, desk: AccountDesk, who: Any) -> None:
        await desk.revoke_call_page(who)
        await original(desk, who)

    patch.around(AccountDesk, "log_out", log_out)


@mutant(
    "second-device-gets-a-dead-page",
    kills={"PAGE-SECOND-DEVICE": "the call page opens on the second device"},
)
def second_device_dead(patch: Patch) -> None:
    """Making a call page in the place of another takes back both."""

    async def make(original: Any, own: Any, request: Request, who: Any, *, sure: bool) -> Response:
        made: Response = await original(own, request, who, sure=sure)
        if sure:
            await own._service.revoke_call_page(who)
        return made

    patch.around(my._OwnPages, "_make", make)


@mutant(
    "second-device-not-asked",
    kills={"PAGE-SECOND-DEVICE": "the second device is asked before the first one stops working"},
)
def second_device_not_asked(patch: Patch) -> None:
    """A second device takes the call page without a question."""

    async def make(original: Any, own: Any, request: Request, who: Any, *, sure: bool) -> Response:
        made: Response = await original(own, request, who, sure=True)
        return made

    patch.around(my._OwnPages, "_make", make)
