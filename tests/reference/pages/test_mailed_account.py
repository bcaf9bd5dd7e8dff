"""Change, stop, renewal and correction through mailed URLs, over HTTP and in Chromium."""

import re
from typing import Any
from uuid import uuid4

import pytest
from net119_protocol.api.staff import RegistrationState
from net119_protocol.profile.check import FieldProblem
from net119_reference.registration.ports import LinkPurpose
from net119_reference.registration.record import Registrant
from playwright.sync_api import Browser, expect

from tests.reference.pages.applying import AT, card, filled, mailed_url, page_of, send, wrong
from tests.reference.pages.looking import look_in_both_languages, tab
from tests.reference.pages.person import Person, registered
from tests.reference.pages.site import Site
from tests.reference.registration.support import application

OTHER_MAIL = "yoshiko.new@phone.example"


def link(site: Site, purpose: LinkPurpose, person: Person, **details: Any) -> str:
    """Path of a URL for a registrant, as a mail would hold it."""

    async def issue() -> str:
        office = site.town.desk.office
        url, _ = await office.kernel.run(
            lambda tx: office.issue(
                tx,
                purpose,
                site.department,
                person.mail,
                registrant_id=person.registrant_id,
                **details,
            )
        )
        return str(url)

    return f"/r/{site.do(issue).rpartition('/r/')[2]}"


def state(site: Site) -> RegistrationState:
    """State of the only registration."""
    (row,) = site.do(site.town.rows)
    return row.state


def at_home(site: Site) -> dict[str, Any]:
    """An address whose position lies in its municipality."""
    lat, lon = AT[site.department]
    address = application(site.department).data.address
    return {"address": address.model_copy(update={"lat": float(lat), "lon": float(lon)})}


@pytest.fixture
def person(tomakomai: Site) -> Person:
    return registered(tomakomai, **at_home(tomakomai))


def test_a_change_shows_each_item_before_and_after(tomakomai: Site, person: Person) -> None:
    """TOM-20, CNB-44."""
    url = link(tomakomai, LinkPurpose.ACCOUNT, person)
    with tomakomai.http(follow_redirects=True) as client:
        assert page_of(client.get(url)) == "account"
        form = client.post(f"{url}/account", data={"action": "change"})
        assert page_of(form) == "form"
        assert 'value="秘密町1丁目2番3号"' in form.text
        same = send(client, url, {**filled(tomakomai), "data.mail": person.mail})
        assert same.status_code == 422
        assert wrong(same) == {"": "unchanged"}
        moved = filled(tomakomai, data__address__street="旭町4丁目")
        confirm = send(client, url, {**moved, "data.mail": OTHER_MAIL})
        assert page_of(confirm) == "confirm"
        changed = re.findall(r'class="change" data-path="([^"]+)"', confirm.text)
        assert changed == ["data.address.street", "data.mail"]
        before = confirm.text.partition("いまの登録")[2].partition("</div>")[0]
        assert "秘密町1丁目2番3号" in before
        assert page_of(client.post(f"{url}/confirm", data={"action": "submit"})) == "submitted"
        assert "変更の申請は受け付けました" in client.get(url).text
    assert state(tomakomai) is RegistrationState.CHANGE_PENDING


def test_a_change_to_an_address_of_somebody_else(tomakomai: Site, person: Person) -> None:
    url = link(tomakomai, LinkPurpose.ACCOUNT, person)

    async def somebody_else() -> None:
        office = tomakomai.town.desk.office
        entered = application("tomakomai", mail=OTHER_MAIL)
        await office.kernel.run(
            lambda tx: office.registry.add(
                tx,
                Registrant(
                    registrant_id=uuid4(),
                    department="tomakomai",
                    state=RegistrationState.APPLIED,
                    data=entered.data,
                    applied_at=tx.now,
                ),
            )
        )

    tomakomai.do(somebody_else)
    with tomakomai.http(follow_redirects=True) as client:
        answer = send(client, url, {**filled(tomakomai), "data.mail": OTHER_MAIL})
    assert wrong(answer) == {"data.mail": "duplicate-mail"}


def test_stopping_asks_once_more(tomakomai: Site, person: Person) -> None:
    """TOM-21."""
    url = link(tomakomai, LinkPurpose.ACCOUNT, person)
    with tomakomai.http(follow_redirects=True) as client:
        assert page_of(client.post(f"{url}/account", data={"action": "stop"})) == "stop"
        assert state(tomakomai) is RegistrationState.APPROVED
        assert page_of(client.post(f"{url}/stop", data={"action": "back"})) == "account"
        assert page_of(client.post(f"{url}/stop", data={})) == "account"
        assert state(tomakomai) is RegistrationState.APPROVED
        assert page_of(client.post(f"{url}/stop", data={"action": "stop"})) == "stopped"
        assert state(tomakomai) is RegistrationState.STOPPED
        twice = client.post(f"{url}/stop", data={"action": "stop"})
        assert 'data-used="stopped"' in twice.text
        assert page_of(client.get(f"{url}/submitted")) == "link-closed"


def test_opening_a_renewal_alone_renews_nothing(aso: Site) -> None:
    """ASO-13: a mail filter that opens URLs does not renew for the person."""
    person = registered(aso)
    url = link(aso, LinkPurpose.RENEW, person)
    with aso.http(follow_redirects=True) as client:
        page = client.get(url)
        assert page_of(page) == "renew"
        assert "2028年4月1日" in page.text
        assert page_of(client.get(f"{url}/renewed")) == "renew"
        aso.town.clock.advance(300 * 24 * 3600)
        later = link(aso, LinkPurpose.RENEW, person)
        done = client.post(f"{later}/renew", data={"action": "renew"})
        assert page_of(done) == "renewed"
        assert "2029年" in done.text
        again = client.post(f"{later}/renew", data={"action": "renew"})
        assert 'data-used="renewed"' in again.text


def test_a_new_handset_ends_the_old_one(aso: Site) -> None:
    """ASO-12."""
    person = registered(aso, **at_home(aso))
    url = link(aso, LinkPurpose.ACCOUNT, person)
    changed = {**filled(aso, data__device="新しいスマートフォン"), "data.mail": person.mail}
    with aso.http(follow_redirects=True) as client:
        answer = send(client, url, changed)
    assert page_of(answer) == "confirm"
    assert "前の端末では通報できません" in answer.text


def returned(site: Site) -> str:
    """Path of the URL with which a returned application is corrected."""
    url = mailed_url(site)
    with site.http(follow_redirects=True) as client:
        send(client, url, filled(site), image=card())
        client.post(f"{url}/confirm", data={"action": "submit"})
    (row,) = site.do(site.town.rows)
    defects = (
        FieldProblem("data.kana", "defect", "フリガナが氏名と合いません。", "The kana do not fit."),
        FieldProblem("", "defect", "窓口にも来てください。", "Please come to the office, too."),
    )

    async def give_back() -> str:
        town = site.town
        await town.desk.return_(town.clerk, row.registrant_id, row.version, defects)
        return await town.token(await town.letter("", after=2))

    return f"/r/{site.do(give_back)}"


def test_a_correction_shows_what_the_reviewer_found(tomakomai: Site) -> None:
    url = returned(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        page = client.get(url)
        assert page_of(page) == "form"
        assert "消防本部から、直してほしいところがあります" in page.text
        assert wrong(page) == {"data.kana": "defect", "": "defect"}
        assert 'id="data.kana-error"' in page.text
        assert "前に送った画像を使います" in page.text
        better = {**filled(tomakomai, data__kana="タカハシ　キチコ"), "data.mail": "a@b.example"}
        assert page_of(send(client, url, better)) == "confirm"
        done = client.post(f"{url}/confirm", data={"action": "submit"})
        assert page_of(done) == "submitted"
        assert "直した内容を受け付けました" in done.text
    assert state(tomakomai) is RegistrationState.APPLIED


@pytest.mark.browser
def test_the_pages_of_registrants_in_a_browser(aso: Site, browser: Browser) -> None:
    person = registered(aso, **at_home(aso))
    with tab(browser, aso.base_url) as page:
        page.goto(link(aso, LinkPurpose.RENEW, person))
        look_in_both_languages(page, "renew")
        page.locator("button[value=renew]").click()
        look_in_both_languages(page, "renewed")
        url = link(aso, LinkPurpose.ACCOUNT, person)
        page.goto(url)
        look_in_both_languages(page, "account")
        page.locator("button[value=change]").click()
        look_in_both_languages(page, "change-form")
        page.locator("[name='data.device']").fill("新しいスマートフォン")
        page.locator("main button[value=next]").click()
        look_in_both_languages(page, "change-confirm")
        page.goto(f"{url}/account")
        page.locator("button[value=stop]").click()
        look_in_both_languages(page, "stop")
        page.locator("button[value=stop]").click()
        expect(page.locator("body")).to_have_attribute("data-page", "stopped")
        look_in_both_languages(page, "stopped")


@pytest.mark.browser
def test_a_correction_in_a_browser(tomakomai: Site, browser: Browser) -> None:
    url = returned(tomakomai)
    with tab(browser, tomakomai.base_url) as page:
        page.goto(url)
        look_in_both_languages(page, "correct")
        page.locator("#errors a").first.click()
        expect(page.locator("[name='data.kana']")).to_be_focused()
