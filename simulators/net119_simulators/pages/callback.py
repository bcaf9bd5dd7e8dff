"""A caller at the page of a callback mail's URL (CNB-31); without JavaScript."""

from urllib.parse import urlsplit

from net119_simulators.errors import SimulatorError
from net119_simulators.pages.browser import Browser
from net119_simulators.pages.chat import CHAT, ChatAtPages
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute

CALLBACK, SHUT = "callback", "callback-shut"


class CallbackShut(SimulatorError):
    """The URL opens nothing; ``code`` is the page's reason, ``page`` what one reads."""

    def __init__(self, page: Page, code: str) -> None:
        super().__init__(
            f"the callback does not open ({code})", page.where, f"The page says: {page.described()}"
        )
        self.page = page
        self.code = code


class CallbackAtPages:
    """What a caller does at ``/b/{secret}``: look, and press the one button.

    Verbs raise `CallbackShut` where the URL opens nothing, `PageNotShown` where another page comes
    than the one that is due.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        """``url`` is the mailed one; the browser needs no cookie."""
        self.browser = browser
        self.url = url

    async def look(self) -> Page:
        """Open the URL, as mail scanners do, too: that is no act of the caller."""
        return _checked(await self.browser.open(self.url), CALLBACK)

    async def reopen(self) -> ChatAtPages:
        """Press the button on the page that :meth:`look` has opened; the call's chat is shown."""
        form = self.browser.page.expect(CALLBACK).form_with("reopen")
        chat = _checked(await self.browser.press("reopen", form), CHAT)
        path = urlsplit(self.url).path
        if urlsplit(chat.url).path != f"{path}/chat":
            raise SimulatorError(
                "the chat stands elsewhere", chat.where, f"It belongs at {path}/chat"
            )
        return ChatAtPages(self.browser)


def _checked(page: Page, wanted: str) -> Page:
    if page.name == SHUT:
        found = page.document.select_one("[data-code]")
        code = "" if found is None else attribute(found, "data-code") or ""
        raise CallbackShut(page, code)
    return page.expect(wanted)
