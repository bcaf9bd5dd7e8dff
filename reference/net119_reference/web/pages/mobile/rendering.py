"""Pages for feature phones: the phone's charset, few bytes, no script, digits as keys."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from markupsafe import Markup
from net119_protocol.api.problems import Problem
from net119_protocol.refusal_texts import OTHER_MEANS_EN, OTHER_MEANS_JA
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.web.pages.language import keep_language, language_of
from net119_reference.web.pages.mobile.charset import encoded, shown
from net119_reference.web.pages.mobile.form import PROBE, PROBE_FIELD
from net119_reference.web.pages.mobile.phone import Phone, phone_of
from net119_reference.web.pages.rendering import Pages, pick, when
from net119_reference.web.problems import RETRY_AFTER_S

ROOT = "/m"
_NOTE = "<!--unshown-->"
"""Where the frame says that the page holds replacements."""


_PROBE = Markup('<input type="hidden" name="{}" value="{}">').format(PROBE_FIELD, PROBE)


def is_mobile(path: str) -> bool:
    """Whether a path is one of these pages."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def mobile_page(
    pages: Pages,
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    operating: str = "normal",
    since: datetime | None = None,
    **values: Any,
) -> Response:
    """The page made from a template below ``templates/mobile/``, for the phone that asks.

    A template may use ``t(ja, en)``, ``phone``, ``key(digit)`` for a shown access key, ``probe``
    for the hidden field of every form, and ``values``.  What the phone cannot show is replaced,
    and the page says so.  While the provider is not ``operating`` normally, the page says why,
    ``since`` when, and the other means (ASO-22).
    """
    phone = phone_of(request)
    lang = language_of(request)
    text = pages.environment.get_template(f"mobile/{template}").render(
        lang=lang,
        t=partial(pick, lang),
        when=partial(when, lang),
        phone=phone,
        operating=operating,
        since=since,
        key=_key,
        probe=_PROBE,
        means=pick(lang, OTHER_MEANS_JA, OTHER_MEANS_EN),
        **values,
    )
    if shown(text, phone.charset).replaced:
        text = text.replace(_NOTE, _unshown(phone, lang == "ja"), 1)
    body, _replaced = encoded(text.replace(_NOTE, "", 1), phone.charset)
    response = Response(body, status_code=status, headers=dict(pages.headers))
    response.headers["Content-Type"] = f"text/html; charset={phone.charset.value}"
    response.headers["Content-Language"] = lang
    response.headers["Vary"] = "User-Agent"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    keep_language(request, response)
    return response


def mobile_problem(
    pages: Pages, request: Request, document: Problem, *, again: str = ""
) -> Response:
    """A refusal as a page: what happened, what to do, and the other means (CNB-38)."""
    headers = {"Retry-After": str(RETRY_AFTER_S)} if document.status in (429, 503) else None
    return mobile_page(
        pages,
        request,
        "refused.html",
        status=document.status,
        headers=headers,
        document=document,
        again=again,
    )


def _key(digit: int) -> Markup:
    """An access key as an attribute: one press of the digit is enough (i-mode, XHTML MP)."""
    return Markup('accesskey="{}"').format(digit)


def _unshown(phone: Phone, japanese: bool) -> str:
    ja = "〓や〔　〕は、この電話に表示できない文字です。"
    en = "〓 or 〔 〕 stands for a character that this phone cannot show."
    return f'<p id="unshown">{ja if japanese else en}</p>'
