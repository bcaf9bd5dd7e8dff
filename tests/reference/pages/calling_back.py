"""Callback letters of calls made at a site's pages, and what their URLs open."""

import itertools

import httpx
from net119_protocol.codes import CloseOutcome
from net119_reference.ports import DispatcherIdentity

from tests.reference.pages.calling import Caller, Desk, PagedCall, caller
from tests.reference.pages.site import Site

_numbers = itertools.count(1)


class Lost:
    """A caller whose mail can be read, and whose call was answered."""

    def __init__(self, site: Site, console: Desk, **call: object) -> None:
        self.site = site
        self.mail = f"called-back-{next(_numbers)}@phone.example"
        self.caller: Caller = caller(site, mail=self.mail)
        self.call: PagedCall = self.caller.call(**call)  # type: ignore[arg-type]  # as it takes
        self._console = console
        console.answer(self.call)

    def close(self) -> None:
        """The dispatcher ends the call."""
        self._console.close(self.call, CloseOutcome.PRACTICE_DONE)

    def called_back(self) -> str:
        """A callback is mailed; the path of its URL."""

        async def ask() -> str:
            town = self.site.town
            unit = town.provider.core.jurisdiction.own_unit(town.department, town.clock.now())
            assert unit is not None
            before = len(town.boxes.letters(self.mail))
            asking = DispatcherIdentity(unit.center, "佐藤")
            back = await town.provider.acts.call_back(asking, self.call.call_id)
            assert back.state == "sent", back
            letter = await town.boxes.wait_for_letter(
                self.mail, lambda each: "呼び返し" in each.subject, after=before
            )
            (url,) = [each for each in letter.urls if "/b/" in each]
            return f"/b/{url.rpartition('/b/')[2]}"

        return self.site.do(ask)

    def state(self) -> str:
        """The call's state at the provider."""

        async def read() -> str:
            who = await self.caller.identity()
            return (await self.site.town.provider.call_of(who, self.call.call_id)).state.value

        return self.site.do(read)


def press(client: httpx.Client, path: str) -> httpx.Response:
    """Press the one button of the page."""
    return client.post(path, data={"action": "reopen"})
