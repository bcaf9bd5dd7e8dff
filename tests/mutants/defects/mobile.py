"""Feature phones at their pages: the check, the position, the chat."""

import dataclasses
from typing import Any

from net119_protocol.codes import SenderRole
from net119_protocol.gps import (
    Datum,
    Dialect,
    PositionProblem,
    PositionUnreadable,
    au,
    docomo,
    willcom,
)
from net119_protocol.labels import Label
from net119_reference.web.pages.mobile import calling, checking, form, transcript
from net119_reference.web.pages.mobile.charset import Charset

from tests.mutants.registry import Patch, mutant

# --- the check page -----------------------------------------------------------------------------


@mutant(
    "position-assumed",
    kills={"MOBILE-CHECK": "a phone without a position is not told that it can be used"},
)
def position_assumed(patch: Patch) -> None:
    """That the phone came back from the measuring counts, whatever it brought."""

    def gps_test(original: Any, *arguments: Any) -> Any:
        return dataclasses.replace(original(*arguments), result=checking.Result.OK)

    patch.around(checking, "gps_test", gps_test)


@mutant(
    "cookies-assumed",
    kills={"MOBILE-CHECK": "a phone without cookies is not told that it can be used"},
)
def cookies_assumed(patch: Patch) -> None:
    """A cookie that was set counts, though it never came back."""
    patch.around(checking, "cookie_test", lambda original, **_: original(seen=True))


@mutant(
    "encryption-assumed",
    kills={"MOBILE-CHECK": "a phone without encryption is not told that it can be used"},
)
def encryption_assumed(patch: Patch) -> None:
    """The check does not look at its own link."""

    def link_test(original: Any, **named: Any) -> Any:
        return original(**{**named, "plaintext": False})

    patch.around(checking, "link_test", link_test)


@mutant(
    "every-phone-doubted",
    kills={"MOBILE-CHECK": "a phone with every ability is told that it can be used"},
)
def every_phone_doubted(patch: Patch) -> None:
    """The test of the characters compares bytes with those that it sent as UTF-8."""
    patch(checking, "charset_of", lambda probe: Charset.UTF_8)


@mutant(
    "reason-kept-back",
    kills={"MOBILE-CHECK": "a phone without a position learns the reason"},
)
def reason_kept_back(patch: Patch) -> None:
    """The page says that the phone cannot be used, and not why."""

    def gps_test(original: Any, found: Any, place: Any) -> Any:
        test = original(found, place)
        if not isinstance(found, PositionUnreadable):
            return test
        return dataclasses.replace(test, title=Label("×", "×"), words=Label("不可", "no"))

    patch.around(checking, "gps_test", gps_test)


@mutant(
    "reason-without-advice",
    kills={"MOBILE-CHECK": "a phone without cookies learns what to do"},
)
def reason_without_advice(patch: Patch) -> None:
    """The page says what the phone lacks, and leaves it at that."""

    def cookie_test(original: Any, *, seen: bool) -> Any:
        test = original(seen=seen)
        words = Label("使えません。", "do not work.")
        return test if seen else dataclasses.replace(test, words=words)

    patch.around(checking, "cookie_test", cookie_test)


@mutant(
    "check-shows-no-place",
    kills={"MOBILE-CHECK": "the page shows where the phone is"},
)
def check_shows_no_place(patch: Patch) -> None:
    """A position that arrived counts as right, and nobody can see where it lies."""

    def gps_test(original: Any, found: Any, place: Any) -> Any:
        return original(found, place and Label("位置が", "the position"))

    patch.around(checking, "gps_test", gps_test)


# --- calls and lines ----------------------------------------------------------------------------


@mutant(
    "forms-in-utf-8",
    kills={"MOBILE-CALL": "the caller's line arrives letter by letter, once"},
)
def forms_in_utf8(patch: Patch) -> None:
    """Whatever a phone sends is read as UTF-8."""
    patch(form, "charset_of", lambda _probe: Charset.UTF_8)


@mutant(
    "mobile-chat-without-dispatcher",
    kills={"MOBILE-CALL": "the dispatcher's line is shown letter by letter"},
)
def mobile_chat_without_dispatcher(patch: Patch) -> None:
    """The page of the chat shows what the caller wrote, and no replies."""

    def extract(original: Any, lines: Any, *arguments: Any) -> Any:
        own = [each for each in lines if each.sender is not SenderRole.DISPATCHER]
        return original(own, *arguments)

    patch.around(transcript, "extract", extract)


# --- positions ----------------------------------------------------------------------------------


@mutant(
    "willcom-not-converted",
    kills={"MOBILE-POSITIONS": "the position of the Willcom phone is right at the console"},
)
def willcom_not_converted(patch: Patch) -> None:
    """Willcom's figures are taken for WGS 84."""

    def carrier_fix(original: Any, dialect: Any, _datum: Any, *arguments: Any) -> Any:
        return original(dialect, Datum.WGS84, *arguments)

    patch.around(willcom, "carrier_fix", carrier_fix)


@mutant(
    "au-simple-converted",
    kills={"MOBILE-POSITIONS": "the position of the au without GPS phone is right at the console"},
)
def au_simple_converted(patch: Patch) -> None:
    """au's simple position is taken at its word, which says Tokyo."""

    def carrier_fix(original: Any, dialect: Any, datum: Any, *arguments: Any) -> Any:
        simple = dialect is Dialect.AU_SIMPLE
        return original(dialect, Datum.TOKYO if simple else datum, *arguments)

    patch.around(au, "carrier_fix", carrier_fix)


@mutant(
    "cell-as-gps",
    kills={
        "MOBILE-POSITIONS": "the position of the au without GPS phone is not told as a precise one"
    },
)
def cell_as_gps(patch: Patch) -> None:
    """A base station's position is given the accuracy of a satellite's."""
    patch(au, "cell_accuracy", lambda: 12.0)


@mutant(
    "datum-by-the-letter",
    kills={"MOBILE-POSITIONS": "the docomo SH903i phone can log in and call"},
)
def datum_by_the_letter(patch: Patch) -> None:
    """The datum is known in small letters only, as the specification has it."""

    def datum_of(original: Any, name: str, text: str | None) -> Any:
        if text != "wgs84":
            raise PositionUnreadable(PositionProblem.DATUM_UNKNOWN, name, text or "", "wgs84")
        return original(name, text)

    patch.around(docomo, "datum_of", datum_of)


@mutant(
    "mobile-position-lost",
    kills={
        "MOBILE-POSITIONS": "the call of the SoftBank phone rings at the department in charge of "
        "the place"
    },
)
def mobile_position_lost(patch: Patch) -> None:
    """The page to confirm shows the position, but its form does not carry it on."""
    patch(calling, "hidden_fields", lambda _fix: ())
