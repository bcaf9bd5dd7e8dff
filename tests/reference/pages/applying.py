"""A person at a mailed URL, in a browser without JavaScript."""

import io
import re
from collections.abc import Mapping
from typing import Any

import httpx
from net119_protocol.profile.form import to_fields
from PIL import Image

from tests.reference.pages.site import Site
from tests.reference.registration.support import application

AT = {
    "tomakomai": ("42.634000", "141.605000"),
    "aso": ("32.952000", "131.121000"),
    "chita-nanbu": ("34.715000", "136.930000"),
}
"""A point in the municipality of each department's applicant: latitude and longitude."""


def mailed_url(site: Site, *, agreed: bool = True) -> str:
    """Path of the URL that an empty mail brings; with the terms accepted, if wanted."""

    async def ask() -> str:
        if agreed:
            return await site.town.start_application()
        await site.town.write()
        return await site.town.token(await site.town.letter("登録のご案内"))

    return f"/r/{site.do(ask)}"


def filled(site: Site, **changes: str) -> dict[str, str]:
    """The fields of a complete application; dots in names are written as two underscores."""
    fields = to_fields(application(site.department))
    fields["data.address.lat"], fields["data.address.lon"] = AT[site.department]
    fields["data.address.position_confirmed"] = "yes"
    del fields["data.mail"], fields["data.address.municipality"]
    fields |= {name.replace("__", "."): text for name, text in changes.items()}
    return fields


def card(kind: str = "JPEG", size: tuple[int, int] = (320, 200)) -> bytes:
    """A picture of a card."""
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind)
    return out.getvalue()


def send(
    client: httpx.Client,
    url: str,
    fields: Mapping[str, str],
    action: str = "next",
    image: bytes | None = None,
) -> httpx.Response:
    """Send the form as browsers do: multipart, with the file field even where no file is chosen."""
    files: dict[str, Any] = {"image": ("card.jpg" if image else "", image or b"", "image/jpeg")}
    return client.post(f"{url}/form", data={**fields, "action": action}, files=files)


def page_of(answer: httpx.Response) -> str:
    """Name of the page."""
    found = re.search(r'data-page="([a-z-]+)"', answer.text)
    assert found, answer.text[:500]
    return found[1]


def wrong(answer: httpx.Response) -> dict[str, str]:
    """Path and code of every problem in the summary."""
    return dict(re.findall(r'data-path="([^"]*)" data-code="([^"]+)"', answer.text))
