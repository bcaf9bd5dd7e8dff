"""The reference a moment late with what it shows: a right system, which every purpose must pass."""

import asyncio
from datetime import timedelta
from typing import Any

from net119_protocol.api.console import CallList
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.web.pages.mobile.chat import _Chat
from starlette.requests import Request
from starlette.responses import Response

from tests.mutants.registry import Patch

LAG_S = 0.7


def lag(patch: Patch) -> None:
    """Calls are listed at their center a moment after they were placed, and a feature phone that
    loads the page of its chat again so soon is shown the same as before."""
    shown: dict[str, tuple[float, Response]] = {}

    async def center_calls(original: Any, desk: ConsoleDesk, who: Any) -> CallList:
        found: CallList = await original(desk, who)
        until = desk._core.clock.now() - timedelta(seconds=LAG_S)
        return CallList(calls=tuple(each for each in found.calls if each.opened_at <= until))

    async def show(original: Any, chat: _Chat, request: Request, session: Any) -> Response:
        url, now = str(request.url), asyncio.get_running_loop().time()
        if url not in shown or shown[url][0] + LAG_S < now:
            shown[url] = now, await original(chat, request, session)
        return shown[url][1]

    patch.around(ConsoleDesk, "center_calls", center_calls)
    patch.around(_Chat, "show", show)
