"""Empty mails without end: whoever's address stands on them is not flooded with answers."""

import pytest
from net119_reference.registration.links import PER_WINDOW, WINDOW
from net119_simulators.mailbox import Draft

from tests.reference.registration.support import ME, Town, run, town

ODD = "odd--one@phone.example"


async def flood(here: Town, sender: str, mails: int) -> int:
    """Send empty mails; how many answers came."""
    before = len(here.boxes.letters(sender))
    to = here.desk.profile(here.department).mail.application
    for _ in range(mails):
        await here.write(Draft(sender=sender, to=to))
    await here.settled()
    return len(here.boxes.letters(sender)) - before


@pytest.mark.parametrize("who", ["new", "registered", "refused"])
def test_the_answers_to_one_address_are_bounded(who: str) -> None:
    async def story() -> None:
        async with town() as here:
            sender = ODD if who == "refused" else ME
            if who == "registered":
                await here.approved()
                here.clock.advance(WINDOW.total_seconds())
            assert await flood(here, sender, PER_WINDOW * 2) == PER_WINDOW
            assert await flood(here, "somebody.else@phone.example", 1) == 1
            here.clock.advance(WINDOW.total_seconds())
            assert await flood(here, sender, 1) == 1

    run(story)
