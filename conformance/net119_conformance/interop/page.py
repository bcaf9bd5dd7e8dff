"""The matrix as one HTML page: no script, nothing fetched; Japanese and English in it."""

from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from net119_conformance.catalogue import Lang, Text
from net119_conformance.interop.cells import Matrix
from net119_conformance.interop.words import SHORT, SIDE_WORD, UNTOLD, headline
from net119_conformance.report.clean import visible
from net119_conformance.report.words import VERDICT_WORD
from net119_conformance.verdict import Verdict

_JAPAN = ZoneInfo("Asia/Tokyo")


def matrix_page(matrix: Matrix, lang: Lang) -> str:
    """The page, opening in ``lang``; its links lead to the report and the evidence beside it."""
    return _template().render(
        lang=lang,
        matrix=matrix,
        headline=headline(matrix),
        words=VERDICT_WORD,
        sides=SIDE_WORD,
        untold=UNTOLD,
        passed=Verdict.PASS,
        short={name: SHORT.get(name, Text(en=name, ja=name)) for name in matrix.purposes},
        local_time=f"{matrix.started_at.astimezone(_JAPAN):%Y-%m-%d %H:%M:%S} (JST)",
        at=lambda moment: f"{moment.astimezone(_JAPAN):%Y-%m-%d %H:%M:%S}",
        css=Markup(_resource("net119_conformance.report", "report.css")),  # noqa: S704 - our own file
        more_css=Markup(_resource("net119_conformance.interop", "matrix.css")),  # noqa: S704 - our own file
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Much of the text comes from systems under test: made harmless here, not at each place.
        finalize=_finalize,
    )
    return environment.from_string(_resource("net119_conformance.interop", "matrix.html.j2"))


def _finalize(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _resource(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text("utf-8")
