"""A caller at the page of a callback mail's URL, who goes by what is seen."""

from net119_simulators.pages import Page
from net119_simulators.pages.controls import Button

_NAME, _WORDS = "reopen", "再開"
"""The button's value in our markup, at feature phones its name; and what people see on it."""
BACK = f"a button 「{_WORDS}」"


def leading_back(page: Page) -> list[Button]:
    """The buttons of a page that lead back to the call."""
    return [
        each
        for form in page.forms
        for each in form.buttons
        if not each.disabled and (_NAME in (each.name, each.value) or _WORDS in each.text)
    ]
