"""Every scenario of the library holds against the reference, and gives its timelines."""

import asyncio
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from net119_protocol.labels import Language
from net119_scenarios.acted import library
from net119_scenarios.acted.as_html import page
from net119_scenarios.acted.as_text import timeline, verdict
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.performance import Outcome, Performance
from net119_scenarios.acted.venue import Shape, Venue, moves_clock

from tests.turns import part

SCENARIOS = {name: library.load(name) for name in library.names()}
# Those that can share a network follow each other.
ORDER = sorted(
    SCENARIOS,
    # After one that sets the clocks nothing else can use the network.
    key=lambda name: (str(Shape.of(SCENARIOS[name])), moves_clock(SCENARIOS[name]), name),
)
ALARMS = [name for name in sorted(SCENARIOS) if SCENARIOS[name].alarm_users()]
IN_TURN = {
    *part([name for name in ORDER if name not in ALARMS], 2),
    *part(ALARMS, len(ALARMS)),
}
"""Each commit acts half of them, and one of those of the home alarm service; all take over 65 s of
CPU."""
LANGUAGES: tuple[Language, ...] = ("ja", "en")


class Theatre:
    """The venue in use, kept for the next scenario of the same shape."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._venue: Venue | None = None

    def act(self, scenario: Scenario) -> Outcome:
        """Act a scenario out."""
        return self._runner.run(self._act(scenario))

    def close(self) -> None:
        """Stop everything."""
        self._runner.run(self._leave())
        self._runner.close()

    async def _act(self, scenario: Scenario) -> Outcome:
        venue = self._venue
        if venue is None or venue.spent or venue.shape != Shape.of(scenario):
            await self._leave()
            venue = Venue(scenario)
            await venue.__aenter__()
            self._venue = venue
        return await Performance(scenario, venue).run()

    async def _leave(self) -> None:
        venue, self._venue = self._venue, None
        if venue is not None:
            await venue.__aexit__(None, None, None)


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    """One for all scenarios of this worker."""
    found = Theatre()
    yield found
    found.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ORDER if name in IN_TURN])
def test_the_scenario_holds(name: str, theatre: Theatre) -> None:
    outcome = theatre.act(SCENARIOS[name])
    shown = "\n".join((*timeline(outcome, "ja"), *verdict(outcome, "ja")))
    assert outcome.result.ok, shown
    for language in LANGUAGES:
        read = Read()
        read.feed(page(outcome, language))
        assert read.open == []
        assert SCENARIOS[name].title.of(language) in read.text
        for entry in outcome.timeline.entries:
            assert " ".join(entry.words.of(language).split()) in " ".join(read.text.split())
        for check in outcome.result.checks:
            assert check.words.of(language) in read.text
        assert not read.foreign, "the file needs nothing else"


class Read(HTMLParser):
    """A page's text, the tags left open, and what it would load from elsewhere."""

    VOID = frozenset({"meta", "br", "circle", "polygon"})

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        self.foreign += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        self.text += data
