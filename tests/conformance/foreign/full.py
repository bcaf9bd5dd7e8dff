"""The minimal provider, taking so many calls in all: `python -m tests.conformance.foreign.full`.

The first argument says how many; the rest are those of the minimal provider. That is no defect.
"""

import sys
from typing import Any

from tests.minimal_provider.__main__ import main
from tests.minimal_provider.calls import Call
from tests.minimal_provider.parts import Refusal
from tests.minimal_provider.provider import Provider


def takes(most: int) -> None:
    """Refuse as overload a new call while so many are open, whoever makes it."""
    place = Provider.call

    def call(self: Provider, asked: dict[str, Any]) -> Call:
        known = (asked["registrant"], asked["clientCallId"]) in self.parts.by_client_call
        still = [each for each in self.screens if self._known(each).state != "closed"]
        if not known and len(still) >= most:
            raise Refusal("overload")
        return place(self, asked)

    Provider.call = call  # type: ignore[method-assign]  # that is the bound


if __name__ == "__main__":
    takes(int(sys.argv.pop(1)))
    main()
