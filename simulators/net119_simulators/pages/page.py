"""A page as its reader has it: its texts, the problems it names, its links and forms. No I/O."""

import contextlib
import functools
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from bs4 import BeautifulSoup, Tag

from net119_simulators.pages.errors import NotOnPage, PageNotShown
from net119_simulators.pages.form import Form
from net119_simulators.pages.reading import FormReader, attribute, text_of
from net119_simulators.pages.submission import codec_of, resolved

_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_PROBLEM = "-error"
_SHOWN = 300


@dataclass(frozen=True)
class Problem:
    """What a page says is wrong with one field; ``path`` as in `FieldProblem.path`."""

    path: str
    code: str
    text: str


@dataclass(frozen=True)
class Link:
    """A link with its absolute URL."""

    text: str
    url: str


class Page:
    """One answer of a provider, read as HTML.

    ``charsets`` are those that the browser knows, if not all: a page in another, told by
    ``declared_charset``, is read in the first of them, and its text is garbled.
    """

    def __init__(
        self,
        url: str,
        content: bytes,
        *,
        status: int = 200,
        content_type: str = "text/html",
        charsets: tuple[str, ...] = (),
    ) -> None:
        self.url = url
        self.status = status
        self.content = content
        self.content_type = content_type.partition(";")[0].strip().lower()
        self.declared_charset = _charset(content, content_type)
        known = {codec_of(each) for each in charsets}
        shown = not charsets or codec_of(self.declared_charset) in known
        self.charset = self.declared_charset if shown else charsets[0]
        self._html = content.decode(codec_of(self.charset), "replace")

    @functools.cached_property
    def document(self) -> BeautifulSoup:
        """The parsed document."""
        return BeautifulSoup(self._html, "html.parser")

    @property
    def where(self) -> str:
        """The page in messages: its name and URL."""
        return f"on page {self.name or '(unnamed)'} ({self.url}, status {self.status})"

    @functools.cached_property
    def name(self) -> str:
        """The page's name for programs (`data-page`); empty if it has none."""
        # Found without reading the whole document: of many pages that is all that is asked.
        return _BodyName.of(self._html)

    @property
    def language(self) -> str:
        """The language that the document says it is in."""
        root = self.document.find("html")
        return (attribute(root, "lang") or "") if isinstance(root, Tag) else ""

    @property
    def title(self) -> str:
        """The title of the window."""
        title = self.document.find("title")
        return " ".join(title.get_text().split()) if isinstance(title, Tag) else ""

    @property
    def headings(self) -> tuple[str, ...]:
        """Headings that are seen, in order."""
        return tuple(text for tag in self.document.find_all(_HEADINGS) if (text := text_of(tag)))

    @functools.cached_property
    def text(self) -> str:
        """Everything that is seen, in one line."""
        body = self.document.find("body")
        return text_of(body if isinstance(body, Tag) else self.document)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems beside the fields."""
        found = []
        for tag in self.document.find_all(id=lambda each: bool(each) and each.endswith(_PROBLEM)):
            path = (attribute(tag, "id") or "").removesuffix(_PROBLEM)
            if tag.has_attr("data-code"):
                found.append(
                    Problem(path, attribute(tag, "data-code") or "", text_of(tag, spoken=True))
                )
        return tuple(found)

    def problem(self, path: str) -> Problem:
        """The problem of a field; NotOnPage if none is shown."""
        for each in self.problems:
            if each.path == path:
                return each
        there = [f"{each.path}: {each.code}" for each in self.problems]
        raise NotOnPage(f"a problem of {path}", self.where, there)

    @property
    def summary(self) -> tuple[Link, ...]:
        """The entries of the summary of problems at the top (`#errors`)."""
        box = self.document.find(id="errors")
        return self._links(box) if isinstance(box, Tag) else ()

    @property
    def summary_text(self) -> str:
        """All that the summary of problems says; empty without one."""
        box = self.document.find(id="errors")
        return text_of(box) if isinstance(box, Tag) else ""

    # --- finding ------------------------------------------------------------------------------

    def element(self, element_id: str) -> str:
        """The text of an element; NotOnPage without it."""
        return text_of(self.tag(element_id))

    def tag(self, element_id: str) -> Tag:
        """The element of an id; NotOnPage without it."""
        tag = self.document.find(id=element_id)
        if isinstance(tag, Tag):
            return tag
        ids = [attribute(each, "id") or "" for each in self.document.find_all(id=True)]
        raise NotOnPage(f"the element #{element_id}", self.where, ids)

    def has(self, element_id: str) -> bool:
        """Whether there is an element of this id."""
        return self.document.find(id=element_id) is not None

    @property
    def links(self) -> tuple[Link, ...]:
        """All links, in order."""
        return self._links(self.document)

    def _links(self, part: Tag) -> tuple[Link, ...]:
        found = []
        for tag in part.find_all("a", href=True):
            href = attribute(tag, "href") or ""
            # Links to a part of this page keep it: they say which field is meant.
            url = href if href.startswith("#") else resolved(self._base, href)
            found.append(Link(attribute(tag, "aria-label") or text_of(tag), url))
        return tuple(found)

    def link(self, wanted: str) -> Link:
        """The first link with this text, or whose URL ends so; NotOnPage without it."""
        for fits in (
            lambda each: each.text == wanted,
            lambda each: each.url.partition("?")[0].endswith(wanted),
            lambda each: wanted in each.text,
        ):
            for each in self.links:
                if fits(each):
                    return each
        raise NotOnPage(
            f"the link {wanted!r}",
            self.where,
            [f"「{each.text}」 {each.url}" for each in self.links],
        )

    @functools.cached_property
    def forms(self) -> tuple[Form, ...]:
        """All forms; what is filled in stays, as long as the page is held."""
        return tuple(self._form(tag) for tag in self.document.find_all("form"))

    def form(self, form_id: str | None = None) -> Form:
        """The form of an id; without one, the page's only form. NotOnPage without it."""
        found = [each for each in self.forms if form_id is None or each.id == form_id]
        if len(found) == 1 or (found and form_id is not None):
            return found[0]
        wanted = f"the form #{form_id}" if form_id is not None else "a single form"
        raise NotOnPage(wanted, self.where, [f"#{each.id}" for each in self.forms])

    def form_with(self, button: str) -> Form:
        """The form that has a button with this value; NotOnPage without it."""
        for each in self.forms:
            if each.has_button(button):
                return each
        there = [f"#{form.id} {b.shown()}" for form in self.forms for b in form.buttons]
        raise NotOnPage(f"a form with the button {button!r}", self.where, there)

    def _form(self, tag: Tag) -> Form:
        form_id = attribute(tag, "id") or ""
        where = f"in form #{form_id} {self.where}"
        reader = FormReader(self.document, tag, where)
        wanted = (attribute(tag, "accept-charset") or "").split()
        return Form(
            form_id=form_id,
            where=where,
            url=self._base if attribute(tag, "action") else self.url,
            action=attribute(tag, "action") or "",
            method=attribute(tag, "method") or "get",
            enctype=attribute(tag, "enctype") or "",
            charset=wanted[0] if wanted else self.charset,
            validates=not tag.has_attr("novalidate"),
            controls=reader.controls(),
            buttons=reader.buttons(),
        )

    @functools.cached_property
    def _base(self) -> str:
        tag = self.document.find("base", href=True)
        return (
            resolved(self.url, attribute(tag, "href") or "") if isinstance(tag, Tag) else self.url
        )

    # --- expecting ----------------------------------------------------------------------------

    def expect(self, *names: str) -> "Page":
        """This page, if it is one of these.

        Raises:
            PageNotShown: it is another one; its headings and problems are told.
        """
        if self.name in names:
            return self
        raise PageNotShown(
            f"page {' or '.join(names)} was expected", self.url, self.described(), self.status
        )

    def described(self) -> str:
        """The page in a few words: name, status, headings, problems or the start of its text."""
        parts = [f"page {self.name or '(unnamed)'}, status {self.status}"]
        parts += [f"heading 「{text}」" for text in self.headings[:2]]
        parts += [f"problem {each.path} ({each.code}): {each.text}" for each in self.problems]
        if self.summary_text and not self.problems:
            parts.append(f"problems: {self.summary_text[:_SHOWN]}")
        if len(parts) == 1:
            parts.append(f"text: {self.text[:_SHOWN]}")
        return "; ".join(parts)


class _BodyName(HTMLParser):
    """Reads up to the body's own tag."""

    class _Found(Exception):
        pass

    def __init__(self) -> None:
        super().__init__()
        self._name = ""

    @classmethod
    def of(cls, html: str) -> str:
        """The name that the body's tag says; empty if it says none."""
        reader = cls()
        with contextlib.suppress(cls._Found):
            reader.feed(html)
        return reader._name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Stop at the body."""
        if tag == "body":
            self._name = dict(attrs).get("data-page") or ""
            raise self._Found


def _charset(content: bytes, content_type: str) -> str:
    """By the HTTP header, else by the document, else UTF-8."""
    found = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", content_type, re.IGNORECASE)
    if found:
        return found.group(1)
    meta = _META.search(content[:1024])
    return meta.group(1).decode("ascii", "replace") if meta else "utf-8"
