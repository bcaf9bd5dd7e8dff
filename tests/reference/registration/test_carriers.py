"""What the provider does with mail at carriers that filter, put off, return or want it quoted."""

import pytest
from net119_protocol.api.staff import NewRegistrant
from net119_reference.mail.schedule import Delivery
from net119_reference.registration.ports import Undeliverable
from net119_simulators.mailbox import Fate, Filters, Rule, load_situations

from tests.reference.registration.support import Town, application, run, town

SENDERS = frozenset({"net119-akane.example"})


async def approve(here: Town, mail: str) -> None:
    """Key in somebody with this address and approve: a mail with ID and password goes out."""
    data = application("aso", mail=mail).data
    found = await here.desk.enter_by_program(here.clerk, NewRegistrant(data=data))
    await here.desk.approve_by_program(here.clerk, found.registrant_id)


async def lost(here: Town) -> Undeliverable:
    """The one mail that the department is shown as undeliverable."""

    async def look() -> tuple[Undeliverable, ...] | None:
        return await here.desk.undeliverable(here.clerk) or None

    (one,) = await here.until(look)
    return one


@pytest.mark.parametrize("mail", ["yoshiko@au.example", "a..b.@au.example"])
def test_mail_that_comes_back_later_is_shown_to_the_department(mail: str) -> None:
    """ASO-09: the carrier takes the mail, and returns it by a delivery report."""

    async def story() -> None:
        async with town("aso") as here:
            here.boxes.route("net119-akane.example", "127.0.0.1", here.inbound.port)
            here.boxes.set_rule(mail, Rule(filters=Filters(deny=SENDERS)))
            await approve(here, mail)
            one = await lost(here)
            assert (one.recipient, one.kind, one.status) == (mail, "completed", "bounced")
            # Of the unquoted spelling, if it breaks the RFC, this carrier wants to know nothing.
            assert here.boxes.decisions(mail)[-1].rule == "deny"
            assert here.boxes.letters(mail) == ()

    run(story)


def test_an_address_that_has_to_be_quoted_gets_its_mail() -> None:
    mail = "yoshiko..t@au.example"

    async def story() -> None:
        async with town("aso") as here:
            await approve(here, mail)
            await here.boxes.mailbox(mail).wait_for(subject="登録が完了")
            first, second = here.boxes.decisions(mail)
            assert (first.fate, first.rule) == (Fate.REFUSED, "quoting")
            assert second.fate is Fate.DELIVERED
            await here.settled()
            assert await here.desk.undeliverable(here.clerk) == ()

    run(story)


def test_mail_that_a_carrier_loses_silently_is_known_to_nobody() -> None:
    """Of a mail that was taken and thrown away, no provider can know; the mailbox does."""
    mail = "yoshiko@softbank.example"

    async def story() -> None:
        async with town("aso") as here:
            here.boxes.set_rule(mail, load_situations()["urls-refused"].rule)
            await approve(here, mail)
            decision = await here.boxes.wait_for_decision(mail)
            assert (decision.fate, decision.rule) == (Fate.DROPPED, "url")
            await here.settled()
            assert await here.desk.undeliverable(here.clerk) == ()
            assert decision.letter is not None
            office = here.provider.post_office
            assert office is not None
            status = await office.status(decision.letter.message_id)
            assert status is not None
            assert status.state is Delivery.SENT

    run(story)


@pytest.mark.parametrize("code", ["full", "greylisted"])
def test_mail_that_is_put_off_is_tried_again(code: str) -> None:
    mail = "yoshiko@pc.example"

    async def story() -> None:
        async with town("aso") as here:
            here.boxes.set_rule(mail, load_situations()[code].rule)
            await approve(here, mail)
            put_off = await here.boxes.wait_for_decision(mail)
            assert put_off.fate is Fate.DEFERRED
            here.boxes.set_rule(mail, Rule())
            office = here.provider.post_office
            assert office is not None

            async def waits() -> bool | None:
                return Delivery.DEFERRED in await office.counts() or None

            await here.until(waits)
            here.clock.advance(120)
            office.wake()
            await here.boxes.mailbox(mail).wait_for(subject="登録が完了")

    run(story)
