"""One form on a page, as its user fills it in and sends it. No I/O."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from net119_simulators.pages.controls import (
    Button,
    CheckControl,
    ChoiceControl,
    Control,
    Entry,
    FileControl,
    TextControl,
    Upload,
)
from net119_simulators.pages.errors import BlockedByBrowser, CannotFill, NotOnPage
from net119_simulators.pages.submission import URLENCODED, Submission, resolved, submission

Kind = TypeVar("Kind", bound=Control)


class Form:
    """A form; controls are found by name, label or legend, buttons by value or text.

    What is looked for and not there raises `NotOnPage`, which lists what is.
    """

    def __init__(
        self,
        *,
        form_id: str,
        where: str,
        url: str,
        action: str,
        method: str,
        enctype: str,
        charset: str,
        validates: bool,
        controls: Sequence[Control],
        buttons: Sequence[Button],
    ) -> None:
        self.id = form_id
        self.where = where
        self.action = resolved(url, action) if action.strip() else resolved(url, url)
        self.method = "post" if method.lower() == "post" else "get"
        self.enctype = enctype.lower() or URLENCODED
        self.charset = charset
        self.validates = validates
        self.controls = tuple(controls)
        self.buttons = tuple(buttons)
        self._page_url = url

    # --- finding ------------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all controls, each once."""
        return tuple(dict.fromkeys(each.name for each in self.controls))

    def has(self, name: str) -> bool:
        """Whether there is a control of exactly this name."""
        return name in self.names

    def control(self, wanted: str) -> Control:
        """The control of this name, else the only one whose label or legend says this."""
        return self._find(wanted, Control)

    def _find(self, wanted: str, kind: type[Kind]) -> Kind:
        fitting = [each for each in self.controls if isinstance(each, kind)]
        named = [each for each in fitting if each.name == wanted]
        if named:
            # Of several with one name the one that a person sees.
            return next((each for each in named if each.kind != "hidden"), named[0])
        seen = [each for each in fitting if each.kind != "hidden"]
        for fits in (
            lambda text: text == wanted,
            lambda text: text.startswith(wanted),
            lambda text: wanted in text,
        ):
            found = [each for each in seen if any(fits(text) for text in each.texts)]
            if len(found) == 1:
                return found[0]
            if found:
                names = [each.shown() for each in found]
                raise NotOnPage(f"a single control for {wanted!r}", self.where, names)
        raise NotOnPage(f"a control for {wanted!r}", self.where, [each.shown() for each in fitting])

    def button(self, wanted: str) -> Button:
        """The button with this value, else the only one whose text says this."""
        for found in (
            [each for each in self.buttons if each.value == wanted],
            [each for each in self.buttons if each.text == wanted],
            [each for each in self.buttons if wanted in each.text],
        ):
            if len(found) == 1:
                return found[0]
            if found:
                shown = [each.shown() for each in found]
                raise NotOnPage(f"a single button {wanted!r}", self.where, shown)
        raise NotOnPage(
            f"the button {wanted!r}", self.where, [each.shown() for each in self.buttons]
        )

    def has_button(self, value: str) -> bool:
        """Whether there is a button with this value."""
        return any(each.value == value for each in self.buttons)

    # --- filling ------------------------------------------------------------------------------

    def fill(self, wanted: str, text: str, *, force: bool = False) -> None:
        """Enter a text; raises what `TextControl.fill` raises."""
        self._find(wanted, TextControl).fill(text, force=force)

    def choose(self, wanted: str, option: str) -> None:
        """Choose from a list or among radio buttons; raises what `choose` there raises."""
        self._find(wanted, ChoiceControl).choose(option)

    def tick(self, wanted: str, on: bool = True, value: str | None = None) -> None:
        """Tick or untick a box; raises what `CheckControl.tick` raises."""
        self._find(wanted, CheckControl).tick(on, value)

    def attach(self, wanted: str, *files: Upload) -> None:
        """Choose files; raises what `FileControl.attach` raises."""
        self._find(wanted, FileControl).attach(*files)

    def enter(self, name: str, value: str) -> None:
        """Enter a value into whatever kind of control has this name.

        A box is ticked by its own value, and unticked by the empty text.

        Raises:
            NotOnPage, CannotFill: as for the kind of control.
        """
        control = self.control(name)
        if isinstance(control, TextControl):
            control.fill(value)
        elif isinstance(control, ChoiceControl):
            control.choose(value)
        elif isinstance(control, CheckControl):
            for option in control.options:
                control.tick(option.value == value, option.value)
            if value and value not in control.ticked:
                raise NotOnPage(
                    f"the box {value!r}", control.shown(), [o.value for o in control.options]
                )
        else:
            raise CannotFill("it takes files", f"{control.shown()} {self.where}")

    def enter_all(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Enter values by the names of their controls; returns names that the form has not."""
        missing = []
        for name, value in values.items():
            if self.has(name):
                self.enter(name, value)
            else:
                missing.append(name)
        return tuple(missing)

    def value(self, wanted: str) -> str:
        """What stands in a text control, is chosen in a list, or is ticked first; else empty."""
        control = self.control(wanted)
        if isinstance(control, TextControl):
            return control.value
        if isinstance(control, ChoiceControl):
            return control.value or ""
        return next(iter(control.ticked), "") if isinstance(control, CheckControl) else ""

    # --- sending ------------------------------------------------------------------------------

    def entries(self, button: Button | None = None) -> tuple[Entry, ...]:
        """What would be submitted, in the document's order; the button at the end."""
        found: list[Entry] = []
        for control in self.controls:
            if control.disabled:
                continue
            if control.name == "_charset_" and control.kind == "hidden":
                found.append((control.name, self.charset))
            else:
                found += control.entries()
        return (*found, *(button.entries() if button is not None else ()))

    def press(
        self, wanted: str | Button, *, force: bool = False, extra: Iterable[Entry] = ()
    ) -> Submission:
        """The request that pressing a button makes.

        ``extra`` entries are added at the end, which only a hostile client can do.

        Raises:
            NotOnPage: no such button. BlockedByBrowser: it is disabled, or a browser's own
                checks (``required``, ``pattern``) fail; not with ``force``.
        """
        button = self.button(wanted) if isinstance(wanted, str) else wanted
        if not force:
            if button.disabled:
                raise BlockedByBrowser([f"{button.shown()} is disabled"], self.where)
            complaints = [
                text
                for each in self.controls
                if not each.disabled and (text := each.complaint()) is not None
            ]
            if self.validates and not button.no_validate and complaints:
                raise BlockedByBrowser(complaints, self.where)
        method, enctype = self.method, self.enctype
        if button.method is not None:
            method = "post" if button.method.lower() == "post" else "get"
        if button.enctype is not None:
            enctype = button.enctype.lower()
        action = button.action
        url = resolved(self._page_url, action) if action and action.strip() else self.action
        entries = (*self.entries(button), *extra)
        return submission(method, url, enctype, entries, self.charset)
