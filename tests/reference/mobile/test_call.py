"""From the menu to a call: few keys, once however often it is sent, and why there is none."""

import pytest
from net119_protocol.api.staff import Suspend
from net119_protocol.codes import Kind, LinkSecurity, Mode, PlaceChoice
from net119_reference.config.model import Limits, Modes
from net119_reference.ports import StorageFailed

from tests.reference.mobile.answering import Desk, call_of, desk_of, entered
from tests.reference.mobile.phones import TOMAKOMAI, USER_AGENTS, MobilePhone
from tests.reference.pages.person import Person, registered
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

OTHER_MEANS = "電話リレーサービス"


def called(phone: MobilePhone, person: Person, kind: str = "救急") -> MobilePhone:
    """Log in and call for the present position."""
    phone.log_in(person.login_id, person.password)
    for words in ("通報する", kind, "現在地"):
        phone.follow(words)
    assert phone.page.name == "m-locate"
    phone.measure()
    assert phone.page.name == "m-confirm"
    phone.press("call")
    return phone


@pytest.mark.parametrize("kind", TOMAKOMAI)
def test_each_carriers_phone_calls_from_where_it_is(
    tomakomai: Site, person: Person, desk: Desk, kind: str
) -> None:
    """CTS-02, CNB-26 to CNB-29."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, kind), person, "火事")
        assert phone.page.name == "m-chat"
        call = desk.call(call_of(phone.page))
    assert (call.kind, call.mode) == (Kind.FIRE, Mode.TEST)
    assert call.link is LinkSecurity.ENCRYPTED
    assert call.place.choice is PlaceChoice.CURRENT
    assert call.place.point is not None
    assert call.place.fix is not None
    assert abs(call.place.point.lat - 42.634) < 0.0002
    assert abs(call.place.point.lon - 141.605) < 0.0002
    assert call.place.fix.source.value == "carrier"
    assert call.place.fix.taken_at == tomakomai.town.clock.now()
    assert call.owner.code == "tomakomai"


def test_the_place_is_shown_in_words_with_its_accuracy(tomakomai: Site, person: Person) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.log_in(person.login_id, person.password)
        for words in ("通報する", "その他", "現在地"):
            phone.follow(words)
        page = phone.measure()
    assert "その他: この場所ですか" in page.text
    assert "北海道苫小牧市（誤差 約100m）" in page.text
    (place,) = [each for each in page.tagged if each.get("id") == "place"]
    assert (float(place["data-lat"]), float(place["data-lon"])) == (42.634, 141.605)
    assert "気象庁" in page.text


def test_home_sends_address_and_position(tomakomai: Site, person: Person, desk: Desk) -> None:
    """CNB-27."""
    with tomakomai.http() as client:
        phone = MobilePhone(client, "softbank")
        phone.log_in(person.login_id, person.password)
        for words in ("通報する", "救急", "自宅"):
            phone.follow(words)
        page = phone.measure()
        assert "北海道苫小牧市秘密町1丁目2番3号" in page.text
        call = desk.call(call_of(phone.press("call")))
    assert call.place.choice is PlaceChoice.HOME
    assert call.place.registered is not None
    assert call.place.fix is not None


def test_home_works_without_measuring(tomakomai: Site, person: Person, desk: Desk) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "other")
        phone.log_in(person.login_id, person.password)
        for words in ("通報する", "救急", "自宅", "測らずに"):
            phone.follow(words)
        call = desk.call(call_of(phone.press("call")))
    assert call.place.fix is None
    assert call.place.registered is not None


def test_a_wrong_position_is_corrected_in_words(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    """CNB-28, ASO-16: without a map."""
    with tomakomai.http() as client:
        phone = MobilePhone(client, "au")
        phone.log_in(person.login_id, person.password)
        for words in ("通報する", "火事", "現在地"):
            phone.follow(words)
        phone.measure()
        phone.press("not-here", form=1)
        assert phone.page.name == "m-words"
        assert phone.press("call", text=" ").code == "missing"
        assert phone.press("call", text="あ" * 1900).code == "too-long"
        assert "あ" * 1900 in phone.page.text, "nothing typed is lost"
        page = phone.press("call", text="髙砂町 ①公園の\n近く")
        assert page.name == "m-chat"
        call_id = call_of(page)
        before = desk.calls()
        assert call_of(phone.again()) == call_id
        assert desk.calls() == before
    lines = [each.text for each in desk.lines(call_id) if each.sender.value == "caller"]
    (line,) = lines
    assert line.startswith("【場所】髙砂町 ①公園の\n近く\n")
    assert "北海道苫小牧市（誤差 約100m）でしたが、通報者はちがうと言っています" in line
    place = desk.call(call_id).place
    assert (place.fix, place.point) == (None, None), "nothing is routed by what is wrong"


def test_a_call_that_is_sent_twice_is_one_call(tomakomai: Site, desk: Desk) -> None:
    somebody = entered(tomakomai, "twice@phone.example")
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo-1"), somebody)
        first, before = call_of(phone.page), desk.calls()
        assert call_of(phone.again()) == first
        assert desk.calls() == before
        menu = phone.get(str(phone.page.response.url.path).partition("/c/")[0])
        assert menu.name == "m-menu"
        assert "通報が続いています" in menu.text
        assert str(first) in menu.text


def test_a_page_from_before_is_no_call_that_is_over(tomakomai: Site, desk: Desk) -> None:
    """Phones go back through the pages they kept: what is pressed there may be a new emergency."""
    somebody = entered(tomakomai, "before@phone.example")
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.log_in(somebody.login_id, somebody.password)
        kinds = phone.follow("通報する")
        for words in ("火事", "現在地"):
            phone.follow(words)
        confirm = phone.measure()
        fire = call_of(phone.press("call"))
        desk.answer(fire)
        desk.close(fire)

        phone.page = confirm
        page = phone.press("call")
        assert (page.name, page.code, page.response.status_code) == (
            "m-refused",
            "call-closed",
            409,
        )
        assert OTHER_MEANS in page.text
        again = desk.call(call_of(phone.press("call")))
        assert (again.call_id != fire, again.kind) == (True, Kind.FIRE)
        assert again.place.fix is not None, "what was measured is kept"
        assert again.place.fix == desk.call(fire).place.fix

        phone.page = kinds
        for words in ("火事", "言葉"):
            phone.follow(words)
        page = phone.press("call", text="髙砂町の川")
        assert (page.name, page.code) == ("m-refused", "call-closed")
        third = call_of(phone.press("call"))
        assert third not in (fire, again.call_id)
        assert "【場所】髙砂町の川" in [each.text for each in desk.lines(third)]


def test_another_kind_is_another_call(tomakomai: Site, desk: Desk) -> None:
    """A phone goes back to the kinds, and something else is pressed there."""
    somebody = entered(tomakomai, "kind@phone.example")
    with tomakomai.http() as client:
        phone = MobilePhone(client, "softbank")
        phone.log_in(somebody.login_id, somebody.password)
        kinds = phone.follow("通報する")
        made = {}
        for kind in ("火事", "救急"):
            phone.page = kinds
            for words in (kind, "現在地"):
                phone.follow(words)
            phone.measure()
            made[kind] = desk.call(call_of(phone.press("call")))
    assert made["火事"].call_id != made["救急"].call_id
    assert (made["火事"].kind, made["救急"].kind) == (Kind.FIRE, Kind.AMBULANCE)


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        ("docomo", "", "no-position"),
        ("willcom", "pos=$location", "no-position"),
        ("docomo", "lat=%2B35.00.35.600&lon=abc&geo=wgs84", "unreadable"),
        ("au", "lat=%22%3E%3Cscript%3E&lon=1&datum=0&unit=0", "unreadable"),
    ],
)
def test_without_a_position_the_next_step_is_offered(
    tomakomai: Site, person: Person, kind: str, answer: str, code: str
) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, kind)
        phone.log_in(person.login_id, person.password)
        for words in ("通報する", "火事", "現在地"):
            phone.follow(words)
        page = phone.measure(answer=answer)
        assert (page.name, page.code) == ("m-locate", code)
        assert page.link("自宅")
        assert page.link("言葉で書く")
        assert phone.measure().name == "m-confirm", "once more is enough"


def test_with_positioning_off_there_is_no_call_and_help(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    """ASO-10."""
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.log_in(person.login_id, person.password)
        for words in ("通報する", "火事", "現在地"):
            phone.follow(words)
        before = desk.calls()
        page = phone.follow("オフ")
        assert (page.response.status_code, page.code) == (403, "positioning-off")
        assert "「位置提供」" in page.text
        assert "苫小牧市消防本部 NET119担当" in page.text, "whom to ask"
        assert OTHER_MEANS in page.text
        assert phone.follow("もう一度").name == "m-place"
    assert desk.calls() == before


def test_abroad_there_is_no_call(tomakomai: Site, person: Person) -> None:
    """CNB-35, ASO-21."""
    with tomakomai.http() as client:
        phone = MobilePhone(client, "softbank")
        phone.log_in(person.login_id, person.password)
        for words in ("通報する", "火事", "現在地"):
            phone.follow(words)
        page = phone.measure(answer="pos=N37.33.58.79E126.58.40.92&geo=wgs84&x-acr=3")
        assert (page.name, page.code) == ("m-refused", "outside-japan")
        assert "その国の緊急通報" in page.text


def test_practice_is_different_on_every_page(tomakomai: Site, person: Person, desk: Desk) -> None:
    """CTS-11, ASO-11, I5."""
    with tomakomai.http() as client:
        phone = MobilePhone(client, "au")
        phone.log_in(person.login_id, person.password)
        assert "【練習】" in phone.page.text
        for words in ("練習", "救急", "現在地"):
            page = phone.follow(words)
            assert "【練習】" in page.text
            assert "来ません" in page.text
        assert "【練習】" in phone.measure().text
        page = phone.press("call")
        assert "【練習】" in page.text
        call_id = call_of(page)
        assert desk.call(call_id).mode is Mode.PRACTICE
        assert "【練習】通報は消防に届いていません。" in page.text, "no console is there"
        assert OTHER_MEANS not in page.text
        assert "電話はしないでください" in phone.follow("周りの人").text
        desk.answer(call_id)
        desk.close(call_id)
        page = phone.follow("チャットへ")
        assert page.name == "m-ended"
        assert "【練習】" in page.text
        assert page.link("新しく通報").endswith("/practice")


def test_where_live_calls_are_taken_only_practice_is_marked(
    page_certificates: Certificates,
) -> None:
    accepted = Modes(accepted=frozenset(Mode))
    with site("tomakomai", page_certificates, modes=accepted) as here:
        here.town.provider.core.config = here.town.provider.core.config.model_copy(
            update={"modes": accepted, "limits": Limits(open_calls=1)}
        )
        person, desk = registered(here), desk_of(here)
        with here.http() as client:
            phone = called(MobilePhone(client, "docomo"), person)
            assert "【" not in phone.page.text.replace("【場所】", "")
            call_id = call_of(phone.page)
            assert desk.call(call_id).mode is Mode.LIVE
            card = phone.follow("周りの人").text
            assert "【お願い】119番に電話してください</h1>" in card
            assert "電話はしないでください" not in card
            phone.follow("チャットへ")
            _overload(phone, person)
            desk.answer(call_id)
            desk.close(call_id)
            assert phone.press("call").name == "m-chat", "the form of the refusal calls again"


def _overload(phone: MobilePhone, person: Person) -> None:
    """One more call than there is room for: refused with the other means, and nothing is lost."""
    called(phone, person, "火事")
    assert (phone.page.response.status_code, phone.page.code) == (503, "overload")
    assert OTHER_MEANS in phone.page.text


def test_the_suspended_are_told(tomakomai: Site) -> None:
    somebody = entered(tomakomai, "suspended@phone.example", "停止 花子")
    town = tomakomai.town
    body = Suspend(reason="いたずら")
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.log_in(somebody.login_id, somebody.password)
        tomakomai.do(
            lambda: town.provider.suspend_registrant(town.clerk, somebody.registrant_id, body)
        )
        menu = phone.get(str(phone.page.response.url))
        assert menu.body["data-state"] == "suspended"
        assert OTHER_MEANS in menu.text
        assert not [each for each in menu.links if "/new" in each["href"]]
        phone.get(f"{menu.response.url}/new")  # as a page from before does
        for words in ("火事", "現在地"):
            phone.follow(words)
        phone.measure()
        page = phone.press("call")
        assert (page.response.status_code, page.code) == (403, "registrant-suspended")
        assert "届いていません" in page.text


def test_a_full_disk_loses_nothing(
    tomakomai: Site, person: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = tomakomai.town.provider
    with tomakomai.http() as client:
        phone = MobilePhone(client, "willcom")
        phone.log_in(person.login_id, person.password)
        for words in ("通報する", "火事", "現在地"):
            phone.follow(words)
        phone.measure()

        async def full(*_: object) -> None:
            raise StorageFailed("full")

        with monkeypatch.context() as broken:
            broken.setattr(provider, "place_call", full)
            page = phone.press("call")
        assert (page.response.status_code, page.code) == (503, "storage-failed")
        page = phone.press("call")
        assert page.name == "m-chat"
        assert desk.call(call_of(page)).place.fix is not None, "the position came along"


@pytest.mark.parametrize(
    "path",
    [
        "/n/r-12345678901/flood",
        "/n/x-12345678901/fire",
        "/n/r-1/fire",
        "/n/r-12345678901/fire/moon",
        "/n/r-12345678901/fire/current/here/x",
        "/c/none",
        "/c/00000000-0000-0000-0000-000000000000",
        "/c/00000000-0000-0000-0000-000000000000/card",
    ],
)
def test_what_does_not_exist_is_said_so(tomakomai: Site, person: Person, path: str) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.log_in(person.login_id, person.password)
        page = phone.get(f"{phone.page.response.url}{path}")
        assert page.response.status_code == 404
        assert page.name == "m-refused"


def test_a_forged_position_is_refused_and_makes_no_call(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.log_in(person.login_id, person.password)
        before = desk.calls()
        url = f"{phone.page.response.url}/n/r-12345678901/fire/current/call"
        for fix in ("fix.lat=abc&fix.lon=1", "fix.lat=nan&fix.lon=1", "fix.lat=91&fix.lon=0",
                    "fix.lat=1&fix.lon=1&fix.taken_at=%81"):  # fmt: skip
            page = phone._ask("POST", url, fix.encode())
            assert (page.response.status_code, page.code) == (422, "invalid")
        assert desk.calls() == before


def test_every_dialect_is_named_by_a_phone() -> None:
    assert set(TOMAKOMAI) == set(USER_AGENTS) - {"other"}
