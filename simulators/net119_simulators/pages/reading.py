"""Reads the forms of a document: which controls belong to them, and how they are labelled."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from net119_simulators.pages.controls import (
    Button,
    CheckControl,
    ChoiceControl,
    Control,
    FileControl,
    Option,
    TextControl,
)

_SPACE = re.compile(r"[ \t\n\r\f]+")
"""What browsers run together; the wide space of Japanese names is none of it."""
_CONTROLS = ("input", "select", "textarea", "button")
_BUTTONS = frozenset({"submit", "image", "reset", "button"})
_UNSEEN = ("script", "style", "template", "noscript", "head")


def attribute(tag: Tag, name: str) -> str | None:
    """An attribute as text; of one that holds several words, all of them."""
    value = tag.get(name)
    return value if value is None or isinstance(value, str) else " ".join(value)


def text_of(tag: Tag, *, spoken: bool = False) -> str:
    """The text that is seen, its white space as single spaces.

    ``spoken``: as a screen reader has it, without signs that are for the eye only.
    """
    pieces = []
    for string in tag.find_all(string=True):
        outer = string.parent
        if type(string).__name__ != "NavigableString":
            continue  # comments, doctypes, scripts, styles
        hidden = outer is not None and (
            outer.name in _UNSEEN or any(_is_hidden(each) for each in (outer, *outer.parents))
        )
        for_the_eye = spoken and any(
            attribute(each, "aria-hidden") == "true" for each in string.parents
        )
        if not hidden and not for_the_eye:
            pieces.append(str(string))
    return _SPACE.sub(" ", "".join(pieces)).strip(" ")


def _is_hidden(tag: Tag) -> bool:
    return tag.has_attr("hidden") or tag.name in _UNSEEN


class FormReader:
    """Reads one form element of a document."""

    def __init__(self, document: BeautifulSoup, form: Tag, where: str) -> None:
        self._document = document
        self._form = form
        self._where = where
        self._labels = _labels(document)

    def _members(self) -> Iterator[Tag]:
        """Controls whose form owner is this form, in the document's order."""
        own_id = attribute(self._form, "id")
        for tag in self._document.find_all(_CONTROLS):
            named = attribute(tag, "form")
            owner = tag.find_parent("form") if named is None else None
            # An id that names no form, or is another's, takes the control away from this one.
            if (named is None and owner is self._form) or (named is not None and named == own_id):
                yield tag

    def buttons(self) -> list[Button]:
        """Buttons that submit it, in order."""
        found = []
        for tag in self._members():
            kind = _kind(tag)
            if kind not in ("submit", "image"):
                continue
            label = attribute(tag, "aria-label") or text_of(tag)
            if tag.name == "input":
                label = attribute(tag, "aria-label") or attribute(tag, "value") or ""
                label = label or attribute(tag, "alt") or ""
            found.append(
                Button(
                    text=label,
                    name=attribute(tag, "name") or "",
                    value=attribute(tag, "value") or "",
                    disabled=_is_disabled(tag),
                    action=attribute(tag, "formaction"),
                    method=attribute(tag, "formmethod"),
                    enctype=attribute(tag, "formenctype"),
                    no_validate=tag.has_attr("formnovalidate"),
                    image=kind == "image",
                )
            )
        return found

    def controls(self) -> list[Control]:
        """Named controls; radio buttons and checkboxes of one name are one control."""
        found: list[Control] = []
        groups: dict[tuple[str, str], ChoiceControl | CheckControl] = {}
        for tag in self._members():
            kind, name = _kind(tag), attribute(tag, "name") or ""
            if kind in _BUTTONS or not name:
                continue
            if kind in ("radio", "checkbox"):
                key = (kind, name)
                if key not in groups:
                    groups[key] = self._group(tag, kind, name)
                    found.append(groups[key])
                self._join(groups[key], tag)
            else:
                found.append(self._single(tag, kind, name))
        return found

    def _single(self, tag: Tag, kind: str, name: str) -> Control:
        label, legend = self._label(tag), _legend(tag)
        disabled, required = _is_disabled(tag), tag.has_attr("required")
        if kind == "select":
            multiple = tag.has_attr("multiple")
            options = _options(tag, multiple)
            return ChoiceControl(
                name, kind, self._where, label, legend, disabled, required,
                options=options, multiple=multiple,
            )  # fmt: skip
        if kind == "file":
            return FileControl(
                name, kind, self._where, label, legend, disabled, required,
                accept=attribute(tag, "accept") or "", multiple=tag.has_attr("multiple"),
            )  # fmt: skip
        if kind == "textarea":
            # The parser of HTML drops a line break that directly follows the tag.
            value = re.sub(r"\A(\r\n|\n|\r)", "", tag.get_text())
        else:
            value = attribute(tag, "value") or ""
        return TextControl(
            name, kind, self._where, label, legend, disabled, required,
            read_only=tag.has_attr("readonly"), value=value,
            max_length=_number(attribute(tag, "maxlength")), pattern=attribute(tag, "pattern"),
        )  # fmt: skip

    def _group(self, tag: Tag, kind: str, name: str) -> ChoiceControl | CheckControl:
        legend = _legend(tag)
        if kind == "radio":
            return ChoiceControl(name, kind, self._where, "", legend)
        return CheckControl(name, kind, self._where, self._label(tag), legend)

    def _join(self, group: ChoiceControl | CheckControl, tag: Tag) -> None:
        if isinstance(group, ChoiceControl) and tag.has_attr("checked"):
            for each in group.options:
                each.chosen = False
        group.required = group.required or tag.has_attr("required")
        value = attribute(tag, "value")
        group.options.append(
            Option(
                value="on" if value is None else value,
                text=self._label(tag),
                chosen=tag.has_attr("checked"),
                disabled=_is_disabled(tag),
            )
        )

    def _label(self, tag: Tag) -> str:
        """The text that names a control: `aria-labelledby`, `aria-label`, its label."""
        ids = (attribute(tag, "aria-labelledby") or "").split()
        named = [self._document.find(id=one) for one in ids]
        if any(named):
            return " ".join(text_of(each) for each in named if each is not None)
        spoken = attribute(tag, "aria-label")
        if spoken:
            return spoken
        for label in self._labels.get(attribute(tag, "id") or "", []):
            return text_of(label)
        around = tag.find_parent("label")
        return text_of(around) if around is not None and not around.has_attr("for") else ""


def _labels(document: BeautifulSoup) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = {}
    for label in document.find_all("label"):
        target = attribute(label, "for")
        if target:
            found.setdefault(target, []).append(label)
    return found


def _kind(tag: Tag) -> str:
    if tag.name == "input":
        return (attribute(tag, "type") or "text").lower()
    if tag.name == "button":
        kind = (attribute(tag, "type") or "submit").lower()
        return kind if kind in ("reset", "button") else "submit"
    return tag.name


def _is_disabled(tag: Tag) -> bool:
    """By itself, or by a group around it unless it stands in that group's first legend."""
    if tag.has_attr("disabled"):
        return True
    for group in tag.find_parents("fieldset"):
        if not group.has_attr("disabled"):
            continue
        legend = group.find("legend", recursive=False)
        if legend is None or legend not in tag.parents:
            return True
    return False


def _legend(tag: Tag) -> str:
    group = tag.find_parent("fieldset")
    legend = group.find("legend", recursive=False) if group is not None else None
    return text_of(legend) if legend is not None else ""


def _options(tag: Tag, multiple: bool) -> list[Option]:
    options = []
    grouped = tag.find("optgroup") is not None
    for element in tag.find_all("option"):
        around = element.find_parent("optgroup") if grouped else None
        # An option holds text only, and there may be hundreds: no need to look for what is hidden.
        value, text = attribute(element, "value"), _SPACE.sub(" ", element.get_text()).strip(" ")
        options.append(
            Option(
                value=text if value is None else value,
                text=text,
                chosen=element.has_attr("selected"),
                disabled=element.has_attr("disabled")
                or (around is not None and around.has_attr("disabled")),
            )
        )
    if multiple:
        return options
    # A list for one choice always has one: the last that is marked, else the first usable.
    marked = [each for each in options if each.chosen]
    usable = [each for each in options if not each.disabled]
    for each in options:
        each.chosen = False
    if marked:
        marked[-1].chosen = True
    elif usable:
        usable[0].chosen = True
    return options


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
