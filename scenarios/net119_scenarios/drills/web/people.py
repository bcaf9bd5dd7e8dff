"""The own page of a person who plays a caller: what to open, and the mails that came."""

import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.rendering import HEADERS, Pages

_MAILED = re.compile(r"/b/[A-Za-z0-9_-]{16,200}")


def routes(house: House, pages: Pages, *, in_lan: bool = False) -> list[BaseRoute]:
    """A person's page; its address holds a secret key."""

    async def show(request: Request) -> Response:
        caller = house.caller(str(request.path_params["key"]))
        if caller is None:
            return pages.page(request, "gone.html", status=404, nav="")
        origin = house.origin(caller.provider, caller.login_id, in_lan=in_lan)
        letters = [
            (letter, [origin + path for path in _paths(letter.urls)])
            for letter in reversed(house.hall.letters(caller.mail))
        ]
        return pages.page(
            request, "caller.html", nav="", caller=caller, letters=letters, origin=origin
        )

    async def count(request: Request) -> Response:
        caller = house.caller(str(request.path_params["key"]))
        if caller is None:
            return PlainTextResponse("gone", 404, headers=dict(HEADERS))
        number = len(house.hall.letters(caller.mail))
        return PlainTextResponse(str(number), headers=dict(HEADERS))

    return [Route("/caller/{key}", show), Route("/caller/{key}/letters", count)]


def _paths(urls: tuple[str, ...]) -> list[str]:
    """The callback pages that a mail leads to; other links of mails are no part of a drill."""
    found = (urlsplit(url).path for url in dict.fromkeys(urls))
    return [path for path in found if _MAILED.fullmatch(path)]
