"""The handsets' data: valid, sourced, and clear about what is wrong in others'."""

from pathlib import Path

import pytest
from net119_simulators.handsets import (
    Expected,
    Family,
    Outcome,
    Policy,
    Reason,
    Step,
    find_handset,
    load_handsets,
)
from net119_simulators.handsets.load import PACKAGED, HandsetDataError, UnknownHandset
from net119_simulators.handsets.model import Datum, Dialect, Engine, Peculiarity, Version


def test_every_family_and_every_dialect_is_there() -> None:
    handsets = load_handsets().values()
    assert {each.family for each in handsets} == set(Family)
    assert {each.position.dialect for each in handsets} == set(Dialect) - {Dialect.NONE}
    assert {each.position.datum for each in handsets} == set(Datum)


def test_what_must_have_a_source_has_one() -> None:
    for handset in load_handsets().values():
        assert set(handset.sources) == set(Peculiarity)
        for source in handset.sources.values():
            assert source.url or source.assumed


def test_what_the_carriers_said_of_sha2() -> None:
    """docomo 2015-07-15, BCN 2016-08-23, SoftBank 2019-12-03."""
    without = ("docomo-f-02a", "docomo-f-08a", "docomo-l-01b", "docomo-f-01g", "au-w52ca")
    for name in (*without, "softbank-830sh", "softbank-830sh-2019", "willcom-wx01sh"):
        handset = find_handset(name)
        assert not handset.encryption.sha2_certificates, name
        refused = handset.predicted[Policy.REFUSED].table()
        assert refused[Step.CHECK] == Expected(Outcome.STUCK, Reason.PLAINTEXT_REFUSED)
        table = handset.predicted[Policy.CLOSED].table()
        assert table[Step.CONNECT].outcome is Outcome.STUCK
        assert table[Step.CALL].outcome is Outcome.UNREACHED
    for name in ("docomo-f-01g-updated", "docomo-f-09b-updated", "au-sh011", "softbank-202sh"):
        assert find_handset(name).encryption.sha2_certificates, name


def test_cookies_as_jpmobile_has_them() -> None:
    for handset in load_handsets().values():
        if handset.family is Family.AU:
            assert handset.cookies.http
            assert not handset.cookies.https
        if handset.family is Family.DOCOMO:
            cache = 500 if "c500" in handset.user_agent else 100
            assert handset.cookies.https is (cache == 500), handset.name


def test_what_old_phones_cannot_do() -> None:
    for handset in load_handsets().values():
        if handset.is_feature_phone and handset.family is not Family.FEATURE_4G:
            assert handset.encryption.versions == (Version.SSL3, Version.TLS10)
            assert handset.script.engine is Engine.NONE
            assert not handset.upload
        assert handset.websocket is not (handset.script.engine is Engine.NONE)


def test_unknown_names_are_answered_with_those_near() -> None:
    with pytest.raises(UnknownHandset) as wrong:
        find_handset("docomo")
    assert "docomo-f-02a" in wrong.value.what_to_do
    assert "au-w52ca" not in wrong.value.what_to_do
    with pytest.raises(UnknownHandset) as other:
        find_handset("nokia")
    assert "au-w52ca" in other.value.what_to_do


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('family = "willcom"', 'family = "phs"', "willcom-wx01sh: family"),
        ("websocket = false", "websockets = false", "websockets: Extra inputs"),
        ('versions = ["ssl3", "tls1.0"]', 'versions = ["ssl3", "tls1.1"]', "without a gap"),
        ('connect = "stuck: sha2-certificate"', 'connect = "stuck"', "give a reason"),
        ('connect = "stuck: sha2-certificate"', 'connect = "stuck: moon"', "unknown reason"),
        (
            'connect = "stuck: sha2-certificate"',
            'connect = "stuck: tls-version"\ncall = "limited: garbled"',
            "call cannot be reached",
        ),
        ("upload = { assumed", "uploads = { assumed", "sources"),
        ("mail = { assumed = ", "mail = { url = ", "String should match pattern"),
        ("websocket = false", "websocket = true", "a WebSocket needs JavaScript"),
        ("[defaults.sources]", "[default.sources]", "default: unknown"),
        ("[defaults]", "[defaults", "willcom.toml"),
        ('name = "willcom-wx01sh-updated"', 'name = "willcom-wx01sh"', "another handset"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (PACKAGED / "willcom.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "willcom.toml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(HandsetDataError) as wrong:
        load_handsets(tmp_path)
    assert any(said in line for line in wrong.value.problems), wrong.value.problems
    assert all(line.startswith("willcom.toml") for line in wrong.value.problems)


def test_a_folder_without_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(HandsetDataError, match=r"no \*\.toml"):
        load_handsets(tmp_path)
