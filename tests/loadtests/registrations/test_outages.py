"""The mail server dies in the midst of mails, in turn at each moment, and comes back."""

import asyncio

from net119_loadtests.registrations.course import Course, Stage, summaries
from net119_loadtests.registrations.outages import Outage, Outages
from net119_simulators.mailbox import Draft, MailboxServer, send_mail
from net119_simulators.mailbox.sending import MailNotTaken


def courses(submitted: int, total: int = 3) -> list[Course]:
    found = [Course(number, "aso", f"p{number}@phone.example") for number in range(total)]
    for number, each in enumerate(found):
        each.stage = Stage.FORM
        if number < submitted:
            each.times_ms[Stage.SUBMIT] = 1.0
    return found


async def keep_sending(boxes: MailboxServer, until: asyncio.Event) -> int:
    failed = 0
    while not until.is_set():
        try:
            await send_mail(Draft("a@b.example", "c@phone.example"), boxes.host, boxes.port)
        except MailNotTaken:
            failed += 1
        await asyncio.sleep(0)
    return failed


def test_each_outage_cuts_a_mail_and_is_told() -> None:
    async def story() -> None:
        told: list[Outage] = []
        over = asyncio.Event()
        async with MailboxServer() as boxes:
            outages = Outages(boxes, courses(3), 2, 0.05, told.append)
            sending = asyncio.create_task(keep_sending(boxes, over))
            await asyncio.wait_for(outages.strike(), 20)
            over.set()
            assert await sending > 0
            before = len(boxes.letters("c@phone.example"))
            await send_mail(Draft("a@b.example", "c@phone.example"), boxes.host, boxes.port)
            assert len(boxes.letters("c@phone.example")) == before + 1
        assert told == outages.struck
        assert [each.moment for each in told] == ["after_storing", "content"]
        for each in told:
            assert each.proves
            assert each.mails_cut >= 1
            assert each.busy_at_start == each.busy_at_end == 3

    asyncio.run(story())


def test_without_anybody_left_there_is_no_outage() -> None:
    async def story() -> None:
        people = courses(0)
        for each in people:
            each.fail(ValueError("x"))
        async with MailboxServer() as boxes:
            outages = Outages(boxes, people, 2, 0.05, lambda _: None)
            await asyncio.wait_for(outages.strike(), 20)
            assert outages.struck == []

    asyncio.run(story())


def test_times_of_stages_are_those_that_somebody_went_through() -> None:
    people = courses(2)
    people[0].fail(ValueError("shown instead"))
    assert people[0].failed == "aso at form: ValueError: shown instead"
    people[1].secrets.add("t2wocCQpN8")
    people[1].fail(ValueError("POST /r/t2wocCQpN8/terms"))
    assert people[1].failed == "aso at form: ValueError: POST /r/***/terms"
    found = summaries(people)
    assert set(found) == {"submit_ms"}
    assert found["submit_ms"].count == 2
