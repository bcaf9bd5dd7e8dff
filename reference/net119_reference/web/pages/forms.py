"""What a browser sends with a form, within bounds, and only from our own pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from net119_protocol.codes import Refusal
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from net119_reference.ports import Refused

MOST_FIELDS = 500
ACTION = "action"
"""Name of every submit button; its value says what was pressed."""


@dataclass(frozen=True)
class Form:
    """A submitted form: one text for each name, and the files."""

    fields: Mapping[str, str]
    files: Mapping[str, bytes]
    action: str
    """Value of the button that was pressed; empty if Enter was, with no button."""

    def get(self, name: str) -> str:
        """A field's text without surrounding space; empty if it was not sent."""
        return self.fields.get(name, "").strip()


async def read_form(request: Request) -> Form:
    """Read the form of a POST.

    Raises:
        Refused: it comes from another site's page (``forbidden``), or cannot be read
            (``invalid``).
    """
    check_origin(request)
    try:
        sent = await request.form(
            max_files=4, max_fields=MOST_FIELDS, max_part_size=11 * 1024 * 1024
        )
    except (MultiPartException, HTTPException) as error:
        reason = getattr(error, "message", None) or getattr(error, "detail", "")
        raise Refused(Refusal.INVALID, f"the form cannot be read: {reason}") from None
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if content:
                files[name] = content
        elif name in fields:
            raise Refused(Refusal.INVALID, "the form has a field twice; reload the page")
        else:
            # Browsers send line breaks as CR LF, whatever was typed.
            fields[name] = value.replace("\r\n", "\n")
    if len(fields) > MOST_FIELDS:
        raise Refused(Refusal.INVALID, f"the form has more than {MOST_FIELDS} fields")
    return Form(fields, files, fields.pop(ACTION, ""))


def names_its_page(request: Request) -> bool:
    """Whether the browser says from which site's page a form was sent, as all do since 2020."""
    return any(name in request.headers for name in ("origin", "sec-fetch-site"))


def check_origin(request: Request) -> None:
    """Refuse a form that another site's page sent in the reader's name.

    Phones from before 2020 send neither header; forms of a session carry a token besides.

    Raises:
        Refused: (``forbidden``) the page is not of this site.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or (site is not None and site not in {"same-origin", "none"}):
        raise Refused(Refusal.FORBIDDEN, "the form was sent from a page of another site")
