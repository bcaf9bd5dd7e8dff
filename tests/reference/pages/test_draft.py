"""Drafts of the application form: they go on where one left, and are gone once submitted."""

import html
import re

from net119_protocol.api.staff import RegistrationState

from tests.reference.pages.applying import card, filled, mailed_url, page_of, send, wrong
from tests.reference.pages.site import Site
from tests.reference.registration.support import ME


def test_coming_back_continues_where_one_left(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        send(client, url, {"data.name": "途中　花子", "data.birth_date": "S55"}, "save")
    with tomakomai.http(follow_redirects=True) as later:
        page = later.get(url)
        assert page_of(page) == "form"
        assert 'value="途中　花子"' in page.text
        assert 'value="S55"' in page.text
        assert wrong(page) == {}
        assert "前に入れた内容が残っています" in page.text


def test_a_draft_that_became_unreadable_is_not_submitted(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        assert page_of(send(client, url, filled(tomakomai), image=card())) == "confirm"
        # In a second tab the form is spoiled; the first one still shows the confirmation.
        send(client, url, filled(tomakomai, data__birth_date="いつか"))
        answer = client.post(f"{url}/confirm", data={"action": "submit"})
        assert page_of(answer) == "form"
    assert tomakomai.do(tomakomai.town.rows) == ()


def test_the_mail_address_is_the_one_the_url_was_sent_to(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        forged = {**filled(tomakomai), "data.mail": "somebody@else.example"}
        confirm = send(client, url, forged, image=card())
        assert ME in confirm.text
        assert "somebody@else.example" not in confirm.text


def test_the_page_is_light(tomakomai: Site) -> None:
    """The form with style and script, without the map: old phones on slow links."""
    url = mailed_url(tomakomai)
    with tomakomai.http() as client:
        page = client.get(f"{url}/form")
        weight = len(page.content)
        for asset in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
            weight += len(client.get(html.unescape(asset)).content)
    assert weight < 100_000


def test_drafts_and_typed_fields_are_gone_once_submitted(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        send(client, url, filled(tomakomai), image=card())
        client.post(f"{url}/confirm", data={"action": "submit"})
    links = tomakomai.town.desk.office.links()
    assert [(each.draft, each.entries) for each in links] == [(None, None)]
    (row,) = tomakomai.do(tomakomai.town.rows)
    assert row.state is RegistrationState.APPLIED
