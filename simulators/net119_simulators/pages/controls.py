"""Controls of a form and what each of them submits (HTML, "Form submission").

Nothing here does I/O; a control is filled like a person fills it, and refuses what a browser
would not let in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from net119_simulators.pages.errors import CannotFill, NotOnPage

_LINES = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Upload:
    """A file that somebody chooses."""

    filename: str
    media_type: str
    content: bytes = field(repr=False)


Entry = tuple[str, "str | Upload"]
"""One name with its value, as submitted."""


@dataclass
class Control:
    """A named control; ``label`` is its text, ``legend`` that of the group around it."""

    name: str
    kind: str
    where: str
    label: str = ""
    legend: str = ""
    disabled: bool = False
    required: bool = False
    read_only: bool = False

    def entries(self) -> Iterator[Entry]:
        """What it submits."""
        raise NotImplementedError

    def complaint(self) -> str | None:
        """Why a browser would not send the form, if it would not."""
        return None

    def shown(self) -> str:
        """How it is listed when something else was looked for."""
        return f"{self.name} ({self.kind}{f': {self.label}' if self.label else ''})"

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts by which a person finds it."""
        return tuple(text for text in (self.label, self.legend) if text)

    def cannot(self, why: str) -> CannotFill:
        """The error of something it does not take."""
        return CannotFill(why, f"{self.shown()} {self.where}")


@dataclass
class TextControl(Control):
    """Text of one line or several, or a hidden value."""

    value: str = ""
    max_length: int | None = None
    pattern: str | None = None

    def fill(self, text: str, *, force: bool = False) -> None:
        """Enter a text in place of what stands there; ``force`` as no browser's user could.

        Raises:
            CannotFill: it is hidden, read-only, disabled, or the text is longer than it takes.
        """
        if not force:
            if self.kind == "hidden" or self.read_only or self.disabled:
                raise self.cannot("a person cannot write into this")
            # UTF-16 units, as the HTML standard counts.
            units = len(text.encode("utf-16-le", "surrogatepass")) // 2
            if self.max_length is not None and units > self.max_length:
                raise self.cannot(f"{units} characters, it takes {self.max_length} at most")
            if self.kind != "textarea":
                text = _LINES.sub("", text)
        self.value = text

    def entries(self) -> Iterator[Entry]:
        """The text, its line ends as CRLF."""
        yield self.name, _LINES.sub("\r\n", self.value)

    def complaint(self) -> str | None:
        """Required and empty, or against the pattern."""
        if self.kind == "hidden" or self.read_only:
            return None
        if self.required and not self.value:
            return f"{self.shown()} is required"
        if self.value and self.pattern and not re.fullmatch(self.pattern, self.value):
            return f"{self.shown()} must match {self.pattern}"
        return None


@dataclass
class Option:
    """One option of a list, one radio button or one checkbox of a group."""

    value: str
    text: str
    chosen: bool = False
    disabled: bool = False

    def is_meant(self, wanted: str) -> bool:
        """Whether this value or text is it."""
        return wanted == self.value or (bool(self.text) and wanted == self.text)


@dataclass
class ChoiceControl(Control):
    """A list (``select``), or the radio buttons of one name."""

    options: list[Option] = field(default_factory=list)
    multiple: bool = False

    def choose(self, wanted: str) -> None:
        """Choose by value or text; of a list of several, besides those chosen already.

        Raises:
            CannotFill: it is disabled. NotOnPage: there is no such option.
        """
        if self.disabled:
            raise self.cannot("it is disabled")
        by_value = [each for each in self.options if each.value == wanted]
        found = by_value or [each for each in self.options if each.is_meant(wanted)]
        usable = [each for each in found if not each.disabled]
        if not usable:
            there = [
                f"{each.value!r} {each.text}{' (disabled)' if each.disabled else ''}"
                for each in self.options
            ]
            raise NotOnPage(f"the option {wanted!r}", f"{self.shown()} {self.where}", there)
        if not self.multiple:
            for each in self.options:
                each.chosen = False
        usable[0].chosen = True

    def clear(self) -> None:
        """Choose nothing; of a list for one choice a browser does not let one do so.

        Raises:
            CannotFill: it is a list for one choice, or a group of radio buttons.
        """
        if not self.multiple:
            raise self.cannot("once something is chosen, only something else can be")
        for each in self.options:
            each.chosen = False

    @property
    def value(self) -> str | None:
        """The (last) value chosen."""
        return next((each.value for each in reversed(self.options) if each.chosen), None)

    def entries(self) -> Iterator[Entry]:
        """Everything chosen that is not disabled."""
        for each in self.options:
            if each.chosen and not each.disabled:
                yield self.name, each.value

    def complaint(self) -> str | None:
        """Required, and nothing (or the empty value) chosen."""
        return f"{self.shown()} is required" if self.required and not self.value else None


@dataclass
class CheckControl(Control):
    """The checkboxes of one name; most often there is a single one."""

    options: list[Option] = field(default_factory=list)

    def tick(self, on: bool = True, wanted: str | None = None) -> None:
        """Tick or untick the only box, or the one with this value or text.

        Raises:
            CannotFill: it is disabled, or one of several must be named. NotOnPage: no such box.
        """
        if wanted is None and len(self.options) > 1:
            raise self.cannot(f"{len(self.options)} boxes have this name: say which one")
        found = [each for each in self.options if wanted is None or each.is_meant(wanted)]
        if not found:
            there = [f"{each.value!r} {each.text}" for each in self.options]
            raise NotOnPage(f"the box {wanted!r}", f"{self.shown()} {self.where}", there)
        if found[0].disabled or self.disabled:
            raise self.cannot("it is disabled")
        found[0].chosen = on

    @property
    def ticked(self) -> tuple[str, ...]:
        """Values of the boxes that are ticked."""
        return tuple(each.value for each in self.options if each.chosen)

    def entries(self) -> Iterator[Entry]:
        """Boxes that are ticked."""
        for each in self.options:
            if each.chosen and not each.disabled:
                yield self.name, each.value

    def complaint(self) -> str | None:
        """Required, and not ticked."""
        return f"{self.shown()} is required" if self.required and not self.ticked else None


@dataclass
class FileControl(Control):
    """A choice of files; without any it submits an empty one, as browsers do."""

    accept: str = ""
    multiple: bool = False
    files: list[Upload] = field(default_factory=list)

    def attach(self, *files: Upload) -> None:
        """Choose files in place of those chosen before.

        Raises:
            CannotFill: it is disabled, or takes one only.
        """
        if self.disabled:
            raise self.cannot("it is disabled")
        if len(files) > 1 and not self.multiple:
            raise self.cannot("it takes one file")
        self.files = list(files)

    def entries(self) -> Iterator[Entry]:
        """The files."""
        for each in self.files or [Upload("", "application/octet-stream", b"")]:
            yield self.name, Upload(PurePath(each.filename).name, each.media_type, each.content)

    def complaint(self) -> str | None:
        """Required, and no file chosen."""
        return f"{self.shown()} is required" if self.required and not self.files else None


@dataclass(frozen=True)
class Button:
    """A button that submits; ``name`` and ``value`` go with it, the rest overrides the form's."""

    text: str
    name: str = ""
    value: str = ""
    disabled: bool = False
    action: str | None = None
    method: str | None = None
    enctype: str | None = None
    no_validate: bool = False
    image: bool = False

    def entries(self) -> Iterator[Entry]:
        """What pressing it adds; a picture is pressed at its corner."""
        if self.image:
            prefix = f"{self.name}." if self.name else ""
            yield f"{prefix}x", "0"
            yield f"{prefix}y", "0"
        elif self.name:
            yield self.name, self.value

    def shown(self) -> str:
        """How it is listed when another was looked for."""
        mark = f"{self.name}={self.value}" if self.name else "no name"
        return f"「{self.text}」 ({mark}{', disabled' if self.disabled else ''})"
