"""What the pages of a call say where something is in its way: what is forgotten there."""

from typing import Any

from net119_protocol.codes import CloseOutcome, Positioning, ProviderState
from net119_reference.service.provider import Provider
from net119_reference.web.pages.calling import steps
from net119_reference.web.pages.calling.form import _Reader
from net119_reference.web.pages.chat import words
from net119_reference.web.pages.rendering import Pages
from starlette.requests import Request
from starlette.responses import Response

from tests.mutants.registry import Patch, mutant
from tests.mutants.rewriting import rewritten

_MEANS = r'<ul class="means">.*?</ul>'


@mutant(
    "call-page-without-purpose",
    kills={"PAGE-CALL-ADVICE": "the call page says that it is for emergencies only"},
)
def without_purpose(patch: Patch) -> None:
    """The call page does not say what it is for."""
    rewritten(patch, "call.html", "<li>緊急のときだけ通報してください。.*?</li>")


@mutant(
    "nobody-nearby-is-asked",
    kills={"PAGE-CALL-ADVICE": "the call page asks to have somebody nearby phone"},
)
def nobody_nearby(patch: Patch) -> None:
    """The call page does not think of people nearby."""
    rewritten(patch, "call.html", "<p>近くに電話で話せる人がいるときは、.*?</p>")


@mutant(
    "practice-for-everybody",
    kills={"PAGE-CALL-ADVICE": "it offers nothing else than emergency calls"},
)
def practice_for_everybody(patch: Patch) -> None:
    """Practice is offered to registrants of departments that take emergency calls only."""
    patch(steps._Steps, "_may_practise", lambda *_: True)


@mutant(
    "page-says-positioning-on",
    kills={"PAGE-CALL-POSITIONING-OFF": "without positioning no call rings"},
)
def says_positioning_on(patch: Patch) -> None:
    """Whatever the phone says of positioning, the page takes it to be on."""
    patch(_Reader, "positioning", lambda _reader: Positioning.ON)


@mutant(
    "refusal-names-nobody",
    kills={"PAGE-CALL-POSITIONING-OFF": "positioning off: the page says whom to ask"},
)
def refusal_names_nobody(patch: Patch) -> None:
    """The page of a refused call does not show the department's contact."""
    rewritten(patch, "call-refused.html", r'<ul class="plain" id="contact">.*?</ul>')


@mutant(
    "refusal-without-other-means",
    kills={"PAGE-CALL-POSITIONING-OFF": "positioning denied: the page names other means"},
)
def refusal_without_means(patch: Patch) -> None:
    """The page of a refused call says what is wrong, and no other way to call."""
    rewritten(patch, "call-refused.html", _MEANS)


@mutant(
    "refusal-without-the-way-back",
    kills={"PAGE-CALL-POSITIONING-OFF": "positioning off: the page says to turn it on"},
)
def refusal_without_way_back(patch: Patch) -> None:
    """The page says that there is no position, and neither that nor how it is turned on."""

    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        if name == "call-refused.html":
            said = values["texts"]._replace(
                message_ja="通報は消防に届いていません。位置がありません。"
            )
            values |= {"code": "invalid", "texts": said}
        made: Response = original(pages, request, name, **values)
        return made

    patch.around(Pages, "page", page)


@mutant(
    "notices-for-the-console-only",
    kills={
        "PAGE-CALL-PLACE-UNKNOWN": "without a fix the page asks to tell the place",
    },
)
def notices_for_console(patch: Patch) -> None:
    """What the machine notes of a call is told to the dispatcher, and not at the caller's page."""
    patch(words, "notices", lambda *_: [])


@mutant(
    "far-from-home-not-told",
    kills={"PAGE-CALL-PLACE-UNKNOWN": "far from home the page asks to tell the place"},
)
def far_not_told(patch: Patch) -> None:
    """That the phone is far from the home that was chosen is not told to the caller."""

    def told(original: Any, call: Any, lang: Any) -> Any:
        return [each for each in original(call, lang) if each[0] != "home-differs"]

    patch.around(words, "notices", told)


@mutant(
    "outcome-not-told",
    kills={
        "PAGE-CALL-PLACE-UNKNOWN": "the closed page says that another means was advised",
    },
)
def outcome_not_told(patch: Patch) -> None:
    """The page says that the call has ended, and not how."""
    left = {
        code: label
        for code, label in words.OUTCOMES.items()
        if code is not CloseOutcome.OTHER_MEANS_ADVISED
    }
    patch(words, "OUTCOMES", left)


def _states_hidden(patch: Patch, hidden: ProviderState) -> None:
    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        if values.get("provider_state") == hidden.value:
            values["provider_state"] = ProviderState.NORMAL
        made: Response = original(pages, request, name, **values)
        return made

    patch.around(Pages, "page", page)


@mutant(
    "planned-stop-not-shown",
    kills={
        "PAGE-CALL-STOPPED": "in maintenance the call page says that the service is stopped",
    },
)
def planned_stop_not_shown(patch: Patch) -> None:
    """The call page looks the same during maintenance, which was announced by mail."""
    _states_hidden(patch, ProviderState.MAINTENANCE)


@mutant(
    "emergency-stop-not-shown",
    kills={
        "PAGE-CALL-STOPPED": "in stopping the call page names other means",
    },
)
def emergency_stop_not_shown(patch: Patch) -> None:
    """Only planned stops are shown on the call page."""
    _states_hidden(patch, ProviderState.STOPPING)


@mutant(
    "stop-not-reported",
    kills={"PAGE-CALL-STOPPED": "the peer is told maintenance"},
)
def stop_not_reported(patch: Patch) -> None:
    """Peers are told the state when they connect, and not when it changes."""

    async def set_state(original: Any, provider: Provider, body: Any) -> Any:
        report = provider._report_state
        provider._report_state = lambda *_: None  # type: ignore[method-assign]  # for this call
        try:
            return await original(provider, body)
        finally:
            provider._report_state = report  # type: ignore[method-assign]  # for this call

    patch.around(Provider, "set_state", set_state)
