"""Reports on alarms as forms on paper, for the alarm center's dispatchers (KYO-12, KYO-13)."""

from collections.abc import Iterator

import httpx
import pytest
from net119_protocol.alarms.codes import Finding, SignalKind
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.signals import NewSignal
from net119_protocol.api import alarms as api
from net119_protocol.api.admin import AccountRole, NewAccount
from net119_protocol.codes import Mode
from net119_reference.ports import DispatcherIdentity

from tests.reference.pages.consoles import PASSWORD, SATO, SUZUKI, hire
from tests.reference.pages.registering_alarms import (
    HOME,
    OTHER,
    acted,
    alarm_site,
    at_register,
    enter_card,
    opened,
)
from tests.reference.pages.site import Site
from tests.reference.web.live_server import Certificates

WHO = DispatcherIdentity("kyoto", SATO)
REPORTS = ("ward-report", "home-station", "record")


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with alarm_site(page_certificates) as running:
        body = NewAccount(
            role=AccountRole.DISPATCHER, unit="kyoto", name=SATO, password=PASSWORD, roles=()
        )
        running.do(lambda: running.town.provider.add_account(body))
        hire(running, SUZUKI)
        yield running


def put_up(here: Site, registration: int) -> str:
    """A user with a unit, who then moves to another ward while the unit stays; its token."""
    with at_register(here) as clerk:
        enter_card(clerk, registration=str(registration))
        page = acted(clerk, registration, "unit", {"unit_id": f"K-{registration}"})
        moving = {"ward": "26108", "street": "嵯峨①", "ward_office": "ukyo"}
        sure = clerk.send(opened(clerk, registration, "move"), "card", "next", moving)
        away = clerk.send(sure, "confirm", "enter")
        assert str(away.url).endswith(f"{HOME}?done=moved-away")
        assert "転居先の消防署の受け持ち" in away.text
        return page.text.split('id="token" class="value">')[1].split("<")[0]


def alarm(here: Site, token: str, n: int, kind: SignalKind) -> Incident:
    """A signal of the unit, and its incident."""
    alarms = here.town.provider.alarms

    async def send() -> Incident:
        unit = await alarms.unit_identity(token)
        taken = await alarms.signals.take(unit, NewSignal(n=n, kind=kind, mode=Mode.DRILL))
        found = (await alarms.desk.incidents(WHO, closed=False)).incidents
        return next(each for each in found if each.number == taken.incident)

    return here.do(send)


def log_in(client: httpx.Client, center: str, name: str) -> None:
    fields = {"center": center, "name": name, "password": PASSWORD, "action": "log-in"}
    answer = client.post("/console/log-in", data=fields)
    assert answer.status_code == 303, answer.text


def test_reports_are_for_the_centers_dispatchers_and_only_where_there_are_any(town: Site) -> None:
    token = put_up(town, 3001)
    first = alarm(town, token, 1, SignalKind.ALARM)
    path = f"/console/alarms/{first.incident_id}"
    desk = town.town.provider.alarms.desk
    with town.http() as nobody, town.http() as stranger, town.http() as dispatcher:
        for report in REPORTS:
            assert nobody.get(f"{path}/{report}").headers["Location"] == "/console/log-in"
        other = town.town.provider.core.jurisdiction.own_unit("tomakomai", town.town.clock.now())
        assert other is not None
        log_in(stranger, str(other.center), SUZUKI)
        assert {stranger.get(f"{path}/{each}").status_code for each in REPORTS} == {403}
        log_in(dispatcher, "kyoto", SATO)
        seen = [dispatcher.get(f"{path}/{each}").status_code for each in REPORTS]
        assert seen == [404, 404, 200]
        assert dispatcher.get("/console/alarms/x/record").status_code == 404

        for n in (2, 3):
            alarm(town, token, n, SignalKind.ALARM)
        record = dispatcher.get(f"{path}/record").text
        assert "にボタンが2回押され、そのたびに呼び掛け" in record
        place = record.split("出動先（発信設備の場所）")[1].split("</tr>")[0]
        assert "嵯峨" not in place, "where the unit hung, and not the address of today"
        assert "登録の住所は出動先と違っていた" in record
        assert "嵯峨" in record.split("いまの登録の住所")[1].split("</tr>")[0]
        assert record.count("呼び掛け）") == 2, "a button that is stuck takes one line"

        sent = api.DecideIncident(finding=Finding.DISASTER, units="中京救急①")
        town.do(lambda: desk.decide(WHO, first.incident_id, sent))
        more = api.AddToWardReport(other="<i>犬</i>がいる")
        town.do(lambda: desk.add_to_report(WHO, first.incident_id, more))
        told = api.TellHomeStation(what="窓を破壊した①")
        town.do(lambda: desk.tell_home_station(WHO, first.incident_id, told))
        ward = dispatcher.get(f"{path}/ward-report").text
        # The office of the place, where the unit stands, and not that of the new home.
        for word in (
            "中京区役所 健康長寿推進課　御中",
            "3001",
            "髙橋　キヌ",
            "未送付",
            "訓練",
            "&lt;i&gt;犬",
        ):
            assert word in ward, word
        home = dispatcher.get(f"{path}/home-station").text
        for word in ("右京消防署長", "中京消防署", "窓を破壊した①", "令和"):
            assert word in home, word
        english = dispatcher.get(f"{path}/home-station?lang=en").text
        assert "Ukyo fire station" in english
        assert "令和" not in english
    with at_register(town, OTHER) as clerk:
        page = opened(clerk, 3001).text
        assert "登録の住所とは別の家にあります" in page
        answer = acted(clerk, 3001, "inquiry", {"by": "右京区役所 保健福祉課", "use": "集計"}).text
        assert first.number not in answer.split('id="activities"')[1].split("</table>")[0]
        assert first.number in answer.split('id="exercises"')[1], "a drill stands apart"


def test_the_record_says_why_nobody_was_sent(town: Site) -> None:
    token = put_up(town, 3002)
    test = alarm(town, token, 1, SignalKind.TEST)
    checked = api.CheckEquipment(good=False, note="表示盤①が点かない")
    desk = town.town.provider.alarms.desk
    town.do(lambda: desk.check_equipment(WHO, test.incident_id, checked))
    with town.http() as dispatcher:
        log_in(dispatcher, "kyoto", SATO)
        record = dispatcher.get(f"/console/alarms/{test.incident_id}/record").text
    for word in ("出動しなかった理由", "表示盤①が点かない", "試験・機器異常"):
        assert word in record, word
