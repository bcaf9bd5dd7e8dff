"""The examples of the documentation are profiles, and every key of a profile is described there."""

import re
from pathlib import Path

import pytest
from net119_conformance.catalogue import Role
from net119_conformance.runner import CLAIM_PURPOSES, DEFAULT_PURPOSES, load_suite
from net119_conformance.sut.applies import BY_ID, missing_claim
from net119_conformance.sut.kinds import names
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.reading import read_profile
from net119_conformance.sut.time_limits import WAITS, time_limit
from pydantic import BaseModel

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = sorted((DOCS / "examples").glob("sut-*.toml"))
SUITE = load_suite((*DEFAULT_PURPOSES, *CLAIM_PURPOSES))[0]

NEEDING = {
    Option.TRANSFERS: {
        "CONSOLE-TRANSFER",
        "CROSSED-AT-OWNER",
        "CROSSED-BOTH-ASK",
        "CROSSED-CLOSE",
        "DISCREPANCY-BOTH-WAYS",
        "MINOR-OLDER-PEER",
        "TRANSFER-DONE",
    },
    Option.CALLBACK: {"CALLBACK-REOPENS", "CONSOLE-CALLBACK", "CROSSED-CALLBACK"},
}


def read(name: str, monkeypatch: pytest.MonkeyPatch) -> SutProfile:
    monkeypatch.setenv("NET119_ADMIN_TOKEN", "0123456789abcdef0123456789abcdef")
    return read_profile(DOCS / "examples" / f"sut-{name}.toml")


def applying(profile: SutProfile) -> set[str]:
    return {one.id for one in SUITE.values() if missing_claim(one, profile) is None}


@pytest.mark.parametrize(
    ("name", "some", "none_of"),
    [
        ("both", {"CHAT-ORDER", "OFFER-TAKEN", "TRANSFER-DONE"}, {"CLAIM-RECEIVING"}),
        ("receiving", {"OFFER-TAKEN", "CLAIM-TRANSFER-IN"}, {"CHAT-ORDER", "TRANSFER-DONE"}),
        ("originating", {"ROUTE-PEER", "CLAIM-RECEIVING"}, {"OFFER-TAKEN", "CALLBACK-REOPENS"}),
        ("manual", {"OFFER-TAKEN", "ROUTE-PEER"}, {"TRANSFER-DONE", "CLAIM-RECEIVING"}),
        ("registration", {"CLAIM-HOME"}, {"ROUTE-PEER", "OFFER-TAKEN", "CLAIM-RECEIVING"}),
    ],
)
def test_an_example_is_judged_by_what_it_claims(
    name: str, some: set[str], none_of: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = read(name, monkeypatch)
    found = applying(profile)
    assert some <= found
    assert none_of.isdisjoint(found)
    roles = {SUITE[one].role for one in found if not one.startswith("CLAIM-")}
    assert roles <= {*profile.claims.roles, Role.BOTH}
    assert set(profile.claims.roles) <= roles


def test_there_is_an_example_for_each_kind_of_system() -> None:
    assert [each.stem for each in EXAMPLES] == [
        "sut-both",
        "sut-manual",
        "sut-originating",
        "sut-receiving",
        "sut-registration",
    ]


def keys_of(model: type[BaseModel]) -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        if name == "folder" and model is SutProfile:
            continue
        kind = field.annotation
        inner = isinstance(kind, type) and issubclass(kind, BaseModel) and name != "capacity"
        found |= keys_of(kind) if inner and isinstance(kind, type) else {name}
    return found


@pytest.mark.parametrize("page", ["sut-profile.md", "sut-profile.ja.md"])
def test_every_key_role_option_and_kind_is_described(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    told = set(re.findall(r"`\[?([A-Za-z0-9_.-]+)\]?`", text))
    assert keys_of(SutProfile) <= told
    assert {role.value for role in Role if role is not Role.BOTH} <= told
    assert {option.value for option in Option} <= told
    assert set(names()) <= told


def test_every_family_of_purposes_named_for_a_profile_is_there() -> None:
    for beginning in (*BY_ID, *WAITS):
        assert any(one.startswith(beginning) for one in SUITE), beginning


def test_what_needs_an_option_does_not_apply_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    both = read("both", monkeypatch)
    neither = both.model_copy(update={"claims": both.claims.model_copy(update={"options": ()})})
    without = applying(neither)
    for option, needing in NEEDING.items():
        claims = both.claims.model_copy(update={"options": (option,)})
        assert needing.isdisjoint(without)
        more = applying(both.model_copy(update={"claims": claims})) - without
        assert needing - {"MINOR-OLDER-PEER"} <= more  # which needs both
    assert "MINOR-OLDER-PEER" in applying(both)


def test_a_purpose_gets_the_time_that_the_systems_timers_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short, published = read("both", monkeypatch), read("receiving", monkeypatch)
    silent = SUITE["SILENT-DISASTER"]
    # Our own runs' timers, but for a second in which the peer may be connected to.
    assert time_limit(silent, short.timers.timers()) == silent.timeout_s
    assert time_limit(silent, published.timers.timers()) > silent.timeout_s + 2 * 60
    assert time_limit(SUITE["CHAT-ORDER"], published.timers.timers()) == 30
