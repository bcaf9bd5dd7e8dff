"""The form that places a call, read field by field: what is malformed is named, never replaced.

Fix and pin reach the service exactly as the form holds them (CNB-27, CNB-28): a number is read
once, to the same double that the script wrote.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from net119_protocol.api.handset import FrequentChoice, NewCall
from net119_protocol.codes import FixSource, Kind, Mode, PlaceChoice, Positioning
from net119_protocol.model import ClientId, ShortText, Timestamp
from net119_protocol.places import Fix, Point
from net119_protocol.profile.check import FieldProblem
from pydantic import TypeAdapter, ValidationError

from net119_reference.web.pages.calling.choice import Choice, Place, wrong

_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_MOST_ACCURACY_M = 1_000_000.0
_CLIENT_ID: TypeAdapter[str] = TypeAdapter(ClientId)
_LABEL: TypeAdapter[str] = TypeAdapter(ShortText)
_MOMENT: TypeAdapter[object] = TypeAdapter(Timestamp)
PATHS = (
    "fix.lat", "fix.lon", "fix.accuracy_m", "fix.taken_at", "pin.lat", "pin.lon",
)  # fmt: skip
"""Hidden fields that the script, or a program in its place, fills."""


@dataclass(frozen=True)
class CallForm:
    """The form as it was sent: the call, or everything that is wrong with it."""

    call: NewCall | None
    problems: tuple[FieldProblem, ...]


def read_call(fields: Mapping[str, str], choice: Choice, mode: Mode) -> CallForm:
    """The call that the form asks for; ``choice`` is what it says of kind, place and practice."""
    reader = _Reader(fields)
    kind, place = choice.kind, choice.place
    if kind is None:
        reader.note("kind", "種別を選んでください。", "Choose the kind.", "missing")
    if place is None:
        reader.note("place", "場所を選んでください。", "Choose the place.", "missing")
    positioning = reader.positioning()
    client_call_id = reader.client_call_id()
    frequent = reader.frequent(choice)
    fix = reader.fix()
    pin = reader.point("pin")
    if reader.problems or kind is None or place is None:
        return CallForm(None, tuple(reader.problems))
    call = NewCall(
        client_call_id=client_call_id,
        kind=Kind(kind),
        place=PlaceChoice.HOME if place is Place.HOME else PlaceChoice.CURRENT,
        mode=mode,
        positioning=positioning,
        fix=fix,
        corrected_pin=pin,
        frequent_place=frequent,
    )
    return CallForm(call, ())


class _Reader:
    """Reads fields and gathers what is wrong with them."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self.problems: list[FieldProblem] = []

    def get(self, name: str) -> str:
        return self._fields.get(name, "").strip()

    def note(self, path: str, ja: str, en: str, code: str = "invalid") -> None:
        self.problems.append(wrong(path, ja, en, code))

    def positioning(self) -> Positioning:
        text = self.get("positioning")
        for state in Positioning:
            if text == state.value:
                return state
        self.note(
            "positioning",
            "端末の位置情報がオンかオフかを選んでください。",
            "Say whether the device's location is on or off.",
            "invalid" if text else "missing",
        )
        return Positioning.OFF  # never used: the form has a problem

    def client_call_id(self) -> str:
        text = self.get("client_call_id")
        try:
            return _CLIENT_ID.validate_python(text)
        except ValidationError:
            self.note(
                "client_call_id",
                "画面が古くなっています。通報ページから、もう一度始めてください。",
                "This page is out of date. Begin again from your call page.",
                "invalid" if text else "missing",
            )
            return ""

    def frequent(self, choice: Choice) -> FrequentChoice | None:
        label = self.get("frequent.label")
        if choice.place is not Place.FREQUENT:
            if label:
                self.note(
                    "frequent",
                    "場所を1つだけ選んでください。",
                    "Choose one place only.",
                )
            return None
        try:
            if choice.number is None or not label:
                raise ValueError("which one?")
            return FrequentChoice(number=choice.number, label=_LABEL.validate_python(label))
        except ValueError:
            self.note(
                "frequent",
                "よく行く場所を選び直してください。",
                "Choose the frequent place again.",
            )
            return None

    def fix(self) -> Fix | None:
        point = self.point("fix")
        accuracy = self._number("fix.accuracy_m", 0.0, _MOST_ACCURACY_M)
        taken_at = self._moment("fix.taken_at")
        if point is None:
            alone = not self.get("fix.lat") and not self.get("fix.lon")
            if alone and (accuracy is not None or taken_at is not None):
                self.note(
                    "fix.lat",
                    "位置のない誤差や時刻が送られました。位置を調べ直してください。",
                    "An accuracy or time came without a position. Measure the position again.",
                    "missing",
                )
            return None
        # A browser does not tell whether satellites, Wi-Fi or cells gave the position.
        return Fix.model_validate(
            {
                "lat": point.lat,
                "lon": point.lon,
                "accuracy_m": accuracy,
                "source": FixSource.UNKNOWN,
                "taken_at": taken_at,
            }
        )

    def point(self, name: str) -> Point | None:
        lat = self._number(f"{name}.lat", -90.0, 90.0)
        lon = self._number(f"{name}.lon", -180.0, 180.0)
        for one, other in (("lat", "lon"), ("lon", "lat")):
            if self.get(f"{name}.{one}") and not self.get(f"{name}.{other}"):
                self.note(
                    f"{name}.{other}",
                    "位置の緯度と経度は、両方が必要です。",
                    "A position needs both latitude and longitude.",
                    "missing",
                )
        return None if lat is None or lon is None else Point(lat=lat, lon=lon)

    def _number(self, name: str, least: float, most: float) -> float | None:
        text = self.get(name)
        if not text:
            return None
        if _DECIMAL.fullmatch(text) and least <= (value := float(text)) <= most:
            return value
        self.note(
            name,
            f"{name} の値「{text[:40]}」は使えません（{least:g}〜{most:g}の数）。",
            f"{name}: “{text[:40]}” is no number between {least:g} and {most:g}.",
        )
        return None

    def _moment(self, name: str) -> object | None:
        text = self.get(name)
        if not text:
            return None
        try:
            return _MOMENT.validate_python(text)
        except ValidationError:
            self.note(
                name,
                f"{name} の値「{text[:40]}」は日時として読めません。",
                f"{name}: “{text[:40]}” is no time like 2026-04-01T00:00:00Z.",
            )
            return None


__all__ = ["PATHS", "CallForm", "read_call"]
