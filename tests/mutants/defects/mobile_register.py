"""Feature phones at the pages of an application."""

from typing import Any

from net119_reference.web.pages.mobile.charset import Charset, shown
from net119_reference.web.pages.mobile.registering import confirm, form
from starlette.requests import Request
from starlette.responses import Response

from tests.mutants.registry import Patch, mutant


@mutant(
    "phone-application-only-looks-handed-in",
    kills={"MOBILE-REGISTER": "the application waits for the department's review, once"},
)
def only_looks_handed_in(patch: Patch) -> None:
    """The button leads to the page that says thank you, and nothing is submitted."""

    async def submit(pages: Any, request: Request, view: Any) -> Response:
        said = {"step": "submitted", "used": "applied", "profile": view.profile}
        shown: Response = pages.mailed.page(request, "done.html", **said)
        return shown

    patch(confirm._ConfirmPages, "submit", submit)


@mutant(
    "phone-application-in-the-phones-letters",
    kills={"MOBILE-REGISTER": "the record holds what was typed on the phone, letter by letter"},
)
def in_the_phones_letters(patch: Patch) -> None:
    """What is kept is what the phone can show."""

    def put(original: Any, *arguments: Any) -> Any:
        fields, problems = original(*arguments)
        kept = {name: shown(text, Charset.SHIFT_JIS).text for name, text in fields.items()}
        return kept, problems

    patch.around(form, "put", put)
