"""A whole call over the listener without encryption, and where it is refused (ASO-08, ASO-17)."""

from collections.abc import Iterator

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import Kind, LinkSecurity, PlaceChoice, Refusal
from net119_reference.config import Plaintext
from net119_reference.web.pages.mobile.drafts import Draft, new_key

from tests.reference.mobile.answering import call_of, desk_of, entered
from tests.reference.mobile.phones import MobilePhone
from tests.reference.pages.person import registered
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

OTHER_MEANS = "電話リレーサービス"
WARNING = 'id="plaintext"'


@pytest.fixture(scope="module")
def aso(page_certificates: Certificates) -> Iterator[Site]:
    """A department whose profile takes calls without encryption."""
    with site("aso", page_certificates, plaintext=Plaintext(enabled=True)) as running:
        yield running


@pytest.fixture(scope="module")
def strict(page_certificates: Certificates) -> Iterator[Site]:
    """A department that refuses them, at a provider with such a listener."""
    with site("tomakomai", page_certificates, plaintext=Plaintext(enabled=True)) as running:
        yield running


def test_a_whole_call_is_warned_of_on_every_page_and_marked_at_the_console(aso: Site) -> None:
    person, desk = registered(aso), desk_of(aso)
    with aso.plain_http() as client:
        phone = MobilePhone(client, "docomo-1")
        pages = [phone.get("/m"), phone.follow("ログイン")]
        pages.append(phone.press(login_id=person.login_id, password=person.password))
        assert phone.page.name == "m-menu"
        pages += [phone.follow(words) for words in ("通報する", "救急", "現在地")]
        assert phone.page.name == "m-locate"
        pages.append(phone.measure())
        assert phone.page.name == "m-confirm"
        pages.append(phone.press("call"))
        assert phone.page.name == "m-chat"
        call_id = call_of(phone.page)

        call = desk.call(call_id)
        assert call.link is LinkSecurity.PLAINTEXT
        assert call.owner.code == "aso", "home without a search, though measured in Tomakomai"
        assert (call.place.choice, call.place.fix is None) == (PlaceChoice.CURRENT, False)
        assert NoticeCode.CALL_HOME_PLAINTEXT in [each.code for each in call.notices]

        desk.answer(call_id)
        desk.say(call_id, "どうしましたか")
        pages.append(phone.follow("更新"))
        assert "どうしましたか" in phone.page.text
        pages.append(phone.press("say", form=0, text="父が倒れました ①"))
        assert "父が倒れました ①" in phone.page.text
        said = [each.text for each in desk.lines(call_id) if each.sender.value == "caller"]
        assert said == ["父が倒れました ①"]

        desk.close(call_id)
        pages.append(phone.follow("更新"))
        assert phone.page.name == "m-ended"
    assert all(page.response.url.scheme == "http" for page in pages)
    assert [page.name for page in pages if WARNING not in page.text] == []


def test_a_session_of_one_link_does_not_open_over_the_other(aso: Site) -> None:
    """Who overhears the URL cannot use it over HTTPS."""
    person = entered(aso, "other@phone.example")
    with aso.plain_http() as client:
        phone = MobilePhone(client, "au")
        path = phone.log_in(person.login_id, person.password).response.url.path
    with aso.http() as client:
        page = MobilePhone(client, "au").get(path)
    assert (page.name, page.response.status_code) == ("m-log-in", 403)


def test_a_department_that_refuses_says_why_and_names_other_means(strict: Site) -> None:
    person, desk = registered(strict), desk_of(strict)
    before = desk.calls()
    with strict.plain_http() as client:
        phone = MobilePhone(client, "docomo-1")
        menu = phone.log_in(person.login_id, person.password)
        assert "暗号化通信ができないため、通報できません" in menu.text
        assert OTHER_MEANS in menu.text
        ways = [each["href"] for each in menu.links]
        assert [each for each in ways if each.endswith(("/new", "/practice"))] == []
        session = menu.response.url.path
        draft = f"{session}{Draft(new_key(practice=False), Kind.FIRE).path}"
        steps = ("", "/words", "/off", "/current", "/current/here", "/home/unmeasured")
        pages = [phone.get(f"{session}/{each}") for each in ("new", "practice")]
        pages += [phone.get(f"{draft}{each}") for each in steps]
        for path in ("current/call", "words"):
            body = "call=1&text=ここ".encode()
            pages.append(phone._ask("POST", f"{draft}/{path}", body))
        for page in pages:
            assert (page.name, page.code) == ("m-refused", Refusal.PLAINTEXT_NOT_ALLOWED.value)
            assert page.response.status_code == 403
            assert WARNING in page.text
            assert "暗号化" in page.text.partition('id="message"')[2].partition("</p>")[0]
            assert OTHER_MEANS in page.text
            assert "苫小牧市消防本部 NET119担当" in page.text
    assert desk.calls() == before
