"""A call from one of the caller's frequent places (TOM-14): where it goes, and what is refused."""

from pathlib import Path

import pytest
from net119_protocol.api.console import ConsoleCall
from net119_protocol.api.handset import FrequentChoice, NewCall
from net119_protocol.codes import LinkSecurity, PlaceChoice, Refusal
from net119_protocol.person import FrequentPlace, OptionalData
from net119_protocol.places import ChosenPlace, Point
from net119_reference.ports import Channel, Refused

from tests.reference.service.support import (
    CHITOSE,
    PERSON,
    TOKONAME,
    TOMAKOMAI,
    Site,
    Tape,
    new_call,
)
from tests.reference.service.test_registration import on_site

SCHOOL = FrequentPlace(
    label="学校①", address="苫小牧市架空町𠮷丁目", lat=TOMAKOMAI.lat, lon=TOMAKOMAI.lon
)
PLACES = (FrequentPlace(label="病院", address="千歳市架空9"), SCHOOL)
PERSON_THERE = PERSON.model_copy(update={"optional": OptionalData(frequent_places=PLACES)})


def from_place(number: int = 1, label: str = SCHOOL.label, **changes: object) -> NewCall:
    return new_call(CHITOSE).model_copy(
        update={"frequent_place": FrequentChoice(number=number, label=label), **changes}
    )


def test_the_place_is_routed_and_shown_beside_the_fix(folder: Path) -> None:
    async def work(site: Site) -> None:
        tape = Tape()
        await site.console(tape, center="tomakomai")
        view = await site.call(await site.registrant(data=PERSON_THERE), from_place())
        call = site.live(view.call_id).known()
        assert call.owner.department.code == "tomakomai"
        assert [each.code.value for each in view.notices] == ["place-differs"]
        place = call.place
        assert (place.choice, place.fix) == (PlaceChoice.CURRENT, CHITOSE)
        assert (place.point, place.radius_m) == (Point(lat=SCHOOL.lat, lon=SCHOOL.lon), 0.0)
        assert (place.corrected_pin, place.registered) == (None, None)
        expected = ChosenPlace(
            lat=SCHOOL.lat, lon=SCHOOL.lon, label=SCHOOL.label, address=SCHOOL.address
        )
        assert place.frequent == expected
        shown: ConsoleCall = tape.calls()[-1]
        assert shown.place == place
        assert "千歳市" in shown.notices[0].text_ja

    on_site(folder, work)


def test_a_pin_corrects_the_place_and_both_are_kept(folder: Path) -> None:
    async def work(site: Site) -> None:
        pin = Point(lat=CHITOSE.lat, lon=CHITOSE.lon + 0.001)
        body = from_place(corrected_pin=pin)
        view = await site.call(await site.registrant(data=PERSON_THERE), body)
        place = site.live(view.call_id).known().place
        assert (place.point, place.corrected_pin) == (pin, pin)
        assert place.frequent is not None
        assert place.frequent.label == SCHOOL.label

    on_site(folder, work)


def test_it_travels_to_another_provider(folder: Path) -> None:
    async def work(site: Site) -> None:
        there = SCHOOL.model_copy(update={"lat": TOKONAME.lat, "lon": TOKONAME.lon})
        data = PERSON.model_copy(update={"optional": OptionalData(frequent_places=(there,))})
        site.service.peer_session("midori", Channel.CLIENT, True)
        await site.call(await site.registrant(data=data), from_place(0))
        sent = await site.service.outgoing("midori", Channel.CLIENT, 0, 10)
        (offer,) = [item for item in sent if item.type == "call.offer"]
        assert "学校①" in offer.payload.decode()
        assert '"choice":"current"' in offer.payload.decode()

    on_site(folder, work)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (from_place(2), "frequentPlace"),
        (from_place(1, "職場"), "frequentPlace"),
        (from_place(0, "病院"), "frequentPlace"),
        (from_place(place=PlaceChoice.HOME), "place"),
    ],
    ids=["none", "renamed", "without-position", "at-home-too"],
)
def test_another_place_is_never_taken_instead(folder: Path, body: NewCall, field: str) -> None:
    async def work(site: Site) -> None:
        who = await site.registrant(data=PERSON_THERE)
        with pytest.raises(Refused) as refused:
            await site.service.place_call(who, body, LinkSecurity.ENCRYPTED)
        assert (refused.value.code, refused.value.field) == (Refusal.INVALID, field)
        assert site.service.core.open_calls() == []

    on_site(folder, work)


def test_somebody_without_optional_data_has_no_such_place(folder: Path) -> None:
    async def work(site: Site) -> None:
        with pytest.raises(Refused) as refused:
            await site.service.place_call(
                await site.registrant(), from_place(0), LinkSecurity.ENCRYPTED
            )
        assert refused.value.field == "frequentPlace"

    on_site(folder, work)
