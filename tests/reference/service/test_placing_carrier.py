"""A feature phone's position on its way: fix, source, accuracy and corrected point stay apart.

CNB-27 (home and fix are both sent), CNB-28 and ASO-16 (the caller corrects the point).
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from net119_protocol.codes import FixSource, PlaceChoice
from net119_protocol.gps import Carrier, read_position
from net119_protocol.places import CallPlace, Point
from net119_reference.ports import Channel

from tests.reference.service.support import PERSON, TOMAKOMAI, Site, Tape, new_call
from tests.reference.service.test_registration import on_site

WHEN = datetime(2026, 4, 1, 3, 4, 5, tzinfo=UTC)
# In Tokoname (Chita): Tokyo datum as Willcom's phones tell it, and 300 m by docomo's class.
IN_TOKYO_DATUM = "pos=N34.52.58.999E136.50.07.391"
BY_CLASS = "lat=%2B34.53.12.120&lon=%2B136.49.56.640&geo=wgs84&x-acc=2"


@pytest.mark.parametrize(
    ("carrier", "answer", "radius_m"),
    [(Carrier.WILLCOM, IN_TOKYO_DATUM, 500.0), (Carrier.DOCOMO, BY_CLASS, 300.0)],
)
def test_the_fix_is_routed_shown_and_offered_with_its_source_and_accuracy(
    folder: Path, carrier: Carrier, answer: str, radius_m: float
) -> None:
    told = read_position(carrier, answer)
    fix = told.to_fix(WHEN)

    async def work(site: Site) -> None:
        site.service.peer_session("midori", Channel.CLIENT, True)
        view = await site.call(await site.registrant(), new_call(fix))
        place = site.live(view.call_id).known().place
        assert place.point == Point(lat=told.lat, lon=told.lon)
        assert place.radius_m == pytest.approx(radius_m)
        assert (place.fix, place.corrected_pin, place.registered) == (fix, None, None)
        assert place.fix is not None
        assert place.fix.source is FixSource.CARRIER
        assert place.fix.taken_at == WHEN
        assert await offered(site) == place

    on_site(folder, work)


def test_a_corrected_point_replaces_the_point_and_leaves_the_fix_as_it_was(folder: Path) -> None:
    fix = read_position(Carrier.DOCOMO, BY_CLASS).to_fix(WHEN)
    pin = Point(lat=fix.lat + 0.003, lon=fix.lon)

    async def work(site: Site) -> None:
        site.service.peer_session("midori", Channel.CLIENT, True)
        body = new_call(fix).model_copy(update={"corrected_pin": pin})
        view = await site.call(await site.registrant(), body)
        place = site.live(view.call_id).known().place
        assert (place.point, place.radius_m, place.corrected_pin) == (pin, 0.0, pin)
        assert place.fix == fix
        assert await offered(site) == place

    on_site(folder, work)


def test_home_brings_the_registered_address_and_the_fix_to_the_console(folder: Path) -> None:
    fix = read_position(Carrier.DOCOMO, BY_CLASS).to_fix(WHEN)

    async def work(site: Site) -> None:
        tape = Tape()
        await site.console(tape, center="tomakomai")
        home = PERSON.model_copy(
            update={
                "address": PERSON.address.model_copy(
                    update={"lat": TOMAKOMAI.lat, "lon": TOMAKOMAI.lon}
                )
            }
        )
        body = new_call(fix).model_copy(update={"place": PlaceChoice.HOME})
        await site.call(await site.registrant(data=home), body)
        place = tape.calls()[-1].place
        assert (place.choice, place.fix) == (PlaceChoice.HOME, fix)
        assert place.registered is not None
        assert place.point == Point(lat=TOMAKOMAI.lat, lon=TOMAKOMAI.lon)
        assert place.radius_m == 0.0

    on_site(folder, work)


async def offered(site: Site) -> CallPlace:
    """The place as the other provider is told it, read again from the wire."""
    sent = await site.service.outgoing("midori", Channel.CLIENT, 0, 10)
    (offer,) = [item for item in sent if item.type == "call.offer"]
    return CallPlace.model_validate_json(json.dumps(json.loads(offer.payload)["body"]["place"]))
