"""Whether a page's scripts run in a phone's browser: what they use, against what it knows.

Sources are searched for syntax and interfaces that came later than others; the versions are those
of MDN's browser compatibility data (https://github.com/mdn/browser-compat-data). A search, not an
engine: it finds what would stop a script at once, and never proves that one works.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bs4 import Tag

from net119_simulators.handsets.model import Engine, Script
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute

_JAVASCRIPT = frozenset({"", "text/javascript", "application/javascript", "module"})
# A quotation or a comment is not code; templates stay, since being one is what is looked for.
_NOT_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


@dataclass(frozen=True)
class Feature:
    """Something that not all browsers know: since which Chrome and Safari.

    ``guard`` finds the question whether it is there, after which its lack stops nothing.
    """

    name: str
    pattern: re.Pattern[str]
    chrome: float
    safari: float
    guard: re.Pattern[str] | None = None

    def known_to(self, script: Script) -> bool:
        """Whether a browser has it."""
        needed = {Engine.CHROME: self.chrome, Engine.SAFARI: self.safari}.get(script.engine)
        return needed is not None and script.version >= needed


def _syntax(name: str, pattern: str, chrome: float, safari: float) -> Feature:
    return Feature(name, re.compile(pattern), chrome, safari)


def _interface(name: str, pattern: str, chrome: float, safari: float) -> Feature:
    guard = re.compile(rf"typeof\s+{name}\b|window\.{name}\b|\bin\s+navigator\b")
    return Feature(name, re.compile(pattern), chrome, safari, guard)


FEATURES = (
    _syntax("const", r"\bconst\s+[\w{\[]", 49, 10),
    _syntax("let", r"\blet\s+[\w{\[]", 49, 10),
    _syntax("arrow function", r"=>", 45, 10),
    _syntax("template literal", r"`", 41, 9),
    _syntax("class", r"\bclass\s+[A-Z]\w*\s*(?:extends\s+\w+\s*)?\{", 49, 9),
    _syntax("spread", r"[\[(,{]\s*\.\.\.\w", 46, 8),
    _syntax("async function", r"\basync\s+(?:function|\()", 55, 10.1),
    _syntax("optional chaining", r"\w\?\.\w", 80, 13.1),
    _syntax("nullish coalescing", r"\?\?", 80, 13.1),
    _interface("fetch", r"(?<![.\w])fetch\s*\(", 42, 10.1),
    _interface("Promise", r"\bnew\s+Promise\b|\bPromise\.", 32, 8),
    _interface("URLSearchParams", r"\bnew\s+URLSearchParams\b", 49, 10.1),
    _interface("AbortController", r"\bnew\s+AbortController\b", 66, 12.1),
    _interface("IntersectionObserver", r"\bnew\s+IntersectionObserver\b", 51, 12.1),
    _syntax("Element.closest", r"\.closest\s*\(", 41, 9),
    _syntax("Object.assign", r"\bObject\.assign\s*\(", 45, 9),
    _syntax("Array.from", r"\bArray\.from\s*\(", 45, 9),
    _syntax("replaceChildren", r"\.replaceChildren\s*\(", 86, 14),
    _syntax("ParentNode.append", r"\.append\s*\(", 54, 10),
    _syntax("padStart", r"\.padStart\s*\(", 57, 10),
)

SERVICE_WORKER = Feature(
    "service worker", re.compile(r"\bserviceWorker\b\s*\.\s*register\b"), 45, 11.1
)
_MODULES = Feature("module script", re.compile(""), 61, 10.1)


@dataclass(frozen=True)
class Source:
    """One script of a page."""

    url: str
    text: str
    is_module: bool = False


def script_urls(page: Page) -> tuple[tuple[str, bool], ...]:
    """Addresses of the page's scripts, and whether each is a module."""
    found = []
    for tag in page.document.find_all("script", src=True):
        if isinstance(tag, Tag):
            kind = (attribute(tag, "type") or "").strip().lower()
            if kind in _JAVASCRIPT:
                found.append((attribute(tag, "src") or "", kind == "module"))
    return tuple(found)


def lacking(sources: Iterable[Source], script: Script) -> tuple[str, ...]:
    """What would stop these scripts in a browser, each with the script it is in."""
    if script.engine is Engine.NONE:
        return ("JavaScript",)
    found = []
    for source in sources:
        name = source.url.rpartition("/")[2]
        if source.is_module and not _MODULES.known_to(script):
            found.append(f"{_MODULES.name} ({name})")
            continue
        code = _NOT_CODE.sub(" ", source.text)
        for feature in FEATURES:
            if feature.known_to(script) or not feature.pattern.search(code):
                continue
            if feature.guard is None or not feature.guard.search(code):
                found.append(f"{feature.name} ({name})")
    return tuple(found)


def wants_service_worker(sources: Iterable[Source]) -> bool:
    """Whether one of the scripts registers a service worker."""
    return any(SERVICE_WORKER.pattern.search(_NOT_CODE.sub(" ", each.text)) for each in sources)
