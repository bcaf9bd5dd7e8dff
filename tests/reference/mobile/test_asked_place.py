"""The dispatcher asks where the caller is, and a feature phone measures or says that it cannot."""

from uuid import UUID

import pytest
from net119_protocol.codes import FixSource, Mode, PositionProblem, TrailCause
from net119_protocol.interconnect.whereabouts import TrailPoint

from tests.reference.mobile.answering import Desk, call_of
from tests.reference.mobile.phones import TOMAKOMAI, MobilePhone
from tests.reference.mobile.test_call import called
from tests.reference.pages.person import Person
from tests.reference.pages.site import Site


def asked(desk: Desk, phone: MobilePhone) -> UUID:
    """Answer, ask, and let the phone fetch its page."""
    call_id = call_of(phone.page)
    desk.answer(call_id)
    acts = desk.site.town.provider.acts
    desk.site.do(lambda: acts.ask_location(desk.who, call_id))
    phone.follow("更新")
    assert "消防が、今いる場所を聞いています。" in phone.page.text
    return call_id


def trail(desk: Desk, call_id: UUID) -> list[TrailPoint]:
    """The places after the first one."""
    provider = desk.site.town.provider
    record = desk.site.do(lambda: provider.call_record(desk.who, call_id))
    return [each for each in record.trail if each.number > 1]


@pytest.mark.parametrize("kind", TOMAKOMAI)
def test_each_carriers_phone_measures_and_sends(
    tomakomai: Site, person: Person, desk: Desk, kind: str
) -> None:
    """CTS-02, TOM-16."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, kind), person)
        assert "asked-place" not in phone.page.text
        call_id = asked(desk, phone)
        page = phone.measure("今いる場所を送る")
        assert page.name == "m-chat"
        assert "今いる場所を送りました。" in page.text
        assert "asked-place" not in page.text
        (point,) = trail(desk, call_id)
        assert (point.cause, point.problem) == (TrailCause.ASKED, None)
        assert point.place.fix is not None
        assert point.place.fix.source is FixSource.CARRIER
        assert abs(point.place.fix.lat - 42.634) < 0.001
        # The page that says so may be loaded again: nothing is told twice.
        phone.get(str(page.response.url))
        assert len(trail(desk, call_id)) == 1
        assert "聞いています" not in phone.follow("更新").text


def test_a_phone_without_a_position_says_so_and_may_try_again(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "softbank"), person)
        call_id = asked(desk, phone)
        page = phone.measure("今いる場所を送る", answer="")
        assert 'data-placed="no"' in page.text
        (point,) = trail(desk, call_id)
        assert point.problem is PositionProblem.TIMEOUT
        page = phone.measure("今いる場所を送る")
        assert 'data-placed="yes"' in page.text
        assert trail(desk, call_id)[-1].problem is None


def test_what_cannot_be_read_is_not_called_received(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    """I9: the dispatcher goes on waiting, and the caller is told."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "softbank"), person)
        call_id = asked(desk, phone)
        page = phone.measure(
            "今いる場所を送る", answer="pos=N95.00.00E141.36.18.00&geo=wgs84&x-acr=3"
        )
        assert 'data-placed="unread"' in page.text
        assert "位置は届いていません" in page.text
        assert trail(desk, call_id) == []
        assert "聞いています" in phone.follow("更新").text


def test_the_waiting_page_asks_too_and_a_press_says_that_there_is_none(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    """CTS-11 as well: practice stays practice."""
    with tomakomai.http() as client:
        phone = MobilePhone(client, "au")
        phone.log_in(person.login_id, person.password)
        for words in ("練習", "救急", "現在地"):
            phone.follow(words)
        phone.measure()
        phone.press("call")
        call_id = asked(desk, phone)
        assert desk.call(call_id).mode is Mode.PRACTICE
        page = phone.follow("待つ")
        assert "【練習】消防が、今いる場所を聞いています。" in page.text
        page = phone.press("off")
        assert 'data-placed="no"' in page.text
        assert "練習です" in page.text or "【練習】" in page.text
        (point,) = trail(desk, call_id)
        assert point.problem is PositionProblem.OFF


def test_after_the_close_nothing_is_called_sent(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo"), person)
        call_id = asked(desk, phone)
        desk.close(call_id)
        page = phone.measure("今いる場所を送る")
        assert page.name == "m-ended"
        assert "送りました" not in page.text
        assert trail(desk, call_id) == []
