"""Fills a department's form in from an application, as applicants and keying-in staff do."""

from collections.abc import Mapping

from net119_protocol.application import Application
from net119_protocol.profile.form import to_fields

from net119_simulators.pages.browser import Browser
from net119_simulators.pages.controls import ChoiceControl, TextControl
from net119_simulators.pages.errors import NotOnPage
from net119_simulators.pages.form import Form

LISTS: Mapping[str, str] = {
    "data.optional.contacts": "add-contact",
    "data.optional.frequent_places": "add-place",
}
"""Blocks that can be added, with the value of the button that adds one."""
_PREFECTURE, _CODE = "data.address.prefecture", "data.address.municipality_code"
_MUNICIPALITIES = "municipalities"
_CONFIRMED = "data.address.position_confirmed"
_BY_MAP = (".lat", ".lon", ".position_confirmed")
_TOLD_BY_CODE = (_PREFECTURE, "data.address.municipality")
_MOST_BLOCKS = 20


async def enter_application(
    browser: Browser,
    form_id: str,
    application: Application,
    *,
    known: frozenset[str] = frozenset(),
    lenient: bool = False,
) -> Form:
    """Fill the form of the shown page in, adding and emptying blocks as needed.

    Fields that the application has nothing for are emptied. ``known`` names need no field, since
    the provider knows them otherwise (the address that the URL was mailed to). Hidden fields of a
    position get what the map's script would write. ``lenient``: what the form does not ask, and
    options that it does not have, are left out, as a person would.

    Raises:
        NotOnPage: the application has something that the form has no field for.
    """
    fields = to_fields(application)
    fields.setdefault(_CONFIRMED, "yes")
    for path, button in LISTS.items():
        await _add_blocks(browser, form_id, fields, path, button)
    await _choose_prefecture(browser, form_id, fields)
    form = browser.page.form(form_id)
    missing = []
    for name, value in fields.items():
        if form.has(name):
            try:
                _enter(form, name, value)
            except NotOnPage:
                if not lenient:
                    raise
        elif name not in known and not name.endswith(_BY_MAP) and name not in _TOLD_BY_CODE:
            missing.append(name)
    if missing and not lenient:
        raise NotOnPage(f"a field for {', '.join(missing)}", form.where, form.names)
    for name in form.names:
        if name.startswith(("data.", "guardian.")) and name not in fields:
            _empty(form, name)
    return form


async def _add_blocks(
    browser: Browser, form_id: str, fields: Mapping[str, str], path: str, button: str
) -> None:
    numbers = {
        int(name.removeprefix(f"{path}.").split(".")[0])
        for name in fields
        if name.startswith(f"{path}.")
    }
    for number in range(max(numbers, default=-1) + 1):
        for _ in range(_MOST_BLOCKS):
            form = browser.page.form(form_id)
            if any(name.startswith(f"{path}.{number}.") for name in form.names):
                break
            if not form.has_button(button):
                return
            await browser.press(button, form)


async def _choose_prefecture(browser: Browser, form_id: str, fields: Mapping[str, str]) -> None:
    """Without scripts the municipalities of a prefecture are shown by pressing a button."""
    form = browser.page.form(form_id)
    code = fields.get(_CODE)
    if code is None or not form.has(_CODE) or not form.has_button(_MUNICIPALITIES):
        return
    control = form.control(_CODE)
    if isinstance(control, ChoiceControl) and code not in [each.value for each in control.options]:
        form.enter(_PREFECTURE, fields[_PREFECTURE])
        await browser.press(_MUNICIPALITIES, form)


def _enter(form: Form, name: str, value: str) -> None:
    control = form.control(name)
    if isinstance(control, TextControl) and (control.kind == "hidden" or control.read_only):
        if name.endswith(_BY_MAP):
            form.fill(name, value, force=True)
        return
    form.enter(name, value)


def _empty(form: Form, name: str) -> None:
    control = form.control(name)
    if isinstance(control, TextControl) and control.kind != "hidden" and not control.read_only:
        form.fill(name, "")
