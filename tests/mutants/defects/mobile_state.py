"""Feature phones' pages in a stop, and their language: what is left out."""

from typing import Any

from net119_protocol.codes import ProviderState
from net119_reference.service.feature_phones import FeaturePhoneDesk
from net119_reference.web.pages.mobile import rendering

from tests.mutants.registry import Patch, mutant


def _operating(patch: Patch, change: Any) -> None:
    """The pages are told something else of the provider's state."""

    def operating(original: Any, desk: Any) -> Any:
        return change(*original(desk))

    patch.around(FeaturePhoneDesk, "operating", operating)


@mutant(
    "emergency-stop-not-on-mobile",
    kills={
        "MOBILE-STOPPED": "in stopping the first page says that it is stopped, why and since when"
    },
)
def emergency_not_shown(patch: Patch) -> None:
    """Feature phones' pages know of planned stops only."""
    normal = ProviderState.NORMAL
    _operating(
        patch, lambda state, since: (normal if state is ProviderState.STOPPING else state, since)
    )


@mutant(
    "stop-without-a-time-on-mobile",
    kills={"MOBILE-STOPPED": "in maintenance the menu says that it is stopped, why and since when"},
)
def without_time(patch: Patch) -> None:
    """Nobody can tell from the pages whether the stop began a minute or a day ago."""
    _operating(patch, lambda state, since: (state, None))


@mutant(
    "stop-without-a-reason-on-mobile",
    kills={
        "MOBILE-STOPPED": "in stopping the first page says that it is stopped, why and since when"
    },
)
def without_reason(patch: Patch) -> None:
    """The pages say what to do in an emergency, and not what the matter is."""
    said = "故障や災害などのため、急に止まっています。"
    instead = "止まっています。緊急のときは、救急車もほかの方法で呼んでください。"

    def encoded(original: Any, text: str, *given: Any) -> Any:
        return original(text.replace(said, instead), *given)

    patch.around(rendering, "encoded", encoded)


@mutant("mobile-refusal-in-english", kills={"MOBILE-JAPANESE": "the refusal is in Japanese"})
def refusal_in_english(patch: Patch) -> None:
    """The page of a refusal was written in English, and nobody translated it."""

    def language(original: Any, request: Any) -> Any:
        return "en" if request.url.path.endswith("/off") else original(request)

    patch.around(rendering, "language_of", language)
