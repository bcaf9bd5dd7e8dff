"""The query string of a phone's answer, decoded without losing or inventing anything."""

from collections.abc import Collection
from urllib.parse import unquote_to_bytes

from net119_protocol.gps.problem import PositionProblem, PositionUnreadable

MAX_QUERY = 4_096
"""Characters; the longest URL that the phones of that time take is 512 bytes."""


class Answer:
    """Values by key, of those keys that a dialect uses; keys are compared without case.

    Case does not count since docomo's open-iArea writes in capitals what its GPS writes small. What
    else stands in the query string belongs to the page and is left alone, whatever its charset. A
    bare ``+`` is a space, as in every form: phones that do not encode their sign send one.
    """

    def __init__(self, query: str, keys: Collection[str], foreign: Collection[str]) -> None:
        if len(query) > MAX_QUERY:
            expected = f"at most {MAX_QUERY} characters"
            raise PositionUnreadable(PositionProblem.TOO_LONG, "", query, expected)
        self._values: dict[str, str] = {}
        self._capital: set[str] = set()
        for part in query.removeprefix("?").split("&"):
            name, _, value = part.partition("=")
            key = _decoded(name).lower()
            if key in foreign:
                expected = "values of one dialect only"
                raise PositionUnreadable(PositionProblem.MIXED, key, part, expected)
            if key not in keys:
                continue
            if key in self._values:
                raise PositionUnreadable(PositionProblem.DUPLICATE, key, part, "one value")
            self._values[key] = _decoded(value)
            if _decoded(name) != key:
                self._capital.add(key)

    def get(self, key: str) -> str | None:
        """A value, None if the key is not there; it may be empty."""
        return self._values.get(key)

    def has(self, *keys: str) -> bool:
        """Whether all of these keys are there."""
        return all(key in self._values for key in keys)

    def in_capitals(self, key: str) -> bool:
        """Whether the key is there and not written small."""
        return key in self._capital

    def position(self, key: str) -> str:
        """A value that holds the position; `PositionUnreadable` if it is empty or not there."""
        value = self._values.get(key, "")
        if not value.strip():
            raise PositionUnreadable(PositionProblem.NO_POSITION, key, value, "a position")
        return value


def _decoded(text: str) -> str:
    """Percent-decoded; bytes above 127 become characters that no dialect accepts."""
    raw = text.encode("utf-8", "surrogatepass").replace(b"+", b" ")
    return unquote_to_bytes(raw).decode("latin-1")
