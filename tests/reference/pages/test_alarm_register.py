"""The register's pages: cards, ledgers and acts, refused input, and who sees what (KYO-16)."""

from collections.abc import Iterator

import pytest
from net119_protocol.alarms.people import EntryState, HelperProblem, LedgerState
from net119_reference.ports import Refused

from tests.reference.pages.registering_alarms import (
    CARD,
    HOME,
    NAMES,
    OTHER,
    SECTION,
    STATION,
    acted,
    alarm_site,
    at_register,
    enter_card,
    ledger_of,
    opened,
    today,
)
from tests.reference.pages.site import Site
from tests.reference.pages.staffing import PASSWORD, Staff
from tests.reference.web.live_server import Certificates


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with alarm_site(page_certificates) as running:
        yield running


def codes(page: str) -> list[str]:
    """Codes of what a page says is wrong, each once."""
    parts = page.split('data-path="')[1:]
    return [each.split('"')[0] + ":" + each.split('data-code="')[1].split('"')[0] for each in parts]


def test_nothing_is_shown_without_a_log_in_of_the_service(town: Site) -> None:
    pages = ("", "/ledgers", "/ledgers/2001?purpose=x", "/cards/new", "/opinions", "/audit")
    with town.http() as client:
        for page in pages:
            answer = client.get(HOME + page)
            assert answer.status_code == 303, page
            assert answer.headers["Location"].startswith(f"{HOME}/log-in"), page
        fields = {"department": "tomakomai", "name": NAMES[STATION], "password": PASSWORD}
        wrong = client.post(f"{HOME}/log-in", data={**fields, "action": "log-in"})
        assert wrong.status_code == 401
        assert 'data-code="wrong"' in wrong.text
        fields |= {"department": STATION, "next": "/staff"}
        good = client.post(f"{HOME}/log-in", data={**fields, "action": "log-in"})
        assert good.headers["Location"] == HOME
        # The same token is good at no department's staff pages.
        client.cookies.set("net119_staff", client.cookies["net119_alarm_staff"])
        elsewhere = client.get("/staff")
        assert elsewhere.headers["Location"].startswith("/staff/log-in")
        client.post(f"{HOME}/log-out")
        assert client.get(HOME).status_code == 303


def test_kyo_01_02_a_card_is_checked_shown_once_more_and_entered(town: Site) -> None:
    with at_register(town) as clerk:
        blank = clerk.get(f"{HOME}/cards/new")
        bad = {
            "registration": "x",
            "birth_date": "昭和99年",
            "received_on": "2999-01-01",
            "helpers.1.name": "𠮷田",
            "helpers.1.minutes": "近い",
            "relatives.1.name": "太郎",
        }
        page = clerk.send(blank, "card", "next", bad)
        assert page.status_code == 422
        found = codes(page.text)
        for each in (
            "registration:form",
            "received_on:not-then",
            "name:required",
            "ward:required",
            "street:required",
            "ward_office:required",
            "helpers.1.phone:required",
            "helpers.1.minutes:form",
            "relatives.1.phone:required",
        ):
            assert each in found, (each, found)
        assert any(each.startswith("birth_date:") for each in found)
        assert 'value="近い"' in page.text
        alone = {name: "" if name.startswith("helpers.1") else text for name, text in CARD.items()}
        sure = clerk.send(blank, "card", "next", alone)
        assert 'data-state="consult"' in sure.text
        assert 'data-problem="too-few"' in sure.text
        assert 'data-problem="nobody-near"' in sure.text
        with pytest.raises(Refused):
            ledger_of(town, 2001)
        done = clerk.send(sure, "confirm", "enter")
        assert "区役所と協議中" in done.text
        ledger = ledger_of(town, 2001)
        assert ledger.helper_problems == (HelperProblem.TOO_FEW, HelperProblem.NOBODY_NEAR)
        assert ledger.user is not None
        assert ledger.user.name == "髙橋　キヌ"
        assert not ledger.user.address.position_is_confirmed
        assert (ledger.user.helpers[0].minutes, ledger.user.relatives[0].relation) == (15, "長男")
        again = clerk.send(clerk.send(blank, "card", "next", CARD), "confirm", "enter")
        assert again.status_code == 422
        assert "registration:taken" in codes(again.text)


def test_kyo_01_03_consultation_and_return_with_the_household_number(town: Site) -> None:
    with at_register(town) as clerk:
        helper = {"helpers__1__name": "", "helpers__1__phone": "", "helpers__1__minutes": ""}
        enter_card(clerk, registration="2002", helpers__1__available="", **helper)
        early = opened(clerk, 2002)
        assert "返送を記録</a>" not in early.text
        page = acted(clerk, 2002, "consultation", {"answer": "来月1名増える"}, "&number=1")
        assert codes(page.text) == ["accepted:required"]
        acted(clerk, 2002, "consultation", {"accepted": "yes", "answer": "来月1名"}, "&number=1")
        missing = acted(clerk, 2002, "give-back", {"on": "2026-13-40"}, "&number=1")
        assert codes(missing.text) == ["household:required", "on:no-such-date"]
        fields = {"household": "S-77", "survey": "髙い塀"}
        form = opened(clerk, 2002, "give-back", "&number=1")
        done = clerk.send(form, "act-form", "next", fields)
        assert "返送を記録しました" in done.text
        entry = ledger_of(town, 2002).entries[0]
        assert (entry.state, entry.household, entry.survey) == (
            EntryState.RETURNED,
            "S-77",
            "髙い塀",
        )
        slower = clerk.send(form, "act-form", "next", fields)
        assert codes(slower.text) == ["act:wrong-state"]
        assert "返送済み" in opened(clerk, 2002, "give-back", "&number=1").text


def test_kyo_14_helpers_change_their_order_and_a_move_checks_them_again(town: Site) -> None:
    with at_register(town) as clerk:
        enter_card(clerk, registration="2003")
        form = opened(clerk, 2003, "change")
        swapped = clerk.send(form, "card", "up-2", {})
        sure = clerk.send(swapped, "card", "next", {"phone": "075-000-7777"})
        done = clerk.send(sure, "confirm", "enter")
        assert "変更を入力しました" in done.text
        user = ledger_of(town, 2003).user
        assert user is not None
        assert [each.name for each in user.helpers] == ["髙島　一郎", "𠮷田　花子"]
        assert (user.helpers[1].available, user.helpers[1].has_key) == ("平日の夜", True)
        assert user.phone == "075-000-7777"
        moving = {"ward": "26108", "street": "嵯峨①", "ward_office": "ukyo"}
        no_change = clerk.send(opened(clerk, 2003, "change"), "card", "next", moving)
        assert codes(no_change.text) == ["street:move"]
        assert ledger_of(town, 2003).user == user
        moving |= {"helpers.2.minutes": "25"}
        sure = clerk.send(opened(clerk, 2003, "move"), "card", "next", moving)
        assert 'data-problem="nobody-near"' in sure.text
        assert "右京消防署" in sure.text
        clerk.send(sure, "confirm", "enter")
        moved = ledger_of(town, 2003)
        assert (moved.station, moved.household) == (OTHER, None)
        assert moved.entries[-1].state is EntryState.CONSULTING
        # It is the other station's now.
        assert opened(clerk, 2003).status_code == 404
    with at_register(town, OTHER) as other:
        assert "髙橋　キヌ" in opened(other, 2003).text


def test_kyo_19_22_24_the_ledgers_way_the_unit_and_visits(town: Site) -> None:
    with at_register(town, SECTION) as section, at_register(town) as clerk:
        enter_card(clerk, registration="2004")
        assert "section-way" not in opened(clerk, 2004).text
        acted(section, 2004, "section-way", {})
        acted(section, 2004, "station-way", {})
        way = ledger_of(town, 2004).way
        assert way is not None
        assert (way.section_on, way.station_on) == (today(town), today(town))
        asked = acted(clerk, 2004, "attendance", {"planned_on": "x"})
        assert codes(asked.text) == ["planned_on:form"]
        acted(clerk, 2004, "attendance", {"planned_on": today(town).isoformat()})
        assert 'id="attendance"' in clerk.get(HOME).text
        bad = acted(clerk, 2004, "unit", {"unit_id": "設備①"})
        assert bad.status_code == 422
        put_up = acted(clerk, 2004, "unit", {"unit_id": "K-2004"})
        token = put_up.text.split('id="token" class="value">')[1].split("<")[0]
        assert town.do(lambda: town.town.provider.alarms.unit_identity(token)).unit_id == "K-2004"
        assert token not in opened(clerk, 2004).text
        # Another number replaces the unit, which is asked for twice.
        sure = acted(clerk, 2004, "unit", {"unit_id": "K-2004-2"})
        assert "本当に行いますか" in sure.text
        assert ledger_of(town, 2004).unit_id == "K-2004"
        assert 'id="token"' in clerk.send(sure, "act-form", "confirm").text
        assert ledger_of(town, 2004).unit_id == "K-2004-2"
        visit = {"kind": "installation", "opinion": "寝室にも感知器を"}
        acted(clerk, 2004, "visit", visit)
        ledger = ledger_of(town, 2004)
        assert ledger.attendance is not None
        assert ledger.attendance.attended_on == today(town)
        assert 'id="attendance"' not in clerk.get(HOME).text
        assert 'id="guidance"' in clerk.get(HOME).text
        visit = {"kind": "guidance", "points.how-to-call": "yes", "changes_heard": "娘が越した"}
        page = acted(clerk, 2004, "visit", visit)
        assert "指導していない項目" in page.text
        told = acted(clerk, 2004, "told", {"to": "user"}, "&number=1")
        assert "伝えたことを記録しました" in told.text
        assert ledger_of(town, 2004).heard[0].to_tell == ("ward-office",)
        other = acted(clerk, 2004, "told", {"to": "bureau"}, "&number=1")
        assert "act:wrong-state" in codes(other.text)


def test_kyo_15_a_returned_unit_is_asked_for_twice_and_takes_the_data_with_it(town: Site) -> None:
    with at_register(town) as clerk:
        enter_card(clerk, registration="2005")
        sure = acted(clerk, 2005, "unit-return", {})
        assert "本当に行いますか" in sure.text
        assert ledger_of(town, 2005).state is LedgerState.ENTERED
        clerk.send(sure, "act-form", "back")
        assert ledger_of(town, 2005).user is not None
        done = clerk.send(sure, "act-form", "confirm")
        assert "髙橋" not in done.text
        assert ledger_of(town, 2005).state is LedgerState.REMOVED
        entries = opened(clerk, 2005).text.split('<table id="entries">')[1].split("</table>")[0]
        card, unit_back = entries.split("<tr")[2:]
        assert "設備の返還により終了" in card
        assert "返送" not in unit_back.replace("発信設備の返還", "")
        assert "<td>－</td>" in unit_back
        gone = clerk.get(f"{HOME}/ledgers/2005/evacuation-record?purpose=evacuation")
        assert gone.status_code == 404


def test_kyo_16_a_station_sees_its_own_alone_and_everything_is_in_the_log(town: Site) -> None:
    with at_register(town) as clerk:
        enter_card(clerk, registration="2006")
        assert 'id="ledgers"' not in clerk.get(f"{HOME}/ledgers").text
        asked = clerk.get(f"{HOME}/ledgers?registration=2006&purpose=other")
        assert codes(asked.text) == ["purpose:required"]
        assert codes(clerk.get(f"{HOME}/ledgers?registration=x&purpose=survey").text) == [
            "registration:form"
        ]
        found = clerk.get(f"{HOME}/ledgers?registration=２００６&purpose=other&purpose_text=苦情")
        assert "髙橋　キヌ" in found.text
        bare = clerk.get(f"{HOME}/ledgers/2006")
        assert "髙橋" not in bare.text
        assert 'id="purpose-form"' in bare.text
        assert clerk.get(f"{HOME}/audit").status_code == 403
        for number in ("0", "9999999", "x", "9" * 30):
            assert clerk.get(f"{HOME}/ledgers/{number}?purpose=x").status_code == 404
        answer = acted(clerk, 2006, "inquiry", {"by": "中京区役所 山田", "use": "安否の確認"})
        assert "活動の記録はありません" in answer.text
        assert "中京区役所 山田　様" in answer.text
        to_office = acted(clerk, 2006, "inquiry", {"by": "中京区役所 保健福祉課", "use": "集計"})
        assert "中京区役所 保健福祉課　御中" in to_office.text
    with at_register(town, OTHER) as other:
        assert opened(other, 2006).status_code == 404
        assert opened(other, 2006, "visit").status_code == 404
        assert opened(other, 2006, "paper").status_code == 404
        assert other.get(HOME).text.count("2006") == 0
    with at_register(town, SECTION) as section:
        rows = section.get(f"{HOME}/ledgers?after=2005")
        assert 'id="ledgers"' in rows.text
        assert ">2006<" in rows.text
        assert ">2001<" not in rows.text
        log = section.get(f"{HOME}/audit?actor={NAMES[STATION]}").text
        for word in ("苦情", "照会に回答した", "安否の確認", "登録票を入力した"):
            assert word in log, word
        assert "髙橋" not in log
        assert section.get(f"{HOME}/audit?since=x").status_code == 422
        assert section.get(f"{HOME}/opinions").status_code == 403


def test_kyo_17_an_opinion_is_sent_and_printed_by_its_station_alone(town: Site) -> None:
    with at_register(town) as clerk:
        page = clerk.get(f"{HOME}/opinions")
        empty = clerk.send(page, "opinion", "send")
        assert len(codes(empty.text)) == 4
        fields = {"name": "𠮷川 ①郎", "address": "中京区", "ward_office": "nakagyo", "why": "独居"}
        sent = clerk.send(page, "opinion", "send", fields)
        assert "意見書 1" in sent.text
        paper = clerk.get(f"{HOME}/opinions/1").text
        assert "　御中" in paper
        assert "𠮷川 ①郎" in paper
        assert "令和" in paper
        assert "令和" not in clerk.get(f"{HOME}/opinions/1?lang=en").text
    with at_register(town, OTHER) as other:
        assert other.get(f"{HOME}/opinions/1").status_code == 404


def test_kyo_21_the_evacuation_record_is_printed_with_the_ledgers_copy(town: Site) -> None:
    with at_register(town) as clerk:
        enter_card(clerk, registration="2007", house="<b>鍵</b>は①番の箱")
        paper = clerk.get(f"{HOME}/ledgers/2007/evacuation-record?purpose=evacuation").text
        assert "在宅避難困難者台帳" in paper
        assert paper.count("髙橋　キヌ") == 2
        assert "𠮷田　花子" in paper
        assert "<b>鍵" not in paper
        assert "&lt;b&gt;鍵" in paper
        alone = clerk.get(f"{HOME}/ledgers/2007/paper?purpose=processing&lang=en").text
        assert "ledger of a user" in alone
        for page in ("", "/visit", "/unit-return", "/change"):
            shown = clerk.get(f"{HOME}/ledgers/2007{page}?purpose=processing&lang=en")
            assert shown.status_code == 200
            title = shown.text.split("<h1>")[1].split("</h1>")[0]
            assert not any("぀" <= each <= "ヿ" for each in title), title


def test_what_was_typed_survives_a_log_in_that_has_ended(town: Site) -> None:
    with at_register(town) as clerk:
        enter_card(clerk, registration="2008")
        form = opened(clerk, 2008, "heard")
        clerk.client.post(f"{HOME}/log-out")
        asked = clerk.send(form, "act-form", "next", {"what": "電話が替わった①"})
        assert asked.status_code == 401
        fields = {"department": STATION, "name": NAMES[STATION], "password": PASSWORD}
        again = clerk.send(asked, "log-in", "log-in", fields)
        done = clerk.send(again, "again", "next")
        assert "聞いた変更を記録しました" in done.text
        assert ledger_of(town, 2008).heard[0].what == "電話が替わった①"


def test_another_sites_form_does_nothing(town: Site) -> None:
    with at_register(town) as clerk:
        headers = {"Origin": "https://evil.example"}
        sent = clerk.client.post(f"{HOME}/cards/new", data=CARD, headers=headers)
        assert sent.status_code == 403


def test_without_the_service_there_are_no_such_pages(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        for path in (HOME, f"{HOME}/log-in"):
            assert Staff(client).get(path).status_code == 404
