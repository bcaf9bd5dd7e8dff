"""Settings of the alarm service: Kyoto's sample, and what is wrong with others."""

from pathlib import Path
from typing import Any

import pytest
from net119_protocol.alarms.sample import CENTER, SECTION, kyoto
from net119_reference.config.alarms import Alarms
from net119_reference.config.model import Config
from pydantic import ValidationError


def test_kyotos_sample_is_whole_and_its_telephone_numbers_are_fictional() -> None:
    alarms = Alarms.model_validate(kyoto())
    assert (alarms.enabled, alarms.center, alarms.section) == (True, CENTER, SECTION)
    wards = {ward for each in alarms.stations for ward in each.wards}
    assert wards == {f"261{number:02d}" for number in range(1, 12)}
    assert {each.code for each in alarms.stations} == {each.code for each in alarms.ward_offices}
    for each in alarms.ward_offices:
        for phone in (each.phone, each.chief_home_phone, each.director_home_phone):
            assert phone.startswith("075-000-")


def test_the_sample_is_anew_for_each_who_asks() -> None:
    kyoto()["stations"].clear()
    assert kyoto()["stations"]


def test_the_service_is_off_unless_it_is_switched_on(tmp_path: Path) -> None:
    assert not Config(operator="aoba", data_dir=tmp_path).alarms.enabled


STATION = {"code": "kita", "name": "北消防署", "wards": ["26101"]}
OFFICE = kyoto()["ward_offices"][0]


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"stations": []}, "at least one of each"),
        ({"ward_offices": []}, "at least one of each"),
        ({"stations": [STATION, STATION]}, "kita twice in its stations"),
        ({"stations": [STATION, {**STATION, "code": "x"}]}, "26101 twice in its wards"),
        ({"ward_offices": [OFFICE, OFFICE]}, "kita twice in its ward_offices"),
        ({"section": "kyoto"}, "alarms.section must have a code of its own"),
        ({"section": "kita", "stations": [STATION]}, "alarms.section must have a code of its own"),
        ({"timers": {"hail_s": 100}}, "alarms.timers.hail_most_s"),
        ({"timers": {"talk_s": 601}}, "alarms.timers.talk_most_s"),
        ({"ward_offices": [{**OFFICE, "closes": "08:00"}]}, "before it opens"),
        ({"stations": [{**STATION, "wards": ["北区"]}]}, "wards"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        Alarms.model_validate({**kyoto(), **changed})
